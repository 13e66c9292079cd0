"""`of`: the handshakes of a link, as desired and observed state alone determine them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from trunkline.loop.ends import calls, paths
from trunkline.loop.ends import cube as cube_end
from trunkline.loop.ends import node as node_end
from trunkline.loop.ends.cube import Side
from trunkline.loop.ends.paths import Objects
from trunkline.model.desired import Desired, DesiredLink
from trunkline.model.handshake import Meeting, Met
from trunkline.model.key import Key, Kind, cluster_target, cube_target
from trunkline.model.observed import Observed


def of(link: DesiredLink, desired: Desired, observed: Mapping[str, Observed], now: datetime) -> tuple[Meeting, ...]:
    """For every node of the link, the CUBE opening to it and it opening to the CUBE. None for a link without TLS, and none
    while an end could not be read at all: then nothing can be said.
    """
    cube, cluster = observed.get(cube_target(link.cube)), observed.get(cluster_target(link.cluster))
    if not link.is_secure or not (cube and cluster and cube.is_readable and cluster.is_readable):
        return ()
    found = paths.objects(link, cluster)
    return tuple(
        meeting
        for node, address in zip(link.nodes, link.node_addresses, strict=False)
        for meeting in _both_ways(_Place(link, desired, cube, cluster, now), found, node, address)
    )


@dataclass(frozen=True)
class _Place:
    """What the meetings of one link have in common."""

    link: DesiredLink
    desired: Desired
    cube: Observed
    cluster: Observed
    now: datetime

    def node(self, name: str, role: str, found: Objects | Met) -> Side:
        profile = found.profile if isinstance(found, Objects) else None
        return node_end.end(self.cluster, name, role, profile, self.now)

    def obstacle(self, way: Met | None, near: Side, far: Side) -> Met | None:
        """What is certain comes first; a certificate that is on its way is nobody's fault yet."""
        obstacles = [one for one in (way, near.obstacle, far.obstacle) if one]
        certain = next((one for one in obstacles if one.is_ok is False), None)
        if certain is not None and certain is near.obstacle and self._is_enrolling():
            return Met(None, text=f"{certain.text}; one is being enrolled")
        return certain or next(iter(obstacles), None)

    def own_peers(self) -> frozenset[Key]:
        """The link's own dial-peers."""
        stated = self.desired.resources.items()
        return frozenset(key for key, one in stated if key.kind is Kind.DIAL_PEER and self.link.name in one.links)

    def _is_enrolling(self) -> bool:
        return any(key.kind is Kind.CERTIFICATE_REQUEST and key.target == self.cube.target for key in self.desired.resources)


def _both_ways(place: _Place, found: Objects | Met, node: str, address: str) -> Iterator[Meeting]:
    link, cube = place.link, place.cube
    held = place.cluster.identity_of(node)
    known = {address, *(held.certificate.names if held else ())}
    made = [call for call in calls.called(cube) if call.address in known]
    names = sorted({call.address for call in calls.called(cube, place.own_peers()) if not calls.is_address(call.address)})
    tenant = next((call.tenant for call in made), "")
    near, far = cube_end.end(cube, address, "client", place.now, tenant), place.node(node, "server", found)
    way = paths.to_node(link, found, made, node, names) if isinstance(found, Objects) else found
    yield Meeting(link.name, near.end, far.end, place.obstacle(way, near, far))
    near, far = cube_end.end(cube, address, "server", place.now), place.node(node, "client", found)
    way = paths.to_cube(link, found, cube, address, node) if isinstance(found, Objects) else found
    yield Meeting(link.name, far.end, near.end, place.obstacle(way, near, far))
