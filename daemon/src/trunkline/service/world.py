"""The real things behind the loop's ports, for the documents of one revision."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from trunkline.desired.compile import compile_cube, keys_of_interest, named_elsewhere
from trunkline.desired.documents import Documents
from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cucm.device import CucmDevice
from trunkline.journal.sql import SqlJournal
from trunkline.loop.apply import Hands
from trunkline.loop.reconcile import Request, reconcile
from trunkline.model.desired import Desired
from trunkline.model.errors import TrunklineError
from trunkline.model.key import Key, cluster_target, cube_target
from trunkline.model.observed import Observed
from trunkline.model.passes import Pass, Precedent
from trunkline.model.plan import Step
from trunkline.ports import Device
from trunkline.service.access import cluster_access, cube_access
from trunkline.service.kept import CLOCK, Kept, Shared, Unusable, Visit
from trunkline.settings import OWN_VARIABLES


@dataclass(frozen=True)
class PassOptions:
    """How a pass is run."""

    previous: Pass | Precedent | None = None
    is_full: bool = False
    is_dry: bool = False
    is_stopping: Callable[[], bool] = lambda: False
    on_step: Callable[[int, int, Step], None] = lambda _number, _of, _step: None

    @property
    def precedent(self) -> Precedent:
        return self.previous.precedent if isinstance(self.previous, Pass) else self.previous or Precedent()


@dataclass
class World:
    """Devices by target, kept open between passes and replaced when their access changes."""

    journal: SqlJournal
    secrets_directory: Path
    cache_directory: Path
    epoch: timedelta = timedelta(seconds=5)
    secrets_environment: tuple[str, ...] = OWN_VARIABLES
    _kept: dict[str, Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run_pass(self, documents: Documents, revision: str, cube: str, options: PassOptions) -> Pass:
        """One pass of one CUBE. Raises JournalFailed where nothing could be written down."""

        def compiled(observed: Mapping[str, Observed]) -> Desired:
            return compile_cube(documents, revision, cube, observed)

        keys = self.keys(documents, cube)
        elsewhere = partial(named_elsewhere, documents, cube)
        request = Request(cube, keys, compiled, options.precedent, options.is_full, options.is_dry, elsewhere)
        devices = self.devices(documents, keys, revision)
        return reconcile(request, Hands(devices, self.journal, CLOCK, options.is_stopping, options.on_step))

    def keys(self, documents: Documents, cube: str) -> dict[str, tuple[Key, ...]]:
        """What to look at: what the documents name, and what was made for a link that is in them no more."""
        found = {target: set(keys) for target, keys in keys_of_interest(documents, cube).items()}
        for key in self.journal.inventory(cube):
            if self._has_document(documents, key.target) and key.target.startswith("cluster/"):
                found.setdefault(key.target, set()).add(key)
        return {target: tuple(sorted(keys)) for target, keys in found.items()}

    def _has_document(self, documents: Documents, target: str) -> bool:
        kind, _, name = target.partition("/")
        return name in (documents.cubes if kind == "cube" else documents.clusters)

    def leftovers(self, documents: Documents) -> dict[tuple[str, str], int]:
        """By CUBE and target, what trunkline made where no document says any more how to reach it."""
        return {
            (cube, target): count
            for cube, targets in self.journal.leftovers().items()
            for target, count in targets.items()
            if cube not in documents.cubes or not self._has_document(documents, target)
        }

    def devices(self, documents: Documents, targets: Iterable[str], revision: str) -> dict[str, Device]:
        """The devices of a pass; one whose access cannot be formed says so when it is asked."""
        with self._lock:
            return {target: self._visit(documents, target, revision) for target in targets}

    def _visit(self, documents: Documents, target: str, revision: str) -> Device:
        try:
            access, make = self._means(documents, target)
        except TrunklineError as error:
            return Unusable(target, error)
        known = self._kept.get(target)
        if known is None or known.access != access:
            if known:
                known.device.close()
            known = Kept(access, make())
            self._kept[target] = known
        return Visit(known, revision)

    def _means(self, documents: Documents, target: str) -> tuple[object, Callable[[], Device]]:
        """How a target is reached, and how its device is made."""
        name = target.partition("/")[2]
        if target == cube_target(name):
            to_cube = cube_access(documents.cubes[name].value, self.secrets_directory, self.secrets_environment)
            return to_cube, lambda: CubeDevice(target, to_cube, CLOCK.now)
        to_cluster = cluster_access(
            documents.clusters[name].value, self.secrets_directory, self.cache_directory, self.secrets_environment
        )
        return to_cluster, lambda: Shared(CucmDevice(target, to_cluster, CLOCK.now), self.epoch)

    def keep_only(self, documents: Documents, busy: Iterable[str] = ()) -> None:
        """End the sessions with devices that no document states any more; `busy` are CUBEs in the middle of a pass."""
        with self._lock:
            wanted = {
                *map(cube_target, {*documents.cubes, *busy}),
                *map(cluster_target, documents.clusters),
            }
            for target in self._kept.keys() - wanted:
                self._kept.pop(target).device.close()

    def close(self) -> None:
        with self._lock:
            for kept in self._kept.values():
                kept.device.close()
            self._kept.clear()
