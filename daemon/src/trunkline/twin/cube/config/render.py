"""How IOS prints a configuration: header, blocks, indentation, the quirks of single lines."""

import re
from collections.abc import Iterable, Iterator, Sequence

from trunkline.twin.cube.config import grammar
from trunkline.twin.cube.config.running import Entry, RunningConfig
from trunkline.twin.cube.trains import Train

TRAILING_BLANK = ("sip-ua",)
SEPARATE = frozenset({"crypto", "voice", "dial-peer", "interface", "archive"})


def body(config: RunningConfig, train: Train, chains: Sequence[str]) -> Iterator[str]:
    """The lines between the header and `end`. `chains` are the lines of the certificate chains, already rendered."""
    previous = ""
    has_chains = not chains
    yield f"version {train.name}"
    for entry in config.root.children:
        word = entry.line.split()[0]
        if word != previous or entry.children or word in SEPARATE:
            yield "!"
        if not has_chains and previous == "crypto" and not entry.line.startswith("crypto"):
            yield from (*chains, "!")
            has_chains = True
        yield from block(entry, train)
        previous = word
    if not has_chains:
        yield from ("!", *chains)
    yield "!"


def block(entry: Entry, train: Train, depth: int = 0, indent: int = 0) -> Iterator[str]:
    """A line and what is below it."""
    yield " " * indent + _printed(entry, train, depth)
    step = grammar.SECTIONS[entry.section].indent if entry.section in grammar.SECTIONS else 1
    for child in _in_order(entry, train):
        yield from block(child, train, depth + 1, indent + step)
    if entry.section == "trustpoint" and train.trustpoint_hash and not _states_hash(entry):
        yield f" hash {train.trustpoint_hash}"


def _in_order(entry: Entry, train: Train) -> list[Entry]:
    """IOS 15 prints `srtp` in front of `allow-connections`, IOS-XE behind it (captures of 15 and of 16.7)."""
    children = entry.children
    if entry.section != "voice-service" or train.is_xe:
        return children
    first = next((place for place, child in enumerate(children) if child.line.startswith("allow-connections ")), len(children))
    late = [child for child in children[first:] if child.slot == "srtp"]
    return [*children[:first], *late, *(child for child in children[first:] if child not in late)]


def _states_hash(entry: Entry) -> bool:
    return any(child.line.startswith("hash ") for child in entry.children)


def _printed(entry: Entry, train: Train, depth: int) -> str:
    line = entry.line
    if depth == 0 and line in TRAILING_BLANK:
        return line + " "
    if depth and line.startswith("crypto signaling "):
        if train.over_indents_signalling and " remote-addr " in line:
            return " " + re.sub(r"\s+trustpoint ", "  trustpoint ", line) + "  "
        return line + " "
    if depth and line.startswith("voice-class codec "):
        return line + "  "
    return line


def full(lines: Iterable[str], stamps: Sequence[str]) -> list[str]:
    """A whole `show running-config`: the byte count is that of what follows it."""
    content = ["!", *stamps, "!", *lines, "end", ""]
    count = sum(len(line) + 1 for line in content)
    return ["Building configuration...", "", f"Current configuration : {count} bytes", *content]


def brief(lines: Iterable[str]) -> Iterator[str]:
    """Without the hex of certificates."""
    is_in_hex = False
    for line in lines:
        if is_in_hex:
            is_in_hex = line.strip() != "quit"
            continue
        yield line
        is_in_hex = line.startswith(" certificate ")
