"""Fights: what trunkline mends again and again, because somebody or something changes it back."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.model.key import Kind
from trunkline.model.outcome import Result
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Step

WITHIN = timedelta(hours=6)
FIRST_COUNTED = 3  # the first mending is none of a fight, nor is the second: somebody may have tried it once more
MENDING = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE})
OF_CERTIFICATES = frozenset({Kind.KEY_PAIR, Kind.CERTIFICATE_REQUEST, Kind.IDENTITY, Kind.SIGNATURE, Kind.CONNECTION})


@dataclass(frozen=True)
class Fight:
    """One step that was carried out once more. `links` are those that it concerns, `times` how often of late."""

    step: Step
    links: tuple[str, ...]
    times: int


@dataclass
class _Mended:
    """How often one effect was brought about and then seen, for one revision."""

    revision: str
    at: list[datetime] = field(default_factory=list)


@dataclass
class Fights:
    """By CUBE and effect. What a commit asks for, a retry, a renewal, a reset or a restart is no mending."""

    _mended: dict[tuple[str, str], _Mended] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, done: Pass) -> list[Fight]:
        """The fights that a finished pass went on with."""
        with self._lock:
            self._forget(done.finished_at)
            return list(self._found(done))

    def _found(self, done: Pass) -> Iterator[Fight]:
        unsettled = {change.key for change in done.remaining}
        for step in _mendings(done):
            if step.key in unsettled:  # not in sync afterwards: to try it again will be a retry
                continue
            known = self._mended.setdefault((done.cube, step.effect), _Mended(done.revision))
            if known.revision != done.revision:  # back to what an earlier commit asked for
                known.revision, known.at = done.revision, []
            known.at.append(done.finished_at)
            if len(known.at) >= FIRST_COUNTED:
                yield Fight(step, _links(step, done), len(known.at))

    def _forget(self, now: datetime) -> None:
        for key, known in list(self._mended.items()):
            known.at = [at for at in known.at if now - at <= WITHIN]
            if not known.at:
                del self._mended[key]


def _mendings(done: Pass) -> Iterator[Step]:
    applied = {outcome.key for outcome in done.outcomes if outcome.result is Result.APPLIED}
    for step in done.plan.steps if done.plan else ():
        if step.key in applied and step.change.action in MENDING and step.key.kind not in OF_CERTIFICATES:
            yield step


def _links(step: Step, done: Pass) -> tuple[str, ...]:
    stated = step.change.resource.links if step.change.resource else frozenset()
    return tuple(sorted(link.name for link in done.links if not stated or link.name in stated))
