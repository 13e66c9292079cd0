"""Rules of recurrence as text: RFC 5545 by dateutil, five cron fields by cronsim. Local times, without a zone. Pure.

A rule counts from `ANCHOR`, a Monday at midnight, since documents state no beginning: "every second week" is the weeks 1, 3, 5
from there, "daily" is at midnight.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import MAXYEAR, datetime, timedelta
from functools import lru_cache
from itertools import dropwhile, islice, takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from dateutil.rrule import rrule, rrulestr

ANCHOR = datetime(2024, 1, 1)
CYCLE_YEARS = 400
"""After so many years the Gregorian calendar repeats, weekdays included."""
LATER = 19 * CYCLE_YEARS
"""Years that rules are evaluated later than they are meant. dateutil looks for the next occurrence until the year 9999, and a
rule that never occurs shall be found out soon.
"""
MOST_A_DAY = 24
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
PARTS = frozenset(
    {
        "FREQ", "INTERVAL", "WKST", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS",
    }
)  # fmt: skip


def is_cron(rule: str) -> bool:
    return "=" not in rule


def starts_in_year(rule: str, year: int) -> tuple[datetime, ...]:
    """Every local time of a year at which the rule occurs, sorted. The rule must have no `flaw`."""
    if not ANCHOR.year <= year < MAXYEAR:
        return ()
    alike = ANCHOR.year + (year - ANCHOR.year) % CYCLE_YEARS
    found = takewhile(lambda at: at.year <= alike, dropwhile(lambda at: at.year < alike, _from_year(rule, alike)))
    return tuple(at.replace(year=year) for at in found)


def _from_year(rule: str, year: int) -> Iterator[datetime]:
    if is_cron(rule):
        return CronSim(rule, datetime(year, 1, 1) - timedelta(minutes=1))
    return _without_end(_rrule(rule))


def _without_end(rule: rrule) -> Iterator[datetime]:
    """dateutil stumbles over the end of the year 9999 where a week or an interval crosses it."""
    with suppress(ValueError):
        for at in rule:
            yield at.replace(year=at.year - LATER)


@lru_cache(maxsize=256)
def _rrule(rule: str) -> rrule:
    """Remembers what it has found, so that each year is not counted from the beginning again."""
    made = rrulestr(rule, dtstart=ANCHOR.replace(year=ANCHOR.year + LATER), cache=True)
    assert isinstance(made, rrule)  # noqa: S101 - a set of rules has a line for each, and `flaw` refuses lines
    return made


@lru_cache(maxsize=1024)
def flaw(rule: str) -> str:
    """What is wrong with a rule, and the cure; empty where nothing is."""
    wrong = _flaw_of_cron(rule) if is_cron(rule) else _flaw_of_parts(rule)
    return wrong or _flaw_of_times(rule)


def _flaw_of_cron(rule: str) -> str:
    if len(rule.split()) != 5:
        return "is neither five cron fields such as `0 2 * * sun` nor a recurrence such as FREQ=WEEKLY;BYDAY=SU;BYHOUR=2"
    try:
        CronSim(rule, ANCHOR)
    except CronSimError as error:
        return f"is no cron expression ({error}); write minute, hour, day of month, month and day of week"
    return ""


def _flaw_of_parts(rule: str) -> str:
    if re.search(r"\s", rule):
        return "must be one line without blanks, such as FREQ=WEEKLY;BYDAY=SU;BYHOUR=2"
    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    unknown = sorted(set(parts) - PARTS)
    if parts.get("FREQ") not in FREQUENCIES:
        return f"must begin with FREQ= and one of {', '.join(FREQUENCIES)}"
    if unknown:
        return f"must not say `{unknown[0]}`; it may say {', '.join(sorted(PARTS - {'FREQ'}))}"
    if not re.fullmatch("[1-9][0-9]?", parts.get("INTERVAL", "1")):
        return "must have an INTERVAL between 1 and 99"
    if len(parts) < rule.count(";") + 1:
        return "says one part twice; keep one of the two"
    try:
        _rrule(rule)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:  # dateutil lets out what it meets
        return f"is no recurrence of RFC 5545 ({error}); write it such as FREQ=WEEKLY;BYDAY=SU;BYHOUR=2"
    return ""


def _flaw_of_times(rule: str) -> str:
    """A rule that never occurs, or all the time."""
    times = list(islice(_from_year(rule, ANCHOR.year), MOST_A_DAY + 1))
    if not times or times[0].year > ANCHOR.year + 8:  # the 29th of February comes every fourth year, and not in 2100
        return "never occurs; name a day that exists"
    if len(times) > MOST_A_DAY and times[-1] - times[0] < timedelta(days=1):
        return f"occurs more than {MOST_A_DAY} times a day; let it occur seldom, and last long"
    return ""


def flaw_of_zone(zone: str) -> str:
    """What is wrong with the name of a zone, and the cure; empty where nothing is."""
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):  # a path outside, a folder, or no such zone
        return "is no time zone of the IANA database; write one such as Asia/Seoul, Europe/Berlin or UTC"
    return ""
