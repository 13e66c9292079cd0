"""The certificate management REST API of one node (Cisco: CUCM certificate management API, CUCM 14 and later)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509

from trunkline.twin.ca import pem_of
from trunkline.twin.cucm.node import Node, TrustEntry

SERVICES = ("tomcat", "tomcat-ECDSA", "CallManager", "CallManager-ECDSA", "CAPF", "TVS", "ipsec")


class Refused(Exception):  # noqa: N818 - an answer
    """An HTTP error with a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class CertificateApi:
    """One node's API. `replicate` carries a certificate stored here to the other nodes, later."""

    node: Node
    replicate: Callable[[TrustEntry, bool], Awaitable[None]]

    def snapshot(self) -> dict[str, Any]:
        """Everything: own certificates and trust stores."""
        return {
            "trackingId": "TRK-0001",
            "server": self.node.spec.fqdn,
            "identities": [{"service": "CallManager", "certificate": self.node.certificate_pem()}],
            "trusts": [
                {
                    "service": "CallManager-trust",
                    "certificate_data": [
                        {"filename": entry.filename, "certificate": pem_of(entry.certificate)} for entry in self.node.stored
                    ],
                }
            ],
            "revokedCertificates": [],
        }

    def options(self) -> dict[str, Any]:
        return {"services": list(SERVICES), "keyTypes": {"rsa": [2048, 3072, 4096], "ec": [256, 384, 521]}}

    async def upload_trust(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Store certificates. Raises Refused as CUCM would."""
        services = body.get("service")
        if not isinstance(services, list) or not all(_service(name) for name in services):
            raise Refused(400, "service must be a list of known services")
        stored = []
        for pem in body.get("certificates") or []:
            certificate = _load(pem)
            if certificate.not_valid_after_utc < datetime.now(UTC):
                raise Refused(400, "Certificate is expired")
            if "callmanager" in {str(name).lower().removesuffix("-trust") for name in services}:
                stored.append(await self._store(certificate))
        return {"message": "Certificate(s) uploaded", "certificates": [entry.filename for entry in stored]}

    async def _store(self, certificate: x509.Certificate) -> TrustEntry:
        """One certificate a subject: a later one of the same name takes its place, an earlier one is refused."""
        for entry in self.node.stored:
            held = entry.certificate
            if held == certificate:
                raise Refused(400, "Certificate already exists in the trust-store")
            if held.subject == certificate.subject and held.not_valid_before_utc >= certificate.not_valid_before_utc:
                raise Refused(400, "A certificate with the same common name and a later validity exists in the trust-store")
        entry = TrustEntry(certificate)
        put(self.node, entry)
        await self.replicate(entry, True)
        return entry

    async def remove_trust(self, service: str, filename: str) -> dict[str, Any]:
        found = next((entry for entry in self.node.stored if entry.filename == filename), None)
        if not _service(service) or found is None:
            raise Refused(404, "Certificate was not found in the trust-store")
        self.node.stored.remove(found)
        await self.replicate(found, False)
        return {"message": "Certificate deleted"}


def put(node: Node, entry: TrustEntry) -> None:
    """Into the store of a node, in place of one with the same subject."""
    node.stored = [held for held in node.stored if held.certificate.subject != entry.certificate.subject]
    node.stored.append(entry)


def _service(name: object) -> bool:
    return str(name).lower().removesuffix("-trust") in {service.lower() for service in SERVICES}


def _load(pem: object) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(str(pem).encode())
    except ValueError as error:
        raise Refused(400, "Unable to read the certificate") from error
