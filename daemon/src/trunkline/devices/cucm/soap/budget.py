"""How many requests a minute a cluster gets for what it tells while it runs: one count for RIS, PerfMon and service control.

RIS allows 15 requests a minute unless the enterprise parameter "Allowed Device Queries Per Minute" says otherwise, PerfMon 50
and more; whether a node counts for itself or the cluster as a whole is not documented, nor when their minute begins.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

PER_MINUTE = 12
"""Below the lowest limit that is documented, so that others may ask too."""
MINUTE_SECONDS = 60.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 300.0


@dataclass
class Budget:
    """Counts over any sixty seconds. Nobody waits for it: who finds no room asks at another time.

    Where the cluster says that it was asked too often, nothing is asked for 5 s, then 10, 20, …, and no more than half as
    much a minute as before; what went well gives a request a round back.
    """

    per_minute: int = PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    allowed: int = field(init=False)
    _spent: deque[float] = field(default_factory=deque, repr=False)
    _pauses: int = 0
    _paused_until: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.allowed = self.per_minute

    def room(self) -> int:
        """How many may be asked now."""
        with self._lock:
            now = self.clock()
            if now < self._paused_until:
                return 0
            while self._spent and now - self._spent[0] >= MINUTE_SECONDS:
                self._spent.popleft()
            return max(0, self.allowed - len(self._spent))

    def spend(self) -> None:
        """One request is sent, whether or not there was room: a restart that was begun is seen to its end."""
        with self._lock:
            self._spent.append(self.clock())

    def put_off(self) -> None:
        """The cluster had too many. Several answers of one round count as one."""
        with self._lock:
            now = self.clock()
            if now < self._paused_until:
                return
            self._paused_until = now + min(FIRST_PAUSE_SECONDS * 2 ** min(self._pauses, 10), LONGEST_PAUSE_SECONDS)
            self._pauses += 1
            self.allowed = max(1, self.allowed // 2)

    def went_well(self) -> None:
        """A round of questions without such an answer."""
        with self._lock:
            self._pauses = 0
            self.allowed = min(self.per_minute, self.allowed + 1)
