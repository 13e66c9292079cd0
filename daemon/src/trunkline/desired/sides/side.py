"""One CUBE with its links, and how its sections are stated. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from trunkline.desired.documents import Cluster, Cube, Link, Placed
from trunkline.model.key import SHARED_SECTIONS, Key, Kind, cube_target
from trunkline.model.resource import Origin, Ownership, Resource

SRTP_LINES = {"none": "no srtp", "required": "srtp", "fallback": "srtp fallback"}


@dataclass(frozen=True)
class Side:
    """One CUBE with its links and the clusters at their far ends."""

    cube: Placed[Cube]
    links: tuple[tuple[Placed[Link], Placed[Cluster]], ...]
    trust: frozenset[Key] = field(default_factory=frozenset)  # what must be trusted, on both ends, before it is used
    presented: str = ""  # the trustpoint to bind; empty: the one that the document names

    @property
    def target(self) -> str:
        return cube_target(self.cube.name)

    @property
    def trustpoint(self) -> str:
        """The trustpoint whose certificate the CUBE presents."""
        return self.presented or self.cube.value.identity.trustpoint

    @property
    def link_names(self) -> frozenset[str]:
        return frozenset(link.name for link, _ in self.links)

    def key(self, kind: Kind, name: str | int = "") -> Key:
        return Key(self.target, kind, str(name))


def section(
    key: Key,
    lines: Iterable[str],
    origin: Origin,
    links: frozenset[str],
    needs: frozenset[Key] = frozenset(),
) -> Resource:
    """A section from its lines. A section that every CUBE has is shared with other owners; the rest is the documents'."""
    ownership = Ownership.STATED if key.kind in SHARED_SECTIONS else Ownership.WHOLE
    return Resource(key, {line: line for line in lines}, ownership, needs, origin=origin, links=links)
