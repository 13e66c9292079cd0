"""What is looked at on every pass: cheap signs of a change, and the facts that move by themselves. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from trunkline.devices.cube.read import system
from trunkline.devices.cube.read.calls import busy_addresses
from trunkline.devices.cube.read.config import Stamps, stamps
from trunkline.devices.cube.read.connections import Connections, connections
from trunkline.devices.cube.read.dial_peers import command as dial_peer_command
from trunkline.devices.cube.read.dial_peers import dial_peers
from trunkline.devices.cube.read.reading import Reading
from trunkline.model.key import Kind
from trunkline.model.observed import Counting, CubeFacts, DialPeerState, Gap

STAMPS = "show running-config | include ^! (Last|NVRAM)"
CLOCK = "show clock"
CONNECTIONS = "show sip-ua connections tcp tls detail"
CALLS = "show call active voice compact | include Total"
SIGNALS = (STAMPS, CLOCK, CONNECTIONS, CALLS)
FRESH = timedelta(seconds=3)


@dataclass(frozen=True)
class Signals:
    """The answers to `commands`, as far as they are understood. `clock` was shown at `shown_at`, by the daemon's own clock."""

    stamps: Reading[Stamps]
    clock: Reading[system.ClockReading | None]
    shown_at: datetime
    connections: Reading[Connections | None]
    calls: Reading[int | None]
    busy: frozenset[str] | None = None  # remote ends of calls; None: not known, or not asked for without calls
    dial_peers: Mapping[int, DialPeerState] | None = None  # by tag; None: not known, or not asked for

    @property
    def is_just_changed(self) -> bool:
        """Whether the last change is only seconds old: the stamp counts seconds, a further change would not move it."""
        changed, now = system.stamp_moment(self.stamps.value.last_change), self.clock.value
        if now is None or changed is None:
            return True
        return abs(now.local - changed) < FRESH

    def owes_save(self, username: str) -> bool | None:
        """Whether the newest change is this user's and not in the startup configuration; None where it is not known."""
        if self.stamps.problem:
            return None
        last_change, last_save = self.stamps.value.last_change, self.stamps.value.last_save
        if not last_change.endswith(f" by {username}"):
            return False
        changed, saved = system.stamp_moment(last_change), system.stamp_moment(last_save)
        return saved is None or (changed is not None and changed > saved)


@dataclass(frozen=True)
class Saving:
    """What is told of unsaved changes: of the daemon's own user, and since when of anybody's."""

    has_unsaved: bool | None = None
    unsaved_since: datetime | None = None
    last_change: str = ""  # the stamp of the newest change that was one; empty: the stamp itself


def commands(tags: Iterable[str] = ()) -> tuple[str, ...]:
    """What to ask; `tags` are the dial-peers in question."""
    asked = sorted(tags)
    return (*SIGNALS, dial_peer_command(asked)) if asked else SIGNALS


def signals(answers: Sequence[str], shown_at: datetime) -> Signals:
    """From the answers to `commands`; `shown_at` is when the clock was.

    The dial-peers tell of health alone: unreadable, they are unknown and hold nothing.
    """
    stamps_text, clock_text, connections_text, calls_text, *more = answers
    peers = dial_peers(more[0]).value if more else None
    table, legs = connections(connections_text), system.call_legs(calls_text)
    return Signals(stamps(stamps_text), system.clock(clock_text), shown_at, table, legs, dial_peers=peers)


def with_stamps(seen: Signals, text: str) -> Signals:
    return replace(seen, stamps=stamps(text))


def with_busy(seen: Signals, text: str) -> Signals:
    """With the answer to `read.calls.COMMAND`, which is asked for while calls are up only."""
    return replace(seen, busy=busy_addresses(text).value)


def facts(seen: Signals, version: system.Version, offsets: Mapping[str, timedelta], saving: Saving, now: datetime) -> CubeFacts:
    """What cannot be read is unknown, not absent. The clock goes on since it was shown, while the rest is read."""
    table, clock = seen.connections.value, seen.clock.value
    shown = clock.at(offsets) if clock else None
    return CubeFacts(
        release=version.numbers,
        release_text=version.text,
        hostname=version.hostname,
        clock=shown + (now - seen.shown_at) if shown else None,
        clock_is_authoritative=bool(clock and clock.is_authoritative),
        connections=table.rows if table else None,
        listening=table.listening if table else None,
        counters=table.counters if table else {},
        active_call_legs=seen.calls.value,
        busy_addresses=frozenset() if seen.calls.value == 0 else seen.busy,
        has_unsaved_changes=saving.has_unsaved,
        last_change=saving.last_change or seen.stamps.value.last_change,
        unsaved_since=saving.unsaved_since,
        dial_peers=seen.dial_peers,
        counting=Counting(version.serial, version.uptime),
    )


def gaps(seen: Signals, target: str) -> tuple[Gap, ...]:
    """What of the facts could not be read. Such a gap is named by its command and covers no resource."""
    readings: tuple[Reading[Any], ...] = (seen.stamps, seen.clock, seen.connections, seen.calls)
    return tuple(
        Gap(target, reading.problem, Kind.GLOBAL, f"`{command}`", reading.evidence)
        for command, reading in zip(SIGNALS, readings, strict=True)
        if reading.problem
    )
