"""The request for a certificate that a node holds until it is answered. Pure."""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Pending:
    """What a request says. `names` are its DNS names, sorted and in lower case; `key` is such as "rsa 2048"."""

    csr_pem: str
    common_name: str
    names: tuple[str, ...]
    key: str
    public_der: bytes = field(repr=False)  # SubjectPublicKeyInfo

    @property
    def settings(self) -> dict[str, str]:
        return {
            "csr_pem": self.csr_pem,
            "common_name": self.common_name.lower(),
            "names": ",".join(self.names),
            "key": self.key,
        }


def read(pem: str) -> Pending:
    """Raises ValueError where it is no request that can be read."""
    request = x509.load_pem_x509_csr(pem.strip().encode())
    public = request.public_key()
    found = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Pending(
        request.public_bytes(serialization.Encoding.PEM).decode(),
        str(found[-1].value) if found else "",
        _names(request),
        _key(public),
        public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    )


def _names(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    try:
        alternative = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(sorted({name.lower() for name in alternative.get_values_for_type(x509.DNSName)}))


def _key(public: object) -> str:
    if isinstance(public, rsa.RSAPublicKey):
        return f"rsa {public.key_size}"
    return f"ec {public.key_size}" if isinstance(public, ec.EllipticCurvePublicKey) else "unknown"
