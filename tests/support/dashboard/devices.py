"""Devices: how old what is known of them is, their clocks, what is not saved, requests, syslog."""

from support.dashboard.parts import (
    AGE,
    GOOD,
    POOR,
    Column,
    Panel,
    Query,
    Row,
    defaults,
    lines,
    stacked,
    states,
    table,
    words,
)

CUBE, CLUSTER = '{device=~"cube/$cube"}', '{device=~"cluster/$cluster"}'
BOTH = '{device=~"cube/$cube|cluster/$cluster"}'
EACH = "[$__rate_interval]"


def row() -> Row:
    return Row("Devices and syslog", (*_ages(), *_clocks(), *_requests(), *_syslog()))


def _ages() -> tuple[Panel, ...]:
    return (
        lines(
            "How old observations are",
            "Since each device was last read completely; all its other figures are as old. Alert from 15 minutes on.",
            [Query(f"trunkline_observation_age_seconds{BOTH} < +Inf", "{{device}}")],
            defaults("s", AGE, min=0),
        ),
        lines(
            "How old real-time data is",
            "What RIS and PerfMon of each node told.",
            [Query(f"trunkline_realtime_age_seconds{CLUSTER}", "{{node}}")],
            defaults("s", AGE, min=0),
        ),
        table(
            "Not saved",
            "CUBEs whose configuration was changed and not saved since, and for how long. Alert from an hour on.",
            [f"time() - max by (device) (trunkline_unsaved_since_timestamp_seconds{CUBE})"],
            [Column("device", "device"), Column("Value", "not saved for", "s", ((None, GOOD), (3600, POOR)))],
            (8, 8),
            noValue="all is saved",
        ),
    )


def _clocks() -> tuple[Panel, ...]:
    return (
        lines(
            "Clocks",
            "Those of CUBEs and of nodes' web servers minus the daemon's. Alert from a minute on.",
            [
                Query(f"trunkline_clock_offset_seconds{CUBE}", "{{device}}"),
                Query(f"trunkline_node_clock_offset_seconds{CLUSTER}", "{{node}}"),
            ],
            defaults("s"),
        ),
        states(
            "Clocks that are set",
            "Whether a CUBE takes its own clock for right, which NTP does.",
            [Query(f"trunkline_clock_authoritative{CUBE}", "{{device}}")],
            defaults("none", mappings=words({0: ("not set", POOR), 1: ("set", GOOD)})),
            (8, 8),
        ),
        table(
            "What CUBEs run",
            "Release and host name, as the device says.",
            [f"max by (device, release, hostname) (trunkline_cube_info{CUBE})"],
            [Column("device", "device"), Column("release", "release"), Column("hostname", "host name")],
            (8, 8),
        ),
    )


def _requests() -> tuple[Panel, ...]:
    return (
        stacked(
            "Requests a minute",
            "Of the daemon to devices, by interface.",
            [Query(f"60 * sum by (interface) (rate(trunkline_device_requests_total{BOTH}{EACH}))", "{{interface}}")],
            defaults("reqpm", min=0),
        ),
        lines(
            "Requests that were put off",
            "A minute, by device and interface: it had too many. The daemon backs off.",
            [
                Query(
                    f"60 * sum by (device, interface) (rate(trunkline_device_throttled_total{BOTH}{EACH}))",
                    "{{device}} {{interface}}",
                )
            ],
            defaults("reqpm", min=0, noValue="none"),
        ),
    )


def _syslog() -> tuple[Panel, ...]:
    return (
        lines(
            "How long CUBEs are silent",
            "Since the last line of syslog that each sent. One that never sent any is not here.",
            [Query(f"time() - trunkline_syslog_last_timestamp_seconds{CUBE}", "{{device}}")],
            defaults("s", min=0, noValue="no CUBE sends syslog"),
        ),
        stacked(
            "Lines of syslog a minute",
            "Of the chosen CUBEs, by kind.",
            [Query(f"60 * sum by (kind) (rate(trunkline_syslog_messages_total{CUBE}{EACH}))", "{{kind}}")],
            defaults("cpm", min=0, noValue="no CUBE sends syslog"),
            (12, 8),
        ),
        lines(
            "Lines that were dropped",
            "A minute, by reason, whatever is chosen above.",
            [Query(f"60 * rate(trunkline_syslog_dropped_total{EACH})", "{{reason}}")],
            defaults("cpm", min=0, noValue="nothing listens"),
            (12, 8),
        ),
    )
