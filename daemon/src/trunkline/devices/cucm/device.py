"""A cluster as the loop sees it: observe, carry out one step."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from trunkline.devices.cucm import snapshot, write
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, Patience
from trunkline.devices.cucm.axl.objects import Objects
from trunkline.devices.cucm.axl.session import AxlSession
from trunkline.devices.cucm.certificates import CertificateSession
from trunkline.devices.cucm.dialect import OBJECTS, CucmDialect
from trunkline.devices.cucm.read import AxlFault
from trunkline.devices.cucm.realtime.collector import Collector
from trunkline.devices.cucm.renewal.carrying import ON_A_NODE, RESTART
from trunkline.devices.cucm.renewal.control import Pace
from trunkline.devices.cucm.renewal.services import Services
from trunkline.devices.cucm.soap.budget import Budget
from trunkline.model.errors import DeviceRefused, OurBug, TrunklineError
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Gap, Node, Observed
from trunkline.model.plan import Command, Step

SHARED_SECONDS = 10.0
"""How long the certificates of the nodes are not read again: the passes of several CUBEs follow one another closely."""


@dataclass(frozen=True)
class _Certificates:
    """What the nodes showed, and those that showed nothing."""

    at: datetime
    snapshots: Mapping[str, snapshot.Snapshot]
    silent: Mapping[str, TrunklineError]  # node → why


@dataclass
class CucmDevice:
    """Implements `trunkline.ports.Device`. One worker at a time."""

    target: str
    access: ClusterAccess
    now: Callable[[], datetime]
    patience: Callable[[], Patience] = Patience
    pace: Pace = Pace()  # noqa: RUF009 - frozen
    axl: AxlSession = field(init=False)
    objects: Objects = field(init=False)
    nodes: dict[str, CertificateSession] = field(init=False)
    budget: Budget = field(init=False)
    services: Services = field(init=False)
    collector: Collector = field(init=False)
    _certificates: _Certificates | None = None

    def __post_init__(self) -> None:
        self.axl = AxlSession(self.access, self.patience())
        self.objects = Objects(self.target, self.axl)
        self.nodes = {node.name: CertificateSession(self.access, node, self.patience()) for node in self.access.nodes}
        self.budget = Budget(self.access.requests_per_minute)
        self.services = Services(self.access, self.now, self.patience, self.pace, self.budget)
        self.collector = Collector(self.access, self.now, self.services, self.budget)

    def dialect(self) -> CucmDialect:
        return CucmDialect()

    @property
    def counters(self) -> Mapping[str, int]:
        """Since the start, for metrics: requests, times throttled (AXL and REST), schema fetches."""
        sessions = self.nodes.values()
        door = self.axl.door
        return {
            "axl_requests": door.sent if door else 0,
            "axl_logins": door.logins if door else 0,
            "axl_throttled": self.axl.patience.throttled,
            "axl_connections_lost": self.axl.patience.lost,
            "axl_schema_fetches": self.axl.schema_fetches,
            "rest_requests": sum(session.sent for session in sessions),
            "rest_throttled": sum(session.patience.throttled for session in sessions),
            "control_requests": self.services.sent,
            "control_throttled": self.services.throttled,
            "realtime_requests": self.collector.sent,
            "realtime_throttled": self.collector.throttled,
        }

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        """The objects asked for now or before, the certificates of every node, and what the cluster tells while it runs.

        Raises what AXL on the publisher raises; a node whose certificates cannot be read is a gap.
        """
        asked = tuple(keys)
        trunks = [key.name for key in asked if key.kind is Kind.SIP_TRUNK]
        found, gaps = self.objects.read(asked, is_full=full)
        with self.collector.asking(trunks, is_full=full):
            certificates = self._read_certificates(is_full=full)
        snapshots = certificates.snapshots
        held = (*snapshot.trust_resources(self.target, snapshots), *snapshot.own_resources(self.target, snapshots))
        resources = found | {resource.key: resource for resource in held}
        presented = tuple(snapshot.identities(self.target, snapshots))
        silent = tuple(
            Gap(self.target, f"{name}: {why}", Kind.CALLMANAGER_TRUST, f"{name}/", code=why.reason)
            for name, why in certificates.silent.items()
        )
        return Observed(
            target=self.target,
            at=self.now(),
            resources=resources,
            gaps=(*gaps, *silent, *snapshot.trust_gaps(self.target, snapshots)),
            fingerprint=snapshot.fingerprint(resources.values(), presented),
            identities=presented,
            trusted={name: seen.certificates for name, seen in snapshots.items()},
            facts=ClusterFacts(self.axl.release, self._nodes(certificates), self.collector.realtime(trunks)),
        )

    def _nodes(self, certificates: _Certificates) -> tuple[Node, ...]:
        return tuple(self._node(node, certificates) for node in self.access.nodes)

    def _node(self, node: NodeAccess, certificates: _Certificates) -> Node:
        """Its clock is that of its answer, and goes on since."""
        seen, known = certificates.snapshots.get(node.name), self.services.known(node.name)
        return Node(
            node.name,
            node.address,
            node is self.access.publisher,
            is_reachable=seen is not None,
            callmanager_started_at=known.started_at if known else None,
            callmanager_status=known.state.status if known else "",
            clock=seen.clock + (self.now() - certificates.at) if seen and seen.clock else None,
        )

    def _read_certificates(self, *, is_full: bool) -> _Certificates:
        """Every node is asked at the same time, so that those that are down cost one timeout together."""
        now, known = self.now(), self._certificates
        if known and not is_full and timedelta(0) <= now - known.at < timedelta(seconds=SHARED_SECONDS):
            return known
        with ThreadPoolExecutor(max_workers=len(self.nodes)) as pool:
            asked = {name: pool.submit(self._snapshot, session, now) for name, session in self.nodes.items()}
        snapshots: dict[str, snapshot.Snapshot] = {}
        silent: dict[str, TrunklineError] = {}
        for name, future in asked.items():
            try:
                snapshots[name] = future.result()
            except TrunklineError as error:
                silent[name] = error
        self._certificates = _Certificates(now, snapshots, silent)
        return self._certificates

    def _snapshot(self, session: CertificateSession, begun_at: datetime) -> snapshot.Snapshot:
        """With its clock as it was when all were asked: a node may take its time to answer, or be asked more than once."""
        seen = session.snapshot()
        return replace(seen, clock=seen.clock - (self.now() - begun_at)) if seen.clock else seen

    def carry_out(self, step: Step) -> str:
        """Do one step; doing it once more does no harm, but that a service is restarted once more."""
        produced = ""
        for number, command in enumerate(step.commands):
            try:
                produced = self._do(command, step)
            except DeviceRefused as refused:  # an operation is carried out whole or not at all
                refused.is_untouched = number == 0
                raise
        return produced

    def _do(self, command: Command, step: Step) -> str:
        if command.verb in ("axl", "activate"):
            self.objects.forget()
            self._write(command, step)
            return ""
        if command.verb not in ON_A_NODE and command.verb != RESTART:
            raise OurBug(f"cannot do {command.verb} on {self.target}: a cluster knows no such act")
        self._certificates = None
        session = self.nodes.get(command.payload["node"])
        if session is None:
            raise DeviceRefused(f"cannot {command.verb} on {self.target}: it has no node {command.payload['node']}")
        if command.verb == RESTART:
            self.services.restart(session.node.name)
            return ""
        return ON_A_NODE[command.verb](session, command)

    def _write(self, command: Command, step: Step) -> None:
        """Validated by the cluster's own schema first. Raises DeviceRefused with the cluster's words."""
        operation, payload = command.lines[0], command.payload
        name = OBJECTS.get(step.key.kind, "SipTrunk")
        facets = self.axl.facets()[name]
        objection = write.objection(payload, facets)
        if objection:
            raise _refused(step, operation, objection, "correct the document")
        fields = write.arguments(payload, facets)
        try:
            self.axl.call(operation, **({name[0].lower() + name[1:]: fields} if operation.startswith("add") else fields))
        except AxlFault as fault:
            if fault.is_not_found:  # removed already, or nothing left to reset
                return
            if fault.is_duplicate and self._is_done(step):
                return
            raise _refused(step, operation, f"the cluster says `{fault.message}`", _cure(fault)) from fault

    def _is_done(self, step: Step) -> bool:
        """Whether what was to be made is there as wanted: an earlier attempt made it before its answer was lost."""
        found, _ = self.objects.read([step.key], is_full=True)
        there, wanted = found.get(step.key), step.change.after
        if there is None or wanted is None:
            return False
        dialect = self.dialect()
        return all(
            value == there.settings.get(field, dialect.implied(step.key, field, value))
            for field, value in dialect.canonical(wanted).settings.items()
        )

    def save(self) -> None:
        """A cluster keeps what it is told."""

    def close(self) -> None:
        self.axl.close()
        self.services.close()
        self.collector.close()
        for session in self.nodes.values():
            session.close()


def _refused(step: Step, operation: str, why: str, cure: str) -> DeviceRefused:
    origin = f" ({step.change.origin})" if step.change.origin else ""
    return DeviceRefused(f"cannot {operation} {step.key.name} on {step.key.target}: {why}; {cure}{origin}", (operation, why))


def _cure(fault: AxlFault) -> str:
    """What to do about the faults that a document can cause."""
    if fault.is_duplicate:
        return "somebody else made one of that name meanwhile: the next pass compares it"
    if fault.code == -692 or "referenced" in fault.message:
        return "something that trunkline does not own uses it: free it there, or keep it"
    if fault.code == 5007:
        return "create that on the cluster, or correct its name in the document"
    return "correct the document, or the cluster"
