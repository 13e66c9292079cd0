"""From documents to the device that looks at a CUBE's wire."""

from collections.abc import Callable, Mapping
from datetime import datetime

from trunkline.desired.documents import Documents
from trunkline.desired.wishes import probe_places
from trunkline.health.probe import Place
from trunkline.health.wire import Ends, Identities, Looking, WireDevice
from trunkline.model.key import cube_target
from trunkline.model.observed import Observed

Places = tuple[tuple[str, Place], ...]


def places_of(documents: Documents, cube: str) -> Places:
    """Where to look, as a value: a device is made anew when it changes.

    Not at a CUBE whose certificate is only watched: the probe has none of its issuer, and would count as a failed handshake.
    """
    places = dict(probe_places(documents, cube))
    placed = documents.cubes.get(cube)
    if placed is None or placed.value.identity.issuer is None:
        places.pop(cube_target(cube), None)
    return tuple((holder, Place(*place)) for holder, place in sorted(places.items()))


def wire_device(
    cube: str,
    places: Places,
    identities: Callable[[], Identities],
    held: Callable[[], frozenset[str]],
    now: Callable[[], datetime],
) -> WireDevice:
    """`identities` are those that the probe may present, `held` the CA certificates that the CUBE holds, by SHA-256."""
    nodes = dict(places)
    return WireDevice(Ends(cube, nodes.pop(cube_target(cube), None), nodes, identities, held), now, Looking())


def held_by(cube: str, observed: Mapping[str, Observed]) -> frozenset[str]:
    """What a CUBE accepts as it was last read: the CA certificate of every trustpoint, by SHA-256."""
    seen = observed.get(cube_target(cube))
    return frozenset(one.sha256 for of_trustpoint in seen.trusted.values() for one in of_trustpoint) if seen else frozenset()
