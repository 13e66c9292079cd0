"""The handshakes of a transcript as values: who sent which message, and what both ends and the log say of the failure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from trunkline.health.transcript.names.reasons import cause_of_words
from trunkline.health.transcript.names.registries import HANDSHAKE_TYPES, VERSIONS, named
from trunkline.health.transcript.reading.entries import Entry
from trunkline.health.transcript.reading.syslog import Failure
from trunkline.health.transcript.records.messages import Facts, alert, decoded
from trunkline.health.transcript.records.traces_told import facts_told
from trunkline.model.handshake import Reason

Side = Literal["", "client", "server"]
Source = Literal["bytes", "words", "state"]
MOST_TOGETHER = 16
"""Messages that are looked for in one entry: a server's first flight has six."""
LONGEST_EMPTY = 8
"""Bytes of a Certificate message without a certificate, in TLS 1.3 (RFC 8446 §4.4.2)."""
ALERT, CHANGE_CIPHER = "Alert", "ChangeCipherSpec"


@dataclass(frozen=True)
class Message:
    """One message. `length` and `present` in bytes; of `data` only what is there before the first gap."""

    line: int
    at: str
    direction: str
    name: str
    facts: Facts
    source: Source = "bytes"
    length: int = 0
    present: int = 0
    data: bytes = b""
    record_version: str = ""
    version: str = ""  # that the recording end spoke then; empty where it is not told

    @property
    def is_cut(self) -> bool:
        return self.source == "bytes" and self.present != self.length

    def is_echo_of(self, other: "Message") -> bool:
        """Whether both tell of the same alert."""
        return other.source != "state" and (self.direction, self.name, self.facts) == (other.direction, other.name, other.facts)

    @property
    def is_fatal(self) -> bool:
        return self.name == ALERT and self.facts.alert_level == "fatal"


@dataclass
class Handshake:
    """One handshake as the recording end saw it; `role` is that end's, empty where nothing tells it."""

    role: Side = ""
    recorder: str = ""
    messages: list[Message] = field(default_factory=list)
    errors: list[Entry] = field(default_factory=list)
    verify_errors: list[Entry] = field(default_factory=list)
    failure: Failure | None = None
    first_line: int = 0
    last_line: int = 0
    first_at: str = ""
    last_at: str = ""
    last_state: str = ""
    is_done: bool = False
    is_mixed: bool = False  # lines of several handshakes stand together, and which belongs to which is a guess

    def touch(self, line: int, at: str) -> None:
        self.first_line = self.first_line or line
        self.last_line = line
        self.first_at = self.first_at or at
        self.last_at = at or self.last_at

    def sender(self, message: Message) -> Side:
        """Who sent it; empty where the recording end's role is not known."""
        if not self.role or not message.direction:
            return ""
        other: Side = "client" if self.role == "server" else "server"
        return self.role if message.direction == "sent" else other

    def has(self, name: str, direction: str) -> bool:
        return any(message.name == name and message.direction == direction for message in self.messages)

    def first(self, name: str) -> Message | None:
        return next((message for message in self.messages if message.name == name), None)

    def certificate_of(self, side: Side) -> Message | None:
        return next((m for m in self.messages if m.name == "Certificate" and side and self.sender(m) == side), None)

    @property
    def version(self) -> str:
        """The version that both speak; empty before a ServerHello named it."""
        hello = self.first("ServerHello")
        return hello.facts.version if hello else ""

    @property
    def is_resumed(self) -> bool:
        """An earlier session went on, and no certificate was shown: RFC 5246 §7.3, RFC 5077 §3.4, RFC 8446 §2.2."""
        if self.version == "TLS 1.3":
            return any(m.name == "ServerHello" and "pre_shared_key" in m.facts.extensions for m in self.messages)
        asked, taken = self.first("ClientHello"), self.first("ServerHello")
        return bool(asked and taken and taken.facts.session and asked.facts.session == taken.facts.session)

    def presented(self, side: Side) -> bool | None:
        """Whether an end presented a certificate; None where only its answer to a request for one is told, not what it was."""
        message = self.certificate_of(side)
        if message is None or message.facts.has_no_certificate:
            return False
        is_proven = any(m.name == "CertificateVerify" and self.sender(m) == side for m in self.messages)
        is_long = message.source == "bytes" and message.length > LONGEST_EMPTY
        return True if message.facts.certificates or is_proven or is_long or side == "server" else None

    @property
    def was_closed(self) -> bool:
        """The recording end found that the other had closed the connection."""
        return any(cause_of_words(error.text) is Reason.CLOSED for error in self.errors)

    @property
    def fatal(self) -> Message | None:
        """The alert by which one end refused. That by which OpenSSL 3 answers an end of the stream is none (ssl3_read_n in
        ssl/record/rec_layer_s3.c): nobody is there any more to read it.
        """
        mute = ("sent", "decode_error") if self.was_closed else None
        return next((one for one in self.messages if one.is_fatal and (one.direction, one.facts.alert) != mute), None)

    @property
    def is_complete(self) -> bool:
        finished = self.has("Finished", "sent") and self.has("Finished", "received")
        was_refused = any(" alert " in error.text for error in self.errors)  # states name no alert of TLS 1.3
        return (self.is_done or finished) and self.fatal is None and self.failure is None and not was_refused


def parts(entry: Entry, version: str) -> Iterator[Message]:
    """The messages of one entry: OpenSSL before 1.1 shows those that were sent together as one."""
    if entry.content == ALERT or entry.text.startswith(("fatal ", "warning ")):
        yield _message(entry, ALERT, alert(entry.data, entry.text))
    elif entry.told:
        yield _message(entry, entry.text, facts_told(entry.text, entry.told), "words")
    elif entry.content == CHANGE_CIPHER:
        yield _message(entry, CHANGE_CIPHER, Facts())
    elif entry.content in ("Handshake", "") and (entry.text or entry.data):
        yield from _handshake_messages(entry, version)


def _message(entry: Entry, name: str, facts: Facts, source: Source = "bytes") -> Message:
    source = "words" if entry.told else source
    return Message(
        entry.line,
        entry.at,
        entry.direction,
        name,
        facts,
        source,
        entry.length,
        entry.present,
        entry.data,
        entry.record_version,
        _said(entry, name),
    )


def _handshake_messages(entry: Entry, version: str) -> Iterator[Message]:
    data, left, present = entry.data, entry.length, entry.present
    name = entry.text or "a message without a name"
    for number in range(MOST_TOGETHER):
        whole = 4 + int.from_bytes(data[1:4], "big") if len(data) >= 4 else left
        if len(data) >= 4 and (data[0] in HANDSHAKE_TYPES or number):
            name = named(data[0], HANDSHAKE_TYPES)
        length = min(whole, left) if left > whole else left
        piece = data[:length]
        is_last = len(data) - length < 4 or entry.is_cut or number == MOST_TOGETHER - 1
        here = present if is_last else length
        facts = decoded(name, piece, version or _said(entry, name))
        record = entry.record_version or next((f"{code:04x}" for code, text in VERSIONS.items() if text == entry.version), "")
        yield Message(
            entry.line, entry.at, entry.direction, name, facts, "bytes", length, here, piece, record, _said(entry, name)
        )
        data, left, present = data[length:], left - length, present - length
        if is_last:
            return


def _said(entry: Entry, name: str) -> str:
    """The version that the line names; of a ClientHello that is what OpenSSL could speak, not what is spoken."""
    return entry.version if name != "ClientHello" and entry.version in VERSIONS.values() else ""
