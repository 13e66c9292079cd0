"""What devices told by syslog, and what came that was not counted."""

from collections.abc import Iterator

from trunkline.model.event import EventKind
from trunkline.model.handshake import Reason
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.family import Family, Sample, words

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
    "A device that never sent anything has no series of syslog; of one that did, all of them begin at 0.",
)


def of_background(background: Background) -> Iterator[Sample]:
    heard = background.heard
    for device, at in sorted(heard.last.items()):
        yield Sample("trunkline_syslog_last_timestamp_seconds", (device,), at.timestamp())
        for kind in EventKind:
            count = heard.messages.get((device, kind.value), 0)
            yield Sample("trunkline_syslog_messages_total", (device, kind.value), float(count))
        for reason in Reason:
            count = heard.handshakes.get((device, reason.value), 0)
            yield Sample("trunkline_handshake_events_total", (device, reason.value), float(count))
    for drop in DROPS if heard.is_listening else ():
        yield Sample("trunkline_syslog_dropped_total", (drop,), float(heard.dropped.get(drop, 0)))
