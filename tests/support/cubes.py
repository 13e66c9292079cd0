"""One simulated CUBE and the ways to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.octets import claimed_octet
from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cube.session import CubeAccess
from trunkline.twin.cube.faults import Faults
from trunkline.twin.cube.router import Router
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import CUBE_USER, ENABLE_PASSWORD, CubeSpec, LabSpec, busan_cube

TRAINS = ("15.6", "16.12", "17.6", "17.9", "17.15", "17.18", "26.1")


@dataclass(frozen=True)
class Bench:
    """A router that runs, and how to reach it."""

    lab: Lab
    name: str
    access: CubeAccess

    @property
    def router(self) -> Router:
        return self.lab.cubes[self.name].router

    @property
    def faults(self) -> Faults:
        return self.router.faults

    def device(self, **changes: object) -> CubeDevice:
        return CubeDevice("cube/x", replace(self.access, **changes), lambda: datetime.now(UTC))  # type: ignore[arg-type]

    def section(self, *path: str) -> tuple[str, ...]:
        return self.router.running.section(*path)

    def age(self) -> None:
        """The last change was long ago."""
        at, user = self.router.last_change
        self.router.last_change = (at - timedelta(hours=1), user)


@contextmanager
def running_cube(directory: Path, spec: CubeSpec | None = None) -> Iterator[Bench]:
    """A lab of one CUBE."""
    spec = spec or busan_cube()
    with claimed_octet() as octet, Lab(LabSpec((spec,), (), octet=octet), directory / "lab") as lab:
        cube = lab.cubes[spec.name]
        access = CubeAccess(lab.loopback(spec.address), spec.ssh_port, *CUBE_USER, cube.host_key_line, ENABLE_PASSWORD)
        bench = Bench(lab, spec.name, access)
        bench.age()
        yield bench
