"""The session with a CUBE: privileged mode, configuration, certificates, save."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from trunkline.devices.cube.read.refusals import FOR_NOW, error_in, warnings_in
from trunkline.devices.cube.session import dialogs
from trunkline.devices.cube.session.access import CubeAccess
from trunkline.devices.cube.session.anchors import paste, paste_anchor
from trunkline.devices.cube.session.connecting import connect
from trunkline.devices.cube.session.conversing import converse, never
from trunkline.devices.cube.session.dialogs import Answer
from trunkline.devices.cube.session.exchange import Exchange
from trunkline.devices.cube.session.login import log_in
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused

NOT_AUTHORIZED = "Command authorization failed"


class CubeSession:
    """An open session in privileged mode. Not thread-safe. Every method raises DeviceUnreachable when the session dies."""

    def __init__(self, access: CubeAccess) -> None:
        self.access = access
        self.remarks: list[str] = []  # what IOS warned of while it did what it was told
        self._connection = connect(access)
        self._exchange = Exchange(self._connection, access.where, access.reply_timeout_seconds)
        try:
            self._is_paged = not log_in(self._exchange, access)
        except BaseException:
            self.close()
            raise

    @property
    def hostname(self) -> str:
        return self._exchange.prompts.hostname

    def ask(self, commands: Sequence[str]) -> list[str]:
        """The answers to exec commands that do not depend on each other: one write, one answer each.

        Where the CUBE would not switch its pager off, one after the other: a pager eats what is typed ahead.
        """
        if self._is_paged:
            return [answer for command in commands for answer in self._exchange.ask([command])]
        return self._exchange.ask(commands)

    def seconds_since(self, command: str) -> float:
        """How long ago a command was answered; 0 where this session did not ask it."""
        now = time.monotonic()
        return now - self._exchange.answered.get(command, now)

    def configure(self, lines: Sequence[str]) -> None:
        """Configuration lines, one by one; the first that is refused ends it, and configuration mode is left.

        Raises DeviceRefused with the line and the words of the CUBE.
        """
        with self._configuration():
            for number, line in enumerate(lines):
                try:
                    self._configure_line(line)
                except DeviceRefused as refused:
                    refused.is_untouched = number == 0
                    raise

    @contextmanager
    def _configuration(self) -> Iterator[None]:
        """Configuration mode, left on every path; a session that cannot leave it is closed, which leaves it too."""
        self._enter()
        try:
            yield
        finally:
            if self.is_alive:
                self._leave()

    def _enter(self) -> None:
        reply = self._exchange.send("configure terminal")
        if self._exchange.prompts.is_configuring(reply):
            return
        said = error_in(reply) or dialogs.last_line(reply)
        if not self._exchange.prompts.is_at_prompt(reply):
            self._exchange.interrupt()
        if NOT_AUTHORIZED in said:
            raise AccessRefused(
                f"cannot enter configuration mode on {self.access.where}: {self.access.username} may not do this; "
                "allow it in AAA authorization or raise the privilege level"
            )
        raise DeviceBusy(f"cannot enter configuration mode on {self.access.where}: {said}")

    def _leave(self) -> None:
        reply = self._exchange.send("end")
        if self._exchange.prompts.is_configuring(reply) or not self._exchange.prompts.is_at_prompt(reply):
            self.close()

    def _configure_line(self, line: str) -> None:
        reply = self._answering(line)
        problem = error_in(reply)
        if FOR_NOW.search(problem):
            raise DeviceBusy(f"cannot do `{line}` on {self.access.where} for now: the CUBE says `{problem}`")
        if problem:
            raise DeviceRefused(f"cannot do `{line}` on {self.access.where}: the CUBE says `{problem}`", (line, problem))
        self.remarks.extend(warnings_in(reply))

    def _answering(self, line: str) -> str:
        return converse(self._exchange, self.access.where, line, dialogs.answers_of(line))

    def converse(
        self, line: str, answers: Sequence[Answer], silence_seconds: float = 0, again: Callable[[str], bool] = never
    ) -> str:
        """A command of configuration mode that asks; everything that was printed. See `conversing.converse`."""
        with self._configuration(), self._exchange.patience(silence_seconds):
            return converse(self._exchange, self.access.where, line, answers, again)

    def order(self, line: str, answers: Sequence[Answer]) -> str:
        """A command of privileged mode that asks."""
        return converse(self._exchange, self.access.where, line, answers)

    def paste(self, command: str, pem: str) -> str:
        """Paste a certificate of the router's own key; what the CUBE says of it. A question is answered by Ctrl-C."""
        with self._configuration():
            reply = paste(self._exchange, self.access.where, command, pem)
            if not self._exchange.prompts.is_at_prompt(reply):
                self._exchange.interrupt()
            return reply

    def export(self, trustpoints: Sequence[str]) -> list[str]:
        """What `crypto pki export NAME pem terminal` prints for each: certificates only, never a key."""
        with self._configuration():
            return [self._answering(f"crypto pki export {name} pem terminal") for name in trustpoints]

    def authenticate(self, command: str, pem: str, fingerprints: dict[str, str]) -> None:
        """Paste a CA certificate; it stays only if every fingerprint that IOS prints is one computed here ("MD5", "SHA1")."""
        with self._configuration():
            paste_anchor(self._exchange, self.access.where, command, pem, fingerprints)

    def save(self) -> None:
        """`write memory`. Raises DeviceRefused where the CUBE does not say [OK]."""
        reply = self._answering("write memory")
        if not dialogs.SAVED.search(reply) or error_in(reply):
            said = error_in(reply) or " ".join(reply.split())[-120:]
            raise DeviceRefused(
                f"cannot save the configuration of {self.access.where}: the CUBE says `{said}`; "
                "see `dir nvram:` for room and who else writes",
                ("write memory", said),
            )

    @property
    def is_alive(self) -> bool:
        return self._connection.is_open

    def close(self) -> None:
        """End the session at once."""
        self._connection.end()
