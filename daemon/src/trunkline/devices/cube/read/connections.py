"""`show sip-ua connections tcp tls detail` in the layouts of 15, 16.10, 17.8 and 17.14.

The columns are named by the header; each word of a row must be of the kind that its column holds. That is stricter than the
offsets of the rule, which cells overflow (an IPv6 address, a long cipher), and it cannot take a value for that of its
neighbour: where the cell of Curve is empty, a tenant is no curve. What is only told, such as a curve that nobody knew when
this was written, may be of any kind: then it must stand below its own piece of the rule.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from trunkline.devices.cube.read.listeners import LISTEN_HEAD, listening
from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading
from trunkline.model.observed import Connection

COUNTERS = {
    "No. of send failures": "send_failures",
    "No. of remote closures": "remote_closures",
    "No. of conn. failures": "connection_failures",
    "No. of inactive conn. ageouts": "inactive_ageouts",
    "TLS client handshake failures": "tls_client_handshake_failures",
    "TLS server handshake failures": "tls_server_handshake_failures",
}
TOTAL = "Total active connections"
COUNTER_LINE = re.compile(r"^([A-Z][A-Za-z. ]+?)\s*:\s*(\d+)\s*$")
AGENT = re.compile(r"^Remote-Agent:(\S+?),\s*Connections-Count:(\d+)\s*$")
RULE = re.compile(r"^\s*=+(?:\s+=+)*\s*$")
HEADER = re.compile(r"^\s*Remote-Port\s")
WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Column:
    """What a column holds. `is_optional`: its cell may be empty, as Curve is after an RSA key exchange."""

    name: str
    words: re.Pattern[str]
    is_optional: bool = False
    needs_handshake: bool = False  # may be empty until there has been one
    is_told: bool = False  # nothing depends on the word: one of another kind is taken where it stands below its rule


COLUMNS = {
    "Remote-Port": Column("port", re.compile(r"\d{1,5}")),
    "Conn-Id": Column("id", re.compile(r"\d+\*?")),
    "Conn-State": Column("state", re.compile(r"[A-Z][A-Za-z]+(?:-[A-Z][A-Za-z]+)*")),
    "WriteQ-Size": Column("queue", re.compile(r"\d+")),
    "Local-Address": Column(
        "local", re.compile(r"-|\d+(?:\.\d+){3}(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?|[0-9A-Fa-f]*:[0-9A-Fa-f:]+")
    ),
    "TLS-Version": Column("version", re.compile(r"-|(?:TLS|SSL)v?\d(?:\.\d)?"), needs_handshake=True, is_told=True),
    "Cipher": Column(
        "cipher",
        re.compile(r"-|[A-Z][A-Z0-9]*(?:[-_][A-Z0-9]+)+(?::(?:RSA|ECDSA|ANY))?"),
        needs_handshake=True,
        is_told=True,
    ),
    "Curve": Column("curve", re.compile(r"-|P-\d{3}|[Xx]\d{3,5}|secp\w+|prime\w+|ffdhe\d+"), is_optional=True, is_told=True),
    "Tenant": Column("tenant", re.compile(r"\d+")),
}


@dataclass(frozen=True)
class Connections:
    """Counters by name (what is not shown is unknown), rows, listening sockets as "[10.72.86.86]:5061"."""

    counters: Mapping[str, int]
    rows: tuple[Connection, ...]
    listening: tuple[str, ...]


def connections(text: str) -> Reading[Connections | None]:
    try:
        return Reading(_connections(list(until_prompt(lines_of(text)))))
    except NotUnderstood as reason:
        return Reading(None, reason.problem, reason.evidence)


def _connections(lines: list[str]) -> Connections:
    start = next((number for number, line in enumerate(lines) if LISTEN_HEAD in line), None)
    shown = {found[1]: int(found[2]) for line in lines[:start] if (found := COUNTER_LINE.match(line.strip()))}
    counters = {COUNTERS[words]: count for words, count in shown.items() if words in COUNTERS}
    if not counters or TOTAL not in shown:
        raise NotUnderstood("the layout of `show sip-ua connections` is not known", first_line(lines))
    if start is None:
        raise NotUnderstood(
            "`show sip-ua connections` was cut off: its listen sockets are missing", first_line(reversed(lines))
        )
    rows = tuple(_rows(lines[:start]))
    if len(rows) != shown[TOTAL]:
        raise NotUnderstood(f"{shown[TOTAL]} connections are announced, {len(rows)} rows could be read", lines[0])
    return Connections(counters, rows, tuple(listening(lines[start:])))


def _rows(lines: list[str]) -> Iterator[Connection]:
    """The tables of all agents. Raises NotUnderstood for a line that does not belong there."""
    address, expected = "", 0
    columns: list[Column] = []
    spans: list[tuple[int, int]] = []
    for line in lines:
        agent = AGENT.match(line.strip())
        if agent:
            _refuse_missing(expected, address)
            address, expected, columns, spans = _address(agent[1], line), int(agent[2]), [], []
        elif not address or not line.strip():
            continue
        elif RULE.match(line):
            spans = [found.span() for found in WORD.finditer(line)]
        elif HEADER.match(line):
            columns = _columns(line)
        else:
            yield _row(address, _placed(columns, spans), line)
            expected -= 1
    _refuse_missing(expected, address)


def _refuse_missing(expected: int, address: str) -> None:
    if expected:
        raise NotUnderstood("the number of connections announced is not that of the rows", f"Remote-Agent:{address}")


def _address(text: str, line: str) -> str:
    try:
        return str(ip_address(text.strip("[]")))
    except ValueError as error:
        raise NotUnderstood("the address of a remote agent is not known as one", line) from error


def _columns(header: str) -> list[Column]:
    names = header.split()
    if not set(names) <= set(COLUMNS) or len(set(names)) != len(names) or names[:3] != [*COLUMNS][:3]:
        raise NotUnderstood("the columns of a connection are not known", header)
    return [COLUMNS[name] for name in names]


Placed = list[tuple[Column, tuple[int, int]]]
NOWHERE = (0, 0)


def _placed(columns: list[Column], spans: list[tuple[int, int]]) -> Placed:
    """Each column with its piece of the rule; nowhere, where the rule has not one for each."""
    known = spans if len(spans) == len(columns) else [NOWHERE] * len(columns)
    return list(zip(columns, known, strict=True))


def _row(address: str, columns: Placed, line: str) -> Connection:
    cells = _cells(columns, line)
    if not 0 < int(cells["port"]) < 65536:
        raise NotUnderstood("a row of connections has no valid port", line)
    return Connection(
        remote_address=address,
        remote_port=int(cells["port"]),
        connection_id=int(cells["id"].rstrip("*")),  # the star marks the ports of SIP OAuth
        state=cells["state"],
        local_address=cells.get("local"),
        tls_version=cells.get("version"),
        cipher=cells.get("cipher"),
        curve=cells.get("curve"),
        tenant=cells.get("tenant"),
    )


def _is_below(word: re.Match[str], span: tuple[int, int]) -> bool:
    return span[0] <= word.start() and word.end() <= span[1]


def _cells(columns: Placed, line: str) -> dict[str, str]:
    """The words of a row by column; "-" is an empty cell."""
    words = list(WORD.finditer(line))
    cells: dict[str, str] = {}
    for column, span in columns:
        if words and (column.words.fullmatch(words[0][0]) or (column.is_told and _is_below(words[0], span))):
            word = words.pop(0)[0]
            if word != "-":
                cells[column.name] = word
        elif not (column.is_optional or (column.needs_handshake and cells.get("state") != "Established")):
            raise NotUnderstood("a row of connections does not fit its columns", line)
    if words or not columns:
        raise NotUnderstood("a row of connections does not fit its columns", line)
    return cells
