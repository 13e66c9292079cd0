"""`Window` and `Policy`: when certificates are renewed, as documents state it. `when.py` in the loop answers from them."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window that recurs. `rule` is an RFC 5545 recurrence ("FREQ=WEEKLY;BYDAY=SU;BYHOUR=2") or five cron fields
    ("0 2 * * sun"), in the local time of `zone` (an IANA name); each occurrence lasts `duration`.
    """

    rule: str
    duration: timedelta
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Policy:
    """When a certificate is renewed, and when an earlier one goes.

    Renewal is due when `remaining` of the lifetime is left (a third), of short-lived ones (up to `short_lived`) when half is
    left, moved to an earlier moment by up to `smear` of the lifetime, the same for the same holder. What can be felt on the
    trunk happens inside `windows` only (none: at any time); two of them must be left before the end, to retry.
    """

    remaining: float = 1 / 3
    short_lived: timedelta = timedelta(days=10)
    smear: float = 1 / 20
    windows: tuple[Window, ...] = ()
    keep: timedelta = timedelta(hours=24)  # an earlier identity stays so long after it was last seen
