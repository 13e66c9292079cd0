"""Output as lines: without what the terminal, the logger and the prompt put into it."""

import re
from collections.abc import Iterable, Iterator

from trunkline.devices.cube.read.reading import NotUnderstood
from trunkline.devices.cube.read.refusals import error_in

# "*Nov 24 10:00:00.123 KST: %SYS-5-CONFIG_I: …", with or without sequence number; PKI logs some lines without a mnemonic.
_STAMP = r"(?:\d+: )?[*.]?[A-Z][a-z]{2} +\d+ (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Z]\w*)?"
LOG_LINE = re.compile(rf"^\s*(?:{_STAMP}: (?:%|CRYPTO_PKI: )|%[A-Z][A-Z0-9_]*-[0-7]-[A-Z0-9_]+ ?:)")
_BODY_FOLLOWS = re.compile(r"%PKI-6-(?:CSR_FINGERPRINT\w*|CERT_INSTALL)\b")
_BODY_LINE = re.compile(r"^ {8,}\S.*?:")
_CPU_LOAD = re.compile(r"^Load for five secs: \d+%/\d+%;")
_TIME_SOURCE = re.compile(r"^(?:Time source is [^,]+|No time source), [*.]?\d\d:\d\d:\d\d")
_ECHO = re.compile(r"^[\w.-]{1,63}(?:\([\w-]+\))?[#>] ?(?:do )?(?:sh|show|ena|enable|cr|crypto)\b")
_PROMPT = re.compile(r"^[\w.-]{1,63}(?:\([\w-]+\))?[#>](?: ?\S.*)?\s*$")
_BARE_PROMPT = re.compile(r"^\S+[#>]\s*$")
PAGER = "--More--"


def lines_of(text: str) -> list[str]:
    """The lines that the command itself printed. Raises NotUnderstood for a refusal and for traces of a pager."""
    lines = list(_without_preamble(without_logs(typed_out(text).split("\n"))))
    for line in lines:
        if PAGER in line:
            raise NotUnderstood("a pager cut the output into pages", line)
    while lines and (not lines[0].strip() or _ECHO.match(lines[0])):
        lines.pop(0)
    if lines and _PROMPT.match(lines[0]) and not _BARE_PROMPT.match(lines[0]):
        raise NotUnderstood("this is the answer to another command", lines[0])
    refusal = error_in("\n".join(lines[:6]))
    if refusal:
        raise NotUnderstood("the CUBE refused the command", refusal)
    return lines


def until_prompt(lines: Iterable[str]) -> Iterator[str]:
    """What stands in front of the next prompt, if a capture goes on behind it."""
    for line in lines:
        if _PROMPT.match(line):
            return
        yield line


def first_line(lines: Iterable[str]) -> str:
    return next((line.strip() for line in lines if line.strip()), "")


def typed_out(text: str) -> str:
    """The text as a terminal shows it: backspaces done (a pager wipes itself with them), carriage returns gone."""
    text = text.replace("\r", "").replace("\x07", "").replace("\x00", "")
    if "\b" not in text:
        return text
    return "\n".join(_backspaced(line) if "\b" in line else line for line in text.split("\n"))


def _backspaced(line: str) -> str:
    shown: list[str] = []
    at = 0
    for character in line:
        if character == "\b":
            at = max(at - 1, 0)
            continue
        shown[at : at + 1] = [character]
        at += 1
    return "".join(shown).rstrip()


def has_logs(text: str) -> bool:
    """Whether syslog lines fell into a text; one may have cut a line in two."""
    return "%" in text and any(LOG_LINE.match(line) for line in text.split("\n"))


def without_logs(lines: Iterable[str]) -> Iterator[str]:
    """Without syslog lines and what belongs to them."""
    is_in_body = False
    for line in lines:
        if LOG_LINE.match(line):
            is_in_body = bool(_BODY_FOLLOWS.search(line))
        elif not (is_in_body and _BODY_LINE.match(line)):
            is_in_body = False
            yield line


def _without_preamble(lines: Iterable[str]) -> Iterator[str]:
    """Without what `exec prompt timestamp` prints in front of every answer."""
    for line in lines:
        if not _CPU_LOAD.match(line) and not _TIME_SOURCE.match(line):
            yield line
