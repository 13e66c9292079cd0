"""One SSH channel as a terminal: echo, line editing, paging, and output filters."""

import re
from collections.abc import Awaitable, Callable

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


class ChannelTerminal:
    """Implements `trunkline.twin.cube.commands.Terminal`."""

    def __init__(self, user: str, receive: Callable[[], Awaitable[str]], send: Callable[[str], None]) -> None:
        self.user = user
        self.length_lines = 24
        self.is_monitoring = False
        self.on_input: Callable[[], None] = lambda: None
        self._receive, self._send = receive, send
        self._typed = ""
        self._pending: list[str] = []
        self._select: Callable[[list[str]], list[str]] = lambda lines: lines

    def write(self, line: str = "") -> None:
        self._pending.append(line)

    def raw(self, text: str) -> None:
        """Straight to the wire."""
        self._send(text)

    def log(self, line: str) -> None:
        """A syslog line: it comes whenever it comes."""
        if self.is_monitoring:
            self._send(f"\r\n{line}\r\n")

    async def ask(self, question: str) -> str:
        await self.flush()
        self._send(question)
        return await self.read_line()

    async def read_line(self, *, is_echoed: bool = True) -> str:
        """A line as typed. CR, LF and CR LF each end it."""
        await self.flush()
        line = ""
        while True:
            key = await self._key()
            if key in "\r\n":
                if key == "\r":
                    self._swallow("\n")
                self._send("\r\n")
                self.on_input()
                return line
            line = self._edited(line, key, is_echoed=is_echoed)

    def _edited(self, line: str, key: str, *, is_echoed: bool) -> str:
        if key == "\x03":
            self._send("\r\n")
            raise Interrupted
        if key == "\x1a":
            self._send("^Z\r\n")
            raise Left(line)
        if key in "\x7f\b":
            if line and is_echoed:
                self._send("\b \b")
            return line[:-1]
        if key in ("\x15", "\x00", "\x05", "\x01") or (not key.isprintable() and key != "\t"):
            return "" if key == "\x15" else line
        if is_echoed:
            self._send(key)
        return line + key

    async def _key(self) -> str:
        while not self._typed:
            received = await self._receive()
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
        for printed, line in enumerate(lines):
            if self.length_lines and printed and printed % (self.length_lines - 1) == 0 and not await self._more():
                return
            self._send(f"{line}\r\n")

    async def end_command(self) -> None:
        await self.flush()
        self._select = lambda lines: lines

    async def _more(self) -> bool:
        self._send(MORE)
        key = await self._key()
        self._send(WIPE)
        return key not in ("q", "Q", "\x03")


def selector(expression: str) -> Callable[[list[str]], list[str]]:
    """`include X`, `exclude X`, `begin X`, `section X`, `count X`; words may be abbreviated."""
    word, _, pattern = expression.strip().partition(" ")
    kinds = {"include": _include, "exclude": _exclude, "begin": _begin, "section": _section, "count": _count}
    found = [kind for kind in kinds if word and kind.startswith(word.lower())]
    if len(found) != 1 or not pattern.strip():
        raise ValueError(expression)
    compiled = re.compile(pattern.strip())
    return lambda lines: kinds[found[0]](lines, compiled)


def _include(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [line for line in lines if pattern.search(line)]


def _exclude(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [line for line in lines if not pattern.search(line)]


def _begin(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    start = next((position for position, line in enumerate(lines) if pattern.search(line)), len(lines))
    return lines[start:]


def _section(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    """A matching line with everything indented deeper below it."""
    kept, depth = [], -1
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if depth >= 0 and indent > depth:
            kept.append(line)
        elif pattern.search(line):
            kept.append(line)
            depth = indent
        else:
            depth = -1
    return kept


def _count(lines: list[str], pattern: re.Pattern[str]) -> list[str]:
    return [f"Number of lines which match regexp = {len(_include(lines, pattern))}"]
