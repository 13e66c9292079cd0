"""The table of connections over TLS, with the counters above it, and how idle ones leave it.

Sources: Cisco IOS voice command reference, `show sip-ua connections` and `show sip-ua timers` ("tls aging 60 minutes").
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trunkline.twin.wire import Secured

AGING_SECONDS = 3600.0
LOOKS_BEFORE_AGING = 10


@dataclass
class Row:
    """One connection of the table."""

    connection_id: int
    remote: tuple[str, int]
    local: tuple[str, int]
    secured: Secured
    curve: str = ""
    state: str = "Established"
    used_at: float = field(default_factory=time.monotonic)


@dataclass
class Counters:
    """The counters above the table; `clear sip-ua statistics` and a reload set them to 0."""

    send_failures: int = 0
    remote_closures: int = 0
    connection_failures: int = 0
    inactive_ageouts: int = 0
    client_handshake_failures: int = 0
    server_handshake_failures: int = 0


async def age_out(rows: dict[int, Row], counters: Callable[[], Counters], aging_seconds: Callable[[], float]) -> None:
    """Close whatever nobody used for so long."""
    while True:
        await asyncio.sleep(min(aging_seconds() / LOOKS_BEFORE_AGING, 1.0))
        for row in list(rows.values()):
            if time.monotonic() - row.used_at > aging_seconds():
                counters().inactive_ageouts += 1
                rows.pop(row.connection_id, None)
                row.secured.close()
