"""Messages out of a stream: RFC 6587's octet counting, else one message a line, or up to a NUL (§3.4.2). Pure."""

import re
from dataclasses import dataclass

LONGEST_MESSAGE = 8192  # octets
MOST_COUNTED = 1 << 20  # a count beyond this is no syslog
COUNT = re.compile(rb"^([1-9]\d{0,8}) (?=<)")
ENDING = re.compile(rb"[\n\x00]")
PERHAPS_COUNT = re.compile(rb"^[1-9]\d{0,8} ?$")


class NotSyslog(ValueError):  # noqa: N818 - names what came
    """A count that no message has."""


@dataclass
class Framer:
    """What one connection has sent and is not told yet. Never holds more than a message and what came with it last."""

    too_long: int = 0  # messages that were thrown away, since the last `take`
    _rest: bytes = b""
    _left: int = 0  # octets of a counted message that is thrown away
    _is_skipping: bool = False  # until the end of the line

    def take(self, data: bytes) -> list[bytes]:
        """The messages that are complete now. Raises NotSyslog, after which nothing of the stream can be understood."""
        self.too_long = 0
        self._rest += data
        found: list[bytes] = []
        while (message := self._next()) is not None:
            if message.strip(b"\r\n\x00 "):
                found.append(message)
        return found

    @property
    def holds_message(self) -> bool:
        """Whether something waits for its end."""
        return bool(self._rest) and not (self._is_skipping or self._left or COUNT.match(self._rest))

    def flush(self) -> bytes:
        """A message that nothing ended: some devices send none but the next message behind it."""
        message, self._rest = self._rest, b""
        is_whole = not self._is_skipping and not self._left and not COUNT.match(message)
        return message.rstrip(b"\r\n\x00 ") if is_whole else b""

    def _next(self) -> bytes | None:
        if self._left:
            gone = min(self._left, len(self._rest))
            self._left, self._rest = self._left - gone, self._rest[gone:]
        if not self._rest or (not self._is_skipping and PERHAPS_COUNT.match(self._rest)):
            return None
        counted = None if self._is_skipping else COUNT.match(self._rest)
        return self._counted(int(counted[1]), counted.end()) if counted else self._line()

    def _counted(self, octets: int, begin: int) -> bytes | None:
        if octets > MOST_COUNTED:
            raise NotSyslog(octets)
        if octets > LONGEST_MESSAGE:
            self.too_long += 1
            self._left, self._rest = octets, self._rest[begin:]
            return b""
        if len(self._rest) < begin + octets:
            return None
        message, self._rest = self._rest[begin : begin + octets], self._rest[begin + octets :]
        return message

    def _line(self) -> bytes | None:
        ended = ENDING.search(self._rest)
        line, rest = (self._rest[: ended.start()], self._rest[ended.end() :]) if ended else (self._rest, b"")
        if not ended and len(line) <= LONGEST_MESSAGE:
            if self._is_skipping:
                self._rest = b""
            return None
        self._rest = rest
        was_skipping, self._is_skipping = self._is_skipping, not ended
        if was_skipping:
            return b""
        if len(line) > LONGEST_MESSAGE:
            self.too_long += 1
            return b""
        return line
