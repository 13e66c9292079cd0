"""The request for a certificate that a node holds until it is answered. Pure."""

from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID

from trunkline.model.public_key import der_of, type_of


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
        str(type_of(public) or "unknown"),
        der_of(public),
    )


def _names(request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    try:
        alternative = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(sorted({name.lower() for name in alternative.get_values_for_type(x509.DNSName)}))
