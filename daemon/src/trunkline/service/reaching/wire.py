"""From documents and the latest observations to the device that looks at a CUBE's wire."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.desired.documents import Documents
from trunkline.desired.wishes import far_ends, probe_places
from trunkline.health.judging import Peer
from trunkline.health.memory import Memory, Pace, State
from trunkline.health.probe import Place, own_address
from trunkline.health.wire import Ends, Identities, Looking, WireDevice
from trunkline.loop.ends.binding import is_for_others
from trunkline.loop.ladder.revisions import BINDING_KINDS, bindings
from trunkline.model.key import HELD_KINDS, Key, Kind, cube_target
from trunkline.model.observed import ClusterFacts, CubeFacts, Node, Observed
from trunkline.model.profile import named_in
from trunkline.model.renewal.wish import FarEnd

Places = tuple[tuple[str, Place], ...]
Latest = Callable[[str], Observed | None]
"""What a target showed when it was last looked at."""
CLOCK_TOLERANCE = timedelta(minutes=1)
"""Beyond it a clock is wrong, as the alert has it."""
FOR_OTHERS = "its `crypto signaling` names remote addresses only, none of them known to be the one that the probe comes from"


@dataclass(frozen=True)
class Wiring:
    """What tells where and how to look; a device is made anew when it changes.

    `is_only_welcome`: the certificate of the CUBE is only watched, so nothing needs a look at a CUBE that would count it as a
    failed handshake.
    """

    cube: str
    places: Places = ()
    far_ends: tuple[FarEnd, ...] = ()
    is_only_welcome: bool = False
    every: timedelta = field(default_factory=lambda: Pace().every)


def wiring_of(documents: Documents, cube: str) -> Wiring:
    """Of a CUBE that no document states: nothing."""
    placed = documents.cubes.get(cube)
    if placed is None:
        return Wiring(cube)
    places = tuple((holder, Place(*place)) for holder, place in sorted(probe_places(documents, cube).items()))
    every = timedelta(seconds=documents.estate.value.intervals.probe_seconds)
    return Wiring(cube, places, tuple(far_ends(documents, cube)), placed.value.identity.issuer is None, every)


def wire_device(
    wiring: Wiring,
    identities: Callable[[], Identities],
    latest: Latest,
    now: Callable[[], datetime],
    memory: Memory | None = None,
) -> WireDevice:
    """`identities` are those that the probe may present."""
    nodes, name = dict(wiring.places), cube_target(wiring.cube)
    place = nodes.pop(name, None)
    ends = Ends(
        wiring.cube,
        place,
        nodes,
        identities,
        lambda: {holder: held for holder in (name, *nodes) if (held := held_by(holder, latest)) is not None},
        lambda: dict(_peers(wiring, latest)),
        lambda: {holder: state_of(holder, latest, place) for holder in (name, *nodes)},
        wiring.is_only_welcome,
    )
    return WireDevice(ends, now, Looking(Pace(every=wiring.every), memory=memory or Memory()))


def held_by(holder: str, latest: Latest) -> frozenset[str] | None:
    """By SHA-256, what a CUBE ("cube/NAME", every trustpoint) or a node ("cluster/NAME/NODE") accepts as it was last read.

    None where that is not known.
    """
    kind, name, *node = holder.split("/")
    seen = latest(f"{kind}/{name}")
    if seen is None or not seen.is_readable:
        return None
    stores = [seen.trusted[node[0]]] if node and node[0] in seen.trusted else [] if node else seen.trusted.values()
    return frozenset(one.sha256 for held in stores for one in held) if stores or not node else None


def state_of(holder: str, latest: Latest, place: Place | None = None) -> State:
    """Of a holder as above, as it was last read. Its configuration, its certificates, whether its clock is right, and of a node
    whether it runs decide whom it answers; a CUBE presents what it binds, a node what it stored when its service began.
    `place` is where the probe looks at the CUBE.
    """
    kind, name, *node = holder.split("/")
    seen = latest(f"{kind}/{name}")
    if seen is None or not seen.is_readable:
        return State()
    if node:
        return _of_node(_node(seen, node[0]), seen, node[0])
    return State(_decides(seen, _cube_clock(seen)), _bound(seen), turns_away=_turns_away(seen, place))


def _turns_away(seen: Observed, place: Place | None) -> str | None:
    """Whether our own address is one that it serves is asked only where it does not serve all."""
    is_so = is_for_others(seen, "")
    if is_so and place:
        is_so = is_for_others(seen, own_address(place))
    return None if is_so is None else FOR_OTHERS if is_so else ""


def _decides(seen: Observed, clock: datetime | None) -> str:
    is_right = clock is None or abs(clock - seen.at) <= CLOCK_TOLERANCE
    return f"{seen.fingerprint} {'right' if is_right else 'wrong'}"


def _cube_clock(seen: Observed) -> datetime | None:
    return seen.facts.clock if isinstance(seen.facts, CubeFacts) else None


def _bound(seen: Observed) -> str | None:
    """What is bound, and its certificates; None where any of that could not be read."""
    bound = list(bindings(seen))
    if any(gap.kind in BINDING_KINDS for gap in seen.gaps) or any(_is_hidden(seen, name) for name, _ in bound):
        return None
    held = {one.holder: one.certificate.sha256 for one in seen.identities}
    return "\n".join(f"{line} {held.get(name)}" for name, line in bound)


def _is_hidden(seen: Observed, trustpoint: str) -> bool:
    return any(seen.has_gap(Key(seen.target, kind, trustpoint)) for kind in (Kind.TRUSTPOINT, *HELD_KINDS))


def _node(seen: Observed, name: str) -> Node | None:
    nodes = seen.facts.nodes if isinstance(seen.facts, ClusterFacts) else ()
    return next((one for one in nodes if one.name == name), None)


def _of_node(node: Node | None, seen: Observed, name: str) -> State:
    stored = None if seen.has_gap(Key(seen.target, Kind.IDENTITY, name)) else seen.identity_of(name)
    clock, began_at = (node.clock, node.callmanager_started_at) if node else (None, None)
    runs = (node.is_reachable, node.callmanager_status) if node else ()
    return State(f"{_decides(seen, clock)} {runs}", stored.certificate.sha256 if stored else None, began_at)


def _peers(wiring: Wiring, latest: Latest) -> Mapping[str, tuple[Peer, ...]]:
    """Whom each end has its trunks with, by what they were last seen to trust and to expect."""
    name = cube_target(wiring.cube)
    cube = latest(name)
    anchors = tuple(one for held in cube.trusted.values() for one in held) if cube and cube.trusted else None
    found: dict[str, tuple[Peer, ...]] = {holder: (Peer(anchors),) for holder, _ in wiring.places}
    found[name] = tuple(peer for end in wiring.far_ends for peer in _far_peers(end, latest(end.cluster)))
    return found


def _far_peers(end: FarEnd, seen: Observed | None) -> list[Peer]:
    """The nodes of a cluster: each has a trust store of its own; a name is asked for by the profile that they share."""
    if seen is None:
        return []
    names = named_in(seen.resources.get(end.security_profile))
    return [Peer(seen.trusted.get(node), names or None) for node in end.nodes]
