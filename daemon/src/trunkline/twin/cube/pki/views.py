"""One certificate as `show crypto pki certificates` prints it. Sources: captures of IOS 15, 16 and 17."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from trunkline.twin.cube.pki import names
from trunkline.twin.cube.pki.store import Trustpoint, file_name, fingerprint_groups, serial_hex
from trunkline.twin.cube.router import Router

T = TypeVar("T", bound=x509.ExtensionType)
USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH: "Server Auth",
    ExtendedKeyUsageOID.CLIENT_AUTH: "Client Auth",
    ExtendedKeyUsageOID.CODE_SIGNING: "Code Signing",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "Email Protection",
    ExtendedKeyUsageOID.TIME_STAMPING: "Time Stamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP Signing",
}
ACCESS = {AuthorityInformationAccessOID.OCSP: "OCSP URL", AuthorityInformationAccessOID.CA_ISSUERS: "CA ISSUERS"}
KEY_USAGE_BITS = (
    ("digital_signature", 0x80, "Digital Signature"),
    ("content_commitment", 0x40, "Non Repudiation"),
    ("key_encipherment", 0x20, "Key Encipherment"),
    ("data_encipherment", 0x10, "Data Encipherment"),
    ("key_agreement", 0x08, "Key Agreement"),
    ("key_cert_sign", 0x04, "Key Cert Sign"),
    ("crl_sign", 0x02, "CRL Signature"),
)


@dataclass(frozen=True)
class Shown:
    """A certificate and where it stands."""

    router: Router
    trustpoint: Trustpoint
    certificate: x509.Certificate
    holders: tuple[str, ...]
    is_verbose: bool

    @property
    def is_identity(self) -> bool:
        return self.certificate is self.trustpoint.identity


def certificate_lines(shown: Shown) -> Iterator[str]:
    """The block behind its title."""
    certificate, router = shown.certificate, shown.router
    yield "  Status: Available"
    if shown.is_verbose:
        yield "  Version: 3"
    yield f"  Certificate Serial Number (hex): {serial_hex(certificate)}"
    yield f"  Certificate Usage: {'General Purpose' if shown.is_identity else 'Signature'}"
    yield "  Issuer: "
    yield from (f"    {part}" for part in names.parts(certificate.issuer))
    yield "  Subject:" if shown.is_identity else "  Subject: "
    if shown.is_identity:
        yield from (f"    {field}" for field in names.own_fields(certificate.subject))
    yield from (f"    {part}" for part in names.parts(certificate.subject))
    yield from _distribution_points(certificate)
    yield "  Validity Date: "
    yield f"    start date: {router.date(certificate.not_valid_before_utc)}"
    yield f"    end   date: {router.date(certificate.not_valid_after_utc)}"
    yield from _details(certificate) if shown.is_verbose else ()
    yield from _whereabouts(shown)


def _whereabouts(shown: Shown) -> Iterator[str]:
    held = shown.trustpoint
    installed_at = held.installed_at if shown.is_identity else held.authenticated_at
    if shown.is_verbose and shown.router.train.shows_install_time and installed_at:
        yield f"  Cert install time: {shown.router.date(installed_at)} "
    has_blank = shown.is_identity or shown.router.train.numbers >= (17,)
    yield f"  Associated Trustpoints: {' '.join(shown.holders)}{' ' if has_blank else ''}"
    if shown.router.nvram_written and shown.router.train.shows_storage:
        yield f"  Storage: {file_name(shown.certificate, is_ca=not shown.is_identity)}"
    if shown.is_verbose and shown.is_identity:
        yield f"  Key Label: {held.key_label}"


def _distribution_points(certificate: x509.Certificate) -> Iterator[str]:
    points = _extension(certificate, x509.CRLDistributionPoints)
    if points is None:
        return
    yield "  CRL Distribution Points: "
    for point in points:
        yield from (f"    {name.value}" for name in point.full_name or ())


def _details(certificate: x509.Certificate) -> Iterator[str]:
    public = certificate.public_key()
    yield "  Subject Key Info:"
    if isinstance(public, ec.EllipticCurvePublicKey):
        yield "    Public Key Algorithm: ecEncryption"
        yield f"    EC Public Key:  ({public.key_size} bit)"
    elif isinstance(public, rsa.RSAPublicKey):
        yield "    Public Key Algorithm: rsaEncryption"
        yield f"    RSA Public Key: ({public.key_size} bit)"
    algorithm = certificate.signature_hash_algorithm
    kind = "ECDSA" if "ecdsa" in certificate.signature_algorithm_oid._name else "RSA Encryption"
    yield f"  Signature Algorithm: {algorithm.name.upper() if algorithm else '?'} with {kind}"
    yield f"  Fingerprint MD5: {fingerprint_groups(certificate, hashes.MD5())}"  # noqa: S303 - IOS prints it
    yield f"  Fingerprint SHA1: {fingerprint_groups(certificate, hashes.SHA1())}"  # noqa: S303 - IOS prints it
    yield "  X509v3 extensions:"
    yield from _extensions(certificate)


def _extensions(certificate: x509.Certificate) -> Iterator[str]:
    """In the order of IOS, whatever the order in the certificate."""
    if usage := _extension(certificate, x509.KeyUsage):
        set_bits = [(bit, words) for name, bit, words in KEY_USAGE_BITS if getattr(usage, name)]
        yield f"    X509v3 Key Usage: {sum(bit for bit, _ in set_bits):02X}000000"
        yield from (f"      {words}" for _, words in set_bits)
    if identifier := _extension(certificate, x509.SubjectKeyIdentifier):
        yield f"    X509v3 Subject Key ID: {_groups(identifier.digest)}"
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        yield "    X509v3 Basic Constraints:"
        yield "        CA: TRUE"
    if alternative := _extension(certificate, x509.SubjectAlternativeName):
        yield "    X509v3 Subject Alternative Name:"
        yield from (f"        {name}" for name in alternative.get_values_for_type(x509.DNSName))
    authority = _extension(certificate, x509.AuthorityKeyIdentifier)
    if authority is not None and authority.key_identifier:
        yield f"    X509v3 Authority Key ID: {_groups(authority.key_identifier)}"
    yield "    Authority Info Access:"
    for one in _extension(certificate, x509.AuthorityInformationAccess) or ():
        yield f"        {ACCESS.get(one.access_method, one.access_method.dotted_string)}: {one.access_location.value}"
    if usages := _extension(certificate, x509.ExtendedKeyUsage):
        yield "    Extended Key Usage:"
        yield from (f"        {USAGES.get(usage, usage.dotted_string)}" for usage in usages)


def _extension(certificate: x509.Certificate, kind: type[T]) -> T | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _groups(data: bytes) -> str:
    digits = data.hex().upper()
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8)) + " "
