"""A node's own certificates: one for each unit, renewed by request and upload."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trunkline.twin.ca import Held, PrivateKey, new_key
from trunkline.twin.cucm.certificates.store import TrustStore, dns_names


@dataclass
class Pending:
    """A key and its signing request. There is one for each unit; a new one takes its place."""

    key: PrivateKey = field(repr=False)
    csr: x509.CertificateSigningRequest
    is_multi_server: bool

    @property
    def pem(self) -> str:
        return self.csr.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Unit:
    """ "CallManager" or "tomcat": what it presents, what it trusts, what it has asked for."""

    identity: Held
    chain: tuple[x509.Certificate, ...] = ()
    trust: TrustStore = field(default_factory=TrustStore)
    pending: Pending | None = None
    is_multi_server: bool = False  # what it presents is the cluster's one certificate


def requested(common_name: str, names: Iterable[str], *, is_multi_server: bool, size_bits: int = 2048) -> Pending:
    """A fresh key and its request."""
    key = new_key("rsa", size_bits)
    alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = x509.CertificateSigningRequestBuilder()
    builder = builder.subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
    builder = builder.add_extension(alternative, critical=False).add_extension(usages, critical=False)
    return Pending(key, builder.sign(key, hashes.SHA256()), is_multi_server)


def objection(unit: Unit, name: str, leaf: x509.Certificate) -> str:
    """Why a certificate cannot become the unit's own, in CUCM's words; empty where it can."""
    pending = unit.pending
    if pending is None:
        return f"File /usr/local/platform/.security/{name}/keys/{name}.csr does not exist"
    if _public_bytes(pending.csr) != _public_bytes(leaf):
        return "CSR Public Key and Certificate Public Key do not match"
    if dns_names(pending.csr) != dns_names(leaf):
        return "CSR SAN and Certificate SAN does not match"
    if not any(held.subject == leaf.issuer for held in unit.trust.certificates):
        return "CA certificate is not available in the trust-store"
    return ""


def _public_bytes(of: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    return of.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
