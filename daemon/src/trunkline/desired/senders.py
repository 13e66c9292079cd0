"""Where the syslog of devices comes from, as their documents say. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Cube, Documents
from trunkline.model.key import cluster_target, cube_target

Stated = tuple[tuple[str, str], str]
"""A field of the document, and the address that it states."""


def stated(cube: Cube) -> Iterator[Stated]:
    """The addresses that lines of this CUBE may come from: the one that is stated for it, where it is managed, where it speaks
    SIP. Each once.
    """
    own = cube.management.syslog_address
    fields: list[Stated] = [(("management", "syslog_address"), own)] if own else []
    fields += [(("management", "address"), cube.management.address), (("signalling", "address"), cube.signalling.address)]
    seen: set[str] = set()
    for field, address in fields:
        if address not in seen:
            seen.add(address)
            yield field, address


def addresses(documents: Documents) -> Iterator[tuple[str, str]]:
    """Every address, or DNS name of one, with the target that it belongs to."""
    for name, cube in sorted(documents.cubes.items()):
        yield from ((address, cube_target(name)) for _, address in stated(cube.value))
    for name, cluster in sorted(documents.clusters.items()):
        for node in cluster.value.nodes:
            places = {node.address, node.management_address or node.address}
            yield from ((address, cluster_target(name)) for address in sorted(places))


def names(documents: Documents) -> Iterator[tuple[str, str]]:
    """What lines call their sender, in lower case: documents' names, and the names of nodes."""
    yield from ((name.lower(), cube_target(name)) for name in sorted(documents.cubes))
    for name, cluster in sorted(documents.clusters.items()):
        for node in cluster.value.nodes:
            for word in sorted({node.name.lower(), node.fqdn.lower()}):
                yield word, cluster_target(name)
