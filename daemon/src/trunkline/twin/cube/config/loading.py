"""A configuration text becomes the tree: every line is kept, whatever the twin knows of it."""

import re
from dataclasses import dataclass, replace

from trunkline.twin.cube.config import grammar
from trunkline.twin.cube.config.matching import Mismatch, find
from trunkline.twin.cube.config.running import Entry, RunningConfig

SKIPPED = re.compile(r"^(Building configuration|Current configuration|!|end$|version \d|$|: ?Saved)")
CHAIN = re.compile(r"^crypto pki certificate chain (\S+)$")
CHAIN_ENTRY = re.compile(r"^certificate (?:(ca|self-signed|rollover ca|rollover) )?([0-9A-Fa-f]+)(?: (nvram:\S+))?$")


@dataclass(frozen=True)
class ChainEntry:
    """One certificate of a `crypto pki certificate chain` block."""

    trustpoint: str
    role: str  # "", "ca", "self-signed", …
    serial: str
    der: bytes


@dataclass(frozen=True)
class _Line:
    """`is_apart`: a `!` stood before it. `has_below`: a line follows at once that no command of the top begins like."""

    indent: int
    text: str
    is_apart: bool = False
    has_below: bool = False


def load(text: str, config: RunningConfig) -> list[ChainEntry]:
    """Fill `config`; returns the certificates found, which do not belong to the tree."""
    chains: list[ChainEntry] = []
    lines = _significant(text)
    is_flat = not any(line.indent for line in lines)
    nest = _Nest(config, is_flat)
    chain = ""
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if found := CHAIN.match(line.text):
            chain = found[1]
            nest.stack[1:] = []
        elif chain and (entry := CHAIN_ENTRY.match(line.text)):
            position, der = _hex(lines, position)
            if der:
                chains.append(ChainEntry(chain, entry[1] or "", entry[2], der))
        else:
            chain = ""
            nest.attach(line)
    return chains


def _significant(text: str) -> list[_Line]:
    """The lines that are configuration, each with what its surroundings say of it."""
    lines: list[_Line] = []
    is_apart = True
    for raw in text.replace("\r", "").split("\n"):
        stripped = raw.strip()
        if SKIPPED.match(stripped):
            is_apart = True
            continue
        if lines and not is_apart and not _is_known_at_top(stripped):
            lines[-1] = replace(lines[-1], has_below=True)
        lines.append(_Line(len(raw) - len(raw.lstrip()), stripped, is_apart))
        is_apart = False
    return lines


def _hex(lines: list[_Line], position: int) -> tuple[int, bytes]:
    digits = []
    while position < len(lines) and lines[position].text != "quit":
        digits.append(lines[position].text.replace(" ", ""))
        position += 1
    try:
        return position + 1, bytes.fromhex("".join(digits))
    except ValueError:
        return position + 1, b""


@dataclass
class _Nest:
    """Puts lines below the sections that their indentation says, or where there is none, the grammar."""

    config: RunningConfig
    is_flat: bool

    def __post_init__(self) -> None:
        self.stack: list[tuple[int, Entry]] = [(-1, self.config.root)]

    def attach(self, line: _Line) -> None:
        if self.is_flat:
            self._unwind(line)
        else:
            while len(self.stack) > 1 and self.stack[-1][0] >= line.indent:
                self.stack.pop()
            self._forgive(line)
        parent = self.stack[-1][1]
        entry = self._entry(parent, line)
        parent.children.append(entry)
        if entry.section or not self.is_flat:
            self.stack.append((line.indent if not self.is_flat else len(self.stack), entry))

    def _forgive(self, line: _Line) -> None:
        """17.18 indents some lines of `sip-ua` too deep: what the section above knows does not belong to a plain line."""
        if len(self.stack) > 2 and not self.stack[-1][1].section:
            above = grammar.SECTIONS.get(self.stack[-2][1].section)
            if above and above.patterns and _knows(above, line.text):
                self.stack.pop()

    def _unwind(self, line: _Line) -> None:
        """Stay in the innermost section whose grammar knows the line, or that takes any; else leave to the top."""
        while len(self.stack) > 1:
            section = grammar.SECTIONS[self.stack[-1][1].section]
            if section.patterns and _knows(section, line.text):
                return
            leaves = _opens_at_top(line.text) or (line.is_apart and _is_known_at_top(line.text))
            if section.accepts_anything and not leaves:
                return
            self.stack.pop()

    def _entry(self, parent: Entry, line: _Line) -> Entry:
        is_top = parent is self.config.root
        patterns = grammar.GLOBAL if is_top else grammar.SECTIONS[parent.section].patterns if parent.section else ()
        body = line.text.removeprefix("no ")
        try:
            match = find(patterns, body)
        except Mismatch:
            return Entry(line.text, "any" if is_top and (line.has_below or not self.is_flat) else "")
        slot = self.config.slot_of(match)
        if line.text != body:
            return Entry(line.text, "", slot, match.means.rank)
        text = _with_single_blanks(line.text, match.words)
        return Entry(text, match.means.opens, slot, match.means.rank)


def _with_single_blanks(text: str, words: tuple[str, ...]) -> str:
    """Blanks between keywords do not count; those in free text do, and are kept in the last word of a match."""
    written = " ".join(words)
    return written if written.split() == text.split() else text


def _knows(section: grammar.Section, text: str) -> bool:
    """A stored line has its keywords written out: what fits only as an abbreviation belongs elsewhere."""
    body = text.removeprefix("no ")
    try:
        match = find(section.patterns, body)
    except Mismatch:
        return False
    return body.split()[0] == match.words[0]


def _opens_at_top(text: str) -> bool:
    try:
        match = find(grammar.GLOBAL, text)
    except Mismatch:
        return False
    return bool(match.means.opens) and text.startswith(match.words[0])


def _is_known_at_top(text: str) -> bool:
    words = text.removeprefix("no ").split()
    return words[0] in grammar.KNOWN_WORDS or _opens_at_top(text)
