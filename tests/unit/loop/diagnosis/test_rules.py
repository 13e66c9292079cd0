"""Every rule: what must be named first, and what is near to it and is nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.certificates import CUCM_CA, ISSUING, NOW, ROOT, made
from support.sick import ADDRESSES, CLUSTER, CUBE, LINK, NAMES, OWN, PROFILE, SIP_PROFILE, TRUNK, Sick
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Look, Met, Outlook, Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Acceptance, DialPeerState, Gap, Shown
from trunkline.model.realtime import TrunkStatus
from trunkline.twin.ca import Authority

Change = Callable[[Sick], object]
SERVER, CLIENT = (one.dotted_string for one in (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH))
LATE, EARLY = NOW - timedelta(days=400), NOW + timedelta(days=2)
YOUNGER_CA = made("Voice Issuing CA", "Voice Root CA", NOW - timedelta(days=5), 900, is_ca=True)
RIVAL = Certificate.from_pem(Authority.create("Voice Root CA", NOW).issuer.pem)
RENEWED = made("sub.example.com", "", NOW - timedelta(days=1), 300)
BELOW = made("Seoul Issuing CA", "Seoul CA", LATE, 900, is_ca=True)
OF_BELOW = made("sub.example.com", "Seoul Issuing CA")
DOWN = Gap(
    CLUSTER,
    "cannot reach sub: the connection failed; see whether it is up",
    Kind.CALLMANAGER_TRUST,
    "sub/",
    "",
    "device_unreachable",
)
REFUSED = Look(NOW, False, Reason.REFUSED, "10.0.0.2:5061 refuses connections: nothing listens there")


def line(kind: Kind, name: str, slot: str, text: str | None) -> Change:
    """A line of the CUBE's configuration; None takes it away."""

    def change(sick: Sick) -> None:
        if text is None:
            sick.section(kind, name).pop(slot)
        else:
            sick.configuration.setdefault((kind, name), {})[slot] = text

    return change


def dial_peer(number: str, slot: str, text: str | None) -> Change:
    return line(Kind.DIAL_PEER, number, slot, text)


def stored(key: Key, name: str, text: str) -> Change:
    return lambda sick: sick.objects[key].__setitem__(name, text)


def facts(**changes: object) -> Change:
    return lambda sick: setattr(sick, "facts", replace(sick.facts, **changes))  # type: ignore[arg-type]  # fields of CubeFacts


def node(**changes: object) -> Change:
    """Of the second node."""
    return lambda sick: sick.listed.__setitem__(1, replace(sick.listed[1], **changes))  # type: ignore[arg-type]  # of Node


def own(certificate: Certificate | None) -> Change:
    return lambda sick: setattr(sick, "own", certificate)


def second(certificate: Certificate) -> Change:
    return lambda sick: sick.nodes.__setitem__(1, certificate)


def trust(*held: Certificate, on: tuple[str, ...] = NAMES) -> Change:
    return lambda sick: sick.trust.update(dict.fromkeys(on, held))


def shown(holder: str, certificate: Certificate) -> Change:
    return lambda sick: sick.shown.update({holder: Shown(certificate, NOW)})


def both(*changes: Change) -> Change:
    def change(sick: Sick) -> None:
        for one in changes:
            one(sick)

    return change


def lost(sick: Sick) -> None:
    sick.disconnect()


def counted(**risen: int) -> Change:
    """Counters rose by so much since the last pass."""

    def change(sick: Sick) -> None:
        sick.before = dict.fromkeys(risen, 3)
        sick.facts = replace(sick.facts, counters={name: 3 + by for name, by in risen.items()})

    return change


def lost_to(*names: str) -> Change:
    return lambda sick: sick.disconnect(*names)


def came_from(name: str) -> Change:
    """The only connection with this node is one that it opened."""

    def change(sick: Sick) -> None:
        address = ADDRESSES[NAMES.index(name)]
        rows = (
            replace(row, remote_port=40123) if row.remote_address == address else row for row in sick.facts.connections or ()
        )
        sick.facts = replace(sick.facts, connections=tuple(rows))

    return change


def deaf(*names: str) -> Change:
    return lambda sick: sick.looks.update({f"{CLUSTER}/{name}": REFUSED for name in names})


def heard(*names: str) -> Change:
    return lambda sick: sick.looks.update({f"{CLUSTER}/{name}": Look(NOW, True) for name in names})


def unregistered(sick: Sick) -> None:
    sick.statuses = dict.fromkeys(NAMES, TrunkStatus.UNREGISTERED)


def non_secure(sick: Sick) -> None:
    sick.objects[PROFILE] |= {
        "securityMode": "Non Secure",
        "incomingTransport": "TCP+UDP",
        "outgoingTransport": "TCP",
        "incomingPort": "5060",
    }


def rehearsed(refuser: str, reason: Reason) -> Change:
    """In memory this end refuses the other."""
    met = Met(False, refuser, reason, "it would refuse it", "renew it")
    return lambda sick: sick.forecasts.update({LINK: (Outlook(CUBE, f"{CLUSTER}/sub", met, met),)})


def profiled(*ciphers: str, validates: str = "", name: str = "") -> Change:
    """A TLS profile is bound instead of the plain trustpoint."""

    def change(sick: Sick) -> None:
        sick.section(Kind.SIP_UA)["crypto signaling default"] = "crypto signaling default tls-profile 1"
        profile = {"trustpoint": "trustpoint own", **({"cipher": "cipher 1"} if ciphers else {})}
        profile |= {"cn-san validate": f"cn-san validate {validates}"} if validates else {}
        profile |= {"cn-san 1": f"cn-san 1 {name}"} if name else {}
        sick.configuration[Kind.TLS_PROFILE, "1"] = profile
        sick.configuration[Kind.TLS_CIPHER, "1"] = {str(n): f"cipher {n} {one}" for n, one in enumerate(ciphers, 1)}

    return change


SAYS: tuple[tuple[str, str, Change], ...] = (
    ("cube-unreachable", "nothing of it", lambda s: s.gaps.update({CUBE: (Gap(CUBE, "cannot connect to it: refused; see"),)})),
    ("cluster-unreachable", "nothing of it", lambda s: s.gaps.update({CLUSTER: (Gap(CLUSTER, "cannot log in; correct it"),)})),
    (
        "node-down",
        "neither port",
        both(lambda s: s.gaps.update({CLUSTER: (DOWN,)}), lambda s: s.looks.update({f"{CLUSTER}/sub": REFUSED})),
    ),
    ("service-down", "stopped", node(callmanager_status="Stopped")),
    ("clock-cube", "years behind", facts(clock=NOW - timedelta(days=3000))),
    ("clock-cube", "years ahead", facts(clock=NOW + timedelta(days=3000))),
    ("clock-node", "years ahead", node(clock=NOW + timedelta(days=3000))),
    ("expired-cube", "it ended", own(made("vg.example.com", "Voice Issuing CA", LATE, 300))),
    ("expired-node", "it ended", second(made("sub.example.com", "Seoul CA", LATE, 300))),
    ("not-yet-valid-cube", "it begins", own(made("vg.example.com", "Voice Issuing CA", EARLY, 300))),
    ("not-yet-valid-node", "it begins", second(made("sub.example.com", "Seoul CA", EARLY, 300))),
    ("listener-off", "no transport", line(Kind.SIP_UA, "", "transport tcp tls", "no transport tcp tls")),
    ("listener-off", "no socket", facts(listening=())),
    ("bind", "another interface", facts(listening=("[192.168.1.1]:5061",))),
    ("bind", "none", line(Kind.VOICE_SERVICE_SIP, "voip", "bind control", None)),
    ("dial-peer-down", "shutdown", dial_peer("100", "shutdown", "shutdown")),
    ("dial-peer-down", "missing", lambda s: s.configuration.pop((Kind.DIAL_PEER, "200"))),
    ("dial-peer-down", "oper down", facts(dial_peers={100: DialPeerState(False)})),
    ("node-missing", "same target twice", dial_peer("101", "session target", "session target ipv4:10.0.0.1:5061")),
    ("port-cube", "in a dial-peer", dial_peer("100", "session target", "session target ipv4:10.0.0.1:5071")),
    ("port-cluster", "in the profile", stored(PROFILE, "incomingPort", "5071")),
    ("transport-cube", "udp", dial_peer("100", "session transport", "session transport udp")),
    ("transport-cube", "by default", dial_peer("200", "session transport", None)),
    ("transport-cube", "tcp", dial_peer("101", "session transport", "session transport tcp")),
    ("transport-cluster", "Authenticated", stored(PROFILE, "securityMode", "Authenticated")),
    ("transport-cluster", "TCP", stored(PROFILE, "outgoingTransport", "TCP")),
    ("transport-cluster", "another profile", stored(TRUNK, "securityProfileName", "Non Secure SIP Trunk Profile")),
    ("trunk-missing", "no profile", lambda s: s.objects.pop(PROFILE)),
    ("trunk-destination", "another address", stored(TRUNK, "destinations", "10.0.0.8:5061")),
    ("trunk-destination", "another port", stored(TRUNK, "destinations", "10.0.0.9:5062")),
    ("identity-missing", "no certificate", own(None)),
    ("identity-missing", "nothing bound", line(Kind.SIP_UA, "", "crypto signaling default", None)),
    (
        "wrong-trustpoint",
        "another bound",
        both(
            lambda s: s.others.update({"earlier": OWN}),
            line(Kind.SIP_UA, "", "crypto signaling default", "crypto signaling default trustpoint earlier"),
        ),
    ),
    ("old-served-cube", "on the wire", shown(CUBE, made("vg.example.com", "Voice Issuing CA", NOW - timedelta(days=300), 301))),
    (
        "old-served-node",
        "on the wire",
        shown(f"{CLUSTER}/sub", made("sub.example.com", "Seoul CA", NOW - timedelta(days=300), 301)),
    ),
    ("usage", "server alone", own(made("vg.example.com", "Voice Issuing CA", usages=(SERVER,)))),
    ("usage", "a node's", second(made("sub.example.com", "Seoul CA", usages=(CLIENT,)))),
    ("cn-collision", "another root of the name", trust(RIVAL)),
    ("cube-untrusted", "nothing", trust()),
    ("replication", "one of two", trust(on=("sub",))),
    (
        "missing-intermediate",
        "of the CUBE",
        both(trust(ROOT, on=("sub",)), own(made("vg.example.com", "Voice Issuing CA")), lambda s: s.anchors.update(own=())),
    ),
    ("missing-intermediate", "of a node", both(second(OF_BELOW), trust(ISSUING, ROOT, BELOW))),
    ("wrong-anchor", "renewed by itself", second(RENEWED)),
    ("wrong-anchor", "none", lambda s: s.anchors.pop("cucm")),
    ("version", "1.3 and release 14", line(Kind.SIP_UA, "", "transport tcp tls", "transport tcp tls v1.3")),
    ("version", "1.0 and nothing up", both(line(Kind.SIP_UA, "", "transport tcp tls", "transport tcp tls v1.0"), lost)),
    ("cipher", "for RSA keys", profiled("RSA_WITH_AES_128_CBC_SHA")),
    ("cipher", "never negotiated", profiled("DHE_RSA_WITH_AES_256_CBC_SHA")),
    (
        "cipher",
        "strict on 15",
        both(
            facts(release=(15, 6, 3)),
            lost,
            line(Kind.SIP_UA, "", "crypto signaling default", "crypto signaling default trustpoint own strict-cipher"),
        ),
    ),
    ("name-mismatch", "of another", stored(PROFILE, "x509SubjectName", "other.example.com")),
    ("name-refused", "none fits", profiled(validates="server", name="*.other.net")),
    (
        "trusted-list",
        "left out",
        both(
            line(Kind.TRUSTED_LIST, "voip", "ipv4 10.0.0.0 255.0.0.0", None),
            dial_peer("101", "session target", "session target dns:sub.example.com:5061"),
        ),
    ),
    (
        "never-applied",
        "nothing there",
        both(
            lambda s: [s.configuration.pop((Kind.DIAL_PEER, one)) for one in ("100", "101", "200")],
            lambda s: s.objects.pop(TRUNK),
        ),
    ),
    (
        "path-blocked",
        "one node, which calls and is not called",
        both(came_from("sub"), deaf("sub"), heard("pub"), counted(connection_failures=6)),
    ),
    (
        "path-blocked",
        "one node, and the probe comes through",
        both(lost_to("sub"), heard(*NAMES), counted(connection_failures=6)),
    ),
    ("path-blocked", "the CUBE", both(lost, unregistered, lambda s: s.looks.update({CUBE: REFUSED}))),
    ("node-missing", "a name of nobody", dial_peer("101", "session target", "session target dns:sub.exmaple.com:5061")),
    ("expired-cube", "its CA, as a handshake in memory shows", both(lost, rehearsed(f"{CLUSTER}/sub", Reason.EXPIRED))),
    ("expired-node", "its CA, as a handshake in memory shows", both(lost, rehearsed(CUBE, Reason.EXPIRED))),
    (
        "not-yet-valid-cube",
        "its CA, as a handshake in memory shows",
        both(lost, rehearsed(f"{CLUSTER}/sub", Reason.NOT_YET_VALID)),
    ),
    ("transport-cluster", "Non Secure, on its own port", non_secure),
    ("trunk-not-reset", "owed", lambda s: setattr(s, "owed", frozenset({Key(CLUSTER, Kind.ACTIVATION, "TRUNK")}))),
    (
        "trunk-not-reset",
        "nobody listens",
        both(lost, node(), lambda s: s.looks.update(dict.fromkeys((f"{CLUSTER}/pub", f"{CLUSTER}/sub"), REFUSED))),
    ),
    ("trunk-not-reset", "closed again", both(lost, counted(remote_closures=6))),
    ("trust-not-loaded", "handshakes fail", both(lost, counted(tls_client_handshake_failures=6))),
    (
        "trust-not-loaded",
        "the probe is refused",
        lambda s: s.accepted.update({(f"{CLUSTER}/sub", ISSUING.sha256): Acceptance(False, NOW, "alert: unknown ca")}),
    ),
)


@pytest.mark.parametrize(
    ("code", "change"), [(code, change) for code, _, change in SAYS], ids=[f"{c}: {w}" for c, w, _ in SAYS]
)
def test_named_first(code: str, change: Change) -> None:
    sick = Sick()
    change(sick)
    found = sick.diagnosed()
    assert [one.code for one in found.findings][:1] == [code]
    assert found.findings[0].evidence and found.findings[0].cures
    assert not found.is_well


SAYS_NOTHING: tuple[tuple[str, Change], ...] = (
    ("all is well", lambda _sick: None),
    ("a clock that is two minutes off", facts(clock=NOW + timedelta(minutes=2))),
    ("a clock that is not known", both(facts(clock=None), node(clock=None))),
    ("a listener on every address", facts(listening=("[0.0.0.0]:5061",))),
    ("what could not be read is not absent", facts(listening=None, dial_peers=None)),
    ("a certificate that ends tomorrow", own(made("vg.example.com", "Voice Issuing CA", NOW - timedelta(days=99), 100))),
    ("both usages", own(made("vg.example.com", "Voice Issuing CA", usages=(SERVER, CLIENT)))),
    ("names with other separators", stored(PROFILE, "x509SubjectName", "a.example.com; VG.example.com")),
    ("a node that signs itself and is held", both(second(RENEWED), lambda s: s.anchors.update(sub=(RENEWED,)))),
    ("the issuing CA alone", trust(ISSUING)),
    ("the root alone, and the CUBE sends the rest", trust(ROOT)),
    ("the certificate itself", trust(OWN)),
    (
        "a trust store that could not be read",
        both(trust(), lambda s: s.gaps.update({CLUSTER: (Gap(CLUSTER, "x", Kind.CALLMANAGER_TRUST),)})),
    ),
    ("another certificate of that name beside ours", trust(YOUNGER_CA, ISSUING, ROOT)),
    ("1.0 where it works", line(Kind.SIP_UA, "", "transport tcp tls", "transport tcp tls v1.0")),
    (
        "1.3 with a newer cluster",
        both(
            line(Kind.SIP_UA, "", "transport tcp tls", "transport tcp tls v1.3"),
            lambda s: setattr(s, "version", "15.0.1.13900(9)"),
        ),
    ),
    ("suites for the keys there are", profiled("ECDHE_ECDSA_AES256_GCM_SHA384")),
    ("suites of TLS 1.3", profiled("AES128_GCM_SHA256")),
    ("a name that fits a pattern", profiled(validates="bidirectional", name="*.example.com")),
    ("a target that is trusted by itself", line(Kind.TRUSTED_LIST, "voip", "ipv4 10.0.0.0 255.0.0.0", None)),
    (
        "a list that nobody asks",
        both(
            line(Kind.TRUSTED_LIST, "voip", "ipv4 10.0.0.0 255.0.0.0", None),
            line(Kind.VOICE_SERVICE, "voip", "x", "no ip address trusted authenticate"),
        ),
    ),
    (
        "the global transport",
        both(
            dial_peer("100", "session transport", "session transport system"),
            line(Kind.VOICE_SERVICE_SIP, "voip", "session transport", "session transport tcp tls"),
        ),
    ),
    ("a port left out", dial_peer("100", "session target", "session target ipv4:10.0.0.1")),
    (
        "a binding by address",
        line(Kind.SIP_UA, "", "crypto signaling default", "crypto signaling remote-addr 10.0.0.0 255.0.0.0 trustpoint own"),
    ),
    (
        "an earlier certificate shown to a stranger",
        both(
            line(Kind.SIP_UA, "", "crypto signaling default", "crypto signaling remote-addr 10.0.0.0 255.0.0.0 trustpoint own"),
            shown(CUBE, made("vg.example.com", "Voice Issuing CA", NOW - timedelta(days=300), 301)),
        ),
    ),
    ("a node that the probe alone does not reach", both(deaf("sub"), heard("pub"))),
    ("nodes that the probe does not reach", both(deaf(*NAMES), counted(connection_failures=6))),
    ("a node that the CUBE itself opened a connection to", both(deaf("sub"), heard("pub"), counted(connection_failures=6))),
    ("a CUBE that the probe alone does not reach", lambda s: s.looks.update({CUBE: REFUSED})),
    (
        "a target by a name of its node",
        both(
            second(made("sub.example.com", "Seoul CA")),
            dial_peer("101", "session target", "session target dns:sub.example.com"),
        ),
    ),
    ("a second destination", stored(TRUNK, "destinations", "10.0.0.7:5061, 10.0.0.9:5061")),
    (
        "a probe that was refused by a CA that is not held",
        lambda s: s.accepted.update({(f"{CLUSTER}/sub", CUCM_CA.sha256): Acceptance(False, NOW)}),
    ),
    ("connections that come with calls", both(lost, stored(SIP_PROFILE, "enableOutboundOptionsPing", "false"))),
)


@pytest.mark.parametrize("change", [change for _, change in SAYS_NOTHING], ids=[name for name, _ in SAYS_NOTHING])
def test_nothing_is_made_up(change: Change) -> None:
    sick = Sick()
    change(sick)
    assert sick.codes() == []
