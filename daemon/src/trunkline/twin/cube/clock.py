"""Times as IOS prints them, in the zone that the configuration states."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from trunkline.twin.cube.config.running import RunningConfig


@dataclass(frozen=True)
class Zone:
    """A name and an offset; IOS knows no zone database."""

    name: str = "UTC"
    offset: timedelta = timedelta(0)

    def stamp(self, at: datetime) -> str:
        """18:18:53 UTC Fri Jun 6 2025"""
        local = at + self.offset
        return f"{local:%H:%M:%S} {self.name} {local:%a %b} {local.day} {local.year}"

    def clock(self, at: datetime) -> str:
        """18:18:53.021 UTC Fri Jun 6 2025"""
        local = at + self.offset
        return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d} {self.name} {local:%a %b} {local.day} {local.year}"

    def date(self, at: datetime) -> str:
        """23:09:23 IST Nov 17 2021"""
        local = at + self.offset
        return f"{local:%H:%M:%S} {self.name} {local:%b} {local.day} {local.year}"


def zone_of(running: RunningConfig) -> Zone:
    """`clock timezone EST -5 0`; the minutes take the sign of the hours."""
    words = running.value("clock timezone ").split()
    if len(words) < 2:
        return Zone()
    hours, minutes = int(words[1]), int(words[2]) if len(words) > 2 else 0
    return Zone(words[0], timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes))


def log_stamp(running: RunningConfig, at: datetime) -> str:
    """As `service timestamps log datetime …` says: UTC unless `localtime`, milliseconds and zone only where asked for."""
    options = running.value("service timestamps log datetime").split()
    zone = zone_of(running)
    local = at + zone.offset if "localtime" in options else at
    text = f"{local:%b} {local.day:>2} {local:%H:%M:%S}"
    if "msec" in options:
        text += f".{local.microsecond // 1000:03d}"
    if "show-timezone" in options:
        text += f" {zone.name if 'localtime' in options else 'UTC'}"
    return text
