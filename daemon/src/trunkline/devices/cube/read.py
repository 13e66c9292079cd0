"""What a CUBE prints, as values. Pure. A layout that is not known becomes a gap with the line, never a guess."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from trunkline.model.observed import Connection

T = TypeVar("T")


@dataclass(frozen=True)
class Read(Generic[T]):
    """What was understood, and the first line that was not (empty: all of it was)."""

    value: T
    problem: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the running configuration: its lines, and the sections below it by header."""

    lines: tuple[str, ...] = ()
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RunningConfig:
    """The running configuration by top-level line, and the stamps of its header."""

    sections: Mapping[str, Section]
    last_change: str = ""
    last_save: str = ""


LAST_CHANGE = re.compile(r"^! Last configuration change at (.+?)\s*$")
LAST_SAVE = re.compile(r"^! NVRAM config last updated at (.+?)\s*$")
NESTED = re.compile(r"^(sip|stun|h323|ip address trusted list)\s*$")
PAGER_TRACE = re.compile(r"^!?\s+$|^!\s*$")


def running_config(text: str) -> Read[RunningConfig]:
    """`show running-config [brief]`. A text without its `end` was cut off, and is a gap; so is one without indentation."""
    lines = text.replace("\r", "").split("\n")
    sections: dict[str, Section] = {}
    header, own, below, nested = "", [], {}, ""  # type: str, list[str], dict[str, list[str]], str
    ended = next((number for number, line in enumerate(lines) if line.rstrip() == "end"), -1)
    for raw in lines[: ended if ended >= 0 else None]:
        if _is_noise(raw):
            continue
        if raw.startswith(" "):
            nested = _child(raw, own, below, nested)
            continue
        _close(sections, header, own, below)
        header, own, below, nested = raw.strip(), [], {}, ""
    _close(sections, header, own, below)
    config = RunningConfig(sections, _stamp(LAST_CHANGE, lines), _stamp(LAST_SAVE, lines))
    if ended < 0:
        return Read(config, "the running configuration was cut off: its `end` is missing", lines[-1] if lines else "")
    if len(sections) > 20 and not any(section.lines for section in sections.values()):
        return Read(config, "the running configuration has lost its indentation", next(iter(sections)))
    return Read(config)


def _is_noise(raw: str) -> bool:
    """Blank lines, comments, and the wiped traces of a pager."""
    return (
        not raw.strip()
        or raw.startswith(("!", "Building configuration", "Current configuration"))
        or bool(PAGER_TRACE.match(raw))
    )


def _stamp(pattern: re.Pattern[str], lines: list[str]) -> str:
    return next((found[1] for line in lines if (found := pattern.match(line))), "")


def _close(sections: dict[str, Section], header: str, own: list[str], below: dict[str, list[str]]) -> None:
    if header:
        sections[header] = Section(tuple(own), {name: tuple(lines) for name, lines in below.items()})


def _child(raw: str, own: list[str], below: dict[str, list[str]], nested: str) -> str:
    """A line below a header; only a few sections have sections of their own. Returns the sub-section it is in."""
    indent, line = len(raw) - len(raw.lstrip()), raw.strip()
    if indent >= 2 and nested:
        below[nested].append(line)
        return nested
    own.append(line)
    if NESTED.match(line):
        below[line] = []
        return line
    return "" if indent == 1 else nested


VERSION_XE = re.compile(r"^Cisco IOS XE Software, Version (\S+)", re.MULTILINE)
VERSION_IOS = re.compile(r"^Cisco IOS Software.*?, Version ([^\s,]+)", re.MULTILINE)
UPTIME = re.compile(r"^(\S+) uptime is", re.MULTILINE)


@dataclass(frozen=True)
class Version:
    """`show version`."""

    text: str
    numbers: tuple[int, ...]
    hostname: str


def version(text: str) -> Read[Version | None]:
    candidates = (VERSION_XE.search(text), VERSION_IOS.search(text))
    found = next((match for match in candidates if match and match[1][0].isdigit()), None)
    if not found:
        return Read(None, "the release is not in `show version`", _first_line(text))
    numbers = tuple(int(part) for part in re.findall(r"\d+", found[1])[:3])
    host = UPTIME.search(text)
    return Read(Version(found[1], numbers, host[1] if host else ""))


CLOCK = re.compile(r"^([*.]?)(\d\d:\d\d:\d\d)(\.\d+)? (\S+) \w{3} (\w{3}) +(\d+) (\d{4})\s*$", re.MULTILINE)
ZONE = re.compile(r"^clock timezone (\S+) (-?\d+)(?: (\d+))?$")


@dataclass(frozen=True)
class ClockReading:
    """`show clock`. Only a clock that was never set is not authoritative: its hour is fiction."""

    at: datetime | None
    is_authoritative: bool


def clock(text: str, zone_offset: timedelta | None) -> Read[ClockReading | None]:
    """`zone_offset` is that of the device's own time zone; None where it is not known."""
    found = CLOCK.search(text)
    if not found:
        return Read(None, "the layout of `show clock` is not known", _first_line(text))
    if found[4] in ("UTC", "GMT"):
        zone_offset = timedelta(0)
    at = None
    if zone_offset is not None:
        local = datetime.strptime(f"{found[2]} {found[5]} {found[6]} {found[7]}", "%H:%M:%S %b %d %Y").replace(tzinfo=UTC)
        at = local - zone_offset
    return Read(ClockReading(at, found[1] != "*"))


def zone_offset(config: RunningConfig) -> timedelta:
    """From `clock timezone`; UTC is the default. Negative hours carry their minutes with them."""
    for line in config.sections:
        found = ZONE.match(line)
        if found:
            hours, minutes = int(found[2]), int(found[3] or 0)
            return timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
    return timedelta(0)


CALL_LEGS = re.compile(r"^Total call-legs:\s*(\d+)", re.MULTILINE)


def call_legs(text: str) -> Read[int | None]:
    """`show call active voice compact`."""
    found = CALL_LEGS.search(text)
    return Read(int(found[1])) if found else Read(None, "the layout of `show call active` is not known", _first_line(text))


COUNTERS = {
    "No. of send failures": "send_failures",
    "No. of remote closures": "remote_closures",
    "No. of conn. failures": "connection_failures",
    "No. of inactive conn. ageouts": "inactive_ageouts",
    "TLS client handshake failures": "tls_client_handshake_failures",
    "TLS server handshake failures": "tls_server_handshake_failures",
}
COUNTER_LINE = re.compile(r"^([A-Z][A-Za-z. ]+?)\s*:\s*(\d+)\s*$")
AGENT = re.compile(r"^Remote-Agent:(\S+?),\s*Connections-Count:(\d+)")
RULE = re.compile(r"^\s*=+(\s+=+)*\s*$")
COLUMNS = {
    "Remote-Port": "port",
    "Conn-Id": "id",
    "Conn-State": "state",
    "WriteQ-Size": "queue",
    "Local-Address": "local",
    "TLS-Version": "version",
    "Cipher": "cipher",
    "Curve": "curve",
    "Tenant": "tenant",
}
LISTEN_HEAD = "SIP Transport Layer Listen Sockets"
LISTEN_ROW = re.compile(r"^\s*\d+\s+(\S+)")


@dataclass(frozen=True)
class Connections:
    """`show sip-ua connections tcp tls detail`: counters by name, rows, listening sockets."""

    counters: Mapping[str, int]
    rows: tuple[Connection, ...]
    listening: tuple[str, ...]


def connections(text: str) -> Read[Connections | None]:
    """All four layouts: columns by the offsets of the rule, counters by their words; what is not shown is unknown."""
    lines = text.replace("\r", "").split("\n")
    counters = {
        COUNTERS[found[1]]: int(found[2])
        for line in lines
        if (found := COUNTER_LINE.match(line.strip())) and found[1] in COUNTERS
    }
    if not counters:
        return Read(None, "the layout of `show sip-ua connections` is not known", _first_line(text))
    rows: list[Connection] = []
    for address, head, rule, row in _rows(lines):
        made = _row(address, head, rule, row)
        if isinstance(made, str):
            return Read(None, made, row)
        rows.append(made)
    shown = sum(int(found[2]) for line in lines if (found := AGENT.match(line.strip())))
    if shown != len(rows):
        return Read(None, f"{shown} connections are announced, {len(rows)} rows could be read", _first_line(text))
    return Read(Connections(counters, tuple(rows), tuple(_listening(lines))))


def _rows(lines: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Address, header, rule and text of each row."""
    address, head, rule, previous = "", "", "", ""
    for line in lines:
        if LISTEN_HEAD in line:
            return
        agent = AGENT.match(line.strip())
        if agent:
            address, head, rule = agent[1], "", ""
        elif RULE.match(line) and address:
            head, rule = previous, line
        elif rule and line.strip():
            yield address, head, rule, line
        elif not line.strip():
            rule = ""
        previous = line


def _row(address: str, head: str, rule: str, text: str) -> Connection | str:
    """One row, cut at the columns of the rule. A word that does not fit its column moves the following ones."""
    names = [COLUMNS.get(name) for name in head.split()]
    spans = [found.span() for found in re.finditer(r"=+", rule)]
    if None in names or len(names) != len(spans):
        return "the columns of a connection are not known"
    cells = _cells([str(name) for name in names], spans, text)
    if not cells.get("port", "").isdigit() or not cells.get("id", "").rstrip("*").isdigit() or "state" not in cells:
        return "a row of connections does not fit its columns"
    local = cells.get("local")
    return Connection(
        remote_address=address.strip("[]"),
        remote_port=int(cells["port"]),
        connection_id=int(cells["id"].rstrip("*")),
        state=cells["state"],
        local_address=None if local in (None, "-") else local,
        tls_version=cells.get("version"),
        cipher=cells.get("cipher"),
        curve=cells.get("curve"),
        tenant=cells.get("tenant"),
    )


def _cells(names: list[str], spans: list[tuple[int, int]], text: str) -> dict[str, str]:
    """Each word goes to the column that it overlaps most; an empty cell stays empty (Curve may be)."""
    cells: dict[str, str] = {}
    for word in re.finditer(r"\S+", text):
        overlaps = [min(word.end(), end) - max(word.start(), start) for start, end in spans]
        best = max(range(len(spans)), key=lambda position: overlaps[position])
        while names[best] in cells and best + 1 < len(names):
            best += 1
        cells[names[best]] = word[0]
    return cells


def _listening(lines: list[str]) -> Iterator[str]:
    start = next((number for number, line in enumerate(lines) if LISTEN_HEAD in line), len(lines))
    for line in lines[start:]:
        found = LISTEN_ROW.match(line)
        if found and ":" in found[1]:
            yield found[1].rstrip(":")


TRUSTPOINT = re.compile(r"^Trustpoint (\S+?):\s*$")
FINGERPRINT = re.compile(r"^\s+Fingerprint SHA1:\s*([0-9A-F ]+?)\s*$")


def trustpoint_status(text: str) -> Read[dict[str, tuple[str, ...]]]:
    """`show crypto pki trustpoints status`: the SHA-1 fingerprints of what each trustpoint holds, in the order printed."""
    held: dict[str, list[str]] = {}
    name = ""
    for line in text.replace("\r", "").split("\n"):
        if found := TRUSTPOINT.match(line):
            name = found[1]
            held[name] = []
        elif found := FINGERPRINT.match(line):
            if not name:
                return Read({}, "a fingerprint belongs to no trustpoint", line)
            held[name].append(found[1].replace(" ", ""))
    return Read({trustpoint: tuple(prints) for trustpoint, prints in held.items()})


ERROR_LINES = (
    re.compile(r"^% ?(Invalid input|Incomplete command|Ambiguous command|Unknown command|Error|ERROR|Unrecognized)"),
    re.compile(r"^%?\s*(Error|ERROR)\b ?:"),
    re.compile(r"^Command rejected:"),
    re.compile(r"^Command authorization failed"),
    re.compile(r"^% Configuration .*locked|^Configuration mode (is )?locked", re.IGNORECASE),
    re.compile(r"^% (Certificate Authority \(trustpoint\)|Please delete your existing|Failed to|You must authenticate)"),
    re.compile(r"^% (Trustpoint .* (does not exist|is in use)|PEM files import failed|RSA keypair .* is not exportable)"),
    re.compile(r"rejected\. Abort|^% Trustpoint CA certificate rejected"),
    re.compile(r"^startup-config file open failed|^%?\s*(NVRAM|nv)\b.*(fail|error)", re.IGNORECASE),
)


def error_in(reply: str) -> str:
    """The first line of a reply that says no, in any of the forms IOS uses; a SECURITY WARNING is not one."""
    for line in reply.replace("\r", "").split("\n"):
        text = line.strip()
        if any(pattern.search(text) for pattern in ERROR_LINES):
            return text
    return ""


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.replace("\r", "").split("\n") if line.strip()), "")
