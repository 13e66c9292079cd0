"""`crypto pki authenticate`: how a router comes to trust a CA. Sources: transcripts of IOS 15, 17 and 26."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.pki.dialogs import asking
from trunkline.twin.cube.pki.store import Trustpoint, fingerprint_groups


@command("crypto pki authenticate <name>", "config")
async def authenticate(call: Call) -> None:
    name = call.arguments["name"]
    trustpoint = asking.store_of(call).trustpoints.get(name)
    if trustpoint is None:
        call.terminal.write(asking.UNKNOWN_TRUSTPOINT.format(name=name))
        return
    if trustpoint.ca is not None:
        call.terminal.write("% Please delete your existing CA certificate first.")
        call.terminal.write("% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA certificate.")
        return
    unexpected = call.router.faults.unexpected_question
    if unexpected and not await asking.is_accepted(call, unexpected):
        return
    await ask_for_ca(call, trustpoint)


async def ask_for_ca(call: Call, trustpoint: Trustpoint) -> None:
    """The way of the trustpoint's `enrollment` line: a URL is asked for the certificate, otherwise it is pasted."""
    how = call.router.running.value("enrollment ", f"crypto pki trustpoint {trustpoint.name}")
    if how.startswith("url "):
        call.terminal.write("% Error in receiving Certificate Authority certificate: status = FAIL, cert length = 0")
        call.terminal.write()
        call.router.syslog("%PKI-3-SOCKETSEND: Failed to send out message to CA server.")
        return
    call.terminal.write()
    asking.announce_paste(call, "CA certificate")
    certificate = _received(call, await asking.paste(call))
    if certificate is None:
        call.terminal.write(asking.FAILED_TO_SAVE)
    elif await _is_accepted(call, trustpoint, certificate):
        trustpoint.ca = certificate
        trustpoint.authenticated_at = call.router.clock()
        call.terminal.write("Trustpoint CA certificate accepted.")
        call.terminal.write("% Certificate successfully imported")
    call.terminal.write()


def _received(call: Call, text: str) -> x509.Certificate | None:
    """What arrived of a pasted certificate; with one bit of the signature flipped it still decodes."""
    certificate, faults = asking.decoded(text), call.router.faults
    if certificate is None or not faults.corrupts_paste:
        return certificate
    faults.corrupts_paste = False
    der = bytearray(certificate.public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    return x509.load_der_x509_certificate(bytes(der))


async def _is_accepted(call: Call, trustpoint: Trustpoint, certificate: x509.Certificate) -> bool:
    """By the pinned fingerprint where there is one, else by asking; IOS XE 26 takes no unpinned one."""
    pinned = call.router.running.value("fingerprint ", f"crypto pki trustpoint {trustpoint.name}").replace(" ", "").upper()
    if pinned:
        return _is_pinned(call, certificate, pinned)
    if call.router.train.requires_fingerprint:
        return _reject(call, "Trustpoint fingerprint must be supplied.")
    _say_kind(call, trustpoint, certificate)
    blanks = 6 if call.router.train.is_xe else 7
    call.terminal.write("Certificate has the following attributes:")
    call.terminal.write(f"       Fingerprint MD5: {fingerprint_groups(certificate, hashes.MD5())}")  # noqa: S303 - IOS prints it
    call.terminal.write(f"{' ' * blanks}Fingerprint SHA1: {fingerprint_groups(certificate, hashes.SHA1())}")  # noqa: S303 - IOS
    call.terminal.write()
    if await asking.is_accepted(call, "% Do you accept this certificate? [yes/no]: "):
        return True
    call.terminal.write("% Trustpoint CA certificate rejected by user")
    return False


def _is_pinned(call: Call, certificate: x509.Certificate, pinned: str) -> bool:
    known = {certificate.fingerprint(algorithm).hex().upper() for algorithm in (hashes.MD5(), hashes.SHA1())}  # noqa: S303 - IOS
    if pinned in known:
        call.terminal.write("Certificate validated - fingerprints matched.")
        return True
    groups = " ".join(pinned[at : at + 8] for at in range(0, len(pinned), 8))
    call.terminal.write(f"Trustpoint Fingerprint: {groups}")
    return _reject(call, "Certificate validation failed - fingerprints did not match.")


def _reject(call: Call, reason: str) -> bool:
    call.terminal.write(reason)
    call.terminal.write("Trustpoint CA certificate is rejected. Abort.")
    call.terminal.write(asking.FAILED_TO_SAVE)
    return False


def _say_kind(call: Call, trustpoint: Trustpoint, certificate: x509.Certificate) -> None:
    if not _is_ca(certificate):
        call.terminal.write(f"Trustpoint '{trustpoint.name}' is a subordinate CA.")
        call.terminal.write("but certificate is not a CA certificate.")
        call.terminal.write("Manual verification required")
    elif certificate.issuer != certificate.subject:
        call.terminal.write(f"Trustpoint '{trustpoint.name}' is a subordinate CA and holds a non self signed cert")


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
