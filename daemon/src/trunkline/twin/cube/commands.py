"""What a command of the simulated CUBE is: a pattern, the mode that it belongs to, and what it does.

Handlers register themselves with `command`; the shell finds them by prefix as IOS does. A pattern is keywords, which may be
abbreviated, and arguments: `<name>` is one word, `<rest...>` the rest of the line.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from trunkline.twin.cube.config.matching import Mismatch

if TYPE_CHECKING:
    from trunkline.twin.cube.router import Router


class Terminal(Protocol):
    """The other side of a session: what a handler may print and ask."""

    user: str
    line: int  # vty number
    length_lines: int
    width_columns: int
    is_monitoring: bool
    has_timestamps: bool  # `exec prompt timestamp`

    async def flush(self) -> None:
        """Send what was written so far."""

    def write(self, line: str = "") -> None:
        """Print one line; the end of line is added. Paging and output filters are applied behind it."""

    async def ask(self, question: str) -> str:
        """Print `question` without an end of line, as IOS does, and return the line typed, without its end."""

    async def read_line(self) -> str:
        """Read one line without a prompt (paste mode); it is echoed."""


@dataclass(frozen=True)
class Call:
    """One command as typed: the arguments by name, already expanded, and whether `no` stood before it."""

    terminal: Terminal
    router: "Router"
    arguments: Mapping[str, str]
    negated: bool = False

    def number(self, name: str) -> int:
        """An argument that must be a number. Raises Mismatch for another word, pointing at it."""
        text = self.arguments[name]
        if not text.isdigit():
            raise Mismatch("invalid", self.arguments["words"].index(text))
        return int(text)


Handler = Callable[[Call], Awaitable[str | None]]
"""May return a verb that only the session can do: "exit", "enable", "disable", "configure"."""


@dataclass(frozen=True)
class Command:
    """A registered command."""

    pattern: str
    mode: str  # "exec" (user and privileged), "privileged", "config", or the name of a sub-mode such as "ca-trustpoint"
    handler: Handler


COMMANDS: list[Command] = []


def command(pattern: str, mode: str = "privileged") -> Callable[[Handler], Handler]:
    """Register the decorated coroutine as the handler of `pattern` in `mode`."""

    def register(handler: Handler) -> Handler:
        COMMANDS.append(Command(pattern, mode, handler))
        return handler

    return register
