"""Which link of the documents a handshake belongs to: by names and serials of certificates, and by addresses."""

from collections.abc import Iterator
from dataclasses import dataclass

from trunkline.desired.documents import Cluster, Cube, Documents, Placed
from trunkline.health.transcript.handshakes import Handshake
from trunkline.health.transcript.reading.syslog import address_of


@dataclass(frozen=True)
class Ours:
    """A link, what in the transcript names its two ends, and the documents that state it."""

    link: str
    documents: tuple[str, ...]
    because: tuple[str, ...]
    is_certain: bool = True  # both ends are named, not one


def ours(handshake: Handshake, documents: Documents) -> tuple[Ours, ...]:
    """The links of which both ends are named; where there are none, those of which one end is."""
    seen = frozenset(_seen(handshake))
    found: list[tuple[int, Ours]] = []
    for name, link in sorted(documents.links.items()):
        cube, cluster = documents.cubes.get(link.value.cube), documents.clusters.get(link.value.cluster)
        if cube is None or cluster is None:
            continue
        ends = [seen & frozenset(_of_cube(cube, documents)), seen & frozenset(_of_cluster(cluster))]
        named = sum(map(bool, ends))
        if named:
            because = tuple(sorted(ends[0] | ends[1]))
            found.append((named, Ours(name, (link.path, cube.path, cluster.path), because, named == 2)))
    most = max((named for named, _ in found), default=0)
    return tuple(one for named, one in found if named == most)


def _seen(handshake: Handshake) -> Iterator[str]:
    """Every name, serial and address that the transcript gives of the two ends."""
    if handshake.recorder:
        yield _name(handshake.recorder)
    if handshake.failure:
        yield from filter(None, (address_of(handshake.failure.local), address_of(handshake.failure.remote)))
    for message in handshake.messages:
        if message.facts.server_name:
            yield _name(message.facts.server_name)
        for certificate in message.facts.certificates[:1]:
            yield from (_name(name) for name in (certificate.common_name, *certificate.names) if name)
            if certificate.serial:
                yield f"serial {certificate.serial}"


def _of_cube(cube: Placed[Cube], documents: Documents) -> Iterator[str]:
    yield _name(cube.name)
    yield from map(_name, cube.value.identity.names)
    yield from filter(None, (str(cube.value.signalling.address), str(cube.value.management.address)))
    names = {_name(cube.name)}
    for certificates in documents.answers.values():
        for certificate in certificates:
            own = {_name(name) for name in certificate.names}
            if own & names or any(name.partition(".")[0] in names for name in own):
                yield f"serial {certificate.serial}"
                yield from own


def _of_cluster(cluster: Placed[Cluster]) -> Iterator[str]:
    for node in cluster.value.nodes:
        yield from (_name(str(word)) for word in (node.name, node.fqdn, node.address) if word)


def _name(text: str) -> str:
    """As names are compared: IOS takes the underscore that DNS does not."""
    return text.lower().replace("_", "-")
