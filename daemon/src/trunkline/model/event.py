"""What a device says by itself: lines of syslog that mean something for its trunks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trunkline.model.handshake import Reason


class EventKind(StrEnum):
    HANDSHAKE_FAILED = "handshake_failed"
    CONFIGURED = "configured"  # somebody left configuration mode
    TYPED = "typed"  # one command, where the device logs them
    CERTIFICATES = "certificates"  # %PKI-…
    LISTENER = "listener"  # a port could not be listened on
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Event:
    """One line. `at` is when it came, by the daemon's clock, aware, UTC: what devices write of the time is not trusted.

    `line` is the message, cut to 400 characters, without anything that looks like a secret.
    """

    target: str
    at: datetime
    kind: EventKind
    line: str
    reason: Reason | None = None  # of a handshake
    remote: str = ""  # the other end of a handshake: "10.2.2.2:5061"
    user: str = ""  # who configured
    via: str = ""  # "vty0 (10.10.100.6)", "console"
    command: str = ""  # what was typed, without secrets
