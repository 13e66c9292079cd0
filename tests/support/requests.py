"""Requests for certificates as a device would print them, and CAs that answer them well or badly."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trunkline.model.certificate import Certificate
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.wish import RSA_2048, Signing

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMES = ("vg-yohur.example.com", "sip.example.com")
BOTH = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def key_of(label: str, algorithm: str = "rsa", bits: int = 2048) -> Key:
    """A key pair; the same label gives the same."""
    return _key_of(label, algorithm, bits)


@cache
def _key_of(_label: str, algorithm: str, bits: int) -> Key:
    if algorithm == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=bits)
    curves: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
    return ec.generate_private_key(curves[bits])


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def csr_of(key: Key, names: tuple[str, ...] = NAMES) -> str:
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(name(names[0]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )


def signing(
    kind: KeyType = RSA_2048,
    release: tuple[int, ...] = (17, 9),
    names: tuple[str, ...] = NAMES,
    holder: str = "sip-1",
) -> Signing:
    """What is asked for the device's key of that kind."""
    key = key_of("device", *kind)
    return Signing("cube/vg-yohur", holder, csr_of(key, names), names, kind, timedelta(days=200), release)


@dataclass(frozen=True)
class Says:
    """What a certificate says; good as it stands."""

    subject: str = NAMES[0]
    names: tuple[str, ...] = NAMES
    begins: datetime = NOW - timedelta(hours=1)
    ends: datetime = NOW + timedelta(days=200)
    usages: tuple[x509.ObjectIdentifier, ...] = BOTH
    is_ca: bool = False
    can_sign: bool = True


@dataclass(frozen=True)
class TestCa:
    """A CA of a chain of `above`; its key goes by its name."""

    __test__ = False
    label: str
    above: "TestCa | None" = None
    ends: datetime = NOW + timedelta(days=3650)
    key_kind: KeyType = RSA_2048
    is_ca: bool = True

    @property
    def key(self) -> Key:
        return key_of(self.label, *self.key_kind)

    @property
    def certificate(self) -> Certificate:
        return _certificate_of(self)

    @property
    def chain(self) -> tuple[Certificate, ...]:
        return (self.certificate, *(self.above.chain if self.above else ()))

    def certify(self, key: Key, says: Says | None = None, **changes: object) -> Certificate:
        return _made(key.public_key(), replace(says or Says(), **changes), self)  # type: ignore[arg-type]  # fields


@cache
def _certificate_of(ca: TestCa) -> Certificate:
    says = Says(ca.label, (), NOW - timedelta(days=30), ca.ends, (), ca.is_ca)
    return _made(ca.key.public_key(), says, ca.above or ca)


def _made(public_key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, says: Says, issuer: TestCa) -> Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(says.subject))
        .issuer_name(name(issuer.label))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(says.begins)
        .not_valid_after(says.ends)
        .add_extension(x509.BasicConstraints(ca=says.is_ca, path_length=None), critical=True)
    )
    if says.names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in says.names]), critical=False)
    if says.usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(says.usages), critical=False)
    if not says.is_ca:
        usage = x509.KeyUsage(says.can_sign, False, True, False, False, False, False, False, False)
        builder = builder.add_extension(usage, critical=True)
    made = builder.sign(issuer.key, hashes.SHA256())
    return Certificate(made.public_bytes(serialization.Encoding.DER))


ROOT_CA = TestCa("Voice Root CA")
ISSUING = TestCa("Voice Issuing CA", ROOT_CA, NOW + timedelta(days=1825))
