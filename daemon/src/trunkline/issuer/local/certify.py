"""Certificates of the local CA, as values: what they say, and for how long. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trunkline.model.public_key import KeyType

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
CURVES: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1()}
BACKDATED = timedelta(hours=1)  # a device whose clock is a little late takes the certificate, too
BOTH_ROLES = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


@dataclass(frozen=True)
class Leaf:
    """What a certificate shall say. The first name is its common name."""

    public_key: PublicKey
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    subject: x509.Name | None = None


@dataclass(frozen=True)
class Signer:
    """A CA certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)


def new_key(wish: KeyType) -> PrivateKey:
    """Raises ValueError for what no device of a trunk would take."""
    if wish.algorithm == "rsa" and wish.bits in (2048, 3072, 4096):
        return rsa.generate_private_key(public_exponent=65537, key_size=wish.bits)
    if wish.algorithm == "ec" and wish.bits in CURVES:
        return ec.generate_private_key(CURVES[wish.bits])
    raise ValueError(f"there is no key {wish}")


def root(common_name: str, key: PrivateKey, now: datetime, lifetime: timedelta) -> x509.Certificate:
    """A CA that signs itself, and end entities only: path length 0."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(own, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
    )
    return builder.sign(key, _hash(key))


def leaf(wish: Leaf, signer: Signer) -> x509.Certificate:
    """A certificate for both ends of TLS, never longer than its CA."""
    issuer = signer.certificate
    own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    subject = wish.subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish.names[0])])
    is_rsa = isinstance(wish.public_key, rsa.RSAPublicKey)
    names = dict.fromkeys(name for name in wish.names if _is_dns(name))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(wish.public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(max(wish.not_before - BACKDATED, issuer.not_valid_before_utc))
        .not_valid_after(min(wish.not_after, issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(enciphers_keys=is_rsa), critical=True)
        .add_extension(x509.ExtendedKeyUsage(BOTH_ROLES), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(wish.public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return builder.sign(signer.key, _hash(signer.key))


def _is_dns(name: str) -> bool:
    """A common name may be any text; an alternative name is a DNS name."""
    return name.isascii() and " " not in name and not name.startswith(".")


def _hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA384() if isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size > 256 else hashes.SHA256()


def _usage(*, signs_certificates: bool = False, enciphers_keys: bool = False) -> x509.KeyUsage:
    """RSA keys also encipher, for suites without forward secrecy; EC keys sign."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=enciphers_keys,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
