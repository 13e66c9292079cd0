"""`show crypto …` as IOS prints it. Sources: captures of IOS 15, 16 and 17."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.pki import names
from trunkline.twin.cube.pki.dialogs.asking import store_of
from trunkline.twin.cube.pki.store import Key, Trustpoint, fingerprint_groups, serial_hex
from trunkline.twin.cube.pki.views import Shown, certificate_lines


@command("show crypto pki certificates", "exec")
@command("show crypto pki certificates verbose", "exec")
@command("show crypto pki certificates <name>", "exec")
@command("show crypto pki certificates verbose <name>", "exec")
async def show_certificates(call: Call) -> None:
    """Nothing at all where there is no certificate. A CA that several trustpoints hold is printed once."""
    store, wanted = store_of(call), call.arguments.get("name")
    if wanted and wanted not in store.trustpoints:
        call.terminal.write(f'% Trustpoint "{wanted}" does not exist')
        return
    for position, block in enumerate(_blocks(call, " verbose" in call.arguments["words"])):
        for line in ["", *block] if position else block:
            call.terminal.write(line)


def _blocks(call: Call, is_verbose: bool) -> Iterator[list[str]]:
    """One block a certificate or pending request."""
    store, seen = store_of(call), set[x509.Certificate]()
    for trustpoint in _wanted(call):
        if trustpoint.request:
            yield list(_pending(trustpoint, trustpoint.request))
        for title, certificate in _held(trustpoint):
            if certificate not in seen:
                shown = Shown(call.router, trustpoint, certificate, tuple(store.holders(certificate)), is_verbose)
                yield [title, *certificate_lines(shown)]
            seen.add(certificate)


def _held(trustpoint: Trustpoint) -> Iterator[tuple[str, x509.Certificate]]:
    if trustpoint.identity:
        yield ("Router Self-Signed Certificate" if trustpoint.is_self_signed else "Certificate", trustpoint.identity)
    if trustpoint.ca:
        yield ("CA Certificate", trustpoint.ca)


def _pending(trustpoint: Trustpoint, wanted: x509.CertificateSigningRequest) -> Iterator[str]:
    """A request that waits for its certificate; its lower half is indented by three blanks."""
    der = wanted.public_bytes(serialization.Encoding.DER)
    yield "Certificate"
    yield "  Subject:"
    yield from (f"    {field}" for field in names.own_fields(wanted.subject))
    yield "   Status: Pending"
    yield "   Key Usage: General Purpose"
    yield f"   Certificate Request Fingerprint MD5: {_digest(der, hashes.MD5())} "  # noqa: S303 - IOS prints it
    yield f"   Certificate Request Fingerprint SHA1: {_digest(der, hashes.SHA1())} "  # noqa: S303 - IOS prints it
    yield f"   Associated Trustpoint: {trustpoint.name} "


def _digest(data: bytes, kind: hashes.HashAlgorithm) -> str:
    digest = hashes.Hash(kind)
    digest.update(data)
    digits = digest.finalize().hex().upper()
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


@command("show crypto pki trustpoints", "exec")
@command("show crypto pki trustpoints <name>", "exec")
async def show_trustpoints(call: Call) -> None:
    for trustpoint in _wanted(call):
        call.terminal.write(f"Trustpoint {trustpoint.name}:")
        for line in _summary(trustpoint):
            call.terminal.write(line)
        call.terminal.write()
        call.terminal.write()


def _summary(trustpoint: Trustpoint) -> Iterator[str]:
    shown = trustpoint.ca or trustpoint.identity
    if shown is None:
        return
    yield "    Subject Name:"
    yield from (f"    {part}" for part in names.parts(shown.subject))
    yield f"          Serial Number (hex): {serial_hex(shown)}"
    if trustpoint.is_self_signed:
        yield "    Persistent self-signed certificate trust point"
        yield f"    Using key label {trustpoint.key_label}"
    else:
        yield "    Certificate configured."


def _wanted(call: Call) -> list[Trustpoint]:
    name = call.arguments.get("name")
    return [held for held in store_of(call).trustpoints.values() if name in (None, held.name)]


@command("show crypto pki trustpoints status", "exec")
@command("show crypto pki trustpoints <name> status", "exec")
async def show_trustpoint_status(call: Call) -> None:
    for trustpoint in _wanted(call):
        for line in _status(call, trustpoint):
            call.terminal.write(line)


def _status(call: Call, trustpoint: Trustpoint) -> Iterator[str]:
    issuing = trustpoint.ca or (trustpoint.identity if trustpoint.is_self_signed else None)
    key = store_of(call).keys.get(trustpoint.key_label)
    exportable = "exportable" if key and key.is_exportable else "non-exportable"
    yield f"Trustpoint {trustpoint.name}:"
    yield from _configured("Issuing CA certificate", issuing)
    yield from _configured("Router General Purpose certificate", trustpoint.identity)
    yield "  State:"
    yield f"    Keys generated ............. {f'Yes (General Purpose, {exportable})' if key else 'No'}"
    yield f"    Issuing CA authenticated ....... {'Yes' if issuing else 'No'}"
    yield f"    Certificate request(s) ..... {'Yes' if trustpoint.identity else 'Pending' if trustpoint.request else 'None'}"
    yield ""
    yield ""


def _configured(title: str, certificate: x509.Certificate | None) -> Iterator[str]:
    if certificate is None:
        return
    yield f"  {title} configured:"
    yield "    Subject Name:"
    yield f"     {','.join(names.parts(certificate.subject))}"
    yield f"    Fingerprint MD5: {fingerprint_groups(certificate, hashes.MD5())}"  # noqa: S303 - IOS prints it
    yield f"    Fingerprint SHA1: {fingerprint_groups(certificate, hashes.SHA1())}"  # noqa: S303 - IOS prints it


@command("show crypto key mypubkey rsa|ec|all", "exec")
@command("show crypto key mypubkey rsa|ec|all <label>", "exec")
async def show_keys(call: Call) -> None:
    label, kind = call.arguments.get("label"), call.arguments["rsa|ec|all"]
    for key in store_of(call).keys.values():
        if label in (None, key.label) and kind in ("all", key.kind):
            for line in _key(call, key):
                call.terminal.write(line)


def _key(call: Call, key: Key) -> Iterator[str]:
    has_size = call.router.train.shows_key_size and key.kind == "rsa"
    yield f"% Key pair was generated at: {call.router.date(key.generated_at)}"
    yield f"Key name: {key.label}"
    yield f"Key type: {key.kind.upper()} KEYS{f'      {key.private.key_size} bits' if has_size else ''}"
    yield " Storage Device: private-config"
    yield f" Usage: {'General Purpose' if key.kind == 'rsa' else 'Signature'} Key"
    yield f" Key is {'exportable' if key.is_exportable else 'not exportable'}. Redundancy enabled."
    yield " Key Data:"
    digits = key.public_der.hex().upper()
    for at in range(0, len(digits), 64):
        groups = " ".join(digits[group : group + 8] for group in range(at, min(at + 64, len(digits)), 8))
        yield f"  {groups} " if at + 64 < len(digits) else f"  {groups}"
