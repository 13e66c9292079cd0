"""How each target of a pass is reached, and how its device is made: CUBEs, clusters, issuers, and the wire."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from trunkline.desired.documents import Documents
from trunkline.desired.wishes import issuers_of
from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cucm.device import CucmDevice
from trunkline.health.memory import Memory
from trunkline.health.wire import Identities
from trunkline.model.errors import TrunklineError
from trunkline.model.key import cluster_target, cube_target
from trunkline.ports import Device
from trunkline.service.reaching.access import cluster_access, cube_access
from trunkline.service.reaching.issuing import Means, Places, desk_of, means_of
from trunkline.service.reaching.kept import CLOCK, Shared
from trunkline.service.reaching.probing import ProbeIdentities
from trunkline.service.reaching.stated import StatedIdentity
from trunkline.service.reaching.wire import Latest, wire_device, wiring_of

Reached = tuple[object, Callable[[], Device]]
"""What a device is reached with, which tells whether it is still the same; and how it is made."""
Answered = Callable[[str, str, str], None]
"""Told of every target, command and answer of a CUBE."""


def unheard(_target: str, _command: str, _answer: str) -> None:
    """Most answers are read and forgotten."""


@dataclass
class Reach:
    """`latest` tells what a target showed when it was last looked at; `stated` is what an operator gave the probe."""

    places: Places
    cache_directory: Path
    latest: Latest
    stated: StatedIdentity
    epoch: timedelta = timedelta(seconds=5)
    answered: Answered = unheard
    _probes: ProbeIdentities = field(default_factory=lambda: ProbeIdentities(CLOCK.now))
    _seen: Memory = field(default_factory=Memory)  # one for all CUBEs: several may have links to one node

    def to(self, documents: Documents, target: str) -> Reached:
        """Raises DesiredInvalid where the documents do not say how."""
        kind, _, name = target.partition("/")
        return {"cube": self._cube, "cluster": self._cluster, "issuer": self._issuer, "wire": self._wire}[kind](documents, name)

    def _cube(self, documents: Documents, name: str) -> Reached:
        access = cube_access(documents.cubes[name].value, self.places.secrets_directory, self.places.secrets_environment)
        target = cube_target(name)
        return access, lambda: CubeDevice(target, access, CLOCK.now, answered=partial(self.answered, target))

    def _cluster(self, documents: Documents, name: str) -> Reached:
        access = cluster_access(
            documents.clusters[name].value, self.places.secrets_directory, self.cache_directory, self.places.secrets_environment
        )
        return access, lambda: Shared(CucmDevice(cluster_target(name), access, CLOCK.now), self.epoch)

    def _issuer(self, documents: Documents, name: str) -> Reached:
        means = means_of(documents, name, self.places, CLOCK.now)
        return means, lambda: Shared(desk_of(means, CLOCK.now), timedelta())

    def _wire(self, documents: Documents, name: str) -> Reached:
        wiring, issuers = wiring_of(documents, name), sorted(issuers_of(documents, name))

        def identities() -> Identities:
            """Only a look at the wire forms the issuers: most passes do not look."""
            issued = self._probes.of({means.name: means.issuer for means in self._usable(documents, issuers)})
            return {**self.stated.identities(), **issued}

        stated = tuple((issuer, documents.estate.value.issuers.get(issuer)) for issuer in issuers)
        return (wiring, stated), lambda: wire_device(wiring, identities, self.latest, CLOCK.now, self._seen)

    def _usable(self, documents: Documents, issuers: Iterable[str]) -> Iterator[Means]:
        """One that cannot be formed is told by its own desk."""
        for issuer in issuers:
            with suppress(TrunklineError):
                yield means_of(documents, issuer, self.places, CLOCK.now)
