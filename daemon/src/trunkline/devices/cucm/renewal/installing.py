"""A node's request for a certificate, and the installation of what was signed: through its certificate API."""

from trunkline.devices.cucm.certificates import CertificateSession
from trunkline.devices.cucm.renewal import pending
from trunkline.devices.cucm.renewal.acts import names_in
from trunkline.devices.cucm.renewal.pending import Pending
from trunkline.devices.cucm.renewal.refusals import refusal
from trunkline.model.certificate import Certificate, certificates_in
from trunkline.model.errors import DeviceBusy, DeviceRefused, DeviceUnreachable, OurBug
from trunkline.model.plan import Command

LOOKS = 3
LOOK_SECONDS = 2.0


def request(session: CertificateSession, command: Command) -> str:
    """The new request in PEM. It comes with a new key, and takes the place of any request that the node holds.

    The names are sent as further ones, the common name among them: a cluster adds its own by itself, where it does.
    """
    payload, service = command.payload, session.snapshot().service
    names = names_in(payload["names"])
    body = {
        "service": service,
        "distribution": payload["distribution"],
        "commonName": payload["common_name"] or None,
        "keyType": payload["key_type"],
        "keyLength": int(payload["key_bits"]),
        "hashAlgorithm": "sha256",
        "altNames": names,
    }
    try:
        answer = session.json("POST", "/csr", json={field: value for field, value in body.items() if value})
    except DeviceRefused as refused:
        raise DeviceRefused(
            f"cannot request a certificate for CallManager on {session.node.name}: it says `{'; '.join(refused.lines)}`; "
            "correct names, key or distribution in the document of the cluster",
            refused.lines,
        ) from refused
    made = _made(session, answer)
    missing = sorted(set(names) - set(made.names) - {made.common_name.lower()})
    if missing:
        raise DeviceRefused(
            f"cannot request a certificate for CallManager on {session.node.name}: its request lacks the names "
            f"{', '.join(missing)}; correct `names` in the document of the cluster, or add them as its parent domain",
            (made.csr_pem,),
        )
    return made.csr_pem


def _made(session: CertificateSession, answer: object) -> Pending:
    """Out of the answer, or else out of the node's snapshot."""
    text = str(answer.get("csr") or "") if isinstance(answer, dict) else ""
    try:
        return pending.read(text)
    except ValueError:
        found = session.snapshot().request
    if found is None:
        raise DeviceUnreachable(f"cannot understand {session.where}: it shows no request after it was asked for one")
    return found


def install(session: CertificateSession, command: Command) -> None:
    """Make a signed certificate the node's own. One that is its own already is as good; no other success is believed."""
    chain = certificates_in(command.payload["pem"])
    if not chain:
        raise OurBug(f"cannot install a certificate on {session.node.name}: there is none in the step")
    leaf, before = chain[0], session.snapshot()
    if before.identity == leaf:
        return
    said = _upload(session, {"service": before.service, "certificates": [each.pem for each in chain]})
    for look in range(LOOKS):
        if session.snapshot().identity == leaf:
            return
        if said is not None:
            break
        if look < LOOKS - 1:
            session.patience.sleep(LOOK_SECONDS)
    if said is None:
        raise DeviceBusy(
            f"cannot see the certificate {leaf.sha256[:16]} on {session.node.name}: it was accepted and is not shown yet; the "
            "next pass looks again"
        )
    raise _refused(session, leaf, before.request, said)


def _upload(session: CertificateSession, body: dict[str, object]) -> str | None:
    """What the node says against it; None where it has nothing against it. A 500 without words is a refusal too."""
    try:
        session.json("POST", "/identity/certificates", json=body)
    except DeviceRefused as refused:
        return "; ".join(refused.lines)
    except DeviceUnreachable as error:
        if "HTTP 500" not in str(error):
            raise
        return "HTTP 500"
    return None


def _refused(session: CertificateSession, leaf: Certificate, held: Pending | None, said: str) -> DeviceRefused:
    meaning = refusal(said, held, leaf)
    return DeviceRefused(
        f"cannot install the certificate {leaf.sha256[:16]} on {session.node.name}: {meaning.why} (it says `{said}`); "
        f"{meaning.cure}",
        (said,),
    )
