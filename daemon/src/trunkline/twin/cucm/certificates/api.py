"""What the certificate API of one node does (Cisco: Certificate Management API; the checks of an upload, in their words,
from Cisco's certificate renewal guides).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from trunkline.twin.ca import Held, pem_of
from trunkline.twin.cucm.certificates.store import TrustEntry, dns_names, subject_cn
from trunkline.twin.cucm.certificates.units import Unit, objection, requested

LONGEST_KEY_BITS = 4096
KEY_BITS = (2048, 3072, 4096)
Event = Literal["trusted", "distrusted", "issued"]


class Refused(Exception):  # noqa: N818 - an answer
    """An HTTP error with a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Behaviour:
    """What is not known of real clusters, or differs between them."""

    passes_over_older: bool = False  # an older certificate of a name in the store: refused, or ignored with status 200
    removes_by_rest: bool = True  # False: there is no DELETE (it is not in the documents at hand)
    service_spelling: Literal["as-in-gui", "lower"] = "as-in-gui"
    requests_name_the_node: bool = True  # a request of one server bears its FQDN without being told
    mismatch_is_500: bool = False  # a certificate for another key: refused with words, or with status 500 and none
    answers_with_request: bool = True  # POST /csr answers with the request; False: only that it is there


@dataclass
class CertificateApi:
    """One node. `tell` is told what shall reach the other nodes: (what, unit, certificate)."""

    fqdn: str
    units: Mapping[str, Unit]
    clock: Callable[[], datetime]
    tell: Callable[[Event, str, x509.Certificate], None]
    all_fqdns: Callable[[], tuple[str, ...]] = tuple
    behaviour: Behaviour | None = None

    @property
    def _behaviour(self) -> Behaviour:
        return self.behaviour or Behaviour()

    def _spelt(self, service: str) -> str:
        return service.lower() if self._behaviour.service_spelling == "lower" else service

    def snapshot(self) -> dict[str, Any]:
        """Everything: own certificates and trust stores."""
        return {
            "trackingId": "TRK-0001",
            "server": self.fqdn,
            "identities": [self.identity_of(name) for name in self.units],
            "trusts": [
                {"service": self._spelt(f"{name}-trust"), "certificate_data": self._rows(unit)}
                for name, unit in self.units.items()
            ],
            "revokedCertificates": [],
        }

    def _rows(self, unit: Unit) -> list[dict[str, str]]:
        return [{"filename": entry.filename, "certificate": pem_of(entry.certificate)} for entry in unit.trust.entries]

    def options(self) -> dict[str, Any]:
        services = [self._spelt(name) for name in self.units]
        return {"services": services, "keyTypes": {"rsa": [2048, 3072, 4096], "ec": [256, 384, 521]}}

    def _unit(self, service: object) -> tuple[str, Unit]:
        """By any spelling, with or without "-trust"."""
        wanted = str(service).lower().removesuffix("-trust")
        found = next(((name, unit) for name, unit in self.units.items() if name.lower() == wanted), None)
        if found is None:
            raise Refused(400, f"{service} is not a known service")
        return found

    def identity_of(self, service: str) -> dict[str, Any]:
        name, unit = self._unit(service)
        shown = {"service": self._spelt(name), "certificate": unit.identity.pem}
        return {**shown, "csr": unit.pending.pem} if unit.pending else shown

    def trusted(self, service: str) -> list[dict[str, str]]:
        return self._rows(self._unit(service)[1])

    def request_of(self, service: str) -> dict[str, str]:
        name, unit = self._unit(service)
        if unit.pending is None:
            raise Refused(404, f"there is no CSR for {name}")
        return {"csr": unit.pending.pem}

    def make_request(self, body: Mapping[str, Any]) -> dict[str, str]:
        """A new key and CSR in place of any before. A multi-server one bears the names of all nodes."""
        name, unit = self._unit(body.get("service"))
        distribution = body.get("distribution")
        if distribution not in ("this-server", "multi-server"):
            raise Refused(400, "distribution must be this-server or multi-server")
        is_multi = distribution == "multi-server"
        host, _, domain = self.fqdn.partition(".")
        common_name = str(body.get("commonName") or (f"{host}-ms.{domain}" if is_multi else self.fqdn))
        own = (self.fqdn,) if self._behaviour.requests_name_the_node else ()
        names = [*(self.all_fqdns() if is_multi else own), *body.get("altNames", [])]
        if "*" in "".join([common_name, *names]):
            raise Refused(400, "wildcard certificates are not supported")
        size_bits = int(body.get("keyLength") or 2048)
        if body.get("keyType", "rsa") != "rsa" or size_bits not in KEY_BITS:
            raise Refused(400, f"{name} takes RSA keys of {', '.join(map(str, KEY_BITS))} bits")
        unit.pending = requested(common_name, dict.fromkeys(names), is_multi_server=is_multi, size_bits=size_bits)
        return {"csr": unit.pending.pem} if self._behaviour.answers_with_request else {"message": "CSR generated"}

    def drop_request(self, service: str) -> dict[str, str]:
        self._unit(service)[1].pending = None
        return {"message": "CSR deleted"}

    def upload_identity(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Leaf first. It counts on the wire after a restart of the service."""
        name, unit = self._unit(body.get("service"))
        leaf, *chain = [_load(pem) for pem in body.get("certificates") or [""]]
        self._check(leaf)
        problem = objection(unit, name, leaf)
        if problem:
            is_mute = self._behaviour.mismatch_is_500 and "Public Key" in problem
            raise Refused(500, "") if is_mute else Refused(400, problem)
        pending = unit.pending
        assert pending is not None  # noqa: S101 - `objection` would have said so
        unit.identity, unit.chain, unit.pending = Held(leaf, pending.key), _chain(leaf, unit, chain), None
        unit.is_multi_server = pending.is_multi_server
        if pending.is_multi_server:
            self.tell("issued", name, leaf)
        return {"message": f"Please restart services related to {name} for the new certificate to become active."}

    def upload_trust(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Store certificates. Raises Refused as CUCM would."""
        services = body.get("service")
        if not isinstance(services, list) or not services:
            raise Refused(400, "service must be a list of known services")
        units = [self._unit(service) for service in services]
        certificates = [_load(pem) for pem in body.get("certificates") or []]
        for certificate in certificates:
            self._check(certificate)
        stored = [self._store(name, unit, certificate) for name, unit in units for certificate in certificates]
        return {"message": "Certificate(s) uploaded", "certificates": stored}

    def _check(self, certificate: x509.Certificate) -> None:
        """Expired, wildcard, too long a key: none of them can be uploaded."""
        if certificate.not_valid_after_utc < self.clock():
            raise Refused(400, "Certificate is expired")
        if any(name.startswith("*") for name in (subject_cn(certificate), *dns_names(certificate))):
            raise Refused(400, "wildcard certificates are not supported")
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size > LONGEST_KEY_BITS:
            raise Refused(400, f"Key length {key.key_size} is not supported")

    def _store(self, name: str, unit: Unit, certificate: x509.Certificate) -> str:
        """A later one of the same common name takes the place of an earlier one; an earlier one does not get in."""
        rival = unit.trust.rival(certificate)
        if rival and rival.certificate.serial_number == certificate.serial_number:
            raise Refused(400, "Certificate already exists in the trust-store")
        entry = TrustEntry(certificate)
        if unit.trust.put(entry):
            self.tell("trusted", name, certificate)
        elif not self._behaviour.passes_over_older:
            raise Refused(400, "A certificate with the same common name and a later validity exists in the trust-store")
        return entry.filename

    def remove_trust(self, service: str, filename: str) -> dict[str, Any]:
        if not self._behaviour.removes_by_rest:
            raise Refused(405, "Method Not Allowed")
        name, unit = self._unit(service)
        found = unit.trust.named(filename)
        if found is None:
            raise Refused(404, "Certificate was not found in the trust-store")
        unit.trust.remove(found.certificate)
        self.tell("distrusted", name, found.certificate)
        return {"message": "Certificate deleted"}


def _chain(leaf: x509.Certificate, unit: Unit, given: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The issuers that were uploaded with it, or else those in the trust store."""
    known = [*given, *unit.trust.certificates]
    chain: list[x509.Certificate] = []
    current = leaf
    while current.issuer != current.subject:
        above = next((candidate for candidate in known if candidate.subject == current.issuer), None)
        if above is None:
            break
        chain.append(above)
        current = above
    return tuple(chain)


def _load(pem: object) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(str(pem).encode())
    except ValueError as error:
        raise Refused(400, "Unable to read the certificate") from error
