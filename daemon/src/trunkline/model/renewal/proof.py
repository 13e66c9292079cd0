"""Whether the windows of a policy suffice, whenever a certificate begins: proven day by day. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from trunkline.model.renewal import when
from trunkline.model.renewal.calendar import Policy

DAYS = 397
"""Thirteen months: whatever recurs within a year is met, and what is next to it."""


class Gaps(NamedTuple):
    """Days on which a certificate may begin, each the first of its kind: `without_retry` has no two windows before its end,
    `early` no two of them after it is due. None where there is no such day.
    """

    without_retry: date | None = None
    early: date | None = None


@lru_cache(maxsize=256)
def gaps(policy: Policy, validity: timedelta, first: date) -> Gaps:
    """For certificates of this validity that begin on one of the `DAYS` days from `first` on, at midnight UTC. The smear is
    left out: it only makes them due earlier.
    """
    if not policy.windows:
        return Gaps()
    latest = replace(policy, smear=0.0)
    early: date | None = None
    for number in range(DAYS):
        day = first + timedelta(days=number)
        begin = datetime.combine(day, time(), UTC)
        found = when.must_start(begin, begin + validity, latest, "")
        if found.at is None or found.retry_at is None:
            return Gaps(day, early)
        if early is None and found.at < found.renewal_at:
            early = day
    return Gaps(None, early)
