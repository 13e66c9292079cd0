"""`crypto pki import` and `crypto pki export`: certificates and keys on the terminal."""

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from trunkline.twin.ca import pem_of
from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.pki.dialogs import asking
from trunkline.twin.cube.pki.store import Key, Trustpoint, serial_hex

NOT_VERIFIED = "% Failed to parse or verify imported certificate"


@command("crypto pki import <name> certificate", "config")
async def import_certificate(call: Call) -> None:
    name, store = call.arguments["name"], asking.store_of(call)
    trustpoint = store.trustpoints.get(name)
    if trustpoint is None or trustpoint.ca is None:
        call.terminal.write("% You must authenticate the Certificate Authority before")
        call.terminal.write("you can import the router's certificate.")
        return
    address = call.router.running.value("ip-address ", f"crypto pki trustpoint {name}")
    if address not in ("", "none"):
        call.terminal.write(f"% The IP address in the certificate is {address}")
        call.terminal.write()
    unexpected = call.router.faults.unexpected_question
    if unexpected and not await asking.is_accepted(call, unexpected):
        return
    call.terminal.write()
    asking.announce_paste(call, "certificate")
    certificate = asking.decoded(await asking.paste(call))
    refusal, call.router.faults.refuses_import = call.router.faults.refuses_import, ""
    if refusal:
        call.terminal.write(refusal)
    elif certificate is not None and _is_ours(call, trustpoint, certificate):
        _install(call, trustpoint, certificate)
        call.terminal.write("% Router Certificate successfully imported")
    else:
        call.terminal.write(NOT_VERIFIED)
    call.terminal.write()


def _is_ours(call: Call, trustpoint: Trustpoint, certificate: x509.Certificate) -> bool:
    """Signed by the trustpoint's CA, for the trustpoint's key, and valid by the router's own clock."""
    key = asking.store_of(call).keys.get(trustpoint.key_label)
    if key is None or trustpoint.ca is None or not _is_signed_by(certificate, trustpoint.ca):
        return False
    if _public_der(certificate) != key.public_der:
        call.router.syslog(
            f"%PKI-3-KEY_CMP_MISMATCH: Key in the certificate and stored key does not match for Trustpoint-{trustpoint.name}."
        )
        return False
    return certificate.not_valid_before_utc <= call.router.clock() <= certificate.not_valid_after_utc


def _is_signed_by(certificate: x509.Certificate, ca: x509.Certificate) -> bool:
    try:  # whatever is wrong with a pasted certificate, IOS gives no reason
        certificate.verify_directly_issued_by(ca)
    except Exception:
        return False
    return True


def _public_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _install(call: Call, trustpoint: Trustpoint, certificate: x509.Certificate) -> None:
    trustpoint.identity, trustpoint.request = certificate, None
    trustpoint.installed_at = call.router.clock()
    call.router.announce()
    if call.router.train.logs_requests:
        rows = (
            "%PKI-6-CERT_INSTALL: An ID certificate has been installed under",
            f"Trustpoint   : {trustpoint.name}",
            f"Issuer-name  : {certificate.issuer.rfc4514_string()}",
            f"Subject-name : {certificate.subject.rfc4514_string()}",
            f"Serial-number: {serial_hex(certificate)}",
            f"End-date     : {certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        )
        call.router.syslog("\r\n                      ".join(rows))


@command("crypto pki import <name> pem terminal password <password>", "config")
@command("crypto pki import <name> pem terminal <password>", "config")
async def import_pem(call: Call) -> None:
    """CA certificate, encrypted key and certificate, in this order; only `quit` ends the key."""
    name, store, write = call.arguments["name"], asking.store_of(call), call.terminal.write
    held = store.trustpoints.get(name)
    if held is not None and (not held.is_empty or name in store.keys):
        write(f"% Trustpoint '{name}' is in use.")
        write("% Please delete it or use a different label.")
        return
    write("% Enter PEM-formatted CA certificate.")
    write('% End with a blank line or "quit" on a line by itself.')
    ca = asking.decoded(await asking.paste(call))
    write("% Enter PEM-formatted encrypted private General Purpose key.")
    write('% End with "quit" on a line by itself.')
    private = _private_key(await asking.paste(call, ends_at_blank=False), call.arguments["password"])
    write("% Enter PEM-formatted General Purpose certificate.")
    write('% End with a blank line or "quit" on a line by itself.')
    identity = asking.decoded(await asking.paste(call))
    if ca is None or private is None or identity is None or not _is_signed_by(identity, ca):
        write("% PEM files import failed.")
        return
    key = Key(name, private, call.router.clock())
    if key.public_der != _public_der(identity):
        write("% PEM files import failed.")
        return
    call.router.configure(call.router.running.root, f"crypto pki trustpoint {name}")
    store.install(name, ca, identity, key)
    write("% PEM files import succeeded.")
    call.router.announce()
    call.router.syslog(f"%CRYPTO_ENGINE-5-KEY_ADDITION: A key named {name} has been generated or imported by pki")


def _private_key(pem: str, password: str) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | None:
    try:
        key = serialization.load_pem_private_key(f"{pem}\n".encode(), password.encode())
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) else None


@command("crypto pki export <name> pem terminal", "config")
@command("crypto pki export <name> pem terminal 3des|aes|des <password>", "config")
async def export(call: Call) -> None:
    name, write, store = call.arguments["name"], call.terminal.write, asking.store_of(call)
    trustpoint = store.trustpoints.get(name)
    if trustpoint is None:
        write(f"% Trustpoint '{name}' does not exist")
        return
    password, key = call.arguments.get("password"), store.keys.get(trustpoint.key_label)
    if password and (key is None or not key.is_exportable):
        write(f"% RSA keypair {trustpoint.key_label} is not exportable.")
        return
    if trustpoint.identity is None:
        write(f"% The specified trustpoint is not enrolled ({name}).")
        write("% Only export the CA certificate in PEM format.")
    above = trustpoint.ca or (trustpoint.identity if trustpoint.is_self_signed else None)
    if above:
        write("% CA certificate:" if trustpoint.ca else "% Self-signed CA certificate:")
        asking.write_pem(call, pem_of(above))
    if password and key:
        write(f"% Key name: {key.label}")
        write("   Usage: General Purpose Key")
        asking.write_pem(call, _encrypted(key, password))
    if trustpoint.identity:
        write("% General Purpose Certificate:")
        asking.write_pem(call, pem_of(trustpoint.identity))


def _encrypted(key: Key, password: str) -> str:
    return key.private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.BestAvailableEncryption(password.encode()),
    ).decode()
