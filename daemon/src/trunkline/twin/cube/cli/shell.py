"""One session: prompts, modes, and what happens to each line typed."""

import asyncio
import contextlib
import re
from dataclasses import dataclass, field

from trunkline.twin.cube.cli.terminal import ChannelTerminal, Gone, Interrupted, Left
from trunkline.twin.cube.commands import COMMANDS, Call, Handler
from trunkline.twin.cube.config import grammar
from trunkline.twin.cube.config.matching import Match, Mismatch, Pattern, find
from trunkline.twin.cube.config.running import Entry
from trunkline.twin.cube.router import Router

WEAK_TLS = re.compile(r"transport tcp tls v1\.[01]( minimum)?$")
SECURE_MODE_REFUSAL = (
    "%Error:Insecure configurations are not permitted in secure mode. "
    "Configure 'system mode insecure' to allow insecure configurations.",
    "%ERROR: Security policy check failed, configuration can't be applied",
)
BIND_REFUSAL = "Error: You cannot change the interface binding for a dial-peer that is processing live traffic."
LICENSE_REFUSAL = (
    "Error: CUBE SIP trunk licensing is now based on dynamic session counting. "
    "Static license capacity configuration has been deprecated."
)
LEAVING = ("exit", "end")


class Closed(Exception):  # noqa: N818 - the wish to leave
    """`exit` in exec mode."""


@dataclass
class Shell:
    """The state of one session. `path` is empty outside configuration mode; its last entry is the section edited."""

    router: Router
    terminal: ChannelTerminal
    is_privileged: bool = False
    path: list[Entry] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        name = self.router.hostname
        if not self.path:
            return f"{name}{'#' if self.is_privileged else '>'}"
        section = self.path[-1].section
        return f"{name}({grammar.SECTIONS[section].prompt if section else 'config'})#"

    @property
    def modes(self) -> tuple[str, ...]:
        if self.path:
            return ("config",)
        return ("exec", "privileged") if self.is_privileged else ("exec",)

    async def run(self) -> None:
        """Until the peer leaves."""
        self.router.log_listeners.append(self.terminal.log)
        self.terminal.on_input = self._count_line
        try:
            while True:
                await self._one()
        except (Gone, Closed):
            self.terminal.raw("\r\n")
        finally:
            self.router.log_listeners.remove(self.terminal.log)
            if self.path:
                self._leave_configuration()

    def _count_line(self) -> None:
        faults = self.router.faults
        if faults.drop_after_lines is None:
            return
        faults.drop_after_lines -= 1
        if faults.drop_after_lines < 0:
            faults.drop_after_lines = None
            raise Gone

    async def _one(self) -> None:
        self.terminal.raw(self.prompt)
        try:
            line = await self.terminal.read_line()
            await self.execute(line)
        except Interrupted:
            self.terminal.write()
        except Left as left:
            if left.line.strip():
                await self.execute(left.line)
            self._leave_configuration()
        with contextlib.suppress(Interrupted):
            await self.terminal.end_command()

    async def execute(self, typed: str) -> None:
        """One line."""
        line = typed.strip()
        if not line or line.startswith("!"):
            return
        faults = self.router.faults
        if faults.seconds_per_command:
            await asyncio.sleep(faults.seconds_per_command)
        if faults.syslog_before_answer:
            self.terminal.write(faults.syslog_before_answer.pop(0))
        refusal = next((error for pattern, error in faults.refuse.items() if re.search(pattern, line)), None)
        if refusal is not None:
            self.terminal.write(refusal)
        elif faults.denies_authorization and line not in LEAVING:
            self.terminal.write("Command authorization failed.")
            self.terminal.write()
        else:
            await self._dispatch(typed.lstrip(), len(self.prompt) + len(typed) - len(typed.lstrip()))

    async def _dispatch(self, line: str, column: int) -> None:
        command, _, output_filter = line.partition("|") if not self.path else (line, "", "")
        try:
            if output_filter:
                self.terminal.filtered_by(output_filter)
        except (ValueError, re.error):
            self._say_mismatch(Mismatch("invalid", line.index("|") + 2), line, column)
            return
        try:
            if self.path:
                await self._configure(line.strip())
            else:
                await self._exec(command.strip())
        except Mismatch as mismatch:
            self._say_mismatch(mismatch, line, column)

    def _say_mismatch(self, mismatch: Mismatch, line: str, column: int) -> None:
        if mismatch.kind == "ambiguous":
            self.terminal.write(f'% Ambiguous command:  "{line}"')
        elif mismatch.kind == "incomplete":
            self.terminal.write("% Incomplete command.")
            self.terminal.write()
        else:
            self.terminal.write(" " * (column + mismatch.column) + "^")
            self.terminal.write("% Invalid input detected at '^' marker.")
            self.terminal.write()

    async def _exec(self, line: str) -> None:
        match = find(_patterns(self.modes), line)
        await self._call(match, negated=False)

    async def _call(self, match: Match[Handler], *, negated: bool) -> None:
        call = Call(self.terminal, self.router, {**match.arguments, "words": " ".join(match.words)}, negated)
        verb = await match.means(call)
        if verb is not None:
            await self._session_verb(verb)

    async def _session_verb(self, verb: str) -> None:
        """What only the session itself can do, asked for by a command."""
        if verb == "exit":
            raise Closed
        if verb == "configure":
            self.terminal.write("Enter configuration commands, one per line.  End with CNTL/Z.")
            self.path = [self.router.running.root]
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

    async def _configure(self, line: str) -> None:
        word = line.split(maxsplit=1)[0].lower()
        if word == "end" or (word == "exit" and len(self.path) == 1):
            self._leave_configuration()
        elif word == "exit":
            self.path.pop()
        elif word == "do":
            await self._exec(line[2:].strip())
        elif not await self._registered(line):
            self._configuration_line(line)

    async def _registered(self, line: str) -> bool:
        """A command that is executed rather than stored (crypto pki …)."""
        negated = line.lower().startswith("no ")
        body = line[3:].strip() if negated else line
        if not body.lower().startswith("cr"):
            return False
        try:
            match = find(_patterns(("config",)), body)
        except Mismatch:
            return False
        if negated and not getattr(match.means, "takes_no", False):
            return False
        if not negated and getattr(match.means, "only_no", False):
            return False
        self.path = self.path[:1]
        await self._call(match, negated=negated)
        return True

    def _configuration_line(self, line: str) -> None:
        """Store a line in the section edited; a line that only a section further out knows leaves to it, as in IOS."""
        if self._refuses(line):
            return
        first: Mismatch | None = None
        for depth in (len(self.path), 1) if len(self.path) > 1 else (1,):
            parent = self.path[depth - 1]
            try:
                if not re.search(self.router.faults.ignore or "$^", line):
                    effect = self.router.configure(parent, line)
                    self.path = [*self.path[:depth], *([effect.enters] if effect.enters else [])]
            except Mismatch as mismatch:
                first = first or mismatch
                continue
            self._remark(line)
            return
        raise first or Mismatch("invalid")

    def _refuses(self, line: str) -> bool:
        train = self.router.train
        words = " ".join(line.lower().split())
        is_bind = re.match(r"(no )?(voice-class sip )?bind (control|media|all)\b", words)
        if is_bind and self.router.live_calls:
            self.terminal.write(BIND_REFUSAL)
            return True
        if words.startswith("mode border-element license capacity") and not train.has_license_capacity:
            self.terminal.write(LICENSE_REFUSAL)
            return True
        if WEAK_TLS.match(words) and train.refuses_weak_tls:
            for refusal in SECURE_MODE_REFUSAL:
                self.terminal.write(refusal)
            return True
        return False

    def _remark(self, line: str) -> None:
        if line.lower().startswith("mode border-element"):
            self.terminal.write("You need to save and reload the router for this configuration change to be effective.")
        if WEAK_TLS.match(line) and self.router.train.warns_of_weak_tls:
            self.terminal.write(
                f"SECURITY WARNING - Module: SIPUA, Command: {line}, Reason: Insecure TLS version, "
                "Remediation: Configure TLS version 1.2 or higher"
            )

    def _leave_configuration(self) -> None:
        if not self.path:
            return
        self.path = []
        self.router.left_configuration(self.terminal.user)
        self.router.syslog(f"%SYS-5-CONFIG_I: Configured from console by {self.terminal.user} on vty0 (127.0.0.1)")


def _patterns(modes: tuple[str, ...]) -> list[Pattern[Handler]]:
    return [Pattern.of(entry.pattern, entry.handler) for entry in COMMANDS if entry.mode in modes]
