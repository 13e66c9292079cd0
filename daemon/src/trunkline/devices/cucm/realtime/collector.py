"""What a cluster tells of itself while it runs: asked at every interval, the oldest first, within one budget.

Nothing of it is a gap: who may not ask, and a release without the service, miss metrics and nothing else.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.devices.cucm.access import ClusterAccess
from trunkline.devices.cucm.realtime.asking import RealtimeSession
from trunkline.devices.cucm.realtime.questions import Question, names_of, questions
from trunkline.devices.cucm.realtime.readings import Readings
from trunkline.devices.cucm.renewal.services import Services
from trunkline.devices.cucm.soap.budget import Budget
from trunkline.devices.cucm.soap.door import CONTROL, RIS, NotThere, NotUsable, RoleMissing
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, TrunklineError
from trunkline.model.realtime import Realtime

log = logging.getLogger(__name__)

ASKED_AGAIN_AFTER = timedelta(minutes=15)
"""How long a user who may not ask is not sent again: each time is an entry in the cluster's security log."""
LEAST_SECONDS = 10.0
"""Between two rounds, however many passes look at the cluster."""

Told = Callable[[Readings], Readings]
"""An answer, as what it makes of the readings."""
Result = tuple[Question, Told | TrunklineError]


@dataclass
class Collector:
    """Of one cluster, which several passes share. One worker at a time; nodes are asked at the same moment."""

    access: ClusterAccess
    now: Callable[[], datetime]
    services: Services
    budget: Budget
    clock: Callable[[], float] = time.monotonic
    sessions: dict[str, RealtimeSession] = field(init=False)
    readings: Readings = field(default_factory=Readings)
    _began: float = float("-inf")  # the last round
    _asked: dict[Question, float] = field(default_factory=dict)
    _refused: dict[tuple[str, str], datetime] = field(default_factory=dict)  # by service and node, or service alone
    _silent: frozenset[str] = frozenset()  # nodes that did not answer
    _complaints: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sessions = {node.name: RealtimeSession(self.access, node, self.budget) for node in self.access.nodes}

    @contextmanager
    def asking(self, trunks: Sequence[str], *, is_full: bool) -> Iterator[None]:
        """Ask while something else is done, and wait for the answers: a node that is down costs both one timeout together.

        A full look asks for the services at once, the rest no more often than ever.
        """
        rows = self._chosen(trunks, is_full=is_full)
        if not rows:
            yield
            return
        with ThreadPoolExecutor(max_workers=len(rows)) as pool:
            futures = [pool.submit(self._ask_all, row, trunks) for row in rows]
            yield
        self._take_in([result for future in futures for result in future.result()])

    def realtime(self, trunks: Iterable[str]) -> dict[str, Realtime]:
        """By node, of those that ever told anything."""
        told = {name: self.readings.of(name, trunks) for name in self.sessions}
        return {name: reading for name, reading in told.items() if reading}

    def _chosen(self, trunks: Sequence[str], *, is_full: bool) -> list[list[Question]]:
        """By whom they are for; the oldest first, as many as there is room for. Of a node that was silent, one."""
        now = self.clock()
        is_due = now - self._began >= LEAST_SECONDS
        if not is_due and not is_full:
            return []
        if is_due:
            self._began = now
        wanted = [one for one in questions(self.access, trunks) if self._may_ask(one)]
        wanted = [one for one in wanted if is_due or (is_full and one.service is CONTROL)]
        wanted.sort(key=lambda one: (not is_full or one.service is not CONTROL, self._asked.get(one, float("-inf"))))
        room, rows = self.budget.room(), dict[str, list[Question]]()
        for one in wanted:
            row = rows.setdefault(one.whom, [])
            if one.cost > room:  # the next is saved up for, else one of many requests would never come
                break
            if not row or one.node not in self._silent:
                room -= one.cost
                row.append(one)
        return [row for row in rows.values() if row]

    def _may_ask(self, one: Question) -> bool:
        refusals = [self._refused.get(place) for place in ((one.service.name, ""), (one.service.name, one.node))]
        return all(at is None or self.now() - at > ASKED_AGAIN_AFTER for at in refusals)

    def _ask_all(self, row: Sequence[Question], trunks: Sequence[str]) -> list[Result]:
        """One after the other; whoever is silent, or has too much to do, is not asked the rest."""
        results: list[Result] = []
        for one in row:
            try:
                results.append((one, self._ask(one, trunks)))
            except TrunklineError as error:
                results.append((one, error))
                if isinstance(error, DeviceBusy) or _is_silence(error):
                    break
        return results

    def _ask(self, one: Question, trunks: Sequence[str]) -> Told:
        if one.service is CONTROL:
            self.services.look(one.node)
            return lambda readings: readings
        session = self.sessions[one.node]
        if one.service is RIS:
            ours, told = names_of(self.access), session.trunks(trunks)
            statuses = {ours[name.lower()]: told[name] for name in told if name.lower() in ours}
            return lambda readings: readings.with_trunks(self.now(), statuses)
        counters = session.counters(one.kind)
        return lambda readings: readings.with_counters(self.now(), one.node, one.kind, counters)

    def _take_in(self, results: Iterable[Result]) -> None:
        is_busy, silent = False, set(self._silent)
        for one, told in results:
            self._asked[one] = self.clock()
            self._complain(one, told)
            silent.discard(one.node)
            if not isinstance(told, TrunklineError):
                self.readings = told(self.readings)
            elif isinstance(told, AccessRefused | NotThere):
                self._forget(one, told)
            elif isinstance(told, DeviceBusy):
                is_busy = True
            elif _is_silence(told):
                silent.add(one.node)
        self._silent = frozenset(silent)
        (self.budget.put_off if is_busy else self.budget.went_well)()

    def _forget(self, one: Question, error: TrunklineError) -> None:
        """What is not told any more is absent, not old."""
        is_everywhere = isinstance(error, RoleMissing)
        self._refused[one.service.name, "" if is_everywhere else one.node] = self.now()
        if one.service is RIS:
            self.readings = self.readings.without_trunks()
        elif one.service is not CONTROL:
            for node in self.sessions if is_everywhere else (one.node,):
                self.readings = self.readings.without_counters(node)

    def _complain(self, one: Question, told: Told | TrunklineError) -> None:
        """Once, until it goes well again. A cluster that has too much to do is no reason to."""
        if not isinstance(told, TrunklineError):
            for place in ((one.service.name, ""), ("", one.node), (one.service.name, one.node)):
                self._complaints.discard(place)
        elif not isinstance(told, DeviceBusy):
            place = _place(one, told)
            if place not in self._complaints:
                log.warning("%s; what it tells is missing from the metrics, or old, and nothing else is", told)
            self._complaints.add(place)

    @property
    def sent(self) -> int:
        return sum(door.sent for session in self.sessions.values() for door in session.doors)

    @property
    def throttled(self) -> int:
        return sum(door.throttled for session in self.sessions.values() for door in session.doors)

    def close(self) -> None:
        for session in self.sessions.values():
            session.close()


def _is_silence(error: TrunklineError) -> bool:
    """Whether nobody answered at all."""
    return isinstance(error, DeviceUnreachable) and not isinstance(error, NotUsable)


def _place(one: Question, error: TrunklineError) -> tuple[str, str]:
    """What an error is about: a service of every node, one of a node, or all of a node."""
    if isinstance(error, RoleMissing):
        return one.service.name, ""
    return (one.service.name, one.node) if isinstance(error, NotUsable | DeviceRefused) else ("", one.node)
