"""Errors, named by what happens next; the subclass says who is to blame.

A message reads "cannot <verb> <thing> on <target>: <why>", then what to do. It never contains a secret.
"""

from datetime import datetime


class TrunklineError(Exception):
    """Anything that trunkline raises on purpose."""

    reason = "error"  # label of the metric, stable


class Stalled(TrunklineError):  # noqa: N818 - named by what happens next
    """A person must act; nothing is retried until the commit or the policy changes."""

    reason = "stalled"


class DesiredInvalid(Stalled):
    """Git says something that cannot be."""

    reason = "desired_invalid"


class DeviceRefused(Stalled):
    """The device said no, and would say so again. `lines` are what was sent and what came back.

    `is_untouched` where it did nothing at all of what it was asked for.
    """

    reason = "device_refused"

    def __init__(self, message: str, lines: tuple[str, ...] = (), *, is_untouched: bool = False) -> None:
        super().__init__(message)
        self.lines = lines
        self.is_untouched = is_untouched


class AccessRefused(Stalled):
    """Wrong credentials, missing rights, an unknown host key or certificate."""

    reason = "access_refused"


class Waiting(TrunklineError):  # noqa: N818 - named by what happens next
    """Nothing is wrong; look again at `until`."""

    reason = "waiting"

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Transient(TrunklineError):  # noqa: N818 - named by what happens next
    """Try again later, ever more slowly."""

    reason = "transient"


class DeviceUnreachable(Transient):
    """No connection, or it died."""

    reason = "device_unreachable"


class DeviceBusy(Transient):
    """No free line, throttled, locked by somebody else, or not ready."""

    reason = "device_busy"


class JournalFailed(Transient):
    """The journal cannot be written or read: nothing is done that could not be written down."""

    reason = "journal_failed"


class OurBug(TrunklineError):  # noqa: N818 - says whose fault it is
    """Something that must not happen, whatever a device or a person does."""

    reason = "our_bug"


STALLED_REASONS = frozenset({error.reason for error in (Stalled, DesiredInvalid, DeviceRefused, AccessRefused)})
"""The reasons after which nothing is retried until the commit or the policy changes."""
