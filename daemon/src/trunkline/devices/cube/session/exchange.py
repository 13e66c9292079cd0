"""Lines out, answers in: every exchange begins behind a prompt that was seen and ends with the next one."""

import codecs
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from trunkline.devices.cube.read.output import typed_out
from trunkline.devices.cube.session.prompts import PAGER, Prompts, end_of_echo
from trunkline.model.errors import DeviceUnreachable

INTERRUPT = "\x03"
LOOK_BACK = 2048
LONGEST_ANSWER = 10  # in reply timeouts: an old router prints a long configuration slowly, but something comes all the time
# Of prompts, questions and lines. An echo may come letter by letter: in between nothing needs to be looked for.
ENDINGS = ("#", ">", ":", "]", "?", "\n")


class Connection(Protocol):
    """What an exchange needs of SSH."""

    def write_channel(self, out_data: str) -> None: ...

    def receive(self, seconds: float) -> bytes: ...

    @property
    def is_open(self) -> bool: ...

    def end(self) -> None: ...


class Exchange:
    """Not thread-safe. Every method raises DeviceUnreachable when the session dies or an answer cannot be told apart."""

    def __init__(self, connection: Connection, where: str, reply_timeout_seconds: float) -> None:
        self._connection, self._where = connection, where
        self._timeout_seconds = reply_timeout_seconds
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.prompts = Prompts("")
        self.buffer = ""
        self.answered: dict[str, float] = {}  # commands, with when their last answer was complete, by `time.monotonic`

    def ask(self, commands: Sequence[str]) -> list[str]:
        """The answers to exec commands that do not depend on each other: one write, one answer each."""
        self.buffer = ""
        self.write("".join(f"{command}\n" for command in commands))
        answers = []
        for command, following in zip(commands, [*commands[1:], None], strict=True):
            answers.append(self._answer(command, following))
            self.answered[command] = time.monotonic()
        return answers

    def _answer(self, command: str, following: str | None) -> str:
        echo: int | None = None
        scanned = 0
        end: tuple[int, int] | None = None

        def is_over(text: str) -> bool:
            nonlocal echo, scanned, end
            if echo is None:
                echo = scanned = self._end_of_echo(command, text) or 0
                echo = echo or None
            if echo is None:
                return False
            end = self.prompts.end_of_answer(text, scanned, following)
            # what was looked through is not looked through again, except for a prompt that is still coming in
            scanned = max(text.rfind("\n", echo, max(len(text) - LOOK_BACK, echo)), scanned)
            return end is not None

        text = self.until(is_over, keep=True)
        assert echo is not None and end is not None  # noqa: S101 - that is what was waited for
        self.buffer = text[end[1] :]
        return typed_out(text[echo : end[0]].removeprefix("\n"))

    def send(self, line: str, until: Callable[[str], bool] | None = None) -> str:
        """One line, and what is printed behind its echo up to the next prompt, question, or what else is waited for."""
        self.buffer = ""
        self.write(f"{line}\n")
        echo: int | None = None

        def is_over(text: str) -> bool:
            nonlocal echo
            if echo is None:
                echo = self._end_of_echo(line, text)
            if echo is None:
                return False
            printed = text[echo:]
            return self.prompts.is_over(printed) or bool(until and until(printed))

        return typed_out(self.until(is_over)[echo:])

    def _end_of_echo(self, sent: str, text: str) -> int | None:
        try:
            return end_of_echo(sent, text)
        except ValueError as error:
            self._connection.end()
            raise DeviceUnreachable(
                f"cannot follow {self._where}: the echo of `{sent}` is not what was sent; the session was closed, "
                "the next pass looks what happened"
            ) from error

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Silence of so many seconds is borne."""
        before, self._timeout_seconds = self._timeout_seconds, max(seconds, self._timeout_seconds)
        try:
            yield
        finally:
            self._timeout_seconds = before

    def interrupt(self) -> str:
        """Ctrl-C, and wait for a prompt."""
        self.buffer = ""
        self.write(INTERRUPT)
        return self.until(self.prompts.is_at_prompt)

    def write(self, text: str) -> None:
        try:
            self._connection.write_channel(text)
        except (OSError, EOFError) as error:
            raise self._died() from error

    def until(self, is_over: Callable[[str], bool], *, keep: bool = False) -> str:
        """Wait until `is_over` of all that came. Blocks on the channel."""
        deadline = time.monotonic() + LONGEST_ANSWER * self._timeout_seconds
        while not (self.buffer.rstrip(" ").endswith(ENDINGS) and is_over(self.buffer)):
            self._take(min(self._timeout_seconds, deadline - time.monotonic()))
        text = self.buffer
        if not keep:
            self.buffer = ""
        return text

    def _take(self, seconds: float) -> None:
        try:
            received = self._connection.receive(max(seconds, 0.001))
        except TimeoutError as error:
            self._connection.end()
            raise DeviceUnreachable(
                f"cannot follow {self._where}: no prompt came within {self._timeout_seconds:.0f} s"
            ) from error
        except (OSError, EOFError) as error:
            raise self._died() from error
        if not received:
            raise self._died()
        self.buffer += self._decoder.decode(received).replace("\r", "")
        if self.buffer.endswith(PAGER):  # it was not switched off; readers see what a terminal would show
            self.write(" ")

    def _died(self) -> DeviceUnreachable:
        self._connection.end()
        return DeviceUnreachable(f"cannot go on with {self._where}: the session was closed; the next pass looks what happened")
