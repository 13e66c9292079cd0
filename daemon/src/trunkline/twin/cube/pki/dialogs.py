"""The PKI commands of IOS, word for word. Sources: Cisco IOS security command reference; transcripts of IOS 15, 17 and 26."""

import base64
import binascii
import re
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from trunkline.twin.ca import Wish, certify, new_key, pem_of
from trunkline.twin.cube.commands import Call, Handler, command
from trunkline.twin.cube.pki.store import Key, Store, Trustpoint, fingerprint_groups

FAILED_TO_SAVE = "% Error in saving certificate: status = FAIL"
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def store_of(call: Call) -> Store:
    store = call.router.pki
    assert isinstance(store, Store)  # noqa: S101 - the lab gives every router one
    return store


def only_no(handler: Handler) -> Handler:
    """Mark a handler that answers only the `no` form: the plain form is a configuration line."""
    handler.only_no = handler.takes_no = True  # type: ignore[attr-defined]  # an attribute that the shell looks for
    return handler


async def _paste(call: Call) -> str:
    """Lines until a blank one or `quit`."""
    lines: list[str] = []
    while True:
        line = (await call.terminal.read_line()).strip()
        if line in ("", "quit"):
            return "\n".join(lines)
        lines.append(line)


def _decoded(text: str) -> x509.Certificate | None:
    body = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    try:
        return x509.load_der_x509_certificate(base64.b64decode(body, validate=True))
    except (ValueError, binascii.Error):
        return None


async def _is_accepted(call: Call, question: str) -> bool:
    while True:
        answer = (await call.terminal.ask(question)).strip().lower()
        if answer in ("yes", "y", "no", "n"):
            return answer.startswith("y")
        call.terminal.write("% Please answer 'yes' or 'no'.")


@command("crypto pki authenticate <name>", "config")
async def authenticate(call: Call) -> None:
    name, store = call.arguments["name"], store_of(call)
    trustpoint = store.trustpoints.get(name)
    write = call.terminal.write
    if trustpoint is None:
        write(f"% Certificate Authority (trustpoint) {name} is unknown")
        return
    if trustpoint.ca is not None:
        write("% Please delete your existing CA certificate first.")
        write("% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA certificate.")
        return
    if call.router.faults.unexpected_question and not await _is_accepted(call, call.router.faults.unexpected_question):
        return
    write()
    write("Enter the base 64 encoded CA certificate.")
    write('End with a blank line or the word "quit" on a line by itself')
    write()
    certificate = _decoded(await _paste(call))
    write()
    if certificate is None:
        write(FAILED_TO_SAVE)
        write()
        return
    if await _judge_ca(call, trustpoint, certificate):
        trustpoint.ca = certificate
        write("Trustpoint CA certificate accepted.")
        write("% Certificate successfully imported")
    write()


async def _judge_ca(call: Call, trustpoint: Trustpoint, certificate: x509.Certificate) -> bool:
    """By the pinned fingerprint where there is one, else by asking."""
    write = call.terminal.write
    pinned = call.router.running.value("fingerprint ", f"crypto pki trustpoint {trustpoint.name}").replace(" ", "").upper()
    known = {certificate.fingerprint(algorithm).hex().upper() for algorithm in (hashes.MD5(), hashes.SHA1())}  # noqa: S303 - IOS
    if pinned:
        if pinned in known:
            write("Certificate validated - fingerprints matched.")
            return True
        write(f"Trustpoint Fingerprint: {pinned}")
        write("Certificate validation failed - fingerprints did not match.")
        write("Trustpoint CA certificate is rejected. Abort.")
        write(FAILED_TO_SAVE)
        return False
    if call.router.train.requires_fingerprint:
        write("Trustpoint fingerprint must be supplied.")
        write("Trustpoint CA certificate is rejected. Abort.")
        write(FAILED_TO_SAVE)
        return False
    _say_kind(call, trustpoint, certificate)
    write("Certificate has the following attributes:")
    write(f"       Fingerprint MD5: {fingerprint_groups(certificate, hashes.MD5())}")  # noqa: S303 - IOS prints it
    write(f"      Fingerprint SHA1: {fingerprint_groups(certificate, hashes.SHA1())}")  # noqa: S303 - IOS prints it
    write()
    if await _is_accepted(call, "% Do you accept this certificate? [yes/no]: "):
        return True
    write("% Trustpoint CA certificate rejected by user")
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


@command("crypto pki export <name> pem terminal", "config")
@command("crypto pki export <name> pem terminal <cipher> <password>", "config")
async def export(call: Call) -> None:
    name, write = call.arguments["name"], call.terminal.write
    trustpoint = store_of(call).trustpoints.get(name)
    if trustpoint is None:
        write(f"% Trustpoint '{name}' does not exist")
        return
    if "password" in call.arguments and not _is_exportable(call, trustpoint):
        write(f"% RSA keypair {trustpoint.key_label} is not exportable.")
        return
    if trustpoint.identity is None:
        write(f"% The specified trustpoint is not enrolled ({name}).")
        write("% Only export the CA certificate in PEM format.")
    if trustpoint.ca:
        write("% CA certificate:")
        _write_pem(call, pem_of(trustpoint.ca))
    if trustpoint.identity:
        write("% Self-signed CA certificate:" if trustpoint.ca is None else "% General Purpose Certificate:")
        _write_pem(call, pem_of(trustpoint.identity))


def _is_exportable(call: Call, trustpoint: Trustpoint) -> bool:
    key = store_of(call).keys.get(trustpoint.key_label)
    return key is not None and key.is_exportable


def _write_pem(call: Call, pem: str) -> None:
    for line in pem.strip().splitlines():
        call.terminal.write(line)
    call.terminal.write()


@command("crypto pki trustpoint <name>", "config")
@only_no
async def remove_trustpoint(call: Call) -> None:
    name, store = call.arguments["name"], store_of(call)
    running = call.router.running
    entry = running.find((f"crypto pki trustpoint {name}",))
    if entry is None:
        call.terminal.write(f"% Trustpoint '{name}' does not exist")
        return
    trustpoint = store.trustpoints.get(name)
    if trustpoint and not trustpoint.is_empty:
        blank = " " if call.router.train.is_xe else ""
        call.terminal.write("% Removing an enrolled trustpoint will destroy all certificates")
        call.terminal.write(f"{blank}received from the related Certificate Authority.")
        call.terminal.write()
        if not await _is_accepted(call, "Are you sure you want to do this? [yes/no]: "):
            return
        call.terminal.write("% Be sure to ask the CA administrator to revoke your certificates.")
        call.terminal.write()
    running.root.children.remove(entry)
    store.trustpoints.pop(name, None)
    for hook in call.router.hooks:
        hook()


@command("crypto key generate rsa general-keys label <label> modulus <bits>", "config")
@command("crypto key generate rsa general-keys label <label> modulus <bits> exportable", "config")
@command("crypto key generate rsa label <label> modulus <bits>", "config")
@command("crypto key generate rsa label <label> modulus <bits> exportable", "config")
@command("crypto key generate ec keysize <bits> label <label>", "config")
async def generate(call: Call) -> None:
    store, write = store_of(call), call.terminal.write
    label, bits = call.arguments["label"], int(call.arguments["bits"])
    kind = "ec" if " ec " in call.arguments["words"] else "rsa"
    is_exportable = call.arguments["words"].endswith("exportable")
    write(f"The name for the keys will be: {label}")
    if label in store.keys:
        write(f"% You already have {kind.upper()} keys defined named {label}.")
        if call.router.train.replaces_keys_silently:
            write("% They will be replaced.")
        elif not await _is_accepted(call, "% Do you really want to replace them? [yes/no]: "):
            return
    write()
    write(f"% The key modulus size is {bits} bits")
    write(f"% Generating {bits} bit {kind.upper()} keys, keys will be {'' if is_exportable else 'non-'}exportable...")
    store.keys[label] = Key(label, new_key(kind, bits), call.router.clock(), is_exportable)
    write("[OK] (elapsed time was 1 seconds)")
    write()


@command("crypto key zeroize rsa <label>", "config")
@command("crypto key zeroize ec <label>", "config")
async def zeroize(call: Call) -> None:
    store, label = store_of(call), call.arguments["label"]
    if label not in store.keys:
        call.terminal.write(f"% No keys found by the name of '{label}'.")
        return
    call.terminal.write(f"% Keys to be removed are named '{label}'.")
    call.terminal.write("% All router certs issued using these keys will also be removed.")
    if await _is_accepted(call, "Do you really want to remove these keys? [yes/no]: "):
        del store.keys[label]
        for trustpoint in store.trustpoints.values():
            if trustpoint.key_label == label:
                trustpoint.identity = None


@command("crypto pki enroll <name>", "config")
async def enroll(call: Call) -> None:
    store, write = store_of(call), call.terminal.write
    trustpoint = store.trustpoints.get(call.arguments["name"])
    if trustpoint is None:
        write(f"% Certificate Authority (trustpoint) {call.arguments['name']} is unknown")
        return
    section = f"crypto pki trustpoint {trustpoint.name}"
    if call.router.running.value("enrollment ", section) == "selfsigned":
        _enroll_self(call, trustpoint)
        return
    if trustpoint.ca is None:
        write("% You must authenticate the Certificate Authority before")
        write("you can enroll with it.")
        return
    if trustpoint.identity and not await _is_accepted(call, "Do you want to continue with re-enrollment? [yes/no]: "):
        return
    write("% Start certificate enrollment .. ")
    write()
    await _request(call, trustpoint, section)


async def _request(call: Call, trustpoint: Trustpoint, section: str) -> None:
    running, write = call.router.running, call.terminal.write
    subject = running.value("subject-name ", section)
    write(f"% The subject name in the certificate will include: {subject}")
    if running.value("fqdn ", section) == "none":
        write("% The fully-qualified domain name will not be included in the certificate")
    else:
        write(f"% The subject name in the certificate will include: {call.router.hostname}")
    if not any(line.startswith("serial-number") for line in running.section(section)):
        await _is_accepted(call, "% Include the router serial number in the subject name? [yes/no]: ")
    if not running.value("ip-address ", section):
        await _is_accepted(call, "% Include an IP address in the subject name? [no]: ")
    key = _key_for(call, trustpoint, section)
    trustpoint.request = _csr(call, subject, section, key)
    while await _is_accepted(call, "Display Certificate Request to terminal? [yes/no]: "):
        write("Certificate Request follows:")
        write()
        pem = trustpoint.request.public_bytes(serialization.Encoding.PEM).decode().strip().splitlines()
        has_frame = running.value("enrollment ", section) == "terminal pem"
        for line in pem if has_frame else pem[1:-1]:
            write(line)
        write()
        write("---End - This line not part of the certificate request---")
        write()
        if not await _is_accepted(call, "Redisplay enrollment request? [yes/no]: "):
            return


def _key_for(call: Call, trustpoint: Trustpoint, section: str) -> Key:
    running, store = call.router.running, store_of(call)
    label = (running.value("rsakeypair ", section) or running.value("eckeypair ", section) or trustpoint.name).split()[0]
    if label not in store.keys:
        store.keys[label] = Key(label, new_key(), call.router.clock())
    trustpoint.key_label = label
    return store.keys[label]


def _names(subject: str) -> x509.Name:
    oids = {"cn": NameOID.COMMON_NAME, "o": NameOID.ORGANIZATION_NAME, "ou": NameOID.ORGANIZATIONAL_UNIT_NAME}
    oids |= {"c": NameOID.COUNTRY_NAME, "l": NameOID.LOCALITY_NAME, "st": NameOID.STATE_OR_PROVINCE_NAME}
    pairs = [part.strip().partition("=") for part in re.split(r",\s*", subject) if "=" in part]
    return x509.Name([x509.NameAttribute(oids[kind.lower()], value) for kind, _, value in pairs if kind.lower() in oids])


def _csr(call: Call, subject: str, section: str, key: Key) -> x509.CertificateSigningRequest:
    running = call.router.running
    builder = x509.CertificateSigningRequestBuilder().subject_name(_names(subject))
    alternative = running.value("subject-alt-name ", section)
    if alternative:
        names = [x509.DNSName(name.strip()) for name in alternative.split(",")]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    word = running.value("hash ", section) or call.router.train.trustpoint_hash or "sha256"
    return builder.sign(key.private, HASHES[word]())  # type: ignore[arg-type]  # one of the hashes that IOS offers


def _enroll_self(call: Call, trustpoint: Trustpoint) -> None:
    key = _key_for(call, trustpoint, f"crypto pki trustpoint {trustpoint.name}")
    wish = Wish(f"IOS-Self-Signed-Certificate-{call.router.hostname}", call.router.clock(), 3650)
    trustpoint.identity = certify(replace(wish, usages=()), key.private.public_key(), None, key.private)
    call.terminal.write()
    call.terminal.write("Router Self Signed Certificate successfully created")
    call.terminal.write()


@command("crypto pki import <name> certificate", "config")
async def import_certificate(call: Call) -> None:
    store, write = store_of(call), call.terminal.write
    trustpoint = store.trustpoints.get(call.arguments["name"])
    if trustpoint is None or trustpoint.ca is None:
        write("% You must authenticate the Certificate Authority before")
        write("you can import the router's certificate.")
        return
    write()
    write("Enter the base 64 encoded certificate.")
    write('End with a blank line or the word "quit" on a line by itself')
    write()
    certificate = _decoded(await _paste(call))
    write()
    key = store.keys.get(trustpoint.key_label)
    if certificate is None or key is None or not _fits(certificate, key, trustpoint.ca):
        write("% Failed to parse or verify imported certificate")
    else:
        trustpoint.identity, trustpoint.request = certificate, None
        trustpoint.installed_at = call.router.clock()
        write("% Router Certificate successfully imported")
    write()


def _fits(certificate: x509.Certificate, key: Key, ca: x509.Certificate) -> bool:
    public = certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return public == key.public_der and certificate.issuer == ca.subject
