"""The lines of a transcript that mean something, as values. Everything else in it (remarks, elisions, prompts) is passed over.

`debug ssl openssl errors|msg|states` of IOS prints what OpenSSL's callbacks print, behind a time; s_client and s_server print
the same with `-msg` and `-state`. OpenSSL: apps/lib/s_cb.c (msg_cb, apps_ssl_info_callback), doc/man1/openssl-s_client.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from trunkline.health.transcript.reading.stamps import parted

What = Literal["begin", "message", "state", "error", "verify", "done", "syslog"]
MOST_CHARACTERS_A_LINE = 4096
"""A longer line is no line of a transcript that matters here (tickets of -trace are): its head is looked at."""

HEADER = re.compile(
    r"^\s*(<<<|>>>) (SSL \d\.\d|TLS \d\.\d|DTLS \d\.\d|\?\?\?|[^\[]{0,40}?),? ?(\w+)? ?"
    r"\[length ([0-9a-fA-F]{1,8})\](?:, ?(.*))?$"
)
OCTETS = re.compile(r"^[\s\ufffd]*((?:[0-9A-Fa-f]{2}\s+){0,31}[0-9A-Fa-f]{2})\s*$")
STATE = re.compile(r"(SSL_(?:accept|connect)):(.*)|(SSL3 alert (?:read|write):.*)|(undefined:.*)")
ERROR = re.compile(r"\berror:([0-9A-Fa-f]{8}):([^:]*):([^:]*):([^:]*)")
VERIFY = re.compile(r"verify error(?::num=(\d+))?:(.*)")
CLOSED = re.compile(r"\b(?:read|write):errno=(?:0|32|54|104|10054)\s*$|SSL_ERROR_SYSCALL|^\s*Connection reset by peer")
"""How s_client (apps/s_client.c) and curl say that the other end is gone. Of the numbers, 0 is an end of the stream before
OpenSSL 3, 32 is EPIPE, the others are ECONNRESET of Linux, BSD and Windows.
"""
NOT_A_RECORD = ("RecordHeader", "InnerContent")


@dataclass(frozen=True)
class Entry:
    """One thing that a transcript says. `line` counts from 1; `at` is the time as written; lengths are in bytes.

    Of a message `data` are the bytes up to the first gap, and `present` counts all that are there. The `content` of an error is
    the part of OpenSSL that complains, empty for that which speaks TLS.
    """

    line: int
    what: What
    text: str
    at: str = ""
    direction: Literal["", "sent", "received"] = ""
    content: str = ""
    version: str = ""
    length: int = 0
    data: bytes = b""
    present: int = 0
    record_version: str = ""
    told: tuple[str, ...] = ()  # a message as -trace tells it, in words instead of bytes

    @property
    def is_cut(self) -> bool:
        return not self.told and self.present != self.length


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Everything that can be read, in the order of the lines. Never fails."""
    reader = _Reader()
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")[:MOST_CHARACTERS_A_LINE]
        at, text = parted(line)
        yield from reader.read(number, at, text, line)
    yield from reader.finish()


class _Reader:
    """Holds the message whose bytes are being read."""

    def __init__(self) -> None:
        self.open: Entry | None = None
        self.octets: list[bytes] = []
        self.first_run: int | None = None  # how many of `octets` stand before something that is none
        self.record_version = ""

    def read(self, number: int, at: str, text: str, line: str) -> Iterator[Entry]:
        octets = OCTETS.match(text) if self.open else None
        if octets:
            self.octets.append(bytes.fromhex(octets[1]))
            return
        header = HEADER.match(text)
        if header:
            yield from self.finish()
            self._begin(number, at, header)
            return
        if self.open and self.first_run is None and self.octets:
            self.first_run = len(self.octets)
        found = _other(number, at, text, line)
        if found:
            yield from self.finish()
            yield found

    def _begin(self, number: int, at: str, header: re.Match[str]) -> None:
        sign, version, content, length, name = header.groups()
        direction: Literal["sent", "received"] = "sent" if sign == ">>>" else "received"
        content = content or ""
        if version == "???" and not content:
            content = "RecordHeader"  # as OpenSSL 1.1 calls it
        self.open = Entry(number, "message", (name or "").strip(), at, direction, content, version, int(length, 16))
        self.octets, self.first_run = [], None

    def finish(self) -> Iterator[Entry]:
        """The message that was open, with its bytes."""
        if self.open is None:
            return
        found, self.open = self.open, None
        whole = b"".join(self.octets)
        is_whole = len(whole) == found.length
        data = whole if is_whole or self.first_run is None else b"".join(self.octets[: self.first_run])
        if found.content in NOT_A_RECORD:
            if found.content == "RecordHeader" and len(data) >= 3:
                self.record_version = data[1:3].hex()
            return
        yield replace(found, data=data[: found.length], present=len(whole), record_version=self.record_version)
        self.record_version = ""


def _other(number: int, at: str, text: str, line: str) -> Entry | None:
    """A line that is no message: a state, an error, a verdict, a line of the syslog."""
    if "TLS_HANDSHAKE_FAILED" in line:
        return Entry(number, "syslog", line[line.index("TLS_HANDSHAKE_FAILED") :], at)
    error = ERROR.search(text)
    if error:
        return Entry(number, "error", error[4].strip(), at, content="" if "SSL" in error[2] else error[2])
    if CLOSED.search(text):
        return Entry(number, "error", text.strip(), at)
    verify = VERIFY.search(text)
    if verify:
        return Entry(number, "verify", verify[2].strip(), at)
    if "Handshake done" in text:
        return Entry(number, "done", text.strip(), at)
    if "Handshake start" in text:
        return Entry(number, "begin", text.strip(), at)
    state = STATE.search(text)
    if state is None:
        return None
    words = (state[2] or state[3] or state[4] or "").strip()
    role = {"SSL_accept": "server", "SSL_connect": "client"}.get(state[1] or "", "")
    return Entry(number, "begin" if words.startswith("before") else "state", words, at, content=role)
