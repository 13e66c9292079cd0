"""A row of the table, and how figures are taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`ratio` is ours divided by the floor or peer, or the figure itself where the goal is absolute."""

    what: str
    ours: str  # "0.61 ms"
    beside: str  # "bare paramiko channel 0.55 ms"
    ratio: float
    goal: float  # the ratio, or the figure, must not be above

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.goal


def median_seconds(work: Callable[[], object], rounds: int, *, clock: Callable[[], float] = time.perf_counter) -> float:
    """The median of several rounds; `clock` may be time.process_time for CPU."""
    taken = []
    for _ in range(rounds):
        started = clock()
        work()
        taken.append(clock() - started)
    return statistics.median(taken)
