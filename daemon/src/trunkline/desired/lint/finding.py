"""What a rule finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trunkline.desired.documents import Cluster, Cube, Documents, Link, Placed
from trunkline.model.resource import Origin


@dataclass(frozen=True)
class Finding:
    """Where, what, and how to cure it."""

    origin: Origin
    message: str
    cure: str


Ends = tuple[Placed[Link], Placed[Cube], Placed[Cluster]]


def whole_links(documents: Documents) -> Iterator[Ends]:
    """Links whose two ends exist."""
    for _, link in sorted(documents.links.items()):
        cube, cluster = documents.cubes.get(link.value.cube), documents.clusters.get(link.value.cluster)
        if cube and cluster:
            yield link, cube, cluster


def raw_lines(documents: Documents) -> Iterator[tuple[Placed[Any], tuple[str | int, ...], str]]:
    """Every raw line of every document, with its place."""
    for cube in documents.cubes.values():
        groups = (
            (("lines",), cube.value.lines),
            (("voice_service", "lines"), cube.value.voice_service.lines),
            (("voice_service", "sip_lines"), cube.value.voice_service.sip_lines),
            (("sip_ua", "lines"), cube.value.sip_ua.lines),
        )
        for where, lines in groups:
            yield from ((cube, (*where, number), line) for number, line in enumerate(lines))
    for link in documents.links.values():
        peers = link.value.dial_peers
        for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
            yield from ((link, ("dial_peers", role, "lines", number), line) for number, line in enumerate(peer.lines))
