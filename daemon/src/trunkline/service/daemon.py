"""The daemon: follows git, keeps every CUBE reconciled, remembers what metrics and pages need."""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from trunkline.desired.documents import Documents
from trunkline.desired.lint import blocking
from trunkline.desired.parse import Parser
from trunkline.model.errors import STALLED_REASONS, OurBug, TrunklineError
from trunkline.model.key import cube_target
from trunkline.model.observed import CubeFacts
from trunkline.model.passes import Failure, Pass
from trunkline.ports import Source
from trunkline.service.world import CLOCK, PassOptions, World
from trunkline.views import document
from trunkline.views.samples import Sample, SourceStatus, Totals
from trunkline.views.samples import of as samples_of

LOG = logging.getLogger("trunkline")
BACKOFF_FIRST_SECONDS, BACKOFF_LAST_SECONDS = 1.0, 900.0


@dataclass
class _Turn:
    """What is known of one CUBE between its passes."""

    previous: Pass | None = None
    is_queued: bool = False
    failures: int = 0
    not_before: datetime | None = None
    full_read_at: datetime | None = None


@dataclass
class Daemon:
    """Runs until `stop`. Everything that other threads read is replaced whole, never changed in place."""

    world: World
    source: Source
    workers: int = 8
    intervals: tuple[float, float] | None = None  # source and observe seconds; None: what estate.yaml says
    totals: Totals = field(default_factory=Totals)
    source_status: SourceStatus = field(default_factory=SourceStatus)
    _parser: Parser = field(default_factory=Parser)
    _documents: Documents | None = None
    _turns: dict[str, _Turn] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _scheduler: BackgroundScheduler = field(default_factory=lambda: BackgroundScheduler(timezone="UTC"))

    def start(self) -> None:
        """Look at git at once, then at its interval; every CUBE at its own."""
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="pass")
        self._scheduler.start()
        self.poll_source()
        source_seconds, observe_seconds = self._intervals()
        common = {"coalesce": True, "max_instances": 1}
        self._scheduler.add_job(self.poll_source, "interval", seconds=source_seconds, **common)
        self._scheduler.add_job(self.look_at_all, "interval", seconds=observe_seconds, **common)

    def _intervals(self) -> tuple[float, float]:
        if self.intervals:
            return self.intervals
        stated = self._documents.estate.value.intervals if self._documents else None
        return (stated.source_seconds, stated.observe_seconds) if stated else (60.0, 60.0)

    def stop(self) -> None:
        """Finish the step at hand, then end."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        self._pool.shutdown(wait=True)
        self.world.close()

    def poll_source(self) -> None:
        """Take over a new commit; a broken one is told and does not stop the reconciling of the last good one."""
        try:
            snapshot = self.source.fetch()
            parsed = self._parser.parse(snapshot.files, self.source.read)
        except TrunklineError as error:
            self._source_is(is_broken=error.reason in STALLED_REASONS, message=str(error))
            return
        problems = parsed.problems or blocking(parsed.documents, CLOCK.now().date())
        if parsed.documents is None or problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            message = f"commit {snapshot.revision[:10]} cannot be used: {problems[0]}{more}"
            self._source_is(is_broken=True, message=message)
            return
        is_new = self.source_status.revision != snapshot.revision
        self._documents = parsed.documents
        self.source_status = SourceStatus(snapshot.revision, False, "", CLOCK.now())
        self._forget_gone(parsed.documents)
        if is_new:
            LOG.info("revision %s: %s", snapshot.revision[:10], snapshot.subject)
            self.look_at_all(is_forced=True)

    def _source_is(self, *, is_broken: bool, message: str) -> None:
        if message != self.source_status.message:
            LOG.error("%s", message)
        kept = self.source_status
        self.source_status = SourceStatus(kept.revision, is_broken or kept.is_broken, message, CLOCK.now())

    def _forget_gone(self, documents: Documents) -> None:
        """A CUBE without a document has no turn, and so no series."""
        with self._lock:
            for name in self._turns.keys() - documents.cubes.keys():
                del self._turns[name]

    def look_at_all(self, *, is_forced: bool = False) -> None:
        """Queue every CUBE that is not queued already and not backing off."""
        documents = self._documents
        if documents is None or self._stopping.is_set():
            return
        for name in documents.cubes:
            self.look_at(name, is_forced=is_forced)

    def look_at(self, name: str, *, is_forced: bool = False) -> None:
        with self._lock:
            turn = self._turns.setdefault(name, _Turn())
            is_backing_off = turn.not_before is not None and CLOCK.now() < turn.not_before
            if turn.is_queued or (is_backing_off and not is_forced):
                return
            turn.is_queued = True
        self._pool.submit(self._take_turn, name, turn)

    def _take_turn(self, name: str, turn: _Turn) -> None:
        """One pass. Whatever happens, the CUBE gets its next turn."""
        try:
            documents, revision = self._documents, self.source_status.revision
            if documents is None or name not in documents.cubes or self._stopping.is_set():
                return
            options = PassOptions(turn.previous, self._is_full_due(turn, documents), is_stopping=self._stopping.is_set)
            finished = self.world.run_pass(documents, revision, name, options)
            self._finished(turn, finished)
        except Exception as error:  # the last resort: one CUBE's bug must not stop the others
            LOG.exception("a pass of %s ended unexpectedly", name)
            self._count(name, Failure(OurBug.reason, error.__class__.__name__), OurBug.reason)
            self._back_off(turn)
        finally:
            turn.is_queued = False

    def _is_full_due(self, turn: _Turn, documents: Documents) -> bool:
        now = CLOCK.now()
        longest = timedelta(seconds=documents.estate.value.intervals.full_read_seconds)
        if turn.full_read_at is None or now - turn.full_read_at >= longest:
            turn.full_read_at = now
            return True
        return False

    def _finished(self, turn: _Turn, finished: Pass) -> None:
        turn.previous = finished
        if finished.failure:
            LOG.warning("%s: %s", finished.cube, finished.failure.message)
            self._back_off(turn)
        else:
            turn.failures, turn.not_before = 0, None
            if finished.outcomes:
                LOG.info("%s: %s, %d steps", finished.cube, finished.result, len(finished.outcomes))
        self._keep_counters(finished)
        self._count(finished.cube, finished.failure, finished.result, finished)
        self.world.journal.record(finished)

    def _back_off(self, turn: _Turn) -> None:
        turn.failures += 1
        seconds = min(BACKOFF_FIRST_SECONDS * 2 ** (turn.failures - 1), BACKOFF_LAST_SECONDS)
        turn.not_before = CLOCK.now() + timedelta(seconds=seconds)

    def _keep_counters(self, finished: Pass) -> None:
        for target, seen in finished.observed.items():
            if isinstance(seen.facts, CubeFacts) and seen.facts.counters:
                kept = self.world.journal.monotone(target, seen.facts.counters)
                with self._lock:
                    self.totals = Totals(
                        {**self.totals.devices, target: kept},
                        self.totals.results,
                        self.totals.errors,
                        self.totals.last_success,
                        self.totals.last_observed,
                    )

    def _count(self, name: str, failure: Failure | None, result: str, finished: Pass | None = None) -> None:
        """Totals are replaced whole: a scrape sees all of a pass or nothing of it."""
        is_stalled = failure is not None and failure.reason in STALLED_REASONS
        kind = "stalled" if is_stalled else "transient" if failure and failure.reason != OurBug.reason else result
        with self._lock:
            old = self.totals
            results = _incremented(old.results, (name, kind))
            errors = _incremented(old.errors, (name, failure.reason)) if failure else old.errors
            success, observed = dict(old.last_success), dict(old.last_observed)
            if finished:
                in_sync = [link for link in finished.conditions if _is_in_sync(finished, link)]
                success.update(dict.fromkeys(in_sync, finished.finished_at))
                observed.update({target: seen.at for target, seen in finished.observed.items() if not seen.gaps})
                observed.setdefault(cube_target(name), finished.finished_at) if not finished.failure else None
            self.totals = Totals(old.devices, results, errors, success, observed)

    def passes(self) -> list[Pass]:
        """The newest pass of every CUBE."""
        with self._lock:
            return [turn.previous for _, turn in sorted(self._turns.items()) if turn.previous]

    def samples(self) -> list[Sample]:
        return list(samples_of(self.passes(), self.totals, self.source_status, CLOCK.now()))

    def documents(self) -> list[Mapping[str, Any]]:
        return [document.of_pass(finished) for finished in self.passes()]

    def problems(self) -> list[str]:
        """Why the daemon is not ready; empty when it is."""
        found = [self.source_status.message] if self.source_status.message else []
        documents = self._documents
        if documents is None:
            return found or ["no revision was read yet"]
        with self._lock:
            waiting = [name for name in documents.cubes if name not in self._turns or not self._turns[name].previous]
        return [*found, *(f"{name} was not looked at yet" for name in waiting)]


def _incremented(counts: Mapping[tuple[str, str], int], key: tuple[str, str]) -> dict[tuple[str, str], int]:
    return {**counts, key: counts.get(key, 0) + 1}


def _is_in_sync(finished: Pass, link: str) -> bool:
    return any(c.type == "InSync" and c.status == "True" for c in finished.conditions[link])
