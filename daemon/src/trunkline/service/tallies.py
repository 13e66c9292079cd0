"""What only grows: passes by result, errors by reason, durations, counters of devices over their resets."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from trunkline.model.errors import STALLED_REASONS, OurBug, Transient
from trunkline.model.observed import Counting, CubeFacts
from trunkline.model.passes import ConditionType, Pass, Status
from trunkline.views.metrics.background import DURATION_BUCKETS_SECONDS, Totals
from trunkline.views.metrics.certificates import EXCHANGE_RESULTS, EXCHANGE_STEPS

EXCHANGE = "exchange"  # what these counts are called in the journal, among the devices
Monotone = Callable[[str, Mapping[str, int], Counting], dict[str, int]]


@dataclass
class Tallies:
    """`totals` is replaced whole, never changed in place: a scrape waits for nobody."""

    monotone: Monotone
    totals: Totals = field(default_factory=Totals)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _exchanged: dict[str, int] = field(default_factory=dict)  # by "step/result", since this process started
    _exchanging: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Go on with what was counted before this process. Raises JournalFailed."""
        with self._exchanging:
            self._begin_exchange()

    def take(self, done: Pass) -> None:
        """What a finished pass saw, and when. Raises JournalFailed, and then nothing of it is as young as the pass."""
        self._count_exchange(done)
        for target, seen in done.observed.items():
            if isinstance(seen.facts, CubeFacts) and seen.facts.counters:
                kept = self.monotone(target, seen.facts.counters, seen.facts.counting)
                with self._lock:
                    self.totals = replace(self.totals, devices={**self.totals.devices, target: kept})
        with self._lock:
            self.totals = _with_seen(self.totals, done)

    def count(self, done: Pass) -> None:
        """What became of a finished pass."""
        self._count_result(done.cube, done.failure.reason if done.failure else "", done.result, done)

    def _count_exchange(self, done: Pass) -> None:
        """Steps of certificates. The journal is asked by one thread at a time: a reading that comes late would look like a
        new beginning.
        """
        words = Counter(f"{outcome.key.kind.value}/{outcome.result.value}" for outcome in done.outcomes)
        with self._exchanging:
            self._begin_exchange()
            if words.keys() & self._exchanged.keys():
                self._exchanged = {word: count + words[word] for word, count in self._exchanged.items()}
                self._keep_exchange(self._exchanged)

    def _begin_exchange(self) -> None:
        """Tells the journal that this process begins at 0."""
        if not self._exchanged:
            zeros = {f"{step}/{result}": 0 for step in EXCHANGE_STEPS for result in EXCHANGE_RESULTS}
            self._keep_exchange(zeros)
            self._exchanged = zeros

    def _keep_exchange(self, counts: dict[str, int]) -> None:
        kept = self.monotone(EXCHANGE, counts, Counting())
        with self._lock:
            self.totals = replace(self.totals, exchange=kept)

    def count_error(self, cube: str, reason: str) -> None:
        """A pass that ended without a result."""
        self._count_result(cube, reason, reason, None)

    def _count_result(self, cube: str, reason: str, result: str, done: Pass | None) -> None:
        with self._lock:
            totals = self.totals
            totals = replace(totals, results=_incremented(totals.results, (cube, _kind(reason, result))))
            if reason:
                totals = replace(totals, errors=_incremented(totals.errors, (cube, reason)))
            self.totals = _with_pass(totals, done) if done else totals

    def count_fights(self, links: Iterable[str]) -> None:
        """Something was mended once more, by the links that it concerns."""
        with self._lock:
            counts = dict(self.totals.fights)
            for link in links:
                counts[link] = counts.get(link, 0) + 1
            self.totals = replace(self.totals, fights=counts)

    def restore(self, link: str, at: datetime) -> None:
        """When a link was last seen in sync, from before this process."""
        with self._lock:
            self.totals = replace(self.totals, last_success={link: at, **self.totals.last_success})


def _kind(reason: str, result: str) -> str:
    """Errors by what happens next; everything else by its own word."""
    if not reason:
        return result
    if reason in STALLED_REASONS:
        return "stalled"
    return OurBug.reason if reason == OurBug.reason else Transient.reason


def _with_pass(totals: Totals, done: Pass) -> Totals:
    seconds = (done.finished_at - done.started_at).total_seconds()
    buckets = list(totals.duration_buckets)
    buckets[bisect_left(DURATION_BUCKETS_SECONDS, seconds)] += 1
    summed = totals.duration_sum_seconds + seconds
    return replace(totals, duration_buckets=tuple(buckets), duration_sum_seconds=summed)


def _with_seen(totals: Totals, done: Pass) -> Totals:
    in_sync = [link for link in done.conditions if _is_in_sync(done, link)]
    complete = {target: seen.at for target, seen in done.observed.items() if not seen.gaps}
    return replace(
        totals,
        last_success={**totals.last_success, **dict.fromkeys(in_sync, done.finished_at)},
        last_observed={**totals.last_observed, **complete},
    )


def _is_in_sync(done: Pass, link: str) -> bool:
    return any(one.type is ConditionType.IN_SYNC and one.status is Status.TRUE for one in done.conditions[link])


def _incremented(counts: Mapping[tuple[str, str], int], key: tuple[str, str]) -> dict[tuple[str, str], int]:
    return {**counts, key: counts.get(key, 0) + 1}
