"""A cluster as the loop sees it: observe, carry out one step."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trunkline.devices.cucm import read
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.certificates import CertificateSession, Snapshot
from trunkline.devices.cucm.dialect import OBJECTS, CucmDialect, pattern_and_partition
from trunkline.devices.cucm.session import NIL, AxlFault, AxlSession
from trunkline.model.certificate import Certificate, chain_above
from trunkline.model.errors import DeviceRefused, OurBug, TrunklineError
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Gap, Identity, Node, Observed
from trunkline.model.plan import Step
from trunkline.model.resource import Ownership, Resource

CHANGE_KINDS = ("SipTrunk", "SipTrunkSecurityProfile", "SipProfile", "RoutePattern")
NILLABLE = frozenset(
    {
        "routePartitionName",
        "dialPlanName",
        "digitDiscardInstructionName",
        "routeFilterName",
        "prefixDigitsOut",
        "callingSearchSpaceName",
    }
)


@dataclass
class _Objects:
    """AXL objects read so far, until the change queue says that something moved."""

    queue: tuple[str, int]  # queue id, next change
    found: dict[Key, Resource | None]


@dataclass
class CucmDevice:
    """Implements `trunkline.ports.Device`. One worker at a time."""

    target: str
    access: ClusterAccess
    now: Callable[[], datetime]
    axl: AxlSession = field(init=False)
    nodes: dict[str, CertificateSession] = field(init=False)
    _objects: _Objects | None = None
    _version: str = ""

    def __post_init__(self) -> None:
        self.axl = AxlSession(self.access)
        self.nodes = {node.name: CertificateSession(self.access, node) for node in self.access.nodes}

    def dialect(self) -> CucmDialect:
        return CucmDialect()

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        gaps: list[Gap] = []
        resources = dict(self._read_objects(keys, is_full=full, gaps=gaps))
        snapshots = self._snapshots(gaps)
        resources.update(trust_resources(self.target, snapshots))
        identities = tuple(_identity(self.target, node, snapshot) for node, snapshot in snapshots.items() if snapshot.identity)
        trusted = {node: tuple(held for _, held in snapshot.trusted) for node, snapshot in snapshots.items()}
        nodes = tuple(_node(node, snapshots) for node in self.access.nodes)
        facts = ClusterFacts(self._version, nodes)
        return Observed(
            self.target,
            self.now(),
            resources,
            tuple(gaps),
            _fingerprint(resources, identities),
            identities,
            trusted,
            facts,
        )

    def _read_objects(self, keys: Iterable[Key], *, is_full: bool, gaps: list[Gap]) -> Iterable[tuple[Key, Resource]]:
        """The objects asked for; again only after a change, or when everything shall be read."""
        if not self._version:
            answer = self.axl.call("getCCMVersion")
            self._version = str(answer["return"]["componentVersion"]["version"])
        queue = self._queue()
        if is_full or self._objects is None or self._objects.queue != queue:
            self._objects = _Objects(queue, {})
        known = self._objects.found
        for key in keys:
            if key not in known:
                try:
                    known[key] = self._get(key)
                except AxlFault as fault:
                    gaps.append(Gap(self.target, f"the cluster answers {fault}", key.kind, key.name))
        return [(key, resource) for key, resource in known.items() if resource is not None]

    def _queue(self) -> tuple[str, int]:
        """The state of the change queue: any change, by anybody, moves it."""
        answer = self.axl.call("listChange", objectList={"object": list(CHANGE_KINDS)})
        info = answer.get("queueInfo") or {}
        return str(info.get("queueId")), int(info.get("nextStartChangeId") or 0)

    def _get(self, key: Key) -> Resource | None:
        """One object; None where the cluster says that it does not exist."""
        name = OBJECTS[key.kind]
        try:
            named = self._route_pattern(key) if key.kind is Kind.ROUTE_PATTERN else {"name": key.name}
            if named is None:
                return None
            answer = self.axl.call(f"get{name}", **named)
        except AxlFault as fault:
            if fault.is_not_found:
                return None
            raise
        element = name[0].lower() + name[1:]
        shown = answer["return"][element]
        settings = read.settings_of(shown)
        return Resource(key, settings, Ownership.STATED, needs_of(key, settings))

    def _route_pattern(self, key: Key) -> dict[str, str] | None:
        """A pattern's uuid: by name it takes four fields, one of which (the dial plan) the key does not hold."""
        pattern, partition = pattern_and_partition(key.name)
        tags = {"pattern": "", "routePartitionName": ""}
        answer = self.axl.call("listRoutePattern", searchCriteria={"pattern": pattern}, returnedTags=tags)
        for row in ((answer or {}).get("return") or {}).get("routePattern") or []:
            if (read.text_of(row["pattern"]), read.text_of(row["routePartitionName"])) == (pattern, partition):
                return {"uuid": str(row["uuid"])}
        return None

    def _snapshots(self, gaps: list[Gap]) -> dict[str, Snapshot]:
        """Certificates of every node, asked side by side; one that does not answer is a gap."""
        with ThreadPoolExecutor(max_workers=max(1, len(self.nodes))) as pool:
            asked = {name: pool.submit(session.snapshot) for name, session in self.nodes.items()}
        found: dict[str, Snapshot] = {}
        for name, future in asked.items():
            try:
                found[name] = future.result()
            except TrunklineError as error:
                gaps.append(Gap(self.target, f"{name}: {error}", Kind.CALLMANAGER_TRUST))
        return found

    def carry_out(self, step: Step) -> None:
        self._objects = None
        for command in step.commands:
            payload = command.payload
            try:
                if command.verb == "axl":
                    self._write(command.lines[0], payload)
                elif command.verb == "activate":
                    self.axl.call("resetSipTrunk", name=payload["name"])
                elif command.verb == "upload":
                    self.nodes[payload["node"]].trust(payload["pem"])
                elif command.verb == "remove-trust":
                    self.nodes[payload["node"]].distrust(payload["sha256"])
                else:
                    raise OurBug(f"cannot do {command.verb} on {self.target}: a cluster knows no such act")
            except AxlFault as fault:
                raise DeviceRefused(
                    f"cannot {fault.operation} {step.key.name} on {self.target}: the cluster says `{fault.message}`",
                    (fault.operation, fault.message),
                ) from fault

    def _write(self, operation: str, payload: Mapping[str, str]) -> None:
        fields = dict(payload)
        if operation.startswith("add"):
            element = operation[3].lower() + operation[4:]
            self.axl.call(operation, **{element: as_axl(fields)})
        elif operation.startswith("remove"):
            self.axl.call(operation, **(as_axl(_full_name(operation, fields))))
        else:
            self.axl.call(operation, **as_axl(_full_name(operation, fields)))

    def save(self) -> None:
        """A cluster keeps what it is told."""

    def close(self) -> None:
        self.axl.close()
        for session in self.nodes.values():
            session.close()


def _full_name(operation: str, fields: dict[str, str]) -> dict[str, str]:
    """Without a uuid a route pattern is named by four fields, three of which may be null."""
    if operation.endswith("RoutePattern") and "uuid" not in fields:
        return {"dialPlanName": "", "routeFilterName": "", **fields}
    return fields


def as_axl(fields: Mapping[str, str]) -> dict[str, Any]:
    """Settings as zeep wants them: nested where AXL nests, nil where null is meant. Pure."""
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "destinations":
            entries = [entry.strip().rpartition(":") for entry in value.split(",")]
            made[name] = {
                "destination": [
                    {"addressIpv4": address, "port": port, "sortOrder": number}
                    for number, (address, _, port) in enumerate(entries, 1)
                ]
            }
        elif name == "gatewayName":
            made["destination"] = {"gatewayName": value}
        elif value == "" and name in NILLABLE:
            made[name] = NIL
        else:
            made[name] = value
    return made


def needs_of(key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
    """What an object refers to."""
    fields = {
        Kind.SIP_TRUNK: (("securityProfileName", Kind.SIP_SECURITY_PROFILE), ("sipProfileName", Kind.SIP_PROFILE)),
        Kind.ROUTE_PATTERN: (("gatewayName", Kind.SIP_TRUNK),),
    }
    named = fields.get(key.kind, ())
    return frozenset(Key(key.target, kind, settings[name]) for name, kind in named if settings.get(name))


def trust_resources(target: str, snapshots: Mapping[str, Snapshot]) -> dict[Key, Resource]:
    """One resource for each certificate in each node's CallManager-trust."""
    made = {}
    for node, snapshot in snapshots.items():
        for _, certificate in snapshot.trusted:
            key = Key(target, Kind.CALLMANAGER_TRUST, f"{node}/{certificate.sha256[:16]}")
            made[key] = Resource(key, {"sha256": certificate.sha256, "pem": certificate.pem})
    return made


def _identity(target: str, node: str, snapshot: Snapshot) -> Identity:
    assert snapshot.identity is not None  # noqa: S101 - the caller looked
    pool: tuple[Certificate, ...] = tuple(held for _, held in snapshot.trusted)
    return Identity(target, node, snapshot.identity, chain_above(snapshot.identity, pool))


def _node(node: NodeAccess, snapshots: Mapping[str, Snapshot]) -> Node:
    return Node(node.name, node.address, node.is_publisher, node.name in snapshots)


def _fingerprint(resources: Mapping[Key, Resource], identities: tuple[Identity, ...]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for key, resource in sorted(resources.items()):
        digest.update(f"{key}{sorted(resource.settings.items())}".encode())
    for identity in identities:
        digest.update(identity.certificate.der)
    return digest.hexdigest()
