"""The daemon: follows git, keeps every CUBE reconciled, remembers what metrics and pages need."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from trunkline.desired.compile import devices_of
from trunkline.model.errors import OurBug, TrunklineError
from trunkline.model.key import cube_target
from trunkline.model.observed import CubeFacts
from trunkline.model.passes import Pass
from trunkline.ports import Source
from trunkline.service.clock_steps import ClockSteps
from trunkline.service.following import Following
from trunkline.service.hearing.fights import Fight, Fights
from trunkline.service.hearing.listening import Listening
from trunkline.service.hearing.news import News
from trunkline.service.reaching.kept import CLOCK
from trunkline.service.tallies import Tallies
from trunkline.service.telling import Telling
from trunkline.service.turns import Turn, Turns
from trunkline.service.world import PassOptions, World
from trunkline.views import document
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.samples import Part
from trunkline.views.metrics.samples import parts as parts_of

LOG = logging.getLogger("trunkline")
INTERVALS_SECONDS = (60.0, 60.0)
JITTER = 0.05  # of an interval, so that many daemons do not ask one server at the same moment
JOB_DEFAULTS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}


@dataclass
class Daemon:
    """Runs until `stop`. Everything that other threads read is replaced whole, never changed in place."""

    world: World
    source: Source
    workers: int = 8
    intervals: tuple[float, float] | None = None  # source and observe seconds; None: what estate.yaml says
    on_pass: Callable[[Iterator[Part]], None] = lambda _parts: None  # told what a pass changes of the metrics
    _leftovers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    _scheduled: tuple[float, float] | None = None
    _written_trouble: str | None = None  # of the source, as the journal has it; None: not known
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.following = Following(self.source, CLOCK.now)
        self.turns = Turns(self._take_turn, self._look_later, CLOCK.now, self.workers)
        self.tallies = Tallies(self.world.journal.monotone)
        self.fights, self.telling = Fights(), Telling()
        turns, journal = self.turns, self.world.journal
        news = News(self._hear_of, self._hear_later, self._own_user, turns.is_busy, turns.ended_at, CLOCK.now)
        self.news, self.listening = news, Listening(journal.heard, news.take, self._hostnames, CLOCK.now)
        self._steps = ClockSteps(CLOCK.now)
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults=JOB_DEFAULTS)

    def start(self) -> None:
        """Look at git at once, then at its interval; every CUBE at its own."""
        self._remember()
        self._scheduler.start()
        self.poll_source()
        self._schedule()

    def _remember(self) -> None:
        """What was before this process: since when, what was refused, when all was well, what was counted."""
        self.tallies.begin()
        summaries = self.world.journal.summaries()
        newest = max(summaries, key=lambda recorded: str(recorded["finished_at"]), default=None)
        self.following.last_good = str(newest["revision"]) if newest else ""
        for recorded in summaries:
            precedent = document.precedent(recorded)
            self.turns.remember(recorded["cube"], precedent)
            for link, conditions in precedent.conditions.items():
                if any(one.type == "InSync" and one.status == "True" for one in conditions):
                    self.tallies.restore(link, datetime.fromisoformat(recorded["finished_at"]))

    def _intervals(self) -> tuple[float, float]:
        good = self.following.good
        stated = good.documents.estate.value.intervals if good else None
        return self.intervals or ((stated.source_seconds, stated.observe_seconds) if stated else INTERVALS_SECONDS)

    def _schedule(self) -> None:
        """The intervals are documents too: a commit may change them."""
        wanted = self._intervals()
        if wanted == self._scheduled:
            return
        for job, name, seconds in ((self.poll_source, "source", wanted[0]), (self.look_at_all, "observe", wanted[1])):
            self._scheduler.add_job(job, "interval", seconds=seconds, jitter=seconds * JITTER, id=name, replace_existing=True)
        self._scheduled = wanted

    def mind_clock(self) -> None:
        """To be called every few seconds. Where this machine's clock was set, what waits for a moment of it begins anew: else
        nothing would be looked at for as long as the clock was put back, and what is old would seem young.
        """
        step = self._steps.since_last()
        if step and not self._stopping.is_set():
            LOG.warning(
                "the clock of this machine was set by %+.0f seconds; everything is looked at anew", step.total_seconds()
            )
            self._scheduled = None
            self._schedule()
            self.turns.begin_anew()
            good = self.following.good
            for name in good.documents.cubes if good else ():
                self.turns.look_at(name, is_forced=True)

    def stop(self) -> None:
        """Finish the step at hand, then end."""
        self._stopping.set()
        self.listening.stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self.turns.end()
        self.world.close()

    def poll_source(self) -> None:
        """Take over a new commit; a broken one is told and does not stop the reconciling of the last good one."""
        is_new = self.following.poll()
        self._write_trouble()
        if not is_new or self._stopping.is_set():
            return
        good = self.following.good
        assert good is not None  # noqa: S101 - `poll` said that there is a new one
        busy = self.turns.keep_only(good.documents.cubes)
        self.world.keep_only(good.documents, busy)
        self.listening.follow(good.documents)
        self._look_for_leftovers()
        if self._scheduled:
            self._schedule()
        for name in good.documents.cubes:
            self.turns.look_at(name, is_forced=True)

    def _write_trouble(self) -> None:
        """For those who ask the journal and not this process."""
        message = self.following.status.message
        if message == self._written_trouble:
            return
        try:
            self.world.journal.troubled(message, CLOCK.now())
            self._written_trouble = message
        except TrunklineError as error:
            LOG.error("%s", error)

    def _look_for_leftovers(self) -> None:
        """What was made where no document leads any more is told, never touched."""
        good = self.following.good
        try:
            self._leftovers = self.world.leftovers(good.documents) if good else {}
        except TrunklineError as error:
            LOG.error("%s", error)
        for (cube, target), count in sorted(self._leftovers.items()):
            self.telling.tell_leftovers(cube, target, count)

    def look_at_all(self) -> None:
        """Queue every CUBE that is not queued already and not backing off."""
        good = self.following.good
        for name in good.documents.cubes if good else ():
            self.turns.look_at(name)

    def _look_later(self, name: str, seconds: float) -> None:
        """Sooner than the interval, if that is far away."""
        if not self._stopping.is_set():
            at = CLOCK.now() + timedelta(seconds=seconds)
            job = f"retry {name}"
            self._scheduler.add_job(self.turns.look_at, "date", [name], run_date=at, id=job, replace_existing=True)

    def _hear_of(self, name: str) -> None:
        """A device told something that is worth a look now; one that refuses us or backs off is left in peace."""
        good = self.following.good
        if good and name in good.documents.cubes and not self._stopping.is_set():
            self.turns.look_at(name, has_news=True)

    def _hear_later(self, name: str, seconds: float) -> None:
        if not self._stopping.is_set():
            at = CLOCK.now() + timedelta(seconds=seconds)
            self._scheduler.add_job(self.news.ask, "date", [name], run_date=at, id=f"news {name}", replace_existing=True)

    def _own_user(self, name: str) -> str:
        good = self.following.good
        return self.world.own_user(good.documents, name) if good else ""

    def _hostnames(self) -> list[tuple[str, str]]:
        """What CUBEs call themselves, as far as they were looked at."""
        seen = [(done.cube, done.observed.get(cube_target(done.cube))) for done in self.passes()]
        facts = [(cube, one.facts) for cube, one in seen if one]
        return [(of.hostname.lower(), cube_target(cube)) for cube, of in facts if isinstance(of, CubeFacts)]

    def _take_turn(self, name: str, turn: Turn) -> None:
        """One pass. Whatever happens, the CUBE gets its next turn."""
        good = self.following.good
        if good is None or name not in good.documents.cubes or self._stopping.is_set():
            return
        longest = timedelta(seconds=good.documents.estate.value.intervals.full_read_seconds)
        is_full = turn.is_full_due(CLOCK.now(), longest)
        options = PassOptions(turn.previous or turn.precedent, is_full, is_stopping=self._stopping.is_set)
        finished: Pass | None = None
        try:
            finished = self.world.run_pass(good.documents, good.name, name, options)
            self.tallies.take(finished)
            self.world.journal.record(finished)
            self.tallies.count(finished)
            fights = self._fights_of(finished)
            self.on_pass(parts_of([finished], self._background_of(finished), CLOCK.now()))
            self.telling.tell(finished, turn.previous, fights)
            if finished.goes_on(turn.previous):
                self.turns.look_at(name, is_forced=True)
        except TrunklineError as error:
            LOG.error("%s: %s", name, error)
            self.tallies.count_error(name, error.reason)
        except Exception:  # the last resort: one CUBE's bug must not stop the others
            LOG.exception("a pass of %s ended unexpectedly", name)
            self.tallies.count_error(name, OurBug.reason)
        if not self._stopping.is_set():
            self.turns.finished(name, turn, finished)

    def _fights_of(self, finished: Pass) -> list[Fight]:
        found = self.fights.count(finished)
        self.tallies.count_fights(link for link in {link for fight in found for link in fight.links})
        return found

    def passes(self) -> list[Pass]:
        """The newest pass of every CUBE."""
        return self.turns.passes()

    def parts(self) -> Iterator[Part]:
        """Every sample, for a scrape."""
        return parts_of(self.passes(), self._background(), CLOCK.now())

    def _background(self) -> Background:
        good = self.following.good
        told = Background(
            self.tallies.totals,
            self.following.status,
            self.listening.heard(),
            leftovers=self._leftovers,
            cubes=frozenset(good.documents.cubes if good else ()),
            devices=devices_of(good.documents) if good else frozenset(),
        )
        return self._with_spent(told)

    def _background_of(self, done: Pass) -> Background:
        """What the series of one pass are made from: nothing of a thousand other devices."""
        return self._with_spent(Background(self.tallies.totals), done.observed)

    def _with_spent(self, background: Background, targets: Iterable[str] | None = None) -> Background:
        spent = self.world.spent(targets)
        return replace(
            background,
            requests={target: one.requests for target, one in spent.items()},
            throttled={target: one.throttled for target, one in spent.items()},
        )

    def documents(self) -> list[Mapping[str, Any]]:
        return [document.of_pass(finished) for finished in self.passes()]

    def problems(self) -> list[str]:
        """Why the daemon is not ready; empty when it is."""
        message = self.following.status.message
        found = [message] if message else []
        good = self.following.good
        if good is None:
            return found or ["no revision was read yet"]
        looked_at = {finished.cube for finished in self.passes()}
        return [*found, *(f"{name} was not looked at yet" for name in sorted(good.documents.cubes.keys() - looked_at))]
