"""The other router of a redundant pair, behind the same address. Source: CUBE configuration guide, "High Availability".

Both have the same configuration and certificates. Whatever a router counts, and since when it runs, is its own: after a
switch-over the same address shows other counters, another serial number, another uptime and other stamps. Connections over
TLS are not taken over: they end, and come anew.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.twin.cube.siptls.table import Counters
from trunkline.twin.lab.lab import Lab, LabCube


@dataclass(frozen=True)
class Standby:
    """What is its own. `saved_at` and `changed_at` are the stamps of its configuration."""

    serial_number: str
    uptime: timedelta
    changed_at: datetime
    saved_at: datetime
    user: str = "kim"
    counters: Counters = field(default_factory=Counters)


async def _take_over(cube: LabCube, standby: Standby) -> None:
    router, agent = cube.router, cube.agent
    router.serial_number = standby.serial_number
    router.started_at = router.clock() - standby.uptime
    router.last_change = (standby.changed_at, standby.user)
    router.nvram_written = (standby.saved_at, standby.user)
    for session in list(router.sessions):
        session.cut()
    agent.take_over(standby.counters)


def switch_over(lab: Lab, cube: str, standby: Standby) -> None:
    """The active router is gone, and the other one answers in its place from now on."""
    lab.call(_take_over(lab.cubes[cube], standby))
