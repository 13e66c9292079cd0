"""The real things behind the loop's ports, for the documents of one revision."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trunkline.desired.compile import compile_cube, keys_of_interest
from trunkline.desired.documents import Cluster, Cube, Documents
from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cube.session import CubeAccess
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.device import CucmDevice
from trunkline.journal.sql import SqlJournal
from trunkline.loop.apply import Hands
from trunkline.loop.reconcile import Request, reconcile
from trunkline.model.desired import Desired
from trunkline.model.errors import TrunklineError
from trunkline.model.key import Key, cluster_target, cube_target
from trunkline.model.observed import Observed
from trunkline.model.passes import Pass
from trunkline.model.plan import Step
from trunkline.ports import Device, Dialect
from trunkline.settings import literal_or_file, resolve


class SystemClock:
    """Implements `trunkline.ports.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)


CLOCK = SystemClock()


def cube_access(cube: Cube, directory: Path) -> CubeAccess:
    """Raises DesiredInvalid for a reference that leads nowhere."""
    management = cube.management
    enable = management.enable_password
    return CubeAccess(
        address=management.address,
        port=management.port,
        username=resolve(management.username, directory),
        password=resolve(management.password, directory),
        host_key=literal_or_file(management.host_key, directory),
        enable_password=resolve(enable, directory) if enable else None,
    )


def cluster_access(cluster: Cluster, directory: Path, cache_directory: Path) -> ClusterAccess:
    """Raises DesiredInvalid for a reference that leads nowhere."""
    nodes = tuple(
        NodeAccess(node.name, node.fqdn, node.management_address or node.address, node.publisher) for node in cluster.nodes
    )
    return ClusterAccess(
        nodes,
        resolve(cluster.axl.username, directory),
        resolve(cluster.axl.password, directory),
        resolve(cluster.platform.username, directory),
        resolve(cluster.platform.password, directory),
        literal_or_file(cluster.axl.ca, directory),
        cache_directory,
        cluster.axl.port,
        cluster.platform.port,
    )


@dataclass
class Shared:
    """A cluster that several passes use: one at a time, and one observation for all of an epoch."""

    device: CucmDevice
    epoch: timedelta
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _latest: Observed | None = None
    _asked: frozenset[Key] = frozenset()

    @property
    def target(self) -> str:
        return self.device.target

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        with self._lock:
            wanted = frozenset(keys)
            is_young = self._latest is not None and CLOCK.now() - self._latest.at < self.epoch
            if self._latest and is_young and not full and wanted <= self._asked and not self._latest.gaps:
                return self._latest
            self._asked |= wanted
            self._latest = self.device.observe(sorted(self._asked), full=full)
            return self._latest

    def dialect(self) -> Dialect:
        return self.device.dialect()

    def carry_out(self, step: Step) -> None:
        with self._lock:
            self._latest = None
            self.device.carry_out(step)

    def save(self) -> None:
        self.device.save()

    def close(self) -> None:
        with self._lock:
            self.device.close()


class _Unusable:
    """A device whose access cannot even be formed; asking it says why."""

    def __init__(self, target: str, error: TrunklineError) -> None:
        self.target, self.error = target, error

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:  # noqa: ARG002 - the port's form
        raise self.error

    def dialect(self) -> Dialect:
        raise self.error

    def carry_out(self, step: Step) -> None:  # noqa: ARG002 - the port's form
        raise self.error

    def save(self) -> None:
        raise self.error

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class World:
    """Devices by target, kept open between passes and replaced when their access changes."""

    journal: SqlJournal
    secrets_directory: Path
    cache_directory: Path
    epoch: timedelta = timedelta(seconds=5)
    _devices: dict[str, tuple[object, Device]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def devices(self, documents: Documents, cube: str) -> dict[str, Device]:
        """The CUBE and the clusters of its links."""
        found: dict[str, Device] = {}
        with self._lock:
            for target in keys_of_interest(documents, cube):
                kind, _, name = target.partition("/")
                found[target] = self._cube(documents, name) if kind == "cube" else self._cluster(documents, name)
        return found

    def _cube(self, documents: Documents, name: str) -> Device:
        target = cube_target(name)
        try:
            access = cube_access(documents.cubes[name].value, self.secrets_directory)
        except TrunklineError as error:
            return _Unusable(target, error)
        return self._kept(target, access, lambda: CubeDevice(target, access, CLOCK.now))

    def _cluster(self, documents: Documents, name: str) -> Device:
        target = cluster_target(name)
        try:
            access = cluster_access(documents.clusters[name].value, self.secrets_directory, self.cache_directory)
        except TrunklineError as error:
            return _Unusable(target, error)
        return self._kept(target, access, lambda: Shared(CucmDevice(target, access, CLOCK.now), self.epoch))

    def _kept(self, target: str, access: object, make: Callable[[], Device]) -> Device:
        known = self._devices.get(target)
        if known and known[0] == access:
            return known[1]
        if known:
            known[1].close()
        device = make()
        self._devices[target] = (access, device)
        return device

    def run_pass(self, documents: Documents, revision: str, cube: str, options: "PassOptions") -> Pass:
        """One pass of one CUBE."""

        def compiled(observed: Mapping[str, Observed]) -> Desired:
            return compile_cube(documents, revision, cube, observed)

        request = Request(
            cube=cube,
            keys=keys_of_interest(documents, cube),
            compile=compiled,
            previous=options.previous,
            is_full=options.is_full,
            is_dry=options.is_dry,
        )
        hands = Hands(self.devices(documents, cube), self.journal, CLOCK, options.is_stopping, options.on_step)
        return reconcile(request, hands)

    def close(self) -> None:
        for _, device in self._devices.values():
            device.close()
        self._devices.clear()


@dataclass(frozen=True)
class PassOptions:
    """How a pass is run."""

    previous: Pass | None = None
    is_full: bool = False
    is_dry: bool = False
    is_stopping: Callable[[], bool] = lambda: False
    on_step: Callable[[int, int, Step], None] = lambda _number, _of, _step: None
