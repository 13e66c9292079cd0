"""Where an answer ends: prompts anchored to the name that was seen at login. Pure."""

import re

from trunkline.devices.cube.read.output import LOG_LINE, has_logs, without_logs
from trunkline.devices.cube.session import dialogs

EXEC_PROMPT = re.compile(r"(?:^|\n)([^\s>#()]{1,63})([>#]) ?$")
PASSWORD = re.compile(r"[Pp]assword:\s*$")
LONGEST_IN_CONFIGURATION = 20  # IOS cuts the name to so many characters in the prompts of configuration modes
TAIL = 1024  # no prompt and no question is longer, with the syslog lines behind it
PAGER = " --More-- "


def without_log_tail(text: str) -> str:
    """The end of a text without syslog lines that were printed behind or inside of the prompt."""
    tail = text[-TAIL:]
    if "%" not in tail or not has_logs(tail):
        return tail
    kept = list(without_logs(tail.split("\n")))
    while kept and not kept[-1].strip() and len(kept) > 1:
        kept.pop()
    return "\n".join(kept)


class Prompts:
    """The prompts of one router."""

    def __init__(self, hostname: str) -> None:
        self.hostname = hostname
        short = re.escape(hostname[:LONGEST_IN_CONFIGURATION])
        rest = re.escape(hostname[LONGEST_IN_CONFIGURATION:])
        name = rf"(?:^|\n){short}(?:{rest})?"
        self._exec = re.compile(rf"^{re.escape(hostname)}#", re.MULTILINE)
        self._any = re.compile(rf"{name}(?:\([\w-]+\))?# ?$")
        self._configuring = re.compile(rf"{name}\([\w-]+\)# ?$")

    def is_at_prompt(self, text: str) -> bool:
        return bool(self._any.search(without_log_tail(text)))

    def is_configuring(self, text: str) -> bool:
        """In configuration mode or below it."""
        return bool(self._configuring.search(without_log_tail(text)))

    def is_over(self, text: str) -> bool:
        """At a prompt or a question."""
        tail = without_log_tail(text)
        return bool(self._any.search(tail)) or bool(dialogs.QUESTION.search(tail))

    def end_of_answer(self, text: str, start: int, following: str | None) -> tuple[int, int] | None:
        """Where the exec prompt behind an answer begins and ends; None while it has not come.

        `following` is the next command already sent: its echo must stand behind the prompt, else the text is part of the
        answer. Behind the last answer nothing may stand.
        """
        for found in self._exec.finditer(text, start):
            behind = text[found.end() : found.end() + TAIL + len(following or "")]
            if following is None:
                if not without_log_tail(behind).strip():
                    return found.span()
            elif _squeezed(behind).lstrip().startswith(following):
                return found.span()
        return None


def _squeezed(text: str) -> str:
    """A line that syslog cut into pieces, put together again."""
    if "%" not in text:
        return text
    pieces = text.split("\n")
    kept = [piece for piece in pieces if not LOG_LINE.match(piece)]
    return text if len(kept) == len(pieces) else "".join(kept)


def end_of_echo(sent: str, printed: str) -> int | None:
    """Where the echo of a line ends. None while it has not come; raises ValueError where something else was echoed.

    Syslog lines may stand in front of the echo or cut it into pieces.
    """
    at, seen = 0, ""
    for line in printed.split("\n"):
        start, at = at, at + len(line) + 1
        if LOG_LINE.match(line):
            continue
        seen += line
        found = seen.find(sent)
        if found >= 0:
            behind = len(seen) - found - len(sent)
            return start + len(line) - behind
        if at <= len(printed) and seen.strip() and not has_logs(printed):
            raise ValueError(line)
    return None
