"""What breaks a trunk, and what a diagnosis must name first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from support import injuries as hurt
from support.injuries import both, distrusted, edited, enroll, forget_reset, renew_node, rewrite, typed, with_fields
from support.patient import Body, Patient
from support.scene import Scene

YOHUR, BUSAN = Body(), Body("cube-busan", "17.9")
BUSAN_NEW = Body("cube-busan", "17.15")
MODERN_YOHUR = Body("vg-yohur", "16.12")
PESSIMIST = {"trust_needs_restart": True}


@dataclass(frozen=True)
class Broken:
    """One cause. `inject` does it to a trunk that is up, `prepare` writes it into the documents before; `expected` is what
    the diagnosis must say first, or within the first three where there are several.
    """

    name: str
    expected: tuple[str, ...]
    inject: Callable[[Patient], object] = lambda _patient: None
    body: Body = YOHUR
    prepare: Callable[[Scene], object] | None = None

    @property
    def is_stated(self) -> bool:
        """Whether the documents ask for the mistake: then the trunk never comes up."""
        return self.prepare is not None


RSA_SUITES = "ECDHE_RSA_AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM_SHA256"
WRONG_NAME = "<x509SubjectName>somebody.example.com</x509SubjectName>"
YOHUR_NAME = "<x509SubjectName>vg-yohur.example.com</x509SubjectName>"
SHUT = typed("dial-peer voice 100 voip", " shutdown", "dial-peer voice 101 voip", " shutdown")
OTHER_NAMES = typed("voice class tls-profile 10", " cn-san validate bidirectional", " cn-san 1 *.other.net")
PORT_OF_MEMBER = typed("voice class server-group 710", " ipv4 10.72.86.75 port 5071 preference 1")
NO_MEMBER = typed("voice class server-group 710", " no ipv4 10.72.86.75 port 5061 preference 1")
WRONG_PORT = typed("dial-peer voice 101 voip", " session target ipv4:10.72.86.75:5071")
SAME_TARGET = typed("dial-peer voice 102 voip", " session target ipv4:10.72.86.74:5061")
NO_LIST = typed("voice service voip", " no ip address trusted list")
UDP = ("dial-peer voice 7100 voip", " session transport udp")
EC_ONLY = (
    "voice class tls-cipher 10", " no cipher 1 ECDHE_RSA_AES256_GCM_SHA384", " no cipher 2 ECDHE_RSA_AES128_GCM_SHA256",
    " cipher 1 ECDHE_ECDSA_AES256_GCM_SHA384",
)  # fmt: skip

CAUSES = (
    Broken("clock of the CUBE behind", ("clock-cube",), hurt.skew_cube),
    Broken("clock of the CUBE ahead", ("clock-cube",), hurt.skew_cube_ahead, BUSAN),
    Broken("clock of a node", ("clock-node",), hurt.skew_node, BUSAN),
    Broken("CUBE's certificate expired", ("expired-cube",), lambda p: enroll(p, days=-2)),
    Broken("node's certificate expired", ("expired-node",), hurt.expire_node, BUSAN),
    Broken(
        "CUBE's certificate not valid yet",
        ("not-yet-valid-cube",),
        lambda p: enroll(p, now=datetime.now(UTC) + timedelta(days=9)),
        MODERN_YOHUR,
    ),
    Broken("intermediate missing", ("missing-intermediate",), hurt.deeper, BUSAN),
    Broken("node renewed, CUBE has its earlier certificate", ("wrong-anchor",), renew_node(restarts=True)),
    Broken("issuer missing in CallManager-trust", ("cube-untrusted",), distrusted()),
    Broken("trust missing on one node", ("replication",), distrusted("cucm-sub2")),
    Broken("another CA of the same name", ("cn-collision",), hurt.collide),
    Broken("name in the profile", ("name-mismatch",), edited(WRONG_NAME)),
    Broken("name refused by the CUBE", ("name-refused",), OTHER_NAMES, BUSAN),
    Broken("serverAuth alone", ("usage",), hurt.only_in_one_direction),
    Broken("port in a dial-peer", ("port-cube",), WRONG_PORT),
    Broken("port in a server-group", ("port-cube",), PORT_OF_MEMBER, BUSAN_NEW),
    Broken("port in the profile", ("port-cluster",), edited("<incomingPort>5071</incomingPort>")),
    Broken("UDP in a dial-peer", ("transport-cube",), typed(*UDP), BUSAN),
    Broken("TCP without TLS in a dial-peer", ("transport-cube",), typed("dial-peer voice 102 voip", " session transport tcp")),
    Broken("Authenticated profile", ("transport-cluster",), edited("<securityMode>Authenticated</securityMode>")),
    Broken("trusted list", ("trusted-list",), hurt.untrusted_list),
    Broken("cipher", ("cipher",), typed(*EC_ONLY), BUSAN),
    Broken("cipher, 17.15", ("cipher",), typed(*EC_ONLY), BUSAN_NEW),
    Broken("version too new", ("version",), typed("sip-ua", " transport tcp tls v1.3"), BUSAN_NEW),
    Broken("version too old", ("version",), typed("sip-ua", " transport tcp tls v1.0")),
    Broken("trunk not reset after its name was mended", ("trunk-not-reset",), forget_reset(WRONG_NAME, YOHUR_NAME)),
    Broken(
        "trunk not reset after its port was mended",
        ("trunk-not-reset",),
        forget_reset("<incomingPort>5071</incomingPort>", "<incomingPort>5061</incomingPort>"),
        BUSAN,
    ),
    Broken("trust not loaded", ("trust-not-loaded",), hurt.keep_trust_unloaded, replace(YOHUR, cluster=PESSIMIST)),
    Broken("trust not loaded, 17.15", ("trust-not-loaded",), hurt.keep_trust_unloaded, replace(BUSAN_NEW, cluster=PESSIMIST)),
    Broken("node renewed and not restarted", ("old-served-node",), renew_node(restarts=False)),
    Broken("CUBE renewed and not bound", ("wrong-trustpoint",), hurt.keep_binding),
    Broken("node missing in a server-group", ("node-missing",), NO_MEMBER, BUSAN),
    Broken("dial-peer to a node calls another", ("node-missing",), SAME_TARGET),
    Broken("node down", ("node-down",), hurt.stop_node, BUSAN),
    Broken("service stopped", ("service-down",), hurt.stop_service),
    Broken("trunk calls another address", ("trunk-destination",), hurt.destination("10.72.86.99", 5061)),
    Broken("trunk calls another port", ("trunk-destination",), hurt.destination("10.72.86.86", 5062)),
    Broken("no bind", ("bind",), hurt.unbind),
    Broken("dial-peer shut down", ("dial-peer-down",), typed("dial-peer voice 7100 voip", " shutdown"), BUSAN),
    Broken("dial-peers shut down, trust in the list falls with them", ("dial-peer-down",), both(NO_LIST, SHUT)),
    Broken("dial-peer removed", ("dial-peer-down",), typed("no dial-peer voice 200 voip")),
    Broken("TLS listener off", ("listener-off",), typed("sip-ua", " no transport tcp tls"), MODERN_YOHUR),
    Broken("CUBE unreachable", ("cube-unreachable",), lambda p: p.lab.close_ssh(p.body.cube)),
    Broken("publisher unreachable", ("cluster-unreachable",), lambda p: p.lab.call(p.cluster.stop_node("cucm-pub"))),
)
"""One cause at a time. The order is that of a table in the documentation."""

STATED = (
    Broken(
        "documents: port of the profile",
        ("port-cluster",),
        prepare=with_fields("vg-yohur", "incomingPort: 5071"),
    ),
    Broken(
        "documents: Authenticated",
        ("transport-cluster",),
        prepare=with_fields("cube-busan", "securityMode: Authenticated"),
        body=BUSAN,
    ),
    Broken(
        "documents: names that nobody bears",
        ("name-mismatch",),
        prepare=with_fields("vg-yohur", "x509SubjectName: old.example.com"),
    ),
    Broken(
        "documents: TLS 1.3 with a cluster of release 14",
        ("version",),
        prepare=rewrite("cubes/cube-busan.yaml", "sip_ua:\n  tls_version: v1.2\n", "sip_ua:\n  tls_version: v1.3\n"),
        body=BUSAN_NEW,
    ),
    Broken(
        "documents: suites for keys that nobody has",
        ("cipher",),
        prepare=rewrite("cubes/cube-busan.yaml", RSA_SUITES, "ECDHE_ECDSA_AES256_GCM_SHA384"),
        body=BUSAN,
    ),
)
"""The documents ask for the mistake themselves: nothing differs, and the cure is in them."""

PAIRS = (
    Broken(
        "clock and shut dial-peer",
        ("clock-cube", "dial-peer-down"),
        both(hurt.skew_cube, typed("dial-peer voice 100 voip", " shutdown")),
    ),
    Broken("name and port", ("name-mismatch", "port-cube"), both(edited(WRONG_NAME), WRONG_PORT)),
    Broken(
        "trust and expired", ("cube-untrusted", "expired-cube"), both(distrusted(), lambda p: enroll(p, days=-2)), MODERN_YOHUR
    ),
    Broken("node down and name", ("node-down", "name-mismatch"), both(edited(WRONG_NAME), hurt.stop_node), BUSAN),
    Broken("cipher and UDP", ("cipher", "transport-cube"), typed(*EC_ONLY, *UDP), BUSAN_NEW),
    Broken(
        "one node without trust, another serving its earlier certificate",
        ("replication", "old-served-node"),
        both(distrusted("cucm-sub2"), renew_node(restarts=False)),
    ),
)
"""Two at once: both within the first three."""

EVERY = (*CAUSES, *STATED, *PAIRS)


def is_right(broken: Broken, codes: Sequence[str]) -> bool:
    """Whether a diagnosis says what it must."""
    if len(broken.expected) == 1:
        return tuple(codes[:1]) == broken.expected
    return set(broken.expected) <= set(codes[:3])
