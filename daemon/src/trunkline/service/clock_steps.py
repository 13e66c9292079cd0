"""When the clock of this machine is set: everything that waits for a moment of that clock would wait for the wrong one."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERATED = timedelta(seconds=30)
"""Between two questions; what a clock is slewed by meanwhile is far less."""


@dataclass
class ClockSteps:
    """`passed` is seconds that only go on."""

    now: Callable[[], datetime]
    passed: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._zero = self._moment_zero()

    def _moment_zero(self) -> datetime:
        return self.now() - timedelta(seconds=self.passed())

    def since_last(self) -> timedelta:
        """By how much the clock was set since this was asked last, or was made; nothing where it was not."""
        before, self._zero = self._zero, self._moment_zero()
        step = self._zero - before
        return step if abs(step) > TOLERATED else timedelta(0)
