"""Archived configurations, the way back to them, and who may configure. State and pure functions; no commands."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.twin.cube.config.running import Entry


@dataclass(frozen=True)
class Lock:
    """Exclusive configuration: who holds it, on which line, since when."""

    user: str
    line: int
    since: datetime
    process_id: int = 578


@dataclass
class Pending:
    """A rollback that happens unless somebody confirms."""

    user: str
    is_idle: bool
    minutes: int
    armed_at: datetime
    file: str
    timers: list[asyncio.TimerHandle] = field(default_factory=list)


@dataclass
class Archive:
    """Files of configurations, by name, and the pending rollback."""

    files: dict[str, list[str]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the files that are archives, oldest first
    pending: Pending | None = None
    count: int = 0

    def keep(self, path: str, lines: list[str], at: datetime, most: int) -> str:
        """Store a configuration under the archive's path; returns the file's name. The oldest over `most` goes."""
        name = f"{path}-{at:%b}-{at.day}-{at:%H-%M-%S}.{at.microsecond // 1000:03d}-{self.count}"
        self.count += 1
        self.files[name] = lines
        self.names.append(name)
        while len(self.names) > most:
            self.files.pop(self.names.pop(0), None)
        return name

    def disarm(self) -> bool:
        """Forget the pending rollback; False where there was none."""
        if self.pending is None:
            return False
        for timer in self.pending.timers:
            timer.cancel()
        self.pending = None
        return True


def commands_between(before: Entry, after: Entry) -> Iterator[str]:
    """The commands that make `before` into `after`: what is too much is negated, what is missing is entered."""
    for entry in before.children:
        if not any(other.line == entry.line for other in after.children):
            yield entry.line.removeprefix("no ") if entry.line.startswith("no ") else f"no {entry.line}"
    for entry in after.children:
        existing = next((other for other in before.children if other.line == entry.line), None)
        below = list(commands_between(existing or Entry(entry.line), entry))
        if existing is None or below:
            yield entry.line
            yield from (f" {line}" for line in below)


def difference(before: Entry, after: Entry, depth: int = 0) -> Iterator[str]:
    """As `show archive config differences` prints it: + what only `after` has, - what only `before` has."""
    blanks = " " * depth
    for entry in after.children:
        existing = next((other for other in before.children if other.line == entry.line), None)
        below = list(difference(existing or Entry(entry.line), entry, depth + 1))
        if existing is None:
            yield f"{blanks}+{entry.line}"
        elif below:
            yield f"{blanks}{entry.line}"
        yield from below
    for entry in before.children:
        if not any(other.line == entry.line for other in after.children):
            yield f"{blanks}-{entry.line}"
            yield from difference(entry, Entry(entry.line), depth + 1)


def warning_after(minutes: int) -> timedelta:
    """The warning comes one minute before the rollback."""
    return timedelta(minutes=minutes - 1)
