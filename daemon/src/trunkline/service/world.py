"""The real things behind the loop's ports, for the documents of one revision."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from trunkline.desired.compile import compile_cube, keys_of_interest, links_of, named_elsewhere
from trunkline.desired.documents import Documents
from trunkline.desired.wishes import issuers_of, wishes
from trunkline.health.rehearsal.rehearsal import InMemory
from trunkline.journal.sql import SqlJournal
from trunkline.loop.apply import Hands
from trunkline.loop.reconcile import reconcile
from trunkline.loop.request import Request
from trunkline.model.desired import Desired
from trunkline.model.errors import TrunklineError
from trunkline.model.key import Key, cluster_target, cube_target, issuer_target, wire_target
from trunkline.model.observed import Observed
from trunkline.model.passes import ConditionType, Pass, Precedent, Settled, Status
from trunkline.model.plan import Step
from trunkline.model.renewal.memory import Readiness
from trunkline.model.renewal.standing import Rung, Standing
from trunkline.ports import Device
from trunkline.service.reaching.access import secret
from trunkline.service.reaching.issuing import Places
from trunkline.service.reaching.kept import CLOCK, Kept, Shared, Unusable, Visit
from trunkline.service.reaching.reach import Answered, Reach, unheard
from trunkline.service.reaching.spending import Spending, Spent
from trunkline.service.reaching.stated import StatedIdentity
from trunkline.service.reaching.wire import held_by
from trunkline.views import document

REHEARSAL = InMemory()


@dataclass(frozen=True)
class PassOptions:
    """How a pass is run."""

    previous: Pass | Precedent | None = None
    is_full: bool = False
    is_dry: bool = False
    is_stopping: Callable[[], bool] = lambda: False
    on_step: Callable[[int, int, Step], None] = lambda _number, _of, _step: None

    @property
    def is_wire_wanted(self) -> bool:
        """Whether a certificate was about to be switched to, or was switched to, when it was last looked at."""
        return isinstance(self.previous, Pass) and any(
            Rung.INSTALLED <= standing.rung < Rung.ON_WIRE for standing in self.previous.standings
        )

    @property
    def precedent(self) -> Precedent:
        return self.previous.precedent if isinstance(self.previous, Pass) else self.previous or Precedent()


@dataclass
class World:
    """Devices by target, kept open between passes and replaced when their access changes."""

    journal: SqlJournal
    places: Places
    cache_directory: Path
    stated: StatedIdentity = field(default_factory=StatedIdentity)
    answered: Answered = unheard
    _kept: dict[str, Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _spending: Spending = field(default_factory=Spending)

    def __post_init__(self) -> None:
        self._reach = Reach(self.places, self.cache_directory, self._latest, self.stated, answered=self.answered)

    def _latest(self, target: str) -> Observed | None:
        kept = self._kept.get(target)
        return kept.latest if kept else None

    def run_pass(self, documents: Documents, revision: str, cube: str, options: PassOptions) -> Pass:
        """One pass of one CUBE. Raises JournalFailed where nothing could be written down."""

        def compiled(observed: Mapping[str, Observed], standings: tuple[Standing, ...]) -> Desired:
            return compile_cube(documents, revision, cube, observed, standings)

        keys = self.keys(documents, cube)
        request = Request(
            cube,
            keys,
            compiled,
            options.precedent,
            options.is_full,
            options.is_dry,
            elsewhere=partial(named_elsewhere, documents, cube),
            wishes=wishes(documents, cube),
            others=partial(self._others, cube, revision),
            is_wire_wanted=options.is_wire_wanted,
            settled=partial(self._settled, cube),
            own_user=self.own_user(documents, cube),
        )
        devices = self.devices(documents, keys, revision)
        return reconcile(request, Hands(devices, self.journal, CLOCK, options.is_stopping, options.on_step, REHEARSAL))

    def _settled(self, cube: str) -> Settled | None:
        recorded = self.journal.last_converged(cube)
        return document.settled(recorded) if recorded else None

    def own_user(self, documents: Documents, cube: str) -> str:
        """Whom trunkline logs in as; empty where that cannot be found out, or there is no such CUBE."""
        placed = documents.cubes.get(cube)
        if placed is None:
            return ""
        try:
            return secret(placed.value.management.username, self.places.secrets_directory, self.places.secrets_environment)
        except TrunklineError:
            return ""

    def keys(self, documents: Documents, cube: str) -> dict[str, tuple[Key, ...]]:
        """What to look at: what the documents name, and what was made for a link that is in them no more."""
        found = {target: set(keys) for target, keys in keys_of_interest(documents, cube).items()}
        for key in self.journal.inventory(cube):
            if self._has_document(documents, key.target) and key.target.startswith("cluster/"):
                found.setdefault(key.target, set()).add(key)
        for issuer in issuers_of(documents, cube):
            found.setdefault(issuer_target(issuer), set())
        if any(link.value.tls for link, _ in links_of(documents, cube)):
            found.setdefault(wire_target(cube), set())
        return {target: tuple(sorted(keys)) for target, keys in found.items()}

    def _others(self, cube: str, revision: str) -> dict[str, Readiness]:
        """Whether other CUBEs' newest passes saw each end trust the other, as this revision wants it."""
        found = {}
        for recorded in self.journal.summaries():
            conditions = [one for of_link in document.precedent(recorded).conditions.values() for one in of_link]
            trust = [one.status for one in conditions if one.type is ConditionType.TRUST_READY]
            is_ready = recorded["revision"] == revision and bool(trust) and all(one is Status.TRUE for one in trust)
            if recorded["cube"] != cube:
                trusted = held_by(cube_target(recorded["cube"]), self._latest)
                found[recorded["cube"]] = Readiness(datetime.fromisoformat(recorded["finished_at"]), is_ready, trusted)
        return found

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
            access, make = self._reach.to(documents, target)
        except TrunklineError as error:
            return Unusable(target, error)
        known = self._kept.get(target)
        if known is None or known.access != access:
            if known:
                self._spending.replaced(target, known.device)
                known.device.close()
            known = Kept(access, make())
            self._kept[target] = known
        return Visit(known, revision)

    def keep_only(self, documents: Documents, busy: Iterable[str] = ()) -> None:
        """End the sessions with devices that no document states any more; `busy` are CUBEs in the middle of a pass."""
        with self._lock:
            wanted = {
                *map(cube_target, {*documents.cubes, *busy}),
                *map(cluster_target, documents.clusters),
                *map(issuer_target, documents.estate.value.issuers),
                *map(wire_target, {*documents.cubes, *busy}),
            }
            for target in self._kept.keys() - wanted:
                self._kept.pop(target).device.close()
                self._spending.gone(target)
            shared = {target: kept.device for target, kept in self._kept.items() if isinstance(kept.device, Shared)}
        stated: dict[str, set[Key]] = {target: set() for target in shared}
        for cube in documents.cubes:
            for target, keys in keys_of_interest(documents, cube).items():
                stated.get(target, set()).update(keys)
        for target, device in shared.items():
            device.keep_only(frozenset(stated[target]))

    def spent(self, targets: Iterable[str] | None = None) -> dict[str, Spent]:
        """How much was asked of each device, or of these. Asks none, and waits for none."""
        wanted = list(self._kept) if targets is None else targets
        return self._spending.of([(target, kept.device) for target in wanted if (kept := self._kept.get(target))])

    def close(self) -> None:
        with self._lock:
            for kept in self._kept.values():
                kept.device.close()
            self._kept.clear()
