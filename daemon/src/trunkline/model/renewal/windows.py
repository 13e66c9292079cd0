"""When maintenance windows are open: recurrence rules (RFC 5545), cron fields, zones and their changes of the clock. Pure.

Occurrences are found in local time and then placed in UTC. Where the clocks go forward, a local time that does not exist is
moved forward by as much; where they go back, a time that comes twice counts once, the first time. A window lasts `duration`
of elapsed time, whatever the clocks do meanwhile.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from trunkline.model.renewal import recurrence
from trunkline.model.renewal.calendar import Window

HORIZON = timedelta(days=4 * 366)
"""How far ahead an opening is looked for. A window that does not open until then never opens."""


class Opening(NamedTuple):
    """One time during which something may be done; windows that overlap or touch are one opening. `end` is outside of it."""

    start: datetime
    end: datetime


@lru_cache(maxsize=1024)
def _starts_in_year(rule: str, zone: str, year: int) -> tuple[datetime, ...]:
    """In UTC, sorted, of one year of the zone's own calendar."""
    local = ZoneInfo(zone)
    found = recurrence.starts_in_year(rule, year)
    return tuple(sorted({start.replace(tzinfo=local, fold=0).astimezone(UTC) for start in found}))


def occurrences(window: Window, since: datetime, until: datetime) -> Iterator[datetime]:
    """The moments at which a window opens, from `since` on and before `until`, in UTC. Lazy."""
    for year in range(since.year - 1, min(until.year + 2, MAXYEAR)):  # it may be another year there
        starts = _starts_in_year(window.rule, window.zone, year)
        for start in starts[bisect_left(starts, since) :]:
            if start >= until:
                return
            yield start


def openings(windows: Iterable[Window], since: datetime, until: datetime) -> Iterator[Opening]:
    """What is open of any of these windows after `since` and begins before `until`, in order. Lazy."""
    spans = heapq.merge(*(_spans(window, since, until) for window in windows))
    whole: Opening | None = None
    for span in spans:
        if whole and span.start <= whole.end:
            whole = Opening(whole.start, max(whole.end, span.end))
            continue
        if whole:
            yield whole
        whole = span
    if whole:
        yield whole


def _spans(window: Window, since: datetime, until: datetime) -> Iterator[Opening]:
    """Also what began before `since` and is open still."""
    for start in occurrences(window, since - window.duration, until):
        if start + window.duration > since:
            yield Opening(start, start + window.duration)


def opening_at(windows: Iterable[Window], at: datetime) -> Opening | None:
    """What is open at that moment; its `start` may be later than the true one where it is longer than its longest window."""
    found = takewhile(lambda one: one.start <= at, openings(windows, at, at + timedelta(microseconds=1)))
    return next(found, None)


def is_open(windows: Iterable[Window], at: datetime) -> bool:
    """Whether any of these windows is open at that moment."""
    return opening_at(windows, at) is not None


def opening_at_or_after(windows: Iterable[Window], at: datetime) -> Opening | None:
    """What is open now, else what opens next; None where nothing opens within `HORIZON`."""
    return next(openings(windows, at, at + HORIZON), None)


def closing(windows: Iterable[Window], at: datetime) -> datetime | None:
    """When what is open at that moment closes, or what opens next; None where nothing opens within `HORIZON`."""
    found = opening_at_or_after(windows, at)
    return found.end if found else None
