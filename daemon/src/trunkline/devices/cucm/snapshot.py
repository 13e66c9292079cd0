"""What the certificate API of a node answers, as certificates, resources and gaps. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trunkline.devices.cucm.renewal import pending
from trunkline.devices.cucm.renewal.pending import Pending
from trunkline.model.certificate import Certificate, chain_above
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap, Identity
from trunkline.model.resource import Resource

EVIDENCE_CHARACTERS = 200


@dataclass(frozen=True)
class Unread:
    """A part of a node's answer that is not understood; `filename` is empty where it is more than one certificate."""

    problem: str
    evidence: str
    filename: str = ""
    kind: Kind = Kind.CALLMANAGER_TRUST


@dataclass(frozen=True)
class Snapshot:
    """One node's certificates. `service` is the spelling that this node uses for CallManager."""

    identity: Certificate | None
    trusted: tuple[tuple[str, Certificate], ...]  # file name, certificate
    service: str = "CallManager"
    unread: tuple[Unread, ...] = ()
    request: Pending | None = None
    clock: datetime | None = None  # of the node's web server, when it answered; None: it did not say

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        return tuple(certificate for _, certificate in self.trusted)


def read(body: Any) -> Snapshot:
    """The answer of GET /snapshot/server (Cisco certificate management API, CUCM 14 and later).

    Services are written in lower case by some releases, and trust stores with or without "-trust": both are read.
    """
    try:
        own = {str(entry["service"]): str(entry["certificate"]) for entry in body["identities"]}
        requests = {str(entry["service"]): entry.get("csr") for entry in body["identities"]}
        stores = [(str(entry["service"]), entry["certificate_data"]) for entry in body["trusts"]]
        rows = [
            (str(row["filename"]), str(row["certificate"])) for name, store in stores if _is_callmanager(name) for row in store
        ]
    except (KeyError, TypeError, AttributeError):
        return Snapshot(None, (), unread=(Unread("its snapshot has another shape than is known", _evidence(body)),))
    service = next((name for name in own if _is_callmanager(name)), "CallManager")
    unread: list[Unread] = []
    identity = _certificate(own[service], "the CallManager certificate", "", unread) if service in own else None
    if not any(_is_callmanager(name) for name, _ in stores):
        unread.append(Unread("its snapshot holds no CallManager-trust", _evidence([name for name, _ in stores])))
    read = [(filename, _certificate(pem, f"the certificate {filename}", filename, unread)) for filename, pem in rows]
    trusted = tuple((filename, certificate) for filename, certificate in read if certificate)
    request = _request(requests.get(service), unread)
    return Snapshot(identity, trusted, service, tuple(unread), request)


def _is_callmanager(service: str) -> bool:
    return service.lower().removesuffix("-trust") == "callmanager"


def _certificate(pem: str, what: str, filename: str, unread: list[Unread]) -> Certificate | None:
    try:
        return Certificate.from_pem(pem)
    except ValueError as error:
        unread.append(Unread(f"{what} cannot be read: {error}", pem[:EVIDENCE_CHARACTERS], filename))
        return None


def _request(pem: object, unread: list[Unread]) -> Pending | None:
    """There is one only between the request and its answer."""
    if not pem:
        return None
    try:
        return pending.read(str(pem))
    except ValueError as error:
        problem = f"its request for a CallManager certificate cannot be read: {error}"
        unread.append(Unread(problem, str(pem)[:EVIDENCE_CHARACTERS], kind=Kind.CERTIFICATE_REQUEST))
        return None


def _evidence(body: Any) -> str:
    return json.dumps(body, default=str)[:EVIDENCE_CHARACTERS]


def trust_resources(target: str, snapshots: Mapping[str, Snapshot]) -> Iterator[Resource]:
    """One resource for each certificate in each node's CallManager-trust."""
    for node, seen in snapshots.items():
        for certificate in seen.certificates:
            key = Key(target, Kind.CALLMANAGER_TRUST, f"{node}/{certificate.sha256[:16]}")
            yield Resource(key, {"sha256": certificate.sha256, "pem": certificate.pem})


def own_resources(target: str, snapshots: Mapping[str, Snapshot]) -> Iterator[Resource]:
    """The stored CallManager certificate of each node, which it presents since its service started last, or will with the
    next start; and the request that it holds, if any.
    """
    for node, seen in snapshots.items():
        if seen.identity:
            settings = {"sha256": seen.identity.sha256, "pem": seen.identity.pem}
            yield Resource(Key(target, Kind.IDENTITY, node), settings)
        if seen.request:
            yield Resource(Key(target, Kind.CERTIFICATE_REQUEST, node), seen.request.settings)


def identities(target: str, snapshots: Mapping[str, Snapshot]) -> Iterator[Identity]:
    """What each node presents, with the issuers that its own trust store holds."""
    for node, seen in snapshots.items():
        if seen.identity:
            yield Identity(target, node, seen.identity, chain_above(seen.identity, seen.certificates))


def trust_gaps(target: str, snapshots: Mapping[str, Snapshot]) -> Iterator[Gap]:
    """What of the nodes' answers is not understood: a whole node, one file of its trust store, which hides no other, or its
    request.
    """
    for node, seen in snapshots.items():
        for part in seen.unread:
            name = f"{node}/{part.filename}" if part.kind is Kind.CALLMANAGER_TRUST else node
            yield Gap(target, f"{node}: {part.problem}", part.kind, name, part.evidence)


def fingerprint(resources: Iterable[Resource], presented: Iterable[Identity]) -> str:
    """Changes when a setting, a certificate of a trust store or a node's own certificate does."""
    digest = hashlib.blake2b(digest_size=12)
    for resource in sorted(resources, key=lambda one: one.key):
        digest.update(f"{resource.key}{sorted(resource.settings.items())}".encode())
    for identity in presented:
        digest.update(identity.certificate.der)
    return digest.hexdigest()
