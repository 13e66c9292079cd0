"""When a certificate is renewed, and when the switch to the renewed one may happen. Pure; now is an argument, all in UTC.

Preparing (key, request, signature, import, trust) may be done as soon as `renewal_at`: nobody notices. The switch is what may
be felt, and happens in a maintenance window: see `must_start`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from trunkline.model.renewal import windows
from trunkline.model.renewal.calendar import Policy
from trunkline.model.renewal.windows import HORIZON, Opening

SHORT_LIVED_REMAINING = 1 / 2
LEAST_AGE = 1 / 10
BACKWARDS = (timedelta(days=32), timedelta(days=400))


def seed(target: str, holder: str, serial: str) -> str:
    """What spreads the renewals of a fleet: the same for the same certificate, another one for its successor."""
    return f"{target} {holder} {serial}"


def renewal_at(not_before: datetime, not_after: datetime, policy: Policy, seed: str) -> datetime:
    """When a certificate is due for renewal.

    That is when `policy.remaining` of its life is left, for short-lived ones half of it if that is more; earlier by a part of
    `policy.smear` of its life that only `seed` decides. Never before a tenth of its life has passed, unless it lives no time.
    """
    life = max(not_after - not_before, timedelta())
    remaining = max(policy.remaining, SHORT_LIVED_REMAINING) if life <= policy.short_lived else policy.remaining
    age = max(1 - remaining - policy.smear * _share(seed), LEAST_AGE)
    return not_before + life * min(age, 1.0)


def _share(seed: str) -> float:
    """Between 0 and 1, evenly over many seeds."""
    return int.from_bytes(sha256(seed.encode()).digest()[:6]) / 2**48


def is_open(policy: Policy, now: datetime) -> bool:
    """Whether something that may be felt may be done now. Without windows it always may."""
    return not policy.windows or windows.is_open(policy.windows, now)


def next_opening(policy: Policy, now: datetime) -> datetime | None:
    """Now, where a window is open or there are none; else when the next one opens; None where none does within `HORIZON`."""
    if not policy.windows:
        return now
    if is_open(policy, now):
        return now
    found = windows.opening_at_or_after(policy.windows, now)
    return found.start if found else None


def closing(policy: Policy, now: datetime) -> datetime | None:
    """When the window closes that is open now, or opens next; None where there are no windows, or none opens."""
    return windows.closing(policy.windows, now)


@dataclass(frozen=True, slots=True)
class Start:
    """When the switch happens. `at` is None where no window opens before the end of the certificate.

    `retry_at` is the opening after it, still before the end; None where there is none. `deadline` is the last moment for the
    switch: when the last window before the end closes, or the end itself; None where no window opens before the end.
    """

    renewal_at: datetime
    at: datetime | None
    retry_at: datetime | None
    deadline: datetime | None


def must_start(not_before: datetime, not_after: datetime, policy: Policy, seed: str, now: datetime | None = None) -> Start:
    """When the switch must happen, so that a window is left to retry before the end.

    It is the first opening at or after `renewal_at`, or `renewal_at` itself where a window is open then. If no other opening
    follows before the end, it is the last one that does have another one after it, earlier than `renewal_at` though that is; if
    there is only one before the end, that one. With `now`, what is over does not count: a moment that was missed becomes now,
    where a window is open, else the next opening before the end. Without windows it is `renewal_at`.
    """
    due = renewal_at(not_before, not_after, policy, seed)
    since = not_before if now is None else max(not_before, now)
    if not policy.windows:
        at = max(due, since)
        return Start(due, at, None, not_after) if at < not_after else Start(due, None, None, None)
    last = _last(policy, since, not_after)
    chosen = list(islice(windows.openings(policy.windows, max(due, since), not_after), 2))
    if len(chosen) < 2:
        chosen = last
    if not chosen:
        return Start(due, None, None, None)
    at = max(chosen[0].start, since)
    if at < due < chosen[0].end:
        at = due
    return Start(due, at, chosen[1].start if len(chosen) > 1 else None, min(last[-1].end, not_after))


def _last(policy: Policy, since: datetime, until: datetime) -> list[Opening]:
    """The last two openings that begin before the end, or the only one; looked for from the end backwards."""
    for back in (*BACKWARDS, HORIZON):
        begin = max(since, until - back)
        found = list(windows.openings(policy.windows, begin, until))
        if len(found) > 2 or begin == since:  # the first of them may be the rest of a longer one
            return found[-2:]
    return found[-2:]


def deadline(not_before: datetime, not_after: datetime, policy: Policy) -> datetime | None:
    """The last moment for the switch; from then on no window opens before the end. None where none opens at all."""
    return must_start(not_before, not_after, policy, "").deadline
