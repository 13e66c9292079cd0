"""The second set, of 2026-11-28: other combinations, written after the rules were mended by the first set, tried once.

Whoever wrote it had read the rules by then; the answers to accept were decided by what the devices do, before the cases ran.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from support.holdout.case import CA_SIGNED, MODERN, OLDER_XE, WIDE, Case
from support.holdout.hands import (
    below,
    ca,
    destinations,
    enroll_beside,
    give_node,
    names,
    node_wish,
    pinned,
    present,
    regenerate,
    reissue,
    replace_ca,
    rewritten,
    ssh,
    ssh_with_warning,
    trust,
)
from support.patient import NODES, Body, Patient
from support.scene import Scene
from trunkline.twin.ca import new_key, self_signed
from trunkline.twin.cucm.web.access import AxlUser
from trunkline.twin.lab.spec import AXL_USER, CubeSpec

QUIET = rewritten("links/yohur-seoul.yaml", "options_ping: {up_seconds: 60, down_seconds: 120}", "options_ping: null")
OLD_PROFILE = (
    "<name>old TLS</name><securityMode>Encrypted</securityMode><incomingTransport>TLS</incomingTransport>"
    "<outgoingTransport>TLS</outgoingTransport><x509SubjectName>old-sbc.example.com</x509SubjectName>"
    "<incomingPort>5061</incomingPort>"
    "<sipV150OutboundSdpOfferFiltering>Use Default Filter</sipV150OutboundSdpOfferFiltering>"
)


@dataclass(frozen=True)
class EllipticCube(Body):
    """The CUBE's key is on a curve."""

    @property
    def spec(self) -> CubeSpec:
        return replace(super().spec, key_type=("ec", 256))


def _expired_and_elsewhere(patient: Patient) -> None:
    reissue(patient, days=-1)
    destinations(patient, ("10.72.86.80", 5061))


def _elliptic_node(patient: Patient) -> None:
    trustpoint = pinned(patient, "cucm-sub1")
    held = self_signed(node_wish(patient, "cucm-sub1"), new_key("ec", 256))
    give_node(patient, "cucm-sub1", held)
    replace_ca(patient, trustpoint, held.certificate)


def _clock_of(patient: Patient, *nodes: str, days: float) -> None:
    for name in nodes:
        patient.do(lambda name=name: setattr(patient.node(name), "clock_error", timedelta(days=days)))
    patient.restart(*nodes)


def _old_profile(patient: Patient) -> None:
    patient.axl("addSipTrunkSecurityProfile", f"<sipTrunkSecurityProfile>{OLD_PROFILE}</sipTrunkSecurityProfile>")
    patient.axl("updateSipTrunk", f"<name>{patient.trunk}</name><securityProfileName>old TLS</securityProfileName>")
    patient.reset()


def _older_root_on_one(patient: Patient) -> None:
    old, new = ca("Company Root", made_days_ago=900), ca("Company Root")
    trust(patient, old.certificate)
    trust(patient, new.certificate, on=NODES[:2])
    present(patient, new)


def _policy_deleted_on_cube(patient: Patient) -> None:
    root = ca("Company Root")
    policy = ca("Company Policy CA", issuer=root)
    trust(patient, root.certificate)
    present(patient, root, policy, ca("Company Issuing CA", issuer=policy))
    ssh_with_warning(patient, "no crypto pki trustpoint company-ca-1", "yes")
    assert "company-ca-1" not in patient.cube.store.trustpoints


def _two_expired(patient: Patient) -> None:
    for name in NODES[1:]:
        trustpoint = pinned(patient, name)
        held = self_signed(node_wish(patient, name, days=-5))
        give_node(patient, name, held)
        replace_ca(patient, trustpoint, held.certificate)


def _peer_and_trust_gone(patient: Patient) -> None:
    unused = pinned(patient, "cucm-sub1")
    ssh(patient, "no dial-peer voice 101 voip")
    ssh_with_warning(patient, f"no crypto pki trustpoint {unused}", "yes")


def _rejected(patient: Patient, *nodes: str) -> None:
    for name in nodes:
        patient.do(patient.node(name).sip._servers[5061].close)
    patient.clear()


def _client_only_nodes(patient: Patient) -> None:
    issuer = patient.authority
    for name in NODES:
        held = issuer.issue(node_wish(patient, name, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,)))
        give_node(patient, name, held, issuer.issuer.certificate)
    ssh_with_warning(patient, "crypto pki trustpoint company-root", "enrollment terminal", "revocation-check none")
    replace_ca(patient, "company-root", issuer.issuer.certificate)


def _expired_of_earlier_days(patient: Patient) -> None:
    root = ca("Company Root")
    enroll_beside(patient, "sip-2024", below(root).issue(patient.wish(days=-40)), root)
    ssh(patient, "voice class tls-profile 10", "trustpoint sip-2024")


def _without_reset_after_move(patient: Patient) -> None:
    """The trunk was pointed at another CUBE and back; the way back was never reset."""
    destinations(patient, ("10.72.86.80", 5061))
    row = "<destination><addressIpv4>10.72.86.90</addressIpv4><port>5061</port><sortOrder>1</sortOrder></destination>"
    patient.axl("updateSipTrunk", f"<name>{patient.trunk}</name><destinations>{row}</destinations>")


def _each_by_name(patient: Patient) -> None:
    for number, name in enumerate(NODES):
        ssh(patient, f"dial-peer voice {100 + number} voip", f"session target dns:{name}.example.com:5061")


def _dead_carrier(patient: Patient) -> None:
    ssh(
        patient,
        "dial-peer voice 500 voip",
        "destination-pattern 5...",
        "session protocol sipv2",
        "session target ipv4:10.72.86.99:5061",
        "session transport tcp tls",
        "voice-class sip options-keepalive up-interval 5 down-interval 5 retry 2",
    )


def _probe_elsewhere(scene: Scene) -> None:
    """The daemon may manage a node, and must not reach its SIP port."""
    path = scene.folder / "clusters" / "seoul.yaml"
    path.write_text(re.sub(r"(probe_address: 127\.\d+\.86\.)76", r"\g<1>200", path.read_text()))


CASES = (
    Case(
        "expired-and-elsewhere",
        "an expired certificate, and a trunk that calls the CUBE of before",
        ("expired-cube", "trunk-destination"),
        _expired_and_elsewhere,
    ),
    Case("elliptic-node", "a node's new key is on a curve, the suites are for RSA", ("cipher",), _elliptic_node, MODERN),
    Case(
        "least-1.3",
        "TLS 1.3 is the least, and the cluster has none",
        ("version",),
        lambda p: ssh(p, "sip-ua", "transport tcp tls v1.3 minimum"),
        WIDE,
    ),
    Case(
        "sip-server-target",
        "all outbound dial-peers call `sip-server`",
        ("node-missing",),
        lambda p: [ssh(p, f"dial-peer voice {tag} voip", "session target sip-server") for tag in (100, 101, 102)],
    ),
    Case("profile-of-before", "the trunk uses an earlier profile", ("transport-cluster", "name-mismatch"), _old_profile),
    Case(
        "quiet-and-misnamed",
        "nobody pings, and the profile's name is wrong",
        ("name-mismatch",),
        lambda p: names(p, "sbc.example.com"),
        prepare=QUIET,
    ),
    Case(
        "quiet-and-regenerated",
        "nobody pings, and a node's certificate was regenerated",
        ("wrong-anchor",),
        lambda p: regenerate(p, "cucm-sub2"),
        prepare=QUIET,
    ),
    Case(
        "older-root-on-one-node",
        "the renewed root came to two nodes; the third holds the one of before",
        ("cn-collision", "replication"),
        _older_root_on_one,
    ),
    Case(
        "policy-ca-deleted-on-cube",
        "the middle CA was tidied up on the CUBE, which sent it",
        ("missing-intermediate",),
        _policy_deleted_on_cube,
    ),
    Case("two-nodes-expired", "two of three nodes were forgotten at renewal", ("expired-node",), _two_expired),
    Case(
        "peer-and-trustpoint-gone",
        "a node was taken out of the CUBE, dial-peer and trust, and is still there",
        ("dial-peer-down", "node-missing", "wrong-anchor"),
        _peer_and_trust_gone,
    ),
    Case("two-nodes-rejected", "an access list before the second site", ("path-blocked",), lambda p: _rejected(p, *NODES[1:])),
    Case(
        "axl-password-changed",
        "the application user's password was changed",
        ("cluster-unreachable",),
        lambda p: p.do(lambda: p.cluster.axl_users.users.update({AXL_USER[0]: AxlUser("another")})),
    ),
    Case(
        "no-line-free",
        "all VTY lines of the CUBE are taken",
        ("cube-unreachable",),
        lambda p: p.do(lambda: setattr(p.cube.router, "lines_allowed", 0)),
    ),
    Case(
        "client-auth-only-nodes", "a CA gave the nodes certificates for clients alone", ("usage",), _client_only_nodes, OLDER_XE
    ),
    Case(
        "cluster-in-the-past",
        "all nodes' clocks are a year behind",
        ("clock-node",),
        lambda p: _clock_of(p, *NODES, days=-365),
        MODERN,
    ),
    Case(
        "node-in-the-future",
        "one node's clock is four years ahead",
        ("clock-node",),
        lambda p: _clock_of(p, "cucm-sub2", days=1500),
    ),
    Case(
        "certificate-of-2024-bound",
        "the profile binds an expired certificate of an earlier CA",
        ("wrong-trustpoint", "expired-cube"),
        _expired_of_earlier_days,
        MODERN,
    ),
    Case(
        "moved-back-not-reset",
        "the trunk was pointed elsewhere and back, and the way back was not reset",
        ("trunk-not-reset",),
        _without_reset_after_move,
        MODERN,
    ),
    Case(
        "crossed-peers",
        "two dial-peers call each other's node",
        (),
        lambda p: [
            ssh(p, "dial-peer voice 101 voip", "session target ipv4:10.72.86.76:5061"),
            ssh(p, "dial-peer voice 102 voip", "session target ipv4:10.72.86.75:5061"),
        ],
    ),
    Case("targets-by-name", "every target is the node's own name", (), _each_by_name),
    Case("elliptic-cube", "the CUBE's key is on a curve", (), body=EllipticCube()),
    Case(
        "client-vtp-that-fits",
        "client-vtp names the CA of the nodes",
        (),
        lambda p: ssh(p, "sip-ua", "crypto signaling default trustpoint sip-trunk-cert client-vtp sip-trunk-cert"),
        replace(OLDER_XE, cluster=CA_SIGNED),
    ),
    Case(
        "second-destination-dead",
        "the trunk has a second CUBE as its second destination, which is off",
        (),
        lambda p: destinations(p, ("10.72.86.86", 5061), ("10.72.86.99", 5061)),
    ),
    Case("dead-carrier", "somebody else's dial-peer calls a dead carrier all day", (), _dead_carrier),
    Case(
        "probe-kept-out",
        "the daemon itself does not reach a node's SIP port, and nobody else minds",
        (),
        prepare=_probe_elsewhere,
    ),
    Case(
        "renewed-yesterday-ends-today",
        "a certificate of six hours, of which four are left",
        (),
        lambda p: reissue(p, now=datetime.now(UTC), days=4 / 24),
    ),
)
