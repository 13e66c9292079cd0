"""`show running-config [brief]`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading

TERMINAL_COLUMNS = 80


@dataclass(frozen=True)
class Section:
    """A section of the running configuration: its lines, and the lines below each of them that has any."""

    lines: tuple[str, ...] = ()
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamps:
    """When, and by whom, the configuration was last changed and saved: "18:18:53 UTC Fri Jun 6 2025 by admin"."""

    last_change: str = ""
    last_save: str = ""


@dataclass(frozen=True)
class RunningConfig:
    """The running configuration by top-level line, and the stamps of its header."""

    sections: Mapping[str, Section]
    stamps: Stamps = Stamps()


LAST_CHANGE = re.compile(r"^! Last configuration change at (.+?)\s*$")
LAST_SAVE = re.compile(r"^! NVRAM config last updated at (.+?)\s*$")
HEADER = re.compile(r"^(?:Building configuration|Current configuration ?:|version \d)")
# Lines that IOS knows only below a header. At the left margin they show that indentation was lost on the way.
CHILD_ONLY = re.compile(
    r"^(?:no )?(?:session (?:target|protocol|transport|server-group) |destination-pattern |incoming called|dtmf-relay |"
    r"voice-class |codec preference |allow-connections |bind (?:control|media|all) |ipv4 \d|"
    r"enrollment (?:terminal|url|self|pkcs)|revocation-check |rsakeypair |subject-name |fingerprint |"
    r"crypto signaling |transport (?:tcp|udp)|early-offer |address-hiding|mode border-element|"
    r"certificate (?:ca |self-signed |[0-9A-F]{2,}))"
)
UNIQUE = re.compile(r"^(?:dial-peer voice|voice (?:class|service)|sip-ua|crypto pki trustpoint|hostname|version)\b")
DELIMITER = re.compile(r"\^C|\x03")
MACRO = re.compile(r"^macro name ")
EVERYWHERE = ("version ", "hostname ", "interface ", "line ")  # top-level lines of every router
NESTING = "voice service voip"


def running_config(text: str) -> Reading[RunningConfig]:
    """By section. A text without its head or its `end` was cut off; one that lost its indentation means nothing."""
    try:
        lines = _whole(lines_of(text))
        return Reading(RunningConfig(_sections(lines), _stamps(lines)))
    except NotUnderstood as reason:
        return Reading(RunningConfig({}), reason.problem, reason.evidence)


def filtered(config: RunningConfig) -> str:
    """What every running configuration has and this one lacks; empty where nothing is missing.

    IOS shows a user below privilege 15, or in a parser view, only the lines that this user could configure, between a
    head and an `end` that look whole (Cisco IOS security configuration guide, "Role-Based CLI Access" and privilege levels):
    what is not shown is not absent.
    """
    return next((word for word in EVERYWHERE if not any(header.startswith(word) for header in config.sections)), "").strip()


def stamps(text: str) -> Reading[Stamps]:
    """`show running-config | include ^! (Last|NVRAM)`. Both are missing on a router that nobody has configured since boot."""
    try:
        lines = [line for line in until_prompt(lines_of(text)) if line.strip() and not HEADER.match(line)]
    except NotUnderstood as reason:
        return Reading(Stamps(), reason.problem, reason.evidence)
    strange = next((line for line in lines if not (LAST_CHANGE.match(line) or LAST_SAVE.match(line))), "")
    if strange:
        return Reading(Stamps(), "the stamps of the configuration are not in a known form", strange.strip())
    return Reading(_stamps(lines))


def _stamps(lines: list[str]) -> Stamps:
    def first(pattern: re.Pattern[str]) -> str:
        return next((found[1] for line in lines if (found := pattern.match(line))), "")

    return Stamps(first(LAST_CHANGE), first(LAST_SAVE))


def _whole(lines: list[str]) -> list[str]:
    """The lines in front of `end`, without free text. Raises NotUnderstood where head or end is missing."""
    kept = list(_without_free_text(lines))
    first = first_line(line for line in kept if not line.startswith("!"))
    if not HEADER.match(first):
        raise NotUnderstood("the head of the running configuration is missing", first)
    ended = next((number for number, line in enumerate(kept) if line.rstrip() == "end"), None)
    if ended is None:
        last = first_line(reversed(kept))
        raise NotUnderstood("the running configuration was cut off: its `end` is missing", last)
    behind = first_line(until_prompt(kept[ended + 1 :]))
    if behind:
        raise NotUnderstood("something follows the `end` of the running configuration", behind)
    return kept[:ended]


def _without_free_text(lines: list[str]) -> Iterator[str]:
    """Without the text of banners, menus and macros, which may look like anything."""
    rest = iter(lines)
    for line in rest:
        yield line
        if line[:1] == " ":
            continue
        is_macro = bool(MACRO.match(line))
        if not is_macro and len(DELIMITER.findall(line)) % 2 == 0:
            continue
        for text in rest:
            if text.rstrip() == "@" if is_macro else DELIMITER.search(text):
                break
        else:
            raise NotUnderstood("the running configuration was cut off inside of a text", line)


def _sections(lines: list[str]) -> dict[str, Section]:
    found: dict[str, _Collected] = {}
    current: _Collected | None = None
    previous = ""
    for line in lines:
        if line[:1] in ("!", "") or line.isspace() or (HEADER.match(line) and not line.startswith("version")):
            previous = line
            continue
        if line[0] in " \t":
            _child(current, line)
        else:
            _refuse_strange_header(line, previous)
            header = line.rstrip()
            if header in found and UNIQUE.match(header):
                raise NotUnderstood("a section of the running configuration is shown twice", line)
            current = found.setdefault(header, _Collected(header == NESTING))
        previous = line
    return {header: collected.section() for header, collected in found.items()}


def _refuse_strange_header(line: str, previous: str) -> None:
    if CHILD_ONLY.match(line):
        raise NotUnderstood("the running configuration has lost its indentation", line)
    if not line[0].isalpha() or (previous[:1] == " " and len(previous) == TERMINAL_COLUMNS):
        raise NotUnderstood("a line of the running configuration is not in a known form: it may be wrapped", line)


class _Collected:
    """A section while it is read. Only `voice service voip` is read by depth: elsewhere 17.18 indents deeper than it means."""

    def __init__(self, is_nested: bool) -> None:
        self.is_nested = is_nested
        self.lines: list[str] = []
        self.below: dict[str, list[str]] = {}

    def section(self) -> Section:
        return Section(tuple(self.lines), {name: tuple(lines) for name, lines in self.below.items()})


def _child(current: "_Collected | None", raw: str) -> None:
    line = raw.strip()
    if line.startswith("!"):
        return
    if current is None:
        raise NotUnderstood("the running configuration begins inside of a section", raw)
    indent = len(raw) - len(raw.lstrip())
    if current.is_nested and indent >= 2:
        if not current.lines:
            raise NotUnderstood("a line of the running configuration belongs to no line above it", raw)
        current.below.setdefault(current.lines[-1], []).append(line)
    else:
        current.lines.append(line)
