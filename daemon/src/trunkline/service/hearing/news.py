"""What devices tell by themselves makes trunkline look at once; never more often than is good, and never because of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.model.event import Event, EventKind

PAUSES: Mapping[EventKind, timedelta] = {
    EventKind.CONFIGURED: timedelta(seconds=5),
    EventKind.HANDSHAKE_FAILED: timedelta(minutes=1),
    EventKind.LISTENER: timedelta(minutes=1),
}
"""Which events are worth a look, and how long after a look the same is worth none. A trunk that is down tells so for ever."""
OWN_AFTERMATH = timedelta(seconds=15)
"""How long after a pass what its own user did may still come in."""


@dataclass
class News:
    """`look` queues a CUBE, `later` does so after some seconds, at most once at a time.

    `own_user` is the user that trunkline logs in with; `is_busy` whether a pass is under way or waits for its turn;
    `looked_at` when the newest pass ended.
    """

    look: Callable[[str], None]
    later: Callable[[str, float], None]
    own_user: Callable[[str], str]
    is_busy: Callable[[str], bool]
    looked_at: Callable[[str], datetime | None]
    now: Callable[[], datetime]
    _told: dict[str, datetime] = field(default_factory=dict)  # when a look was last asked for, by CUBE

    def take(self, event: Event) -> None:
        kind, _, cube = event.target.partition("/")
        pause = PAUSES.get(event.kind)
        if kind != "cube" or pause is None or self._is_own_doing(cube, event):
            return
        now, told = self.now(), self._told.get(cube)
        if told is None or not timedelta(0) <= now - told < pause:
            self.ask(cube)
        elif event.kind is EventKind.CONFIGURED:  # what a person did must be seen, if not at once
            self.later(cube, (told + pause - now).total_seconds())

    def ask(self, cube: str) -> None:
        """A look now."""
        self._told[cube] = self.now()
        self.look(cube)

    def _is_own_doing(self, cube: str, event: Event) -> bool:
        """Whether a pass may have caused it. While there is none, somebody else uses the same account: that is worth a look."""
        if event.kind is not EventKind.CONFIGURED or not event.user or event.user != self.own_user(cube):
            return False
        ended_at = self.looked_at(cube)
        return self.is_busy(cube) or (ended_at is not None and event.at - ended_at < OWN_AFTERMATH)
