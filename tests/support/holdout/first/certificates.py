"""Dates, usages and issuers of what the CUBE presents, and the clocks that judge them."""

from datetime import UTC, datetime, timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from support.holdout.case import MODERN, Case
from support.holdout.hands import (
    below,
    ca,
    enroll_beside,
    give_node,
    node_wish,
    pinned,
    present,
    reissue,
    replace_ca,
    ssh,
    ssh_with_warning,
    trust,
)
from support.patient import Patient
from trunkline.twin.ca import self_signed

SERVER_ONLY = (ExtendedKeyUsageOID.SERVER_AUTH,)


def _clock(patient: Patient, days: float, mark: str = "") -> None:
    def turn() -> None:
        patient.cube.router.clock_skew, patient.cube.router.clock_mark = timedelta(days=days), mark

    patient.do(turn)
    patient.clear()


def _node_clock(patient: Patient, node: str, days: float) -> None:
    patient.do(lambda: setattr(patient.node(node), "clock_error", timedelta(days=days)))
    patient.restart(node)


def _expired_on_one_node(patient: Patient) -> None:
    trustpoint = pinned(patient, "cucm-sub2")
    held = self_signed(node_wish(patient, "cucm-sub2", days=-2))
    give_node(patient, "cucm-sub2", held)
    replace_ca(patient, trustpoint, held.certificate)


def _expired_issuing_ca(patient: Patient) -> None:
    root = ca("Example Root")
    issuing = ca("Example Issuing 2021", days=-1, issuer=root)
    trust(patient, root.certificate, issuing.certificate)
    present(patient, root, issuing)


def _server_only_node(patient: Patient) -> None:
    held = patient.authority.issue(node_wish(patient, "cucm-sub1", usages=SERVER_ONLY))
    give_node(patient, "cucm-sub1", held, patient.authority.issuer.certificate)


def _web_certificate(patient: Patient) -> None:
    other = self_signed(patient.wish(common_name="IOS-Self-Signed-Certificate-2264", names=()))
    enroll_beside(patient, "TP-self-signed-2264", other)
    ssh(patient, "sip-ua", "crypto signaling default trustpoint TP-self-signed-2264")


def _carrier_certificate(patient: Patient) -> None:
    carrier = ca("Carrier Interconnect CA")
    held = below(carrier).issue(patient.wish(common_name="sbc.carrier.example.net", names=("sbc.carrier.example.net",)))
    enroll_beside(patient, "carrier", held, carrier)
    ssh(patient, "sip-ua", "crypto signaling remote-addr 10.72.86.0 255.255.255.0 trustpoint carrier")


def _narrow_binding(patient: Patient) -> None:
    ssh(
        patient,
        "sip-ua",
        "no crypto signaling remote-addr 10.72.86.0 255.255.255.0",
        "crypto signaling remote-addr 10.72.86.74 255.255.255.254 tls-profile 10",
    )


def _zeroized(patient: Patient) -> None:
    ssh_with_warning(patient, "crypto key zeroize rsa sip-trunk-key", "yes")
    assert "sip-trunk-key" not in patient.cube.store.keys


def _ahead_of_time(patient: Patient) -> None:
    reissue(patient, now=datetime.now(UTC) + timedelta(days=4))


CASES = (
    Case(
        "clock-two-years-back",
        "the CUBE came back after a power failure without NTP",
        ("clock-cube",),
        lambda p: _clock(p, -730, "*"),
    ),
    Case("clock-three-years-ahead", "somebody typed the wrong year", ("clock-cube",), lambda p: _clock(p, 1100)),
    Case("clock-modern-unsynchronized", "NTP was lost long ago", ("clock-cube",), lambda p: _clock(p, -400, "."), MODERN),
    Case(
        "clock-of-one-subscriber",
        "a subscriber's virtual machine runs years back",
        ("clock-node",),
        lambda p: _node_clock(p, "cucm-sub1", -900),
    ),
    Case("leaf-expired", "the CUBE's certificate ended three days ago", ("expired-cube",), lambda p: reissue(p, days=-3)),
    Case(
        "leaf-expired-modern",
        "the same behind a TLS profile",
        ("expired-cube",),
        lambda p: present(p, p.authority.issuer, days=-3),
        MODERN,
    ),
    Case("leaf-not-yet-valid", "the CA's clock is ahead", ("not-yet-valid-cube",), _ahead_of_time),
    Case(
        "one-node-expired",
        "one subscriber's certificate ended, and everybody trusts it",
        ("expired-node",),
        _expired_on_one_node,
    ),
    Case(
        "issuing-ca-expired",
        "the leaf is good, its issuing CA ended yesterday",
        ("expired-cube", "cube-untrusted"),
        _expired_issuing_ca,
    ),
    Case("server-auth-only", "a public CA left clientAuth out", ("usage",), lambda p: reissue(p, usages=SERVER_ONLY)),
    Case("server-auth-only-node", "the same on one node", ("usage",), _server_only_node),
    Case("web-certificate-bound", "the router's web certificate is bound to SIP", ("wrong-trustpoint",), _web_certificate),
    Case(
        "carrier-certificate-bound",
        "a narrower binding for the carrier covers the nodes",
        ("wrong-trustpoint",),
        _carrier_certificate,
    ),
    Case(
        "binding-too-narrow",
        "the mask of the binding leaves one node out",
        ("identity-missing", "wrong-trustpoint"),
        _narrow_binding,
        MODERN,
    ),
    Case("key-zeroized", "the key of the identity was deleted", ("identity-missing",), _zeroized),
)
