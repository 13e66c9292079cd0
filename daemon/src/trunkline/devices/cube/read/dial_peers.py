"""`show dial-peer voice summary`: whether dial-peers are up, and what their OPTIONS keepalive says.

Sources: Cisco TechNotes 211306, 212090 and 217860; CUBE configuration guide, "Out-of-dialog OPTIONS Ping".
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from trunkline.devices.cube.read.output import first_line, lines_of, until_prompt
from trunkline.devices.cube.read.reading import NotUnderstood, Reading
from trunkline.model.observed import DialPeerState

TABLE = "show dial-peer voice summary"
NAMES = ["TAG", "TYPE", "MIN", "OPER", "PREFIX", "DEST-PATTERN", "FER", "THRU", "SESS-TARGET", "STAT", "PORT", "KEEPALIVE"]
LAST: tuple[list[str], ...] = ([], ["VRF"])  # columns that later releases add
LONGEST_LINE = 200  # IOS takes lines of 254 characters
# Two rows may come in one line: the row of a port without a keepalive ends without a line break in published output.
ROW = re.compile(
    r"(?:^|(?<=\s))(?P<tag>\d+) +(?P<type>voip|pots|vofr|mmoip|voatm) +(?P<set>up|down) +(?P<oper>up|down)(?=\s|$)"
)
WORD = re.compile(r"\S+")
KEEPALIVE = ("active", "busyout")


def command(tags: Iterable[str]) -> str:
    """What asks for these alone, with the line that names the columns: a router may have thousands."""
    wanted = "|".join(sorted(tags, key=int))
    narrow = f"{TABLE} | include KEEPALIVE|^({wanted}) +voip"
    return narrow if len(narrow) <= LONGEST_LINE else f"{TABLE} | include KEEPALIVE|^[0-9]+ +voip"


def dial_peers(text: str) -> Reading[Mapping[int, DialPeerState] | None]:
    """The VoIP dial-peers of the table, or of some of its lines, by tag."""
    try:
        return Reading(_dial_peers(list(until_prompt(lines_of(text)))))
    except NotUnderstood as reason:
        return Reading(None, reason.problem, reason.evidence)


def _dial_peers(lines: list[str]) -> dict[int, DialPeerState]:
    found: dict[int, DialPeerState] = {}
    header = ""
    for line in lines:
        if line.split()[: len(NAMES)] == NAMES and line.split()[len(NAMES) :] in LAST:
            header = line
            continue
        for tag, state in _rows(line, header):
            if tag in found:
                raise NotUnderstood("a dial-peer is in the table twice", line)
            found[tag] = state
    if not header:
        raise NotUnderstood("the columns of `show dial-peer voice summary` are not known", first_line(lines))
    return found


def _rows(line: str, header: str) -> Iterator[tuple[int, DialPeerState]]:
    starts = list(ROW.finditer(line))
    if line[:1].isdigit() and not (header and starts and starts[0].start() == 0):
        raise NotUnderstood("a row of dial-peers does not fit its columns", line)
    ends = [*(following.start() for following in starts[1:]), len(line)]
    for start, end in zip(starts, ends, strict=False):  # a line without a row has an end, too
        if start["type"] == "voip":
            yield int(start["tag"]), DialPeerState(start["oper"] == "up", _keepalive(line[:end], start.end(), header))


def _keepalive(line: str, begin: int, header: str) -> str:
    """The cell behind the session target; empty where there is none.

    A long target pushes the cells behind it to the right, and a VRF may have any name: where both columns are there, a word
    that ends the row is the keepalive only if it stands in front of the column of the VRF.
    """
    words = [found for found in WORD.finditer(line, begin) if found[0] in KEEPALIVE]
    words = [found for found in words if found.start() >= header.index("SESS-TARGET")]
    vrf = header.find(" VRF")
    if vrf >= 0 and words and words[-1].end() == len(line.rstrip()) and words[-1].start() > vrf:
        words.pop()
    return words[-1][0] if words else ""
