"""Every rule: what must be named first, and what is near to it and is nothing."""

from datetime import timedelta

import pytest

from support.certificates import CUCM_CA, ISSUING, NOW, ROOT, made
from support.doings import (
    BELOW,
    CLIENT,
    DOWN,
    EARLY,
    LATE,
    OF_BELOW,
    REFUSED,
    RENEWED,
    RIVAL,
    SERVER,
    YOUNGER_CA,
    Change,
    both,
    came_from,
    counted,
    deaf,
    dial_peer,
    facts,
    heard,
    line,
    lost,
    lost_to,
    node,
    non_secure,
    own,
    profiled,
    rehearsed,
    second,
    shown,
    stored,
    trust,
    unregistered,
)
from support.sick import CLUSTER, CUBE, NAMES, OWN, PROFILE, SIP_PROFILE, TRUNK, Sick
from trunkline.model.handshake import Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Acceptance, DialPeerState, Gap

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
