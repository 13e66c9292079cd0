"""A document with the places of its values, and all documents of one revision."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from trunkline.desired.documents.cluster import Cluster
from trunkline.desired.documents.cube import Cube
from trunkline.desired.documents.estate import Estate
from trunkline.desired.documents.fields import Document
from trunkline.desired.documents.link import Link
from trunkline.desired.tree import Path, Position
from trunkline.model.certificate import Certificate
from trunkline.model.resource import Origin

DocumentT = TypeVar("DocumentT", bound=Document)


@dataclass(frozen=True)
class Placed(Generic[DocumentT]):
    """A document with its file, and the line and column of every value in it."""

    name: str
    path: str
    value: DocumentT
    positions: Mapping[Path, Position] = field(default_factory=dict)

    def origin(self, *where: str | int) -> Origin:
        """The place of a value; of the nearest enclosing one where it is a default that nobody wrote."""
        for end in range(len(where), -1, -1):
            position = self.positions.get(where[:end])
            if position:
                return Origin(self.path, *position)
        return Origin(self.path, 1)


@dataclass(frozen=True)
class Documents:
    """All documents of one revision; every one of them is valid by itself. `unread` are the files of those that are not."""

    estate: Placed[Estate]
    cubes: Mapping[str, Placed[Cube]]
    clusters: Mapping[str, Placed[Cluster]]
    links: Mapping[str, Placed[Link]]
    unread: frozenset[str] = frozenset()
    answers: Mapping[str, tuple[Certificate, ...]] = field(default_factory=dict)  # of people who sign, by path

    @cached_property
    def links_by_cube(self) -> Mapping[str, tuple[Placed[Link], ...]]:
        """The links of each CUBE, by name."""
        found: dict[str, list[Placed[Link]]] = {}
        for _, link in sorted(self.links.items()):
            found.setdefault(link.value.cube, []).append(link)
        return {cube: tuple(links) for cube, links in found.items()}

    def all(self) -> Iterator[Placed[Any]]:
        yield self.estate
        yield from self.cubes.values()
        yield from self.clusters.values()
        yield from self.links.values()
