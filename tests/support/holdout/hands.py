"""What people do to either end: typed lines, profiles, certificates made by hand, trust put and taken away."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography import x509

from support.patient import NODES, Patient
from support.scene import Scene
from support.waiting import eventually
from trunkline.twin.ca import Authority, Held, Wish, certify, new_key, self_signed
from trunkline.twin.cube.pki.store import Trustpoint
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.lab.person import type_by_ssh


def ssh(patient: Patient, *lines: str) -> None:
    """Typed line by line into a session, so that questions are answered and modes below modes are reached."""
    type_by_ssh(patient.lab, patient.body.cube, lines)
    patient.clear()


def ssh_with_warning(patient: Patient, *lines: str) -> None:
    """The same for a command that warns and asks: the helper takes a warning for a refusal, but everything was typed."""
    with suppress(ValueError):
        type_by_ssh(patient.lab, patient.body.cube, lines)
    patient.clear()


def until_booted(patient: Patient) -> None:
    """A reload has begun, and has ended."""
    eventually(lambda: not patient.cube.agent.is_listening, "the reload does not begin")
    eventually(lambda: patient.cube.agent.is_listening, "the CUBE does not boot")


def rewritten(path: str, before: str, after: str) -> Callable[[Scene], object]:
    return lambda scene: scene.rewrite(path, before, after)


def names(patient: Patient, text: str) -> None:
    """The X.509 subject names of the security profile, saved and reset."""
    patient.edit_profile(f"<x509SubjectName>{text}</x509SubjectName>")
    patient.reset()


def destinations(patient: Patient, *places: tuple[str, int]) -> None:
    """Where the SIP trunk calls, saved and reset."""
    rows = "".join(
        f"<destination><addressIpv4>{address}</addressIpv4><port>{port}</port><sortOrder>{order}</sortOrder></destination>"
        for order, (address, port) in enumerate(places, start=1)
    )
    patient.axl("updateSipTrunk", f"<name>{patient.trunk}</name><destinations>{rows}</destinations>")
    patient.reset()


def ca(name: str, *, days: float = 3650, made_days_ago: float = 0, issuer: Held | None = None) -> Held:
    """A CA with a key of its own: a root, or one below `issuer`."""
    wish = Wish(name, datetime.now(UTC) - timedelta(days=made_days_ago), days, organization="Example Telecom", is_ca=True)
    key = new_key()
    return Held(certify(wish, key.public_key(), issuer, key), key)


def below(*chain: Held) -> Authority:
    return Authority(chain)


def present(patient: Patient, *chain: Held, **wish: object) -> Held:
    """The CUBE gets a certificate of the last CA of a chain, whose others lie in trustpoints of their own."""
    held = below(*chain).issue(patient.wish(**wish))
    for number, above in enumerate(chain[:-1]):
        authenticate(patient, f"company-ca-{number}", above.certificate)
    patient.enroll(held, chain[-1].certificate)
    return held


def reissue(patient: Patient, **wish: object) -> None:
    """The CUBE's certificate is made anew by the CA that made it before."""
    patient.enroll(patient.authority.issue(patient.wish(**wish)), patient.authority.issuer.certificate)


def authenticate(patient: Patient, trustpoint: str, certificate: x509.Certificate) -> None:
    """`crypto pki trustpoint`, `crypto pki authenticate`."""
    patient.do(
        lambda: patient.cube.router.type_on_console(
            [f"crypto pki trustpoint {trustpoint}", " enrollment terminal", " revocation-check none"], "jovalver"
        )
    )

    def hold() -> None:
        store = patient.cube.store
        store.trustpoints[trustpoint] = replace(store.trustpoints.get(trustpoint, Trustpoint(trustpoint)), ca=certificate)
        patient.cube.router.announce()

    patient.do(hold)
    patient.clear()


def trust(patient: Patient, *certificates: x509.Certificate, on: tuple[str, ...] = NODES, unit: str = "CallManager") -> None:
    """Put certificates into a trust store of these nodes and restart their service."""
    upload(patient, *certificates, on=on, unit=unit)
    patient.restart(*on)


def upload(patient: Patient, *certificates: x509.Certificate, on: tuple[str, ...] = NODES, unit: str = "CallManager") -> None:
    """The same without the restart."""

    def put() -> None:
        for store in (patient.node(name).units[unit].trust for name in on):
            for certificate in certificates:
                store.put(TrustEntry(certificate))

    patient.do(put)


def pinned(patient: Patient, node: str) -> str:
    """The trustpoint that holds what a node presents."""
    return patient.cube.store.holders(patient.node(node).identity.certificate)[0]


def enroll_beside(patient: Patient, trustpoint: str, held: Held, issuer: Held | None = None) -> None:
    """A second identity of the router, in a trustpoint of its own; self-signed, as of its web server, without an issuer."""
    how = "enrollment terminal" if issuer else "enrollment selfsigned"
    lines = [f"crypto pki trustpoint {trustpoint}", f" {how}", " revocation-check none", f" rsakeypair {trustpoint}"]
    patient.do(lambda: patient.cube.router.type_on_console(lines, "jovalver"))
    patient.enroll(held, (issuer or held).certificate, trustpoint, trustpoint)
    if issuer is None:
        patient.do(lambda: setattr(patient.cube.store.trustpoints[trustpoint], "ca", None))


def replace_ca(patient: Patient, trustpoint: str, certificate: x509.Certificate) -> None:
    """The trustpoint is made anew with another certificate."""

    def swap() -> None:
        patient.cube.store.trustpoints[trustpoint].ca = certificate
        patient.cube.router.announce()

    patient.do(swap)
    patient.clear()


def node_wish(patient: Patient, node: str, **more: object) -> Wish:
    fqdn = patient.node(node).spec.fqdn
    return replace(Wish(fqdn, datetime.now(UTC), 1825, names=(fqdn,), organization="trunkline lab"), **more)  # type: ignore[arg-type]  # fields of Wish


def give_node(patient: Patient, node: str, held: Held, *chain: x509.Certificate) -> None:
    """A CallManager certificate is put in place on a node, and the service restarted."""

    def put() -> None:
        unit = patient.node(node).callmanager
        unit.identity, unit.chain = held, chain

    patient.do(put)
    patient.restart(node)
    patient.clear()


def regenerate(patient: Patient, node: str, **more: object) -> Held:
    """`set cert regen CallManager`: self-signed, of the same name."""
    held = self_signed(node_wish(patient, node, **more))
    give_node(patient, node, held)
    return held
