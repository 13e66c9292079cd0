"""What breaks a trunk, each as a person, a device or time does it, and what a diagnosis must name first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from support.patient import NODES, Body, Patient
from support.scene import Scene
from support.waiting import eventually
from trunkline.twin.ca import Authority, Held, Wish, self_signed
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.cucm.service import STOPPED
from trunkline.twin.lab.person import type_by_ssh

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
    prepare: Callable[[Scene], object] = lambda _scene: None


def issued(patient: Patient, **more: object) -> Held:
    return patient.authority.issue(patient.wish(**more))


def enroll(patient: Patient, **more: object) -> None:
    """The CUBE's certificate, of the same issuer, with other contents."""
    patient.enroll(issued(patient, **more), patient.authority.issuer.certificate)


def skew_cube(patient: Patient) -> None:
    patient.do(lambda: setattr(patient.cube.router, "clock_skew", -timedelta(days=3000)))
    patient.clear()


def skew_cube_ahead(patient: Patient) -> None:
    patient.do(lambda: setattr(patient.cube.router, "clock_skew", timedelta(days=3000)))
    patient.clear()


def skew_node(patient: Patient) -> None:
    patient.do(lambda: setattr(patient.node("cucm-sub1"), "clock_error", timedelta(days=3000)))


def replace_node_certificate(patient: Patient, node: str, held: Held) -> None:
    """As uploaded by hand; the service is restarted."""
    patient.do(lambda: setattr(patient.node(node).callmanager, "identity", held))
    patient.restart(node)
    patient.clear()


def expire_node(patient: Patient) -> None:
    """Time passes: the very certificate that the CUBE trusts ends."""
    node = patient.node("cucm-sub1")
    made = Wish(node.spec.fqdn, datetime.now(UTC), -1, names=(node.spec.fqdn,), organization="trunkline lab")
    held = self_signed(made)
    replace_node_certificate(patient, "cucm-sub1", held)
    trust_on_cube(patient, "EXPIRED-NODE", held)


def trust_on_cube(patient: Patient, name: str, held: Held) -> None:
    """A trustpoint is authenticated with a certificate."""
    patient.type(f"crypto pki trustpoint {name}", " enrollment terminal", " revocation-check none")
    patient.do(lambda: setattr(patient.cube.store.trustpoints[name], "ca", held.certificate))
    patient.clear()


def distrusted(*nodes: str) -> Callable[[Patient], None]:
    def inject(patient: Patient) -> None:
        patient.distrust(patient.authority.issuer.certificate, *nodes)
        patient.clear()

    return inject


def collide(patient: Patient) -> None:
    """Another team uploads a CA of the same common name: it is younger, and takes the place."""
    rival = Authority.create("trunkline lab root", datetime.now(UTC) + timedelta(days=1)).issuer.certificate

    def put() -> None:
        for name in NODES:
            store = patient.node(name).callmanager.trust
            store.remove(patient.authority.issuer.certificate)
            store.put(TrustEntry(rival))

    patient.do(put)
    patient.restart()
    patient.clear()


def deeper(patient: Patient) -> None:
    """The CUBE gets a certificate from a CA three deep, and nobody gives the cluster the one in the middle."""
    now = datetime.now(UTC)
    middle = patient.lab.authority.below("Example Intermediate CA", now)
    issuing = middle.below("Example Issuing CA", now)
    held = issuing.issue(patient.wish())
    patient.enroll(held, issuing.issuer.certificate)


def renew_node(*, restarts: bool) -> Callable[[Patient], None]:
    def inject(patient: Patient) -> None:
        patient.do(lambda: patient.cluster.renew_by_hand("cucm-sub1"))
        if restarts:
            patient.restart("cucm-sub1")
        patient.clear()

    return inject


def keep_binding(patient: Patient) -> None:
    """The certificate was renewed into another trustpoint, the documents say so, and `crypto signaling` was forgotten."""
    patient.type("crypto pki trustpoint sip-trunk-2027", " enrollment terminal", " revocation-check none", " fqdn none")
    patient.enroll(issued(patient), patient.authority.issuer.certificate, "sip-trunk-2027", "sip-trunk-2027")
    patient.scene.rewrite("cubes/vg-yohur.yaml", "trustpoint: sip-trunk-cert", "trustpoint: sip-trunk-2027")
    patient.scene.commit("the renewed certificate")


def only_in_one_direction(patient: Patient) -> None:
    enroll(patient, usages=(ExtendedKeyUsageOID.SERVER_AUTH,))


def edited(inner: str, *, resets: bool = True) -> Callable[[Patient], None]:
    def inject(patient: Patient) -> None:
        patient.edit_profile(inner)
        if resets:
            patient.reset()
        patient.clear()

    return inject


def forget_reset(inner: str, right: str) -> Callable[[Patient], None]:
    """Somebody breaks the profile, which counts, and mends it, which does not."""

    def inject(patient: Patient) -> None:
        patient.edit_profile(inner)
        patient.reset()
        patient.edit_profile(right)
        settle(patient)

    return inject


def settle(patient: Patient) -> None:
    """Handshakes, or connections that are closed again, are seen to fail for a while."""
    patient.clear()

    def seen() -> int:
        found = patient.counters
        handshakes = found.client_handshake_failures + found.server_handshake_failures
        return handshakes + found.remote_closures + found.connection_failures

    before = seen()
    eventually(lambda: seen() > before + 12, "nobody tries")


def keep_trust_unloaded(patient: Patient) -> None:
    """Trust was lost and uploaded again; the service was not restarted since."""
    held = list(patient.node("cucm-pub").stored)
    for entry in held:
        patient.distrust(entry.certificate)

    def upload() -> None:
        for name in NODES:
            for entry in held:
                patient.node(name).callmanager.trust.put(entry)

    patient.do(upload)
    settle(patient)


def typed(*lines: str) -> Callable[[Patient], None]:
    return lambda patient: patient.type(*lines)


def untrusted_list(patient: Patient) -> None:
    """The outbound dial-peers call names instead of addresses, and the list was tidied up: nothing vouches for the nodes."""
    lines = ["voice service voip", " no ip address trusted list"]
    for number, node in enumerate(NODES):
        lines += [f"dial-peer voice {100 + number} voip", f" session target dns:{node}.example.com:5061"]
    patient.type(*lines)


def unbind(patient: Patient) -> None:
    type_by_ssh(patient.lab, "vg-yohur", ("voice service voip", "sip", "no bind control source-interface GigabitEthernet0/0"))


def destination(address: str, port: int) -> Callable[[Patient], None]:
    def inject(patient: Patient) -> None:
        inner = f"<addressIpv4>{address}</addressIpv4><port>{port}</port><sortOrder>1</sortOrder>"
        patient.axl(
            "updateSipTrunk", f"<name>{patient.trunk}</name><destinations><destination>{inner}</destination></destinations>"
        )
        patient.reset()

    return inject


def stop_node(patient: Patient) -> None:
    patient.lab.call(patient.cluster.stop_node("cucm-sub1"))


def stop_service(patient: Patient) -> None:
    async def stop() -> None:
        node = patient.node("cucm-sub1")
        await node.stop()
        node.service.end(STOPPED)

    patient.lab.call(stop())


def rewrite(path: str, before: str, after: str) -> Callable[[Scene], None]:
    return lambda scene: scene.rewrite(path, before, after)


def with_fields(cube: str, field: str) -> Callable[[Scene], None]:
    """Raw fields of a security profile go before what the document derives."""
    line = f"  name: {cube} TLS\n"
    return rewrite(f"links/{Body(cube).link}.yaml", line, f"{line}  fields: {{{field}}}\n")


def both(*acts: Callable[[Patient], object]) -> Callable[[Patient], None]:
    def inject(patient: Patient) -> None:
        for act in acts:
            act(patient)

    return inject


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
    Broken("clock of the CUBE behind", ("clock-cube",), skew_cube),
    Broken("clock of the CUBE ahead", ("clock-cube",), skew_cube_ahead, BUSAN),
    Broken("clock of a node", ("clock-node",), skew_node, BUSAN),
    Broken("CUBE's certificate expired", ("expired-cube",), lambda p: enroll(p, days=-2)),
    Broken("node's certificate expired", ("expired-node",), expire_node, BUSAN),
    Broken(
        "CUBE's certificate not valid yet",
        ("not-yet-valid-cube",),
        lambda p: enroll(p, now=datetime.now(UTC) + timedelta(days=9)),
        MODERN_YOHUR,
    ),
    Broken("intermediate missing", ("missing-intermediate",), deeper, BUSAN),
    Broken("node renewed, CUBE has its earlier certificate", ("wrong-anchor",), renew_node(restarts=True)),
    Broken("issuer missing in CallManager-trust", ("cube-untrusted",), distrusted()),
    Broken("trust missing on one node", ("replication",), distrusted("cucm-sub2")),
    Broken("another CA of the same name", ("cn-collision",), collide),
    Broken("name in the profile", ("name-mismatch",), edited(WRONG_NAME)),
    Broken("name refused by the CUBE", ("name-refused",), OTHER_NAMES, BUSAN),
    Broken("serverAuth alone", ("usage",), only_in_one_direction),
    Broken("port in a dial-peer", ("port-cube",), WRONG_PORT),
    Broken("port in a server-group", ("port-cube",), PORT_OF_MEMBER, BUSAN_NEW),
    Broken("port in the profile", ("port-cluster",), edited("<incomingPort>5071</incomingPort>")),
    Broken("UDP in a dial-peer", ("transport-cube",), typed(*UDP), BUSAN),
    Broken("TCP without TLS in a dial-peer", ("transport-cube",), typed("dial-peer voice 102 voip", " session transport tcp")),
    Broken("Authenticated profile", ("transport-cluster",), edited("<securityMode>Authenticated</securityMode>")),
    Broken("trusted list", ("trusted-list",), untrusted_list),
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
    Broken("trust not loaded", ("trust-not-loaded",), keep_trust_unloaded, replace(YOHUR, cluster=PESSIMIST)),
    Broken("trust not loaded, 17.15", ("trust-not-loaded",), keep_trust_unloaded, replace(BUSAN_NEW, cluster=PESSIMIST)),
    Broken("node renewed and not restarted", ("old-served-node",), renew_node(restarts=False)),
    Broken("CUBE renewed and not bound", ("wrong-trustpoint",), keep_binding),
    Broken("node missing in a server-group", ("node-missing",), NO_MEMBER, BUSAN),
    Broken("dial-peer to a node calls another", ("node-missing",), SAME_TARGET),
    Broken("node down", ("node-down",), stop_node, BUSAN),
    Broken("service stopped", ("service-down",), stop_service),
    Broken("trunk calls another address", ("trunk-destination",), destination("10.72.86.99", 5061)),
    Broken("trunk calls another port", ("trunk-destination",), destination("10.72.86.86", 5062)),
    Broken("no bind", ("bind",), unbind),
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
        both(skew_cube, typed("dial-peer voice 100 voip", " shutdown")),
    ),
    Broken("name and port", ("name-mismatch", "port-cube"), both(edited(WRONG_NAME), WRONG_PORT)),
    Broken(
        "trust and expired", ("cube-untrusted", "expired-cube"), both(distrusted(), lambda p: enroll(p, days=-2)), MODERN_YOHUR
    ),
    Broken("node down and name", ("node-down", "name-mismatch"), both(edited(WRONG_NAME), stop_node), BUSAN),
    Broken("cipher and UDP", ("cipher", "transport-cube"), typed(*EC_ONLY, *UDP), BUSAN_NEW),
    Broken(
        "one node without trust, another serving its earlier certificate",
        ("replication", "old-served-node"),
        both(distrusted("cucm-sub2"), renew_node(restarts=False)),
    ),
)
"""Two at once: both within the first three."""

EVERY = (*CAUSES, *STATED, *PAIRS)


def rank(broken: Broken, codes: list[str]) -> bool:
    """Whether a diagnosis says what it must."""
    if len(broken.expected) == 1:
        return codes[:1] == list(broken.expected)
    return set(broken.expected) <= set(codes[:3])
