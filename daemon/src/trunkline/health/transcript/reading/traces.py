"""What OpenSSL's `-trace` tells: records and messages in words instead of bytes. OpenSSL: ssl/t1_trce.c."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from trunkline.health.transcript.names.registries import ALERTS, named
from trunkline.health.transcript.reading.entries import MOST_CHARACTERS_A_LINE, Entry

RECORD = re.compile(r"^(Sent|Received) Record")
CONTENT = re.compile(r"^\s{2}(?:Inner )?Content Type = (\w+)")
VERSION = re.compile(r"^\s{2}Version = \S+ \S+ \(0x([0-9a-fA-F]{1,4})\)|^\s{2}Version = .{0,20}\(0x([0-9a-fA-F]{1,4})\)")
MESSAGE = re.compile(r"^\s{4}(\w+), Length=(\d{1,9})")
ALERT = re.compile(r"^\s{4}Level=(\w+)\(\d+\), description=[\w ]+\((\d{1,3})\)")
MOST_TOLD = 5000
"""Lines kept of one message; a certificate takes about a hundred."""


@dataclass
class _Record:
    line: int
    direction: Literal["sent", "received"]
    content: str = ""
    version: str = ""
    name: str = ""
    length: int = 0
    told: list[str] = field(default_factory=list)

    def entry(self) -> Entry | None:
        if not self.name:
            return None
        return Entry(
            self.line,
            "message",
            self.name,
            direction=self.direction,
            content=self.content,
            length=self.length,
            record_version=self.version,
            told=tuple(self.told),
        )


def traced(lines: Iterable[str]) -> Iterator[Entry]:
    """The messages that are told in words, in the order of the lines. Never fails."""
    record: _Record | None = None
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")[:MOST_CHARACTERS_A_LINE]
        begun = RECORD.match(line)
        if begun:
            yield from _ended(record)
            record = _Record(number, "sent" if begun[1] == "Sent" else "received")
        elif record is not None:
            yield from _told(record, number, line)
    yield from _ended(record)


def _ended(record: _Record | None) -> Iterator[Entry]:
    made = record.entry() if record else None
    if made:
        yield made


def _told(record: _Record, number: int, line: str) -> Iterator[Entry]:
    """One line of a record. Several messages in one record are several entries."""
    content, version, message, alert = (pattern.match(line) for pattern in (CONTENT, VERSION, MESSAGE, ALERT))
    if content:
        record.content = content[1]
        if content[1] == "ChangeCipherSpec":
            record.name, record.told = "ChangeCipherSpec", [""]
    elif version:
        record.version = (version[1] or version[2]).lower().zfill(4)
    elif message:
        if record.told:
            yield from _ended(record)
        record.line, record.name, record.length, record.told = number, message[1], int(message[2]) + 4, [line]
    elif alert:
        record.name, record.length, record.told = f"{alert[1]} {named(int(alert[2]), ALERTS)}", 2, [line]
    elif record.told and len(record.told) < MOST_TOLD:
        record.told.append(line)
