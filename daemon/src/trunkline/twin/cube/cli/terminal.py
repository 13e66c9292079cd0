"""One SSH channel as a terminal: echo, line editing, paging, and output filters."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from trunkline.twin.cube.cli.filters import selector
from trunkline.twin.cube.faults import Faults

MORE = " --More-- "
WIPE = "\b" * len(MORE) + " " * (len(MORE) - 1) + "\b" * (len(MORE) - 1)


class Interrupted(Exception):  # noqa: N818 - a key, not an error
    """Ctrl-C."""


class Left(Exception):  # noqa: N818 - a key, not an error
    """Ctrl-Z: what was typed is done, then configuration mode is left. `line` is what was typed."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class Gone(Exception):  # noqa: N818 - the peer's doing
    """The other side closed the channel, or a fault cut it."""


@dataclass(frozen=True)
class Wire:
    """The two directions of a channel, and how wide the peer's window is."""

    receive: Callable[[], Awaitable[str]]
    send: Callable[[str], None]
    columns: int = 80


class ChannelTerminal:
    """Implements `trunkline.twin.cube.commands.Terminal`."""

    def __init__(self, user: str, wire: Wire, faults: Faults, line: int = 0) -> None:
        self.user, self.line = user, line
        self.length_lines, self.width_columns = 24, wire.columns
        self.is_monitoring = False
        self.has_timestamps = False
        self.on_input: Callable[[str], None] = lambda _line: None
        self._wire, self._faults = wire, faults
        self._typed, self._unsent = "", ""
        self._pending: list[str] = []
        self._select: Callable[[list[str]], list[str]] = lambda lines: lines

    def write(self, line: str = "") -> None:
        self._pending.append(line)

    def discard(self) -> None:
        """Ctrl-C: what was not printed yet never is."""
        self._pending.clear()

    def raw(self, text: str) -> None:
        """Without paging or filters; a fault may put a log line into the middle."""
        inside = self._faults.syslog_inside
        if inside is None:
            self._unsent += text
            return
        left, line = inside
        if len(text) < left:
            self._faults.syslog_inside = (left - len(text), line)
            self._unsent += text
            return
        self._faults.syslog_inside = None
        self._unsent += f"{text[:left]}\r\n{line}\r\n{text[left:]}"

    def _push(self) -> None:
        """What was printed since the last wait goes out together, as a router's TCP does it."""
        text, self._unsent = self._unsent, ""
        if text:
            self._wire.send(text)

    def log(self, line: str) -> None:
        """A syslog line: it comes whenever it comes."""
        if self.is_monitoring:
            self.tell(line)

    def tell(self, line: str) -> None:
        """A line that every session gets, whatever it is doing."""
        with contextlib.suppress(Gone):
            self.raw(f"\r\n{line}\r\n")
            self._push()

    async def ask(self, question: str) -> str:
        await self.flush()
        self.raw(question)
        return await self.read_line()

    async def read_line(self, *, is_echoed: bool = True, prompt: str = "") -> str:
        """A line as typed. CR, LF and CR LF each end it. Behind a prompt a long line scrolls."""
        await self.flush()
        line = ""
        while True:
            key = await self._key()
            if key in "\r\n":
                if key == "\r":
                    self._swallow("\n")
                self.raw("\r\n")
                self.on_input(line)
                return line
            edited = self._edited(line, key, is_echoed=is_echoed)
            if prompt and len(edited) > len(line):
                self._scroll(prompt, edited)
            line = edited

    def _scroll(self, prompt: str, line: str) -> None:
        """A line that reaches the end of the row is shown from further right, with a $ in front."""
        if self.width_columns and (len(prompt) + len(line)) % (self.width_columns - 1) == 0:
            tail = line[-20:]
            rest = " " * max(0, len(line) - len(tail) - 1)
            self.raw(f"\r{prompt}${tail}{rest}" + "\b" * len(rest))

    def _edited(self, line: str, key: str, *, is_echoed: bool) -> str:
        if key == "\x03":
            self.raw("\r\n")
            raise Interrupted
        if key == "\x1a":
            self.raw("^Z\r\n")
            raise Left(line)
        if key in "\x7f\b":
            if line and is_echoed:
                self.raw("\b \b")
            return line[:-1]
        if key in ("\x15", "\x00", "\x05", "\x01") or (not key.isprintable() and key != "\t"):
            return "" if key == "\x15" else line
        if is_echoed:
            self._echo(key, len(line))
        return line + key

    def _echo(self, key: str, position: int) -> None:
        garbled_from = self._faults.garbles_echo_after
        self.raw("?" if garbled_from is not None and position >= garbled_from else key)

    async def _key(self) -> str:
        while not self._typed:
            self._push()
            received = await self._wire.receive()
            if not received:
                raise Gone
            self._typed += received
        key, self._typed = self._typed[0], self._typed[1:]
        return key

    def _swallow(self, expected: str) -> None:
        if self._typed.startswith(expected):
            self._typed = self._typed[1:]

    def filtered_by(self, expression: str) -> None:
        """Pass the output of this command through `| …`. Raises ValueError for a filter that IOS does not know."""
        self._select = selector(expression)

    async def flush(self) -> None:
        """Print what the command has written so far, a page at a time."""
        lines, self._pending = self._select(self._pending), []
        room = self.length_lines - 1
        for line in lines:
            if self.length_lines and room == 0:
                room = await self._more()
                if room == 0:
                    break
            self.raw(f"{line}\r\n")
            room -= 1
        self._push()

    async def end_command(self) -> None:
        await self.flush()
        self._select = lambda lines: lines

    async def _more(self) -> int:
        """How many lines more: a page for a blank, one for Enter, none for q."""
        self.raw(MORE)
        key = await self._key()
        self.raw(WIPE)
        if key in ("q", "Q", "\x03"):
            return 0
        if key == "\r":
            self._swallow("\n")
        return 1 if key in "\r\n" else self.length_lines - 1
