"""The lab's certificate authority: real keys and certificates for routers and cluster nodes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def new_key(kind: str = "rsa", size_bits: int = 2048) -> PrivateKey:
    """A private key: "rsa" of so many bits, or "ec" on the NIST curve of that size (256, 384, 521)."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=size_bits)
    curves: dict[int, ec.EllipticCurve] = {256: ec.SECP256R1(), 384: ec.SECP384R1(), 521: ec.SECP521R1()}
    return ec.generate_private_key(curves[size_bits])


def key_pem(key: PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class Held:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def pem(self) -> str:
        return pem_of(self.certificate)

    @property
    def key_pem(self) -> str:
        return key_pem(self.key)


@dataclass(frozen=True)
class Wish:
    """What a certificate shall say. `now` is the moment of issue; `days` may be negative for one that has expired."""

    common_name: str
    now: datetime
    days: float = 730
    names: tuple[str, ...] = ()
    organization: str = ""
    is_ca: bool = False
    usages: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)

    @property
    def subject(self) -> x509.Name:
        parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.organization)] if self.organization else []
        return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, self.common_name)])


def certify(wish: Wish, public_key: object, issuer: Held | None, own_key: PrivateKey | None = None) -> x509.Certificate:
    """A certificate for `public_key`, signed by `issuer`, or by `own_key` where it is self-signed."""
    signing_key = issuer.key if issuer else own_key
    assert signing_key is not None  # noqa: S101 - one of the two is always given
    begin = min(wish.now, wish.now + timedelta(days=wish.days)) - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(wish.subject)
        .issuer_name(issuer.certificate.subject if issuer else wish.subject)
        .public_key(public_key)  # type: ignore[arg-type]  # any public key that cryptography knows
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(wish.now + timedelta(days=wish.days))
        .add_extension(x509.BasicConstraints(ca=wish.is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)  # type: ignore[arg-type]  # as above
        .add_extension(_authority(issuer, public_key), critical=False)
        .add_extension(_key_usage(is_ca=wish.is_ca), critical=True)
    )
    if wish.names:
        names = [x509.DNSName(name) for name in wish.names]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if wish.usages and not wish.is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(wish.usages), critical=False)
    return builder.sign(signing_key, hashes.SHA256())


def _authority(issuer: Held | None, public_key: object) -> x509.AuthorityKeyIdentifier:
    source = issuer.certificate.public_key() if issuer else public_key
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(source)  # type: ignore[arg-type]  # as above


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not is_ca,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def self_signed(wish: Wish, key: PrivateKey | None = None) -> Held:
    """A certificate that signs itself."""
    own = key or new_key()
    return Held(certify(wish, own.public_key(), None, own), own)


@dataclass(frozen=True)
class Authority:
    """A CA that the lab keeps: a root, and the issuing CAs below it if there are any (the last one signs)."""

    chain: tuple[Held, ...]  # root first

    @classmethod
    def create(cls, name: str, now: datetime) -> "Authority":
        """A root."""
        return cls((self_signed(Wish(name, now, 3650, organization="trunkline lab", is_ca=True)),))

    def below(self, name: str, now: datetime) -> "Authority":
        """An issuing CA under this one."""
        key = new_key()
        wish = Wish(name, now, 1825, organization="trunkline lab", is_ca=True)
        return Authority((*self.chain, Held(certify(wish, key.public_key(), self.issuer), key)))

    @property
    def issuer(self) -> Held:
        return self.chain[-1]

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Issuing CA first, root last."""
        return tuple(held.certificate for held in reversed(self.chain))

    def issue(self, wish: Wish, key: PrivateKey | None = None) -> Held:
        """A certificate with a fresh key, or for the key given."""
        own = key or new_key()
        return Held(certify(wish, own.public_key(), self.issuer), own)
