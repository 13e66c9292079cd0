"""The log: what a person should know of a pass, told once and not again until it changes."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from trunkline.model.passes import Pass
from trunkline.service.hearing.fights import Fight
from trunkline.views import text, typed

LOG = logging.getLogger("trunkline")


@dataclass
class Telling:
    """`LOG` gets lines about devices and links; what is wrong now stands in conditions and metrics all the time."""

    _settled: dict[str, Pass] = field(default_factory=dict)  # the last pass of which was told how its links stand

    def tell(self, finished: Pass, previous: Pass | None, fights: Iterable[Fight] = ()) -> None:
        """How a pass differs from the one before it, and the fights that it went on with."""
        self._tell_obstacles(finished, previous)
        if not finished.goes_on(previous):  # amid a climb a link is never quite as it shall be, although it carries calls
            for is_ready, line in text.turned(finished, self._settled.get(finished.cube)):
                LOG.log(logging.INFO if is_ready else logging.WARNING, "%s: %s", finished.cube, line)
            self._settled[finished.cube] = finished
        _tell_result(finished, previous)
        for fight in fights:
            _tell_fight(fight, finished)

    def _tell_obstacles(self, finished: Pass, previous: Pass | None) -> None:
        known = set(text.obstacles(previous)) if previous else set()
        found = list(text.obstacles(finished))
        for line in found:
            if line not in known:
                LOG.warning("%s: %s", finished.cube, line)
        if known and not found:
            LOG.info("%s: nothing stands in the way any more", finished.cube)

    def tell_leftovers(self, cube: str, target: str, count: int) -> None:
        LOG.warning("%s", leftover_message(cube, target, count))


def _tell_result(finished: Pass, previous: Pass | None) -> None:
    if finished.outcomes and not finished.failure:
        done = text.some_of(outcome.key for outcome in finished.outcomes)
        who = typed.changed_by(finished.typed, finished.finished_at)
        by = f"; {who}" if who else ""
        LOG.info("%s: %s, %d steps: %s%s", finished.cube, finished.result, len(finished.outcomes), done, by)
    elif _is_news(finished, previous):
        LOG.info("%s: %s", finished.cube, text.standing(finished))


def _is_news(finished: Pass, previous: Pass | None) -> bool:
    """Whether what differs is not what differed before. A failure is told as what stands in the way."""
    if finished.failure:
        return False
    return previous is None or {c.key for c in finished.remaining} != {c.key for c in previous.remaining}


def _tell_fight(fight: Fight, finished: Pass) -> None:
    who = typed.changed_by(finished.typed, finished.finished_at) or "nobody knows by whom: see docs/reference/syslog.md"
    LOG.warning("%s: a fight: %s was mended %d times within six hours; %s", finished.cube, fight.step.key, fight.times, who)


def leftover_message(cube: str, target: str, count: int) -> str:
    return (
        f"{count} resources on {target} were made for {cube} and no document says any more how to reach them; bring the "
        "document back without links to have them removed, or remove them by hand"
    )
