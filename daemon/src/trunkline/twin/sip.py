"""As much of SIP as a TLS trunk needs to prove itself: OPTIONS and its answers, over a stream (RFC 3261)."""

import asyncio
import secrets
from dataclasses import dataclass, field

COPIED_HEADERS = ("via", "from", "to", "call-id", "cseq")


@dataclass(frozen=True)
class Message:
    """A request or a response: the first line, the headers in order, the body."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def method(self) -> str:
        """The request's method; empty for a response."""
        return "" if self.start.startswith("SIP/") else self.start.split(" ", 1)[0]

    @property
    def status(self) -> int:
        """The response's status; 0 for a request."""
        return int(self.start.split(" ")[1]) if self.start.startswith("SIP/") else 0

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def encode(self) -> bytes:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(frozen=True)
class Ends:
    """Who asks whom, as SIP shall name them."""

    local: str
    remote: str
    port: int = 5061
    local_port: int = 5061
    agent: str = "trunkline lab"
    extra: tuple[tuple[str, str], ...] = field(default=())


def options(ends: Ends) -> Message:
    """An OPTIONS request."""
    branch, tag, call_id = secrets.token_hex(8), secrets.token_hex(4), secrets.token_hex(8)
    return Message(
        f"OPTIONS sip:{ends.remote}:{ends.port};transport=tls SIP/2.0",
        (
            ("Via", f"SIP/2.0/TLS {ends.local}:{ends.local_port};branch=z9hG4bK{branch}"),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{ends.local}>;tag={tag}"),
            ("To", f"<sip:{ends.remote}>"),
            ("Call-ID", f"{call_id}@{ends.local}"),
            ("CSeq", "101 OPTIONS"),
            ("Contact", f"<sip:{ends.local}:{ends.local_port};transport=tls>"),
            ("User-Agent", ends.agent),
            *ends.extra,
        ),
    )


REASONS = {200: "OK", 403: "Forbidden", 405: "Method Not Allowed", 503: "Service Unavailable"}


def answer(request: Message, status: int, agent: str) -> Message:
    """The response to a request: Via, From, To, Call-ID and CSeq are copied, To gets a tag (RFC 3261 §8.2.6)."""
    headers = []
    for name, value in request.headers:
        if name.lower() not in COPIED_HEADERS:
            continue
        is_untagged_to = name.lower() == "to" and ";tag=" not in value
        headers.append((name, f"{value};tag={secrets.token_hex(4)}" if is_untagged_to else value))
    if status == 200:
        headers += [("Allow", "INVITE, OPTIONS, BYE, CANCEL, ACK, PRACK, UPDATE, REFER"), ("Accept", "application/sdp")]
        headers += [("Supported", "timer,replaces"), ("Server", agent)]
    return Message(f"SIP/2.0 {status} {REASONS[status]}", tuple(headers))


async def read(stream: asyncio.StreamReader) -> Message | None:
    """The next message; None at the end of the stream. Raises ValueError for bytes that are not SIP."""
    try:
        head = await stream.readuntil(b"\r\n\r\n")
        while head == b"\r\n\r\n":  # a keepalive (RFC 5626)
            head = await stream.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    except asyncio.LimitOverrunError as error:
        raise ValueError("a SIP header is too long") from error
    lines = head.decode("utf-8", "replace").strip("\r\n").split("\r\n")
    if "SIP/2.0" not in lines[0]:
        raise ValueError("this is not SIP")
    headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:]))
    length = next((int(value) for name, value in headers if name.lower() in ("content-length", "l")), 0)
    kept = tuple((name, value) for name, value in headers if name.lower() not in ("content-length", "l"))
    return Message(lines[0], kept, await stream.readexactly(length) if length else b"")
