"""`CfsslCa`: implements `trunkline.ports.Issuer` over CFSSL's JSON API: `authsign`, proven by an HMAC, and `info`."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from trunkline.issuer.chains import arranged
from trunkline.issuer.online.web import Answer, Web
from trunkline.model.certificate import certificates_in
from trunkline.model.errors import AccessRefused, DeviceRefused
from trunkline.model.renewal.wish import Abilities, Chain, Signing


@dataclass(frozen=True)
class CfsslCa:
    """`stated` is the chain of the document; empty: what the server names."""

    name: str
    url: str
    web: Web
    stated: Chain
    key: bytes = field(repr=False)
    profile: str = ""
    label: str = ""
    is_probing: bool = True

    def abilities(self) -> Abilities:
        return Abilities(is_probing=self.is_probing)

    def chain(self) -> Chain:
        return self.stated or arranged(self._ask("info", {"label": self.label, "profile": self.profile}), self.name)

    def sign(self, signing: Signing) -> Chain:
        wish = {
            "certificate_request": signing.csr_pem,
            "hosts": list(signing.names),
            "profile": self.profile,
            "label": self.label,
        }
        request = json.dumps(wish).encode()
        token = hmac.new(self.key, request, hashlib.sha256).digest()
        proven = {"token": base64.b64encode(token).decode(), "request": base64.b64encode(request).decode()}
        return self._ask("authsign", proven)

    def _ask(self, endpoint: str, body: dict[str, str]) -> Chain:
        answer, said = self.web.ask_json(f"{self.url.rstrip('/')}/api/v1/cfssl/{endpoint}", body)
        if not isinstance(said, dict):
            raise self._refused(
                endpoint, f"its answer is no JSON: `{answer.words}`", "see whether `url` is that of a CFSSL server"
            )
        result = said.get("result")
        if not said.get("success") or not isinstance(result, dict):
            raise self._objection(endpoint, answer, said)
        try:
            return certificates_in(str(result.get("certificate", "")))
        except ValueError as error:
            raise self._refused(endpoint, f"its answer holds no certificate ({error})", "see its log") from error

    def _objection(self, endpoint: str, answer: Answer, said: dict[str, Any]) -> DeviceRefused | AccessRefused:
        errors = said.get("errors")
        words = [str(one.get("message", "")) for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
        told = "; ".join(filter(None, words))[:160] or answer.words
        if "invalid token" in told.lower():
            return AccessRefused(
                f"cannot ask issuer {self.name}: it refuses `auth_key` ({told}); correct the key in its reference"
            )
        return self._refused(endpoint, f"it says `{told}`", "correct the names, the profile, or its policy")

    def _refused(self, endpoint: str, why: str, cure: str) -> DeviceRefused:
        return DeviceRefused(f"cannot {endpoint} at issuer {self.name}: {why}; {cure}", is_untouched=True)
