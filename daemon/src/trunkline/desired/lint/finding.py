"""What a rule finds, and the ways through the documents that rules share."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trunkline.desired.documents import Cluster, Cube, Documents, Link, Placed
from trunkline.desired.documents.dial_peers import DialPeer
from trunkline.desired.sides.side import Side
from trunkline.model.certificate import Certificate, certificates_in
from trunkline.model.resource import Origin


@dataclass(frozen=True)
class Finding:
    """Where, what, and how to cure it."""

    origin: Origin
    message: str
    cure: str


Ends = tuple[Placed[Link], Placed[Cube], Placed[Cluster]]
Where = tuple[str | int, ...]


def whole_links(documents: Documents) -> Iterator[Ends]:
    """Links whose two ends exist."""
    for _, link in sorted(documents.links.items()):
        cube, cluster = documents.cubes.get(link.value.cube), documents.clusters.get(link.value.cluster)
        if cube and cluster:
            yield link, cube, cluster


def sides(documents: Documents) -> Iterator[Side]:
    """Every CUBE with its whole links."""
    ends: dict[str, list[tuple[Placed[Link], Placed[Cluster]]]] = {name: [] for name in documents.cubes}
    for link, cube, cluster in whole_links(documents):
        ends[cube.name].append((link, cluster))
    for name, cube in sorted(documents.cubes.items()):
        yield Side(cube, tuple(ends[name]))


def dial_peers(link: Placed[Link]) -> Iterator[tuple[str, DialPeer]]:
    """Both of a link's dial-peers with their roles."""
    yield "outbound", link.value.dial_peers.outbound
    yield "inbound", link.value.dial_peers.inbound


def pinned(cube: Placed[Cube]) -> tuple[Certificate, ...]:
    """The certificates that a CUBE's document holds; none where it holds none that can be read."""
    try:
        return certificates_in(cube.value.identity.certificate or "")
    except ValueError:
        return ()


def raw_lines(documents: Documents) -> Iterator[tuple[Placed[Any], Where, str]]:
    """Every raw line of every document, with its place."""
    groups: list[tuple[Placed[Any], Where, tuple[str, ...]]] = []
    for _, cube in sorted(documents.cubes.items()):
        groups.append((cube, ("lines",), cube.value.lines))
        groups.append((cube, ("voice_service", "lines"), cube.value.voice_service.lines))
        groups.append((cube, ("voice_service", "sip_lines"), cube.value.voice_service.sip_lines))
        groups.append((cube, ("sip_ua", "lines"), cube.value.sip_ua.lines))
    for _, link in sorted(documents.links.items()):
        groups += [(link, ("dial_peers", role, "lines"), peer.lines) for role, peer in dial_peers(link)]
        if link.value.tls and link.value.tls.profile:
            groups.append((link, ("tls", "profile", "lines"), link.value.tls.profile.lines))
    for placed, where, lines in groups:
        yield from ((placed, (*where, number), line) for number, line in enumerate(lines))


def srtp_of(cube: Cube, peer: DialPeer) -> str:
    """How a dial-peer encrypts media: by its own word, else by that of voice service voip; `none` where nobody says."""
    for stated, lines in ((peer.srtp, peer.lines), (cube.voice_service.srtp, cube.voice_service.lines)):
        raw = {"no srtp": "none", "srtp": "required", "srtp fallback": "fallback"}
        found = [raw[line] for line in lines if line in raw]
        if found or stated:
            return found[-1] if found else str(stated)
    return "none"
