"""SIGTERM and Ctrl-C: the first one lets the step at hand finish, the second one does not."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGINT)


@dataclass
class Stopping:
    """Whether, and by which signal, this process was asked to end."""

    asked: threading.Event = field(default_factory=threading.Event)
    number: int = 0

    def is_set(self) -> bool:
        return self.asked.is_set()

    @property
    def exit_code(self) -> int:
        """As a shell names the end by a signal."""
        return 128 + self.number

    def receive(self, number: int, _frame: FrameType | None) -> None:
        if self.asked.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.number = number
        self.asked.set()


@contextmanager
def graceful() -> Iterator[Stopping]:
    """Inside, signals only ask; afterwards they are what they were."""
    stopping = Stopping()
    earlier = {number: signal.signal(number, stopping.receive) for number in NUMBERS}
    try:
        yield stopping
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
