"""`show crypto …` as IOS prints it. Sources: captures of IOS 15, 16 and 17."""

from collections.abc import Iterator
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from trunkline.twin.cube.commands import Call, command
from trunkline.twin.cube.pki.dialogs import store_of
from trunkline.twin.cube.pki.store import Key, Trustpoint, fingerprint_groups, serial_hex

USAGES = {ExtendedKeyUsageOID.SERVER_AUTH: "Server Auth", ExtendedKeyUsageOID.CLIENT_AUTH: "Client Auth"}
KEY_USAGE_BITS = (
    ("digital_signature", 0x80, "Digital Signature"),
    ("content_commitment", 0x40, "Non Repudiation"),
    ("key_encipherment", 0x20, "Key Encipherment"),
    ("data_encipherment", 0x10, "Data Encipherment"),
    ("key_agreement", 0x08, "Key Agreement"),
    ("key_cert_sign", 0x04, "Key Cert Sign"),
    ("crl_sign", 0x02, "CRL Signature"),
)


@command("show crypto pki certificates", "exec")
@command("show crypto pki certificates verbose", "exec")
@command("show crypto pki certificates <name>", "exec")
@command("show crypto pki certificates verbose <name>", "exec")
async def show_certificates(call: Call) -> None:
    wanted = call.arguments.get("name")
    is_verbose = " verbose" in call.arguments["words"]
    is_first = True
    for trustpoint in list(store_of(call).trustpoints.values()):
        if wanted and trustpoint.name != wanted:
            continue
        for title, certificate in _held(trustpoint):
            if not is_first:
                call.terminal.write()
            is_first = False
            call.terminal.write(title)
            for line in _certificate(call, trustpoint, certificate, is_verbose=is_verbose):
                call.terminal.write(line)


def _held(trustpoint: Trustpoint) -> Iterator[tuple[str, x509.Certificate]]:
    if trustpoint.identity:
        yield ("Router Self-Signed Certificate" if trustpoint.is_self_signed else "Certificate", trustpoint.identity)
    if trustpoint.ca:
        yield ("CA Certificate", trustpoint.ca)


def _certificate(call: Call, trustpoint: Trustpoint, shown: x509.Certificate, *, is_verbose: bool) -> Iterator[str]:
    is_identity = shown is trustpoint.identity
    yield "  Status: Available"
    if is_verbose:
        yield "  Version: 3"
    yield f"  Certificate Serial Number (hex): {serial_hex(shown)}"
    yield f"  Certificate Usage: {'General Purpose' if is_identity else 'Signature'}"
    yield "  Issuer: "
    yield from _name(shown.issuer)
    yield "  Subject:"
    if is_identity:
        yield f"    Name: {call.router.hostname}"
    yield from _name(shown.subject)
    yield "  Validity Date: "
    yield f"    start date: {_date(shown.not_valid_before_utc)}"
    yield f"    end   date: {_date(shown.not_valid_after_utc)}"
    if is_verbose:
        yield from _details(shown)
    yield f"  Associated Trustpoints: {trustpoint.name} "
    if is_verbose and is_identity:
        yield f"  Key Label: {trustpoint.key_label}"


def _name(name: x509.Name) -> Iterator[str]:
    for attribute in reversed(list(name)):
        yield f"    {attribute.rfc4514_attribute_name.lower()}={attribute.value!s}"


def _date(at: datetime) -> str:
    return f"{at:%H:%M:%S} UTC {at:%b} {at.day} {at.year}"


def _details(shown: x509.Certificate) -> Iterator[str]:
    public = shown.public_key()
    yield "  Subject Key Info:"
    if isinstance(public, rsa.RSAPublicKey):
        yield "    Public Key Algorithm: rsaEncryption"
        yield f"    RSA Public Key: ({public.key_size} bit)"
    else:
        yield "    Public Key Algorithm: ecEncryption"
        yield f"    EC Public Key:  ({getattr(public, 'key_size', 0)} bit)"
    algorithm = shown.signature_hash_algorithm
    yield f"  Signature Algorithm: {algorithm.name.upper() if algorithm else '?'} with RSA Encryption"
    yield f"  Fingerprint MD5: {fingerprint_groups(shown, hashes.MD5())}"  # noqa: S303 - IOS prints it
    yield f"  Fingerprint SHA1: {fingerprint_groups(shown, hashes.SHA1())}"  # noqa: S303 - IOS prints it
    yield "  X509v3 extensions:"
    for extension in shown.extensions:
        yield from _extension(extension.value)


def _extension(value: x509.ExtensionType) -> Iterator[str]:
    if isinstance(value, x509.KeyUsage):
        set_bits = [(bit, words) for name, bit, words in KEY_USAGE_BITS if getattr(value, name)]
        yield f"    X509v3 Key Usage: {sum(bit for bit, _ in set_bits):X}000000"
        yield from (f"      {words}" for _, words in set_bits)
    elif isinstance(value, x509.SubjectKeyIdentifier):
        yield f"    X509v3 Subject Key ID: {_groups(value.digest)}"
    elif isinstance(value, x509.BasicConstraints):
        yield "    X509v3 Basic Constraints:"
        yield f"        CA: {str(value.ca).upper()}"
    elif isinstance(value, x509.SubjectAlternativeName):
        yield "    X509v3 Subject Alternative Name:"
        yield from (f"        {name}" for name in value.get_values_for_type(x509.DNSName))
    elif isinstance(value, x509.AuthorityKeyIdentifier) and value.key_identifier:
        yield f"    X509v3 Authority Key ID: {_groups(value.key_identifier)}"
    elif isinstance(value, x509.AuthorityInformationAccess):
        urls = [d.access_location.value for d in value if d.access_method == AuthorityInformationAccessOID.OCSP]
        yield "    Authority Info Access:"
        yield from (f"        OCSP URL: {url}" for url in urls)
    elif isinstance(value, x509.ExtendedKeyUsage):
        yield "    Extended Key Usage:"
        yield from (f"        {USAGES.get(usage, usage.dotted_string)}" for usage in value)


def _groups(data: bytes) -> str:
    digits = data.hex().upper()
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8)) + " "


@command("show crypto pki trustpoints status", "exec")
@command("show crypto pki trustpoints <name> status", "exec")
async def show_trustpoint_status(call: Call) -> None:
    wanted = call.arguments.get("name")
    for trustpoint in store_of(call).trustpoints.values():
        if not wanted or trustpoint.name == wanted:
            for line in _status(call, trustpoint):
                call.terminal.write(line)


def _status(call: Call, trustpoint: Trustpoint) -> Iterator[str]:
    yield f"Trustpoint {trustpoint.name}:"
    held = (("Issuing CA certificate", trustpoint.ca), ("Router General Purpose certificate", trustpoint.identity))
    for title, certificate in held:
        if certificate:
            yield f"  {title} configured:"
            yield "    Subject Name:"
            names = reversed(list(certificate.subject))
            yield "     " + ",".join(f"{a.rfc4514_attribute_name.lower()}={a.value!s}" for a in names)
            yield f"    Fingerprint MD5: {fingerprint_groups(certificate, hashes.MD5())}"  # noqa: S303 - IOS prints it
            yield f"    Fingerprint SHA1: {fingerprint_groups(certificate, hashes.SHA1())}"  # noqa: S303 - IOS prints it
    key = store_of(call).keys.get(trustpoint.key_label)
    exportable = "exportable" if key and key.is_exportable else "non-exportable"
    yield "  State:"
    yield f"    Keys generated ............. {f'Yes (General Purpose, {exportable})' if key else 'No'}"
    yield f"    Issuing CA authenticated ....... {'Yes' if trustpoint.ca else 'No'}"
    yield f"    Certificate request(s) ..... {'Yes' if trustpoint.identity else 'Pending' if trustpoint.request else 'None'}"
    yield ""
    yield ""


@command("show crypto key mypubkey rsa", "exec")
@command("show crypto key mypubkey ec", "exec")
@command("show crypto key mypubkey all", "exec")
@command("show crypto key mypubkey rsa <label>", "exec")
@command("show crypto key mypubkey ec <label>", "exec")
async def show_keys(call: Call) -> None:
    wanted, words = call.arguments.get("label"), call.arguments["words"]
    for key in store_of(call).keys.values():
        kind = "rsa" if isinstance(key.private, rsa.RSAPrivateKey) else "ec"
        if (wanted in (None, key.label)) and (f" {kind}" in words or words.endswith("all")):
            for line in _key(key, kind):
                call.terminal.write(line)


def _key(key: Key, kind: str) -> Iterator[str]:
    yield f"% Key pair was generated at: {_date(key.generated_at)}"
    yield f"Key name: {key.label}"
    yield f"Key type: {kind.upper()} KEYS"
    yield " Storage Device: private-config"
    yield " Usage: General Purpose Key"
    yield " Key is exportable. Redundancy enabled." if key.is_exportable else " Key is not exportable. Redundancy enabled."
    yield " Key Data:"
    digits = key.public_der.hex().upper()
    for at in range(0, len(digits), 64):
        row = digits[at : at + 64]
        yield "  " + " ".join(row[group : group + 8] for group in range(0, len(row), 8)) + " "
