"""`show version`, `show clock`, and the number of calls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from trunkline.devices.cube.read.config import RunningConfig
from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading

# A build that was never released is named by its date, "2024-03-26_10.11_lab", or BLD_…: only the line of IOS has its numbers.
VERSION_XE = re.compile(r"^Cisco IOS XE Software, Version (\d{1,2}\.\S*)", re.MULTILINE)
VERSION_IOS = re.compile(r"^Cisco IOS Software.*?,(?: Experimental)? Version (\d[^\s,]*)", re.MULTILINE)
UPTIME = re.compile(r"^(\S+) uptime is (.+)$", re.MULTILINE)
PROCESSOR_UPTIME = re.compile(r"^Uptime for this control processor is (.+)$", re.MULTILINE)
SERIAL = re.compile(r"^Processor board ID (\S+)", re.MULTILINE)
UNITS = {"year": 31536000, "week": 604800, "day": 86400, "hour": 3600, "minute": 60}
PART = re.compile(r"(\d+) (year|week|day|hour|minute)s?")
OLD_XE = 3  # IOS-XE 3.16 carries IOS 15.5: only the latter can be compared with other releases


@dataclass(frozen=True)
class Version:
    """`show version`: the release as printed and as numbers that can be compared, the router's name, who counts since when.

    With two route processors, each counts for itself: the uptime is that of the one that answers, where it is shown.
    """

    text: str
    numbers: tuple[int, ...]
    hostname: str
    serial: str = ""
    uptime: timedelta | None = None  # in whole minutes

    def goes_on(self, earlier: "Version") -> bool:
        """Whether the same router shows this, without a reload in between, as far as it can be told."""
        is_up = earlier.uptime is None or self.uptime is None or self.uptime >= earlier.uptime
        return is_up and (self.serial, self.text) == (earlier.serial, earlier.text)


def version(text: str) -> Reading[Version | None]:
    """15.6(3)M1 → (15, 6, 3); 17.09.04a → (17, 9, 4); 03.16.05.S, which is 15.5(3)S5 → (15, 5, 3)."""
    try:
        lines = list(until_prompt(lines_of(text)))
        return Reading(_version("\n".join(lines)))
    except NotUnderstood as reason:
        return Reading(None, reason.problem, reason.evidence)


def _version(text: str) -> Version:
    xe, ios = VERSION_XE.search(text), VERSION_IOS.search(text)
    shown = xe or ios
    if not shown:
        raise NotUnderstood("the release is not in `show version`", first_line(text.split("\n")))
    numbers = _numbers(shown[1])
    if numbers[0] <= OLD_XE and ios:
        numbers = _numbers(ios[1])
    if len(numbers) < 2:
        raise NotUnderstood("the release has too few numbers", shown[0])
    name = UPTIME.search(text)
    if not name:
        raise NotUnderstood("`show version` was cut off: the line with the uptime is missing", text.rstrip().split("\n")[-1])
    uptime, serial = PROCESSOR_UPTIME.search(text), SERIAL.search(text)
    return Version(shown[1], numbers, name[1], serial[1] if serial else "", _passed(uptime[1] if uptime else name[2]))


def _passed(words: str) -> timedelta | None:
    """2 weeks, 2 days, 18 hours, 23 minutes; None for words that mean something else."""
    parts = [part.strip() for part in words.split(",")]
    found = [PART.fullmatch(part) for part in parts]
    known = [match for match in found if match]
    if len(known) != len(parts):
        return None
    return timedelta(seconds=sum(int(match[1]) * UNITS[match[2]] for match in known))


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", release)[:3])


CLOCK = re.compile(r"^([*.]?)(\d\d:\d\d:\d\d)(?:\.\d+)? (\S+) [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d+) (\d{4})\s*$")
TIME_SOURCE = re.compile(r"^(?:Time source is |No time source\s*$)")
SUMMER = re.compile(r"^(?:Summer|Standard) time (?:starts?|ends?) ")  # further lines of `show clock detail`


@dataclass(frozen=True)
class ClockReading:
    """`show clock`: the time on the wall of the router. Only a clock that was never set is not authoritative."""

    local: datetime  # without a zone
    zone: str
    is_authoritative: bool

    def at(self, offsets: Mapping[str, timedelta]) -> datetime | None:
        """The moment in UTC; None where the configuration does not say how far the zone is from UTC."""
        offset = offsets.get(self.zone)
        return None if offset is None else (self.local - offset).replace(tzinfo=UTC)


def clock(text: str) -> Reading[ClockReading | None]:
    try:
        lines = [line for line in until_prompt(lines_of(text)) if line.strip()]
        lines = [line for line in lines if not TIME_SOURCE.match(line) and not SUMMER.match(line)]
        if len(lines) != 1:
            raise NotUnderstood("`show clock` shows not one time", first_line(lines[1:]) or first_line(lines))
        return Reading(_clock(lines[0]))
    except NotUnderstood as reason:
        return Reading(None, reason.problem, reason.evidence)


def _clock(line: str) -> ClockReading:
    found = CLOCK.match(line)
    if not found:
        raise NotUnderstood("the layout of `show clock` is not known", line)
    return ClockReading(_moment(f"{found[2]} {found[4]} {found[5]} {found[6]}", line), found[3], found[1] != "*")


@lru_cache(maxsize=256)  # a CUBE that nobody changes shows the same two in every pass
def stamp_moment(stamp: str) -> datetime | None:
    """The local time in a stamp such as "18:18:53 UTC Fri Jun 6 2025 by admin"."""
    words = stamp.split(" by ", maxsplit=1)[0].split()
    if len(words) < 6:
        return None
    try:
        return _moment(" ".join([words[0], *words[-3:]]), stamp)
    except NotUnderstood:
        return None


def stamp_at(stamp: str, offsets: Mapping[str, timedelta]) -> datetime | None:
    """The moment of a stamp in UTC; None where it has none, or the configuration does not say how far its zone is from UTC."""
    local, words = stamp_moment(stamp), stamp.split()
    offset = offsets.get(words[1]) if local else None
    return (local - offset).replace(tzinfo=UTC) if local and offset is not None else None


def _moment(text: str, line: str) -> datetime:
    try:
        return datetime.strptime(text, "%H:%M:%S %b %d %Y")
    except ValueError as error:
        raise NotUnderstood("the time shown does not exist", line) from error


ZONE = re.compile(r"^clock timezone (\S+) (-?\d+)(?: (\d+))?$")
SUMMER_TIME = re.compile(r"^clock summer-time (\S+) (?:recurring|date)\b(?:.*:\d\d (\d+))?")
SUMMER_OFFSET_MINUTES = 60


def zone_offsets(config: RunningConfig) -> dict[str, timedelta]:
    """By the name that `show clock` prints. Negative hours carry their minutes with them; UTC where nothing is configured."""
    offsets = {"UTC": timedelta(0), "GMT": timedelta(0)}
    standard = timedelta(0)
    for line in config.sections:
        found = ZONE.match(line)
        if found:
            hours, minutes = int(found[2]), int(found[3] or 0)
            standard = timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
            offsets[found[1]] = standard
    for line in config.sections:
        found = SUMMER_TIME.match(line)
        if found:
            offsets[found[1]] = standard + timedelta(minutes=int(found[2] or SUMMER_OFFSET_MINUTES))
    return offsets


CALL_LEGS = re.compile(r"^Total call-legs:\s*(\d+)\s*$")


def call_legs(text: str) -> Reading[int | None]:
    """`show call active voice compact [| include Total]`."""
    try:
        lines = list(until_prompt(lines_of(text)))
    except NotUnderstood as reason:
        return Reading(None, reason.problem, reason.evidence)
    found = [match for line in lines if (match := CALL_LEGS.match(line.strip()))]
    if len(found) != 1:
        return Reading(None, "the layout of `show call active` is not known", first_line(lines))
    return Reading(int(found[0][1]))
