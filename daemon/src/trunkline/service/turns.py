"""Whose turn it is: a queue by CUBE that drops duplicates, backs off, and never runs two passes on one device."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.model.errors import STALLED_REASONS
from trunkline.model.passes import Pass, Precedent

BACKOFF_FIRST_SECONDS, BACKOFF_LAST_SECONDS = 1.0, 900.0


def backoff_seconds(failures: int) -> float:
    """After the n-th failure in a row; doubles up to a quarter of an hour."""
    return float(min(BACKOFF_FIRST_SECONDS * 2 ** min(failures - 1, 20), BACKOFF_LAST_SECONDS))


@dataclass
class Turn:
    """What is known of one CUBE between its passes."""

    previous: Pass | None = None
    precedent: Precedent | None = None  # from before this process
    is_queued: bool = False
    is_wanted_again: bool = False  # something new came while the pass was under way
    has_news: bool = False  # the device told something meanwhile
    is_gone: bool = False
    failures: int = 0
    not_before: datetime | None = None
    full_read_at: datetime | None = None

    def is_full_due(self, now: datetime, longest: timedelta) -> bool:
        """Whether everything is to be read, whatever the change signals say; a yes counts as done."""
        if self.full_read_at is not None and now - self.full_read_at < longest:
            return False
        self.full_read_at = now
        return True


@dataclass
class Turns:
    """`take` runs one pass; `later` calls back with a CUBE's name after some seconds."""

    take: Callable[[str, Turn], None]
    later: Callable[[str, float], None]
    now: Callable[[], datetime]
    workers: int
    _by_name: dict[str, Turn] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_ended: bool = False

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="pass")

    def look_at(self, name: str, *, is_forced: bool = False, has_news: bool = False) -> None:
        """Queue a CUBE, unless it is queued or backing off. `is_forced` (a new commit) waits for neither; what a device told
        (`has_news`) is looked at after the pass under way.
        """
        with self._lock:
            turn = self._by_name.setdefault(name, Turn())
            if turn.is_queued:
                turn.is_wanted_again |= is_forced
                turn.has_news |= has_news
                return
            is_backing_off = turn.not_before is not None and self.now() < turn.not_before
            if self._is_ended or (is_backing_off and not is_forced):
                return
            turn.is_queued, turn.is_gone = True, False
        self._pool.submit(self._run, name, turn)

    def _run(self, name: str, turn: Turn) -> None:
        try:
            self.take(name, turn)
        finally:
            with self._lock:
                is_wanted_again, has_news = turn.is_wanted_again, turn.has_news
                turn.is_queued = turn.is_wanted_again = turn.has_news = False
                if turn.is_gone:
                    del self._by_name[name]
            if is_wanted_again or (has_news and not turn.is_gone):
                self.look_at(name, is_forced=is_wanted_again)

    def finished(self, name: str, turn: Turn, done: Pass | None) -> None:
        """Back off after a failure that goes away by itself. A stalled pass sends nothing, so it may go on looking."""
        if done:
            turn.previous = done
        failure = done.failure if done else None
        if done and (failure is None or failure.reason in STALLED_REASONS):
            turn.failures, turn.not_before = 0, None
            return
        turn.failures += 1
        seconds = backoff_seconds(turn.failures)
        turn.not_before = self.now() + timedelta(seconds=seconds)
        self.later(name, seconds)

    def is_busy(self, name: str) -> bool:
        """Whether a pass is under way or waits for its turn."""
        with self._lock:
            turn = self._by_name.get(name)
            return turn is not None and turn.is_queued

    def ended_at(self, name: str) -> datetime | None:
        """When the newest pass of this process ended."""
        with self._lock:
            turn = self._by_name.get(name)
            return turn.previous.finished_at if turn and turn.previous else None

    def begin_anew(self) -> None:
        """Moments that were noted count no more: the clock was set."""
        with self._lock:
            for turn in self._by_name.values():
                turn.not_before = turn.full_read_at = None

    def remember(self, name: str, precedent: Precedent) -> None:
        """What is known of a CUBE from before this process."""
        with self._lock:
            self._by_name.setdefault(name, Turn()).precedent = precedent

    def keep_only(self, names: Iterable[str]) -> list[str]:
        """A CUBE without a document has no turn, and so no series; returns those that are still in a pass."""
        kept = frozenset(names)
        with self._lock:
            for name in self._by_name.keys() - kept:
                if self._by_name[name].is_queued:
                    self._by_name[name].is_gone = True
                else:
                    del self._by_name[name]
            for name in self._by_name.keys() & kept:
                self._by_name[name].is_gone = False
            return sorted(name for name, turn in self._by_name.items() if turn.is_gone)

    def passes(self) -> list[Pass]:
        """The newest pass of every CUBE."""
        with self._lock:
            return [turn.previous for _, turn in sorted(self._by_name.items()) if turn.previous and not turn.is_gone]

    def end(self) -> None:
        """Wait for the passes under way; those that only wait for their turn do not begin."""
        with self._lock:
            self._is_ended = True
        self._pool.shutdown(wait=True, cancel_futures=True)
