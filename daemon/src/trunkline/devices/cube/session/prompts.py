"""Where an answer ends: prompts anchored to the name that was seen at login. Pure."""

import re
from collections.abc import Iterator

from trunkline.devices.cube.read.output import LOG_LINE, has_logs, without_logs
from trunkline.devices.cube.session import dialogs

EXEC_PROMPT = re.compile(r"(?:^|\n)([A-Za-z0-9][\w.-]{0,62})([>#]) ?$")
BARE_PROMPT = re.compile(r"[\w.-]+(?:\([\w-]+\))?[>#] ?")  # one that came twice
PASSWORD = re.compile(r"[Pp]assword:\s*$")
LONGEST_IN_CONFIGURATION = 20  # IOS cuts the name to so many characters in the prompts of configuration modes
TAIL = 1024  # no prompt and no question is longer, with the syslog lines behind it
PAGER = " --More-- "


def tails(text: str) -> tuple[str, ...]:
    """The end of a text; where syslog lines fell into it, without them: once as between lines, once as inside of a line."""
    tail = text[-TAIL:]
    if "%" not in tail or not has_logs(tail):
        return (tail,)
    between = list(without_logs(tail.split("\n")))
    while len(between) > 1 and not between[-1].strip():
        between.pop()
    return ("\n".join(between), squeezed(tail))


def squeezed(text: str) -> str:
    """Lines that syslog lines cut into pieces, put together again."""
    if "%" not in text:
        return text
    kept, is_cut = "", True
    for line in text.split("\n"):
        if LOG_LINE.match(line):
            is_cut = True
            continue
        kept += line if is_cut else f"\n{line}"
        is_cut = False
    return kept


def exec_prompt(text: str) -> re.Match[str] | None:
    """The first prompt of a session: the name and `>` or `#`."""
    return next((found for tail in tails(text) if (found := EXEC_PROMPT.search(tail))), None)


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
        return any(self._any.search(tail) for tail in tails(text))

    def is_configuring(self, text: str) -> bool:
        """In configuration mode or below it."""
        return any(self._configuring.search(tail) for tail in tails(text))

    def is_over(self, text: str) -> bool:
        """At a prompt or a question."""
        return any(self._any.search(tail) or dialogs.QUESTION.search(tail) for tail in tails(text))

    def end_of_answer(self, text: str, start: int, following: str | None) -> tuple[int, int] | None:
        """Where the exec prompt behind an answer begins and ends; None while it has not come.

        `following` is the next command already sent: its echo must stand behind the prompt, else the text is part of the
        answer. Behind the last answer nothing may stand.
        """
        for begin, end in self._exec_prompts(text, start):
            behind = text[end : end + TAIL + len(following or "")]
            if following is None:
                if not any(tail.strip() for tail in tails(behind)):
                    return begin, end
            elif squeezed(behind).lstrip().startswith(following):
                return begin, end
        return None

    def _exec_prompts(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """What may be an exec prompt; also one that a syslog line cut in two."""
        yield from (found.span() for found in self._exec.finditer(text, start))
        if "%" not in text or not has_logs(text[start:]):
            return
        at, before, cut_at = start, "", -1
        for line in text[start:].split("\n"):
            if LOG_LINE.match(line):
                cut_at = at if cut_at < 0 else cut_at
            else:
                found = self._exec.match(before + line) if cut_at >= 0 else None
                if found and found.end() > len(before):
                    yield cut_at - len(before) - 1, at + found.end() - len(before)
                before, cut_at = line, -1
            at += len(line) + 1


def end_of_echo(sent: str, printed: str) -> int | None:
    """Where the echo of a line ends. None while it has not come; raises ValueError where something else was echoed.

    Syslog lines may stand in front of the echo or cut it into pieces.
    """
    at, seen = 0, ""
    for line in printed.split("\n"):
        start, at = at, at + len(line) + 1
        if LOG_LINE.match(line) or BARE_PROMPT.fullmatch(line):
            continue
        seen += line
        found = seen.find(sent)
        if found >= 0:
            behind = len(seen) - found - len(sent)
            return start + len(line) - behind
        if at <= len(printed) and seen.strip() and not has_logs(printed):
            raise ValueError(line)
    return None
