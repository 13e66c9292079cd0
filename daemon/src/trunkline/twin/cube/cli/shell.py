"""One session: prompts, modes, and what happens to each line typed."""

import asyncio
import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from trunkline.twin.cube.catalogue import COMMANDS
from trunkline.twin.cube.cli.editor import Editor
from trunkline.twin.cube.cli.terminal import ChannelTerminal, Gone, Interrupted, Left
from trunkline.twin.cube.commands import Call, Handler
from trunkline.twin.cube.config.matching import Match, Mismatch, Pattern, find
from trunkline.twin.cube.rollback import Lock
from trunkline.twin.cube.router import Router, Session

LEAVING = ("exit", "end")
LONGEST_NAME = 20  # of a host in the prompts of configuration modes


class Closed(Exception):  # noqa: N818 - the wish to leave
    """`exit` in exec mode."""


@dataclass
class Shell:
    """The state of one session. `editor` exists in configuration mode only; `cut` ends the session from outside."""

    router: Router
    terminal: ChannelTerminal
    is_privileged: bool = False
    cut: Callable[[], None] = lambda: None
    editor: Editor | None = None
    _lock: Lock | None = field(default=None)

    @property
    def prompt(self) -> str:
        name = self.router.hostname
        if self.editor is None:
            return f"{name}{'#' if self.is_privileged else '>'}"
        return f"{name[:LONGEST_NAME]}({self.editor.mode})#"

    async def run(self) -> None:
        """Until the peer leaves."""
        session = Session(self.terminal.log, self.terminal.tell, self.cut)
        self.router.sessions.append(session)
        self.terminal.on_input = self._perhaps_drop
        try:
            self._greet()
            while True:
                await self._one()
        except (Gone, Closed):
            self.terminal.raw("\r\n")
        finally:
            self.router.sessions.remove(session)
            self._leave_configuration()

    def _greet(self) -> None:
        for line in self.router.faults.banner.splitlines():
            self.terminal.raw(f"{line}\r\n")

    def _perhaps_drop(self, line: str) -> None:
        faults = self.router.faults
        if faults.drop_at and re.search(faults.drop_at, line):
            faults.drop_at = ""
            raise Gone
        if faults.drop_after_lines is None:
            return
        faults.drop_after_lines -= 1
        if faults.drop_after_lines < 0:
            faults.drop_after_lines = None
            raise Gone

    async def _one(self) -> None:
        self.terminal.raw(self.prompt)
        if self.router.faults.repeats_prompt:
            self.terminal.raw(f"\r\n{self.prompt}")
        try:
            line = await self.terminal.read_line(prompt=self.prompt)
            await self.execute(line)
        except Interrupted:
            self.terminal.discard()
        except Left as left:
            if left.line.strip():
                await self.execute(left.line)
            self._leave_configuration()
        with contextlib.suppress(Interrupted):
            await self.terminal.end_command()

    async def execute(self, typed: str) -> None:
        """One line."""
        line, faults = typed.strip(), self.router.faults
        if not line or line.startswith("!"):
            return
        if faults.seconds_per_command:
            await asyncio.sleep(faults.seconds_per_command)
        if faults.syslog_before_answer:
            self.terminal.write(faults.syslog_before_answer.pop(0))
        refusal = next((error for pattern, error in faults.refuse.items() if re.search(pattern, line)), None)
        if refusal is not None:
            self.terminal.write(refusal)
        elif faults.denies_authorization and self.is_privileged and line not in LEAVING:
            self.terminal.write("Command authorization failed.")
            self.terminal.write()
        else:
            blanks = len(typed) - len(typed.lstrip())
            await self._dispatch(line, len(self.prompt) + blanks)

    async def _dispatch(self, line: str, column: int) -> None:
        try:
            if self.editor is None:
                await self._exec(line)
            else:
                await self._configure(self.editor, line)
        except Mismatch as mismatch:
            self._say_mismatch(mismatch, line, column)

    def _say_mismatch(self, mismatch: Mismatch, line: str, column: int) -> None:
        if mismatch.kind == "ambiguous":
            self.terminal.write(f'% Ambiguous command:  "{line}"')
        elif mismatch.kind == "incomplete":
            self.terminal.write("% Incomplete command.")
            self.terminal.write()
        elif mismatch.kind == "unknown":
            self.terminal.write(f'Translating "{line}"')
            self.terminal.write("% Unknown command or computer name, or unable to find computer address")
        else:
            self.terminal.write(" " * (column + mismatch.column) + "^")
            self.terminal.write("% Invalid input detected at '^' marker.")
            self.terminal.write()

    async def _exec(self, line: str, offset: int = 0) -> None:
        """An exec command, with its output filter. Raises Mismatch with columns of the whole line."""
        command, bar, expression = line.partition("|")
        try:
            if bar:
                self.terminal.filtered_by(expression)
        except (ValueError, re.error):
            raise Mismatch("invalid", offset + len(command) + 2) from None
        try:
            match = find(self._patterns(), command.strip())
        except Mismatch as mismatch:
            is_word = mismatch.kind == "invalid" and not offset and " " not in line and mismatch.column < len(line)
            raise Mismatch("unknown" if is_word else mismatch.kind, mismatch.column + offset) from None
        await self._perform(match, False)

    def _patterns(self) -> list[Pattern[Handler]]:
        modes = ("exec", "privileged") if self.is_privileged else ("exec",)
        return [Pattern.of(entry.pattern, entry.handler) for entry in COMMANDS if entry.mode in modes]

    async def _perform(self, match: Match[Handler], negated: bool) -> None:
        if self.terminal.has_timestamps and match.words[0] == "show":
            self.terminal.write("Load for five secs: 1%/0%; one minute: 2%; five minutes: 3%")
            self.terminal.write(f"Time source is NTP, {self.router.zone.clock(self.router.clock())}")
            self.terminal.write()
        call = Call(self.terminal, self.router, {**match.arguments, "words": " ".join(match.words)}, negated)
        verb = await match.means(call)
        if verb is not None:
            await self._session_verb(verb)

    async def _session_verb(self, verb: str) -> None:
        """What only the session itself can do, asked for by a command."""
        if verb == "exit":
            raise Closed
        if verb == "configure":
            self._enter_configuration()
        elif verb == "disable":
            self.is_privileged = False
        elif verb == "enable" and not self.is_privileged:
            await self._enable()

    async def _enable(self) -> None:
        wanted = self.router.identity.enable_password
        for _ in range(3):
            await self.terminal.flush()
            if wanted:
                self.terminal.raw("Password: ")
            if not wanted or await self.terminal.read_line(is_echoed=False) == wanted:
                self.is_privileged = True
                return
        self.terminal.write("% Bad secrets")
        self.terminal.write()

    def _enter_configuration(self) -> None:
        self.terminal.write("Enter configuration commands, one per line.  End with CNTL/Z.")
        self.editor = Editor(self.router, self.terminal, self._perform)
        if self.router.running.headers("configuration mode exclusive"):
            self._lock = self.router.lock = Lock(self.terminal.user, self.terminal.line, self.router.clock())

    async def _configure(self, editor: Editor, line: str) -> None:
        word = line.split(maxsplit=1)[0].lower()
        if word in ("ex", "exi") and len(editor.path) > 1:  # at the top level there are `exception` and others
            word = "exit"
        if word == "end" or (word == "exit" and not editor.leave_section()):
            self._leave_configuration()
        elif word == "do":
            rest = line[2:].lstrip()
            await self._exec(rest, len(line) - len(rest))
        elif word != "exit":
            await editor.line(line)

    def _leave_configuration(self) -> None:
        if self.editor is None:
            return
        self.editor = None
        if self._lock is not None and self.router.lock is self._lock:
            self.router.lock = None
        user, line = self.terminal.user, self.terminal.line
        self.router.left_configuration(user)
        self.router.syslog(f"%SYS-5-CONFIG_I: Configured from console by {user} on vty{line} (127.0.0.1)")
