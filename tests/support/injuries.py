"""How a trunk is broken: each as a person, a device or time does it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from support.patient import NODES, Body, Patient
from support.scene import Scene
from support.waiting import eventually
from trunkline.twin.ca import Authority, Held, Wish, self_signed
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.cucm.service import STOPPED
from trunkline.twin.lab.person import type_by_ssh


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
