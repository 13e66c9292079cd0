"""The running configuration as a tree of lines, kept in the order in which IOS prints it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_interface

from trunkline.twin.cube.config import grammar
from trunkline.twin.cube.config.matching import Match, Mismatch, Pattern, find
from trunkline.twin.cube.config.rules import Rule

PORT_NAMES = (
    ("GigabitEthernet", "g"),
    ("FastEthernet", "f"),
    ("TenGigabitEthernet", "te"),
    ("Loopback", "lo"),
    ("Ethernet", "e"),
)
HOST_MASK = "255.255.255.255"


@dataclass
class Entry:
    """A line and the lines below it. `section` names the grammar of what is below; `slot` what the line sets."""

    line: str
    section: str = ""
    slot: str = ""
    rank: int = -1
    children: list["Entry"] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield self.line
        for child in self.children:
            yield from child.lines()


@dataclass(frozen=True)
class Effect:
    """What a line did: the section that it entered, if any, and a message that IOS prints."""

    enters: Entry | None = None
    message: str = ""


def interface_name(word: str) -> str:
    """gi0/0 → GigabitEthernet0/0."""
    found = re.match(r"^([A-Za-z-]+)\s*([\d/.]+)$", word)
    if not found:
        return word
    for name, shortest in PORT_NAMES:
        if name.lower().startswith(found[1].lower()) and len(found[1]) >= len(shortest):
            return name + found[2]
    return word


class RunningConfig:
    """The configuration of one router; `release` decides which commands it knows."""

    def __init__(self, release: tuple[int, ...]) -> None:
        self.release = release
        self.root = Entry("", section="")

    def section(self, *path: str) -> tuple[str, ...]:
        """The lines directly below the section named by `path`; none where there is no such section."""
        entry = self.find(path)
        return tuple(child.line for child in entry.children) if entry else ()

    def headers(self, prefix: str) -> tuple[str, ...]:
        """Top-level lines that begin with `prefix`."""
        return tuple(entry.line for entry in self.root.children if entry.line.startswith(prefix))

    def find(self, path: Iterable[str]) -> Entry | None:
        current: Entry | None = self.root
        for line in path:
            current = next((child for child in current.children if child.line == line), None) if current else None
        return current

    def value(self, prefix: str, *path: str) -> str:
        """What follows `prefix` in the first line of a section that begins with it; empty where there is none."""
        return next((line[len(prefix) :].strip() for line in self.section(*path) if line.startswith(prefix)), "")

    def enter(self, parent: Entry, line: str) -> Effect:
        """Do one configuration line below `parent`. Raises Mismatch for what IOS would not understand."""
        if line.strip().lower() == "no":
            raise Mismatch("incomplete", len(line))
        negated = line.lower().startswith("no ") and line.lower() not in ("no call service stop",)
        offset = 3 if negated else 0
        body = line[offset:].strip() if negated else line
        try:
            match = find(self._patterns(parent, negated=negated), body)
        except Mismatch as mismatch:
            return self._enter_unknown(parent, line, body, negated, mismatch, offset)
        if not parent.section and self._is_of_later_release(match):
            raise Mismatch("invalid", offset + len(" ".join(match.words[:2])) + 1)
        return self._remove(parent, match) if negated else self._set(parent, match)

    def _is_of_later_release(self, match: Match[Rule]) -> bool:
        """Whether a class that this release does not have was taken for one of a kind that the twin knows little of."""
        return any(pattern.means.first_in > self.release and pattern.words[:3] == match.words[:3] for pattern in grammar.GLOBAL)

    def knows(self, line: str) -> bool:
        """Whether the table of global commands has the line, not only its first word."""
        negated = line.lower().startswith("no ")
        try:
            find(self._patterns(self.root, negated=negated), line[3:].strip() if negated else line)
        except Mismatch:
            return False
        return True

    def opens_at_top(self, line: str) -> bool:
        """Whether a line, its first word written out, is about a section of the top level."""
        body = line[3:].strip() if line.lower().startswith("no ") else line
        try:
            match = find(self._patterns(self.root), body)
        except Mismatch:
            return False
        return bool(match.means.opens) and match.words[0] == body.split()[0].lower()

    def written(self, parent: Entry, line: str) -> str:
        """A line with its keywords written out; as typed where the grammar does not know it."""
        negated = line.lower().startswith("no ")
        try:
            match = find(self._patterns(parent, negated=negated), line[3:].strip() if negated else line)
        except Mismatch:
            return " ".join(line.split())
        return f"no {self._stored(match)}" if negated else self._stored(match)

    def _patterns(self, parent: Entry, *, negated: bool = False) -> tuple[Pattern[Rule], ...]:
        """What the section knows in this release; `no` needs no more than what the command sets, not the value."""
        known = grammar.SECTIONS[parent.section].patterns if parent.section else grammar.GLOBAL
        offered = tuple(pattern for pattern in known if pattern.means.first_in <= self.release)
        if not negated:
            return offered
        return (*offered, *(Pattern(pattern.words[: pattern.means.slot_words], pattern.means) for pattern in offered))

    def _enter_unknown(self, parent: Entry, line: str, body: str, negated: bool, mismatch: Mismatch, offset: int) -> Effect:
        accepts = grammar.SECTIONS[parent.section].accepts_anything if parent.section else self._is_known_word(body)
        if not accepts:
            raise Mismatch(mismatch.kind, mismatch.column + offset)
        if negated and self._drop(parent, body):
            return Effect()
        existing = next((child for child in parent.children if child.line == line), None)
        if existing is None:
            self._place(parent, Entry(line, "any" if not parent.section else ""))
        return Effect(enters=existing if existing and existing.section and existing.children else None)

    def _is_known_word(self, body: str) -> bool:
        """Global lines that are stored as typed; `crypto pki` and `crypto key` are executed, so a wrong one is an error."""
        words = body.lower().split()
        if words[:1] == ["crypto"] and len(words) > 1 and words[1] in ("pki", "ca", "key"):
            return False
        return bool(words) and words[0] in grammar.KNOWN_WORDS

    def _drop(self, parent: Entry, body: str) -> bool:
        for child in list(parent.children):
            if child.line == body or child.line.startswith(body + " "):
                parent.children.remove(child)
                return True
        return False

    def _set(self, parent: Entry, match: Match[Rule]) -> Effect:
        rule, line = match.means, self._stored(match)
        slot = self._slot(match, line)
        existing = next((child for child in parent.children if child.slot == slot), None)
        if rule.opens:
            entry = existing or Entry(line, rule.opens, slot, rule.rank)
            if existing is None:
                self._place(parent, entry)
                self._imply(entry)
            return Effect(enters=entry)
        place = parent.children.index(existing) if existing else None
        if existing:
            parent.children.remove(existing)
        if line == rule.default:
            return Effect()
        if place is not None and existing and existing.rank == rule.rank:
            parent.children.insert(place, Entry(line, "", slot, rule.rank))
            return Effect()
        for stored in self._expanded(line):
            self._place(parent, Entry(stored, "", self._slot(match, stored), rule.rank))
        return Effect()

    def _imply(self, entry: Entry) -> None:
        """Lines that IOS adds to a new section by itself."""
        for line in grammar.SECTIONS[entry.section].implied:
            if entry.section == "trustpoint":
                self.enter(entry, line)
            else:
                self._place(entry, Entry(line, "", line))

    def _expanded(self, line: str) -> tuple[str, ...]:
        if line.startswith("bind all "):
            return (line.replace("bind all", "bind control"), line.replace("bind all", "bind media"))
        if line == "notify syslog":
            return (f"{line} contenttype plaintext",)
        return (line,)

    def _stored(self, match: Match[Rule]) -> str:
        """The line as IOS stores it: keywords and interface names written out, a host mask left away."""
        words = [*match.words]
        for position, word in enumerate(words[:-1]):
            if word in ("source-interface", "interface"):
                words[position + 1] = interface_name(words[position + 1])
        if words[0] == "ipv4" and re.fullmatch(r"[\d.]+/\d+", words[-1]):
            words[1:] = ip_interface(words[1]).with_netmask.split("/")  # host bits stay
        if words[0] == "ipv4" and len(words) == 3 and words[2] == HOST_MASK:
            words.pop()
        if words[0] == "interface":
            words[1:] = [interface_name("".join(words[1:]))]
        if words[:2] == ["clock", "timezone"] and len(words) == 4:
            words.append("0")
        if words[0] == "fingerprint" and len(words) > 1:
            words[1] = words[1].upper()
        return " ".join(words)

    def slot_of(self, match: Match[Rule]) -> str:
        """What a line sets."""
        return self._slot(match, self._stored(match))

    def _slot(self, match: Match[Rule], stored: str) -> str:
        words = stored.split()
        if words[:2] == ["bind", "all"]:
            return "bind all"
        if words[0] == "dtmf-relay":
            return words[0]
        exclusive = {"session server-group": "session target", "voice-class codec": "codec", "eckeypair": "rsakeypair"}
        slot = " ".join(words[: match.means.slot_words])
        return exclusive.get(slot, slot)

    def _remove(self, parent: Entry, match: Match[Rule]) -> Effect:
        rule, line = match.means, self._stored(match)
        slot = self._slot(match, line)
        gone = [child for child in parent.children if child.slot == slot or child.line == line]
        for child in gone:
            parent.children.remove(child)
        if rule.default == line:
            self._place(parent, Entry(f"no {line}", "", slot, rule.rank))
        elif line == "srtp fallback" and gone:
            self._place(parent, Entry("srtp", "", slot, rule.rank))  # only the fallback goes (command reference, `srtp`)
        return Effect()

    def place(self, entry: Entry) -> None:
        """Put a top-level entry where IOS would print it."""
        self._place(self.root, entry)

    def _place(self, parent: Entry, entry: Entry) -> None:
        """Put a line where IOS would print it: by rank within a known section, by block at the top, else at the end."""
        if not parent.section and parent is self.root:
            entry_rank, ranks = _block(entry), [_block(child) for child in parent.children]
        elif entry.rank >= 0:
            entry_rank, ranks = (entry.rank, ""), [(child.rank, "") for child in parent.children]
        else:
            parent.children.append(entry)
            return
        position = len(ranks)
        while position and ranks[position - 1] > entry_rank:
            position -= 1
        parent.children.insert(position, entry)


def _block(entry: Entry) -> tuple[int, str]:
    words = entry.line.removeprefix("no ").split()
    word = words[0] if words else ""
    rank = grammar.BLOCK_ORDER.index(word) if word in grammar.BLOCK_ORDER else len(grammar.BLOCK_ORDER) - 5
    if word == "crypto":
        return (rank, "" if "trustpoint" in entry.line else "z")
    if word == "voice" and words[1:2] == ["service"]:
        return (rank, "")
    return (rank, "m" if word == "voice" else "")
