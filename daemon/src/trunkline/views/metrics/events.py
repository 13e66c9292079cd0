"""What devices told by syslog, and what came that was not counted."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from trunkline.model.event import EventKind
from trunkline.model.handshake import Reason
from trunkline.views.metrics.background import Heard
from trunkline.views.metrics.family import Family, Sample, words

CUBE = "cube/"
REASONS = tuple(one for one in Reason if one not in (Reason.REFUSED, Reason.UNREACHABLE, Reason.TIMEOUT, Reason.NO_ANSWER))
"""What the words of a CUBE may mean; by the others a look of the probe fails where no handshake ended."""
DROPS = ("unknown_sender", "flood", "unreadable", "too_long")
FAMILIES = (
    Family(
        "trunkline_syslog_messages_total",
        "counter",
        "Lines of syslog that a device sent, since the daemon started",
        ("device", "kind"),
    ),
    Family(
        "trunkline_handshake_events_total",
        "counter",
        "Failed handshakes that a CUBE told by syslog, since the daemon started",
        ("device", "reason"),
    ),
    Family("trunkline_syslog_last_timestamp_seconds", "gauge", "When a device last sent a line of syslog", ("device",)),
    Family(
        "trunkline_syslog_dropped_total", "counter", "Messages that were not counted, since the daemon started", ("reason",)
    ),
)
NOTES = (
    f"`kind` of syslog is one of {words(EventKind)}; `reason` of what was dropped one of {words(DROPS)}.",
    "Where syslog is listened to, these counters begin at 0 for every device whose lines would be known as its own; a device",
    f"that never sent anything has no last time. Only CUBEs tell of handshakes, by one of {words(REASONS)}.",
)


Told = tuple[datetime | None, Mapping[str, int], Mapping[str, int]]
"""When a device was last heard, its lines by kind, its handshakes by reason."""


def by_device(heard: Heard) -> Mapping[str, Told]:
    """What each device told, also of those that never did."""
    messages: dict[str, dict[str, int]] = {device: {} for device in heard.devices if heard.is_listening}
    handshakes: dict[str, dict[str, int]] = {device: {} for device in messages}
    for counts, told in ((heard.messages, messages), (heard.handshakes, handshakes)):
        for (device, word), count in counts.items():
            if device in told:
                told[device][word] = count
    return {device: (heard.last.get(device), messages[device], handshakes[device]) for device in sorted(messages)}


def of_device(device: str, told: Told) -> Iterator[Sample]:
    at, messages, handshakes = told
    if at:
        yield Sample("trunkline_syslog_last_timestamp_seconds", (device,), at.timestamp())
    for kind in EventKind:
        yield Sample("trunkline_syslog_messages_total", (device, kind.value), float(messages.get(kind.value, 0)))
    for reason in REASONS if device.startswith(CUBE) else ():
        yield Sample("trunkline_handshake_events_total", (device, reason.value), float(handshakes.get(reason.value, 0)))


def dropped(heard: Heard) -> Iterator[Sample]:
    for drop in DROPS if heard.is_listening else ():
        yield Sample("trunkline_syslog_dropped_total", (drop,), float(heard.dropped.get(drop, 0)))
