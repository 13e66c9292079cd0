"""Configuration mode of one session: the sections entered, and what becomes of each line."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from trunkline.twin.cube.catalogue import COMMANDS
from trunkline.twin.cube.cli import policy
from trunkline.twin.cube.cli.terminal import ChannelTerminal
from trunkline.twin.cube.commands import Handler
from trunkline.twin.cube.config import grammar
from trunkline.twin.cube.config.matching import Match, Mismatch, Pattern, find
from trunkline.twin.cube.config.running import Entry
from trunkline.twin.cube.router import Router

Perform = Callable[[Match[Handler], bool], Awaitable[None]]
"""Runs a command that is executed, not stored; the second argument says whether `no` stood before it."""


@dataclass
class Editor:
    """`path` leads from the root to the section edited."""

    router: Router
    terminal: ChannelTerminal
    perform: Perform
    path: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.path = [self.router.running.root]

    @property
    def mode(self) -> str:
        """What stands in the prompt's parentheses."""
        section = self.path[-1].section
        return grammar.SECTIONS[section].prompt if section else "config"

    def leave_section(self) -> bool:
        """`exit`; False at the top, where it leaves configuration mode."""
        if len(self.path) == 1:
            return False
        self.path.pop()
        return True

    async def line(self, line: str) -> None:
        """One line that is neither `end` nor `exit` nor `do`. Raises Mismatch."""
        executed = await self._execute(line)
        if executed is None:
            return
        try:
            self._store(line)
        except Mismatch as mismatch:
            raise max(executed, mismatch, key=_depth) from None

    async def _execute(self, line: str) -> Mismatch | None:
        """Do a line that is executed rather than stored; returns why it is none."""
        negated = line.lower().startswith("no ")
        body = line[3:].lstrip() if negated else line
        offset = len(line) - len(body)
        try:
            match = find(_EXECUTED, body)
        except Mismatch as mismatch:
            return Mismatch(mismatch.kind, mismatch.column + offset)
        if negated != getattr(match.means, "only_no", False):
            return Mismatch("invalid")
        self.path = self.path[:1]
        await self.perform(match, negated)
        return None

    def _store(self, line: str) -> None:
        """Store a line in the section edited; a line that only the top level knows leaves the section, as in IOS."""
        first: Mismatch | None = None
        for depth in self._depths(line):
            if first and first.column and not self.router.running.knows(line):
                break  # the section knows the beginning: what only begins like something of the top is no way out
            try:
                self._enter(depth, line)
            except Mismatch as mismatch:
                first = first or mismatch
                continue
            return
        raise first or Mismatch("invalid")

    def _depths(self, line: str) -> tuple[int, ...]:
        """Where a line may belong. A section that takes every line would take those that lead to another section, too."""
        if len(self.path) == 1:
            return (1,)
        section = self.path[-1].section
        if grammar.SECTIONS[section].accepts_anything and self.router.running.opens_at_top(line):
            return (1,)
        return (len(self.path), 1)

    def _enter(self, depth: int, line: str) -> None:
        parent = self.path[depth - 1]
        written = self.router.running.written(parent, line)
        refused = policy.refusal(self.router, written)
        if refused:
            self._say(refused)
            return
        if re.search(self.router.faults.ignore or "$^", line):
            return
        effect = self.router.configure(parent, line)
        self.router.log_command(self.terminal.user, line.strip())
        self.path = [*self.path[:depth], *([effect.enters] if effect.enters else [])]
        self._say(policy.remark(self.router.train, written))

    def _say(self, lines: tuple[str, ...]) -> None:
        for line in lines:
            self.terminal.write(line)


def _depth(mismatch: Mismatch) -> tuple[int, bool]:
    """Of two complaints the one counts that got further."""
    return (mismatch.column, mismatch.kind != "invalid")


_EXECUTED = tuple(Pattern.of(entry.pattern, entry.handler) for entry in COMMANDS if entry.mode == "config")
