"""What metrics need beside the newest passes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

DURATION_BUCKETS_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True)
class Totals:
    """What only grows: counters of devices over their resets, passes by result, errors by reason, durations."""

    devices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    results: Mapping[tuple[str, str], int] = field(default_factory=dict)
    errors: Mapping[tuple[str, str], int] = field(default_factory=dict)
    last_success: Mapping[str, datetime] = field(default_factory=dict)
    last_observed: Mapping[str, datetime] = field(default_factory=dict)
    exchange: Mapping[str, int] = field(default_factory=dict)  # steps of certificates, by "step/result"
    fights: Mapping[str, int] = field(default_factory=dict)  # by link
    duration_buckets: tuple[int, ...] = (0,) * (len(DURATION_BUCKETS_SECONDS) + 1)  # not cumulative; the last is +Inf
    duration_sum_seconds: float = 0.0


@dataclass(frozen=True)
class SourceStatus:
    """What is known of the source."""

    revision: str = ""
    is_broken: bool = False
    message: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True)
class Heard:
    """What came by syslog: counts by device and kind, by device and reason of a handshake, and what was dropped, by why."""

    is_listening: bool = False
    messages: Mapping[tuple[str, str], int] = field(default_factory=dict)
    handshakes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, datetime] = field(default_factory=dict)  # when a device last sent anything
    devices: frozenset[str] = frozenset()  # whose lines are known as theirs


@dataclass(frozen=True)
class Background:
    """What is no pass's own: totals, the source, what was heard, what was left on devices without a document.

    `cubes` and `devices` are what the documents want to be looked at: also before the first pass of each ends.
    """

    totals: Totals = field(default_factory=Totals)
    source: SourceStatus = field(default_factory=SourceStatus)
    heard: Heard = field(default_factory=Heard)
    leftovers: Mapping[tuple[str, str], int] = field(default_factory=dict)
    requests: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by device and interface: see `devices.py`
    throttled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of the requests, those that were put off
    cubes: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()  # as "cube/NAME", "cluster/NAME"
