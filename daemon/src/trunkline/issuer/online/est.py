"""`EstCa`: implements `trunkline.ports.Issuer` over EST (RFC 7030): cacerts and simpleenroll.

simplereenroll is not used: it wants the TLS client certificate to be the very one that is renewed (§4.2.2), whose key never
leaves the device.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from trunkline.issuer.chains import arranged
from trunkline.issuer.judge import request_of
from trunkline.issuer.online.web import Web, retry_at
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceRefused, Waiting
from trunkline.model.renewal.wish import Abilities, Chain, Signing

PKCS10 = {"Content-Type": "application/pkcs10", "Content-Transfer-Encoding": "base64"}


@dataclass(frozen=True)
class EstCa:
    """`stated` is the chain of the document; empty: what the server names."""

    name: str
    url: str
    label: str
    web: Web
    stated: Chain
    now: Callable[[], datetime]
    is_probing: bool = True

    def abilities(self) -> Abilities:
        return Abilities(is_probing=self.is_probing)

    def chain(self) -> Chain:
        if self.stated:
            return self.stated
        answer = self.web.ask("GET", self._path("cacerts"))
        if answer.status != 200:
            raise self._refused(
                "name its CAs", f"HTTP {answer.status}: {answer.words}", "see whether `url` and `label` are right"
            )
        return arranged(self._certificates(answer.content), self.name)

    def sign(self, signing: Signing) -> Chain:
        der = request_of(signing).public_bytes(Encoding.DER)
        answer = self.web.ask("POST", self._path("simpleenroll"), base64.encodebytes(der), PKCS10)
        if answer.status == 202:
            until = retry_at(answer, self.now())
            raise Waiting(
                f"issuer {self.name} took the request of {signing.name} and has not signed it yet; it is asked again at "
                f"{until:%Y-%m-%d %H:%M} UTC",
                until,
            )
        if answer.status != 200:
            raise self._refused(
                f"sign the request of {signing.name}", f"it says `{answer.words}`", "correct the names, or its policy"
            )
        return self._certificates(answer.content)

    def _path(self, operation: str) -> str:
        label = f"/{self.label}" if self.label else ""
        return f"{self.url.rstrip('/')}/.well-known/est{label}/{operation}"

    def _certificates(self, content: bytes) -> Chain:
        """A "certs-only" PKCS#7 in base64 (§4.1.3)."""
        try:
            found = pkcs7.load_der_pkcs7_certificates(base64.b64decode(b"".join(content.split()), validate=True))
        except (ValueError, binascii.Error, UnsupportedAlgorithm):
            raise self._refused(
                "be understood", "its answer is no PKCS#7 in base64", "see whether `url` is that of an EST server"
            ) from None
        return tuple(Certificate(one.public_bytes(Encoding.DER)) for one in found)

    def _refused(self, verb: str, why: str, cure: str) -> DeviceRefused:
        return DeviceRefused(f"cannot make issuer {self.name} {verb}: {why}; {cure}", is_untouched=True)
