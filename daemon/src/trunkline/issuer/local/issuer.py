"""`LocalCa`: implements `trunkline.ports.Issuer` with a CA kept here. Needs no network."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from trunkline.issuer.judge import request_of
from trunkline.issuer.local.authority import Authority
from trunkline.issuer.local.certify import Leaf, leaf
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceRefused
from trunkline.model.renewal.wish import Abilities, Chain, Signing

NOT_CERTIFIED = (NameOID.UNSTRUCTURED_NAME, NameOID.SERIAL_NUMBER)
"""What IOS may put into the subject of a request, and nobody has proven."""


@dataclass(frozen=True)
class LocalCa:
    """Signs what the documents ask for; `validity` where they do not say how long."""

    authority: Authority
    validity: timedelta
    now: Callable[[], datetime]
    is_probing: bool = True

    def abilities(self) -> Abilities:
        return Abilities(is_probing=self.is_probing)

    def chain(self) -> Chain:
        """The newest CA certificate, which signs itself."""
        return self.authority.certificates()[:1]

    def sign(self, signing: Signing) -> Chain:
        request, now = request_of(signing), self.now()
        public_key = request.public_key()
        if not request.is_signature_valid or not isinstance(public_key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise self._refused(signing, "the request is not signed by the key that it names", "have it made anew")
        signer = self.authority.signer()
        if signer.certificate.not_valid_after_utc <= now:
            raise self._refused(signing, "the CA has expired", f"roll it over with `trunkline ca roll {self.authority.name}`")
        until = now + (signing.validity or self.validity)
        wish = Leaf(public_key, _names(signing, request), now, until, _subject(request, signing.names))
        made = leaf(wish, signer)
        return (Certificate(made.public_bytes(Encoding.DER)), *self.chain())

    def _refused(self, signing: Signing, why: str, cure: str) -> DeviceRefused:
        return DeviceRefused(
            f"cannot sign for {signing.name} with the CA {self.authority.name}: {why}; {cure}", is_untouched=True
        )


def _names(signing: Signing, request: x509.CertificateSigningRequest) -> tuple[str, ...]:
    """Those of the documents. A cluster refuses a certificate that lacks any name of its own request (Cisco: "CSR SAN and
    Certificate SAN does not match"), and puts names into it that documents do not state, such as its domain.
    """
    if not signing.target.startswith("cluster/"):
        return signing.names
    try:
        extension = request.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return signing.names
    return (*signing.names, *extension.value.get_values_for_type(x509.DNSName))


def _subject(request: x509.CertificateSigningRequest, names: tuple[str, ...]) -> x509.Name | None:
    """That of the request, where its common name is one of the names; else None."""
    kept = [attribute for attribute in request.subject if attribute.oid not in NOT_CERTIFIED]
    common = [str(attribute.value).lower() for attribute in kept if attribute.oid == NameOID.COMMON_NAME]
    return x509.Name(kept) if len(common) == 1 and common[0] in {name.lower() for name in names} else None
