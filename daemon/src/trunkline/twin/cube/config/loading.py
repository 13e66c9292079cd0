"""A configuration text becomes the tree: every line is kept, whatever the twin knows of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trunkline.twin.cube.config import grammar
from trunkline.twin.cube.config.matching import Mismatch, find
from trunkline.twin.cube.config.running import Entry, RunningConfig

SKIPPED = re.compile(r"^(Building configuration|Current configuration|!|end$|$|: ?Saved)")
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
    indent: int
    text: str
    raw: str


def load(text: str, config: RunningConfig) -> list[ChainEntry]:
    """Fill `config`; returns the certificates found, which do not belong to the tree."""
    chains: list[ChainEntry] = []
    lines = _significant(text)
    stack: list[tuple[int, Entry]] = [(-1, config.root)]
    is_flat = not any(line.indent for line in lines)
    chain = ""
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        found = CHAIN.match(line.text)
        if found:
            chain = found[1]
            continue
        if chain and (entry := CHAIN_ENTRY.match(line.text)):
            position, der = _hex(lines, position)
            if der:
                chains.append(ChainEntry(chain, entry[1] or "", entry[2], der))
            continue
        chain = ""
        _attach(config, stack, line, is_flat=is_flat)
    return chains


def _significant(text: str) -> list[_Line]:
    lines = []
    for raw in text.replace("\r", "").split("\n"):
        stripped = raw.strip()
        if SKIPPED.match(stripped):
            continue
        lines.append(_Line(len(raw) - len(raw.lstrip()), stripped, raw))
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


def _attach(config: RunningConfig, stack: list[tuple[int, Entry]], line: _Line, *, is_flat: bool) -> None:
    """Put a line below the section that its indentation, or where there is none the grammar, says."""
    if is_flat:
        _unwind_flat(stack, line)
    else:
        while len(stack) > 1 and stack[-1][0] >= line.indent:
            stack.pop()
    parent = stack[-1][1]
    entry = _entry(config, parent, line.text)
    parent.children.append(entry)
    if entry.section or not is_flat:
        stack.append((line.indent if not is_flat else len(stack), entry))


def _unwind_flat(stack: list[tuple[int, Entry]], line: _Line) -> None:
    """Without indentation: stay in the innermost section whose grammar knows the line, else leave to the top."""
    while len(stack) > 1:
        section = grammar.SECTIONS.get(stack[-1][1].section)
        if section and section.patterns and _knows(section, line.text):
            return
        if section and section.accepts_anything and not _opens_at_top(line.text):
            return
        stack.pop()


def _knows(section: grammar.Section, text: str) -> bool:
    try:
        find(section.patterns, text.removeprefix("no "))
    except Mismatch:
        return False
    return True


def _opens_at_top(text: str) -> bool:
    try:
        return bool(find(grammar.GLOBAL, text).means.opens)
    except Mismatch:
        return False


def _entry(config: RunningConfig, parent: Entry, text: str) -> Entry:
    patterns = grammar.SECTIONS[parent.section].patterns if parent.section in grammar.SECTIONS else ()
    if parent is config.root:
        patterns = grammar.GLOBAL
    body = text.removeprefix("no ")
    try:
        match = find(patterns, body)
    except Mismatch:
        return Entry(text, "any" if parent is config.root else "", "")
    rule = match.means
    slot = config.slot_of(match)
    if text != body:
        return Entry(text, "", slot, rule.rank)
    return Entry(text, rule.opens, slot, rule.rank)


def lines_of(config: RunningConfig) -> Iterator[str]:
    """Every stored line, without indentation."""
    for entry in config.root.children:
        yield from entry.lines()
