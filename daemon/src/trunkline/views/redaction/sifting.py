"""`Sieve`: takes secrets out of commands, prose, documents and data, and counts what it took. Pure.

What is taken out is replaced by `<removed>`; everything else is kept byte for byte. Done twice it does nothing more.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trunkline.views.redaction.prose import ASSIGNED, BEHIND_A_WORD, is_reference, is_suspicious
from trunkline.views.redaction.rules import ANYWHERE, FREE_TEXT, HARMLESS, REMOVED, RULES, UNKNOWN, Rule

PRIVATE = re.compile(
    r"(?P<begin>-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{4,5}| ?PuTTY-User-Key-File-\d: [^\n]*)(?P<body>.*?)"
    r"(?P<end>-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-{4,5}|Private-MAC: \S+|\Z)",
    re.DOTALL,
)
QUOTED = re.compile(r"`([^`\n]+)`")
SECRET_NAMES = re.compile(
    r"[\w-]*(?:password|passwd|passphrase|passcode|secret|token|credentials?|community"
    r"|(?:private|client|auth|authentication|hmac|api|secret|shared|access|encryption|signing|master)[-_]?key)"
    r"|(?:proxy[-_])?authorization|(?:set[-_])?cookie|auth|pass|pwd?|pin|psk",
    re.IGNORECASE,
)
"""Names of fields whose value is a secret; what they hold of references stays."""
COMMANDS = ("lines", "before", "after", "command", "evidence")
"""Fields of the JSON of passes and diagnoses that hold commands."""
YAML_LINE = re.compile(r"^(?P<head>\s*(?:# ?)?(?:- )*(?:(?P<key>[\w-]+):(?:\s+|$))?)(?P<rest>.*)$")
BLOCK = re.compile(r"^\s*(?:- )*(?P<key>[\w-]+):\s+[|>][-+\d]*\s*$")
FLOW_PAIR = re.compile(
    r"(?P<head>(?P<mark>[\"']?)(?P<name>[\w-]+)(?P=mark)\s*:\s*)(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'{}\[\],][^{}\[\],]*)"
)
"""A name and its value between the braces of a mapping that is on one line."""
BETWEEN_ITEMS = re.compile(r"(^\[\s*[\"']?|[\"']?,\s*[\"']?|[\"']?\s*\]$)")
NUMBER_OF_KEY, OF_A_KEY = re.compile(r"^\s*key\s+\d+\s*$"), re.compile(r"^\s*(?:key|key-string|key-octet-string)\s")


@dataclass
class Sieve:
    """`taken` counts by kind; `secrets` are the values that were taken out, for one more look at all files together."""

    taken: Counter[str] = field(default_factory=Counter)
    secrets: set[str] = field(default_factory=set)

    def commands(self, text: str) -> str:
        """A configuration, or any lines of IOS commands. In a key chain keys have numbers; elsewhere `key 12` is a secret."""
        section = ""

        def sift(line: str) -> str:
            nonlocal section
            is_header = line[:1].strip() and (line.startswith("key chain ") or not OF_A_KEY.match(line))
            section = line if is_header else section
            return line if section.startswith("key chain ") and NUMBER_OF_KEY.match(line) else self._command(line)

        return self._by_line(text, sift)

    def prose(self, text: str) -> str:
        """What people and devices say; commands only where they stand in backticks."""
        return self._by_line(text, self._said)

    def plan(self, text: str) -> str:
        """The text of a plan: commands are indented by six blanks, everything else is prose."""
        return self._by_line(text, lambda line: self._command(line) if line.startswith(" " * 6) else self._said(line))

    def document(self, text: str) -> str:
        """A YAML document of desired state, with its comments. The lines below `auth_key: |` are its value."""
        depth: int | None = None

        def sift(line: str) -> str:
            nonlocal depth
            content = line.lstrip()
            indent = len(line) - len(content)
            if depth is not None and (not content or indent > depth):
                return line if not content or content.startswith("-----") else line[:indent] + self._taken("field", content)
            opened = BLOCK.match(line)
            depth = opened.start("key") if opened and SECRET_NAMES.fullmatch(opened["key"]) else None
            return self._yaml(line) if depth is None else line

        return self._by_line(text, sift)

    def data(self, value: Any, name: str = "") -> Any:
        """The same for every text of a JSON value; fields whose very name announces a secret lose theirs."""
        if isinstance(value, Mapping):
            return {self.prose(str(key)): self.data(item, str(key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(item, name) for item in value]
        if not isinstance(value, str):
            return value
        if SECRET_NAMES.fullmatch(name) and value and not is_reference(value):
            return self._taken("field", value)
        return self.commands(value) if name in COMMANDS else self.prose(value)

    def _by_line(self, text: str, sift: Callable[[str], str]) -> str:
        return "".join(self._lines(PRIVATE.sub(self._key, text), sift))

    def _lines(self, text: str, sift: Callable[[str], str]) -> Iterator[str]:
        for line in text.splitlines(keepends=True):
            content = line.rstrip("\r\n")
            yield sift(content) + line[len(content) :]

    def _key(self, found: re.Match[str]) -> str:
        if found["body"].strip("\\nr \n\r\t") == REMOVED:
            return found[0]
        body = found["body"]
        around = "\\n" if body.startswith("\\n") else "\n"
        self.taken["private key"] += 1
        return f"{found['begin']}{around}{REMOVED}{around}{found['end']}"

    def _command(self, line: str) -> str:
        if FREE_TEXT.match(line):
            return self._said(line)
        if not HARMLESS.match(line):
            rule = next((rule for rule in RULES if rule.pattern.match(line)), UNKNOWN)
            line = self._sub(rule, line)
        return self._suspects(self._everywhere(line))

    def _said(self, line: str) -> str:
        line = QUOTED.sub(lambda found: f"`{self._command(found[1])}`", line)
        return self._suspects(self._everywhere(line))

    def _yaml(self, line: str) -> str:
        parts = YAML_LINE.match(line)
        assert parts  # noqa: S101 - it matches every line
        head, key, rest = parts["head"], parts["key"] or "", parts["rest"]
        quote = rest[:1] if rest[:1] in ("'", '"') and rest.count(rest[0]) > 1 else ""
        content, behind = rest, ""
        if quote:
            end = rest.rindex(quote)
            content, behind = rest[1:end], rest[end + 1 :]
        if SECRET_NAMES.fullmatch(key) and content and content != "null" and not is_reference(content):
            return f"{head}{quote}{self._taken('field', content)}{quote}{behind}"
        if "{" in content:
            content = FLOW_PAIR.sub(self._pair, content)
        is_comment = head.lstrip().startswith("#") and "- " not in head
        sifted = self._said(content) if is_comment else self._command(content)
        if content.startswith("["):
            sifted = "".join(map(self._command, BETWEEN_ITEMS.split(sifted)))
        return f"{head}{quote}{sifted}{quote}{self._said(behind)}"

    def _pair(self, found: re.Match[str]) -> str:
        value = found["value"].rstrip()
        if not SECRET_NAMES.fullmatch(found["name"]) or value == "null" or is_reference(value):
            return found[0]
        quote = value[0] if value[0] in "\"'" else ""
        return f"{found['head']}{quote}{self._taken('field', value.strip(quote or None))}{quote}{found['value'][len(value) :]}"

    def _everywhere(self, line: str) -> str:
        for rule in (*ANYWHERE, ASSIGNED):
            line = self._sub(rule, line)
        return line

    def _suspects(self, line: str) -> str:
        """What looks like a secret, behind a word that announces one."""
        for rule, is_strong in BEHIND_A_WORD:
            for found in reversed(list(rule.pattern.finditer(line))):
                if is_suspicious(found["a"], is_strong=is_strong):
                    line = self._cut(rule.kind, line, found)
        return line

    def _sub(self, rule: Rule, line: str) -> str:
        for found in reversed(list(rule.pattern.finditer(line))):
            line = self._cut(rule.kind, line, found)
        return line

    def _cut(self, kind: str, line: str, found: re.Match[str]) -> str:
        for name in sorted(found.groupdict(), key=found.start, reverse=True):
            value = found[name]
            if value and value.strip("\"'") != REMOVED and not is_reference(value):
                line = line[: found.start(name)] + self._taken(kind, value) + line[found.end(name) :]
        return line

    def _taken(self, kind: str, value: str) -> str:
        if value == REMOVED:
            return value
        self.taken[kind] += 1
        self.secrets.add(value.strip("\"'"))
        return REMOVED
