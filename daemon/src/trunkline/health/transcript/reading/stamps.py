"""The times that stand before the lines of a transcript. Cisco: "service timestamps", "service sequence-numbers"."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

STAMP = re.compile(r"[*.]?([A-Z][a-z]{2}\s+\d{1,2}(?: \d{4})? (\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: [A-Z]{2,5})?): ?")
UPTIME = re.compile(r"(?:<\d{1,3}>)?(?:\d{1,10}: )?(\d{1,3}:\d\d:\d\d(?:\.\d{1,6})?|\d{1,4}[ywd]\d{1,2}[wdh]): ?")
DAY = re.compile(r"([A-Z][a-z]{2})\s+(\d{1,2})(?: (\d{4}))? ")
FARTHEST_HEAD = 120
"""Characters before a stamp: what a syslog server wrote of its own."""
HALF_A_DAY = timedelta(hours=12)
ZONES = timedelta(hours=15)
"""How far a clock that is told without its zone may be from UTC."""


def parted(line: str) -> tuple[str, str]:
    """The time of a line as written, empty where there is none, and the text after it."""
    found = STAMP.search(line, 0, FARTHEST_HEAD) or UPTIME.match(line)
    return (found[1], line[found.end() :]) if found else ("", line)


def seconds(at: str) -> float | None:
    """Seconds of the day."""
    clock = next((word for word in at.split() if ":" in word), "")
    if not clock:
        return None
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def moment(at: str, told: Iterable[int], now: datetime) -> datetime:
    """When a line was written, to the day; `now` where it has no date.

    A stamp without a year is of the day on which one of `told` (seconds since 1970) falls, else the latest before `now`.
    """
    found = DAY.match(at)
    if not found:
        return now
    years = [int(found[3])] if found[3] else range(now.year + 1, now.year - 5, -1)
    own = [datetime.fromtimestamp(one, UTC) for one in told]
    days = [day for year in (*(one.year for one in own), *years) if (day := _day(year, found))]
    named = (one for one in own if any(abs(day - one) < ZONES + HALF_A_DAY for day in days))
    past = (day for day in days if day - ZONES - HALF_A_DAY < now or found[3])
    return next(named, None) or next(past, now)


def _day(year: int, found: re.Match[str]) -> datetime | None:
    """Noon of that day."""
    try:
        return datetime.strptime(f"{year} {found[1]} {found[2]} 12", "%Y %b %d %H").replace(tzinfo=UTC)
    except ValueError:
        return None
