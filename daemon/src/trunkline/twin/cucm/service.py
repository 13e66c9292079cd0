"""The service Cisco CallManager of one node, as service control shows it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

NAME = "Cisco CallManager"
STARTED, STOPPED, STARTING, STOPPING = "Started", "Stopped", "Starting", "Stopping"


@dataclass
class Service:
    """`clock` is the node's, which may be wrong; how long the service runs is counted apart from it, as an OS does."""

    clock: Callable[[], datetime]
    status: str = STOPPED
    started_at: datetime | None = None
    starts: int = 0
    _since: float = 0.0

    def begin(self) -> None:
        self.status, self.started_at, self._since = STARTED, self.clock(), time.monotonic()
        self.starts += 1

    def end(self, status: str = STOPPED) -> None:
        self.status, self.started_at = status, None

    @property
    def up_seconds(self) -> int:
        """-1 for a service that does not run."""
        return int(time.monotonic() - self._since) if self.started_at else -1

    @property
    def start_time(self) -> str:
        """In the node's zone, which it does not name."""
        return f"{self.started_at:%a %b %d %H:%M:%S %Y}" if self.started_at else ""
