"""A daemon in this process that looks at a lab when it is told to, and what Prometheus would read of it then."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from support.scene import Scene
from support.waiting import eventually
from trunkline.service.composing import source_of
from trunkline.service.daemon import Daemon
from trunkline.web.exposition import Exposition

NEVER = (100_000.0, 100_000.0)


@dataclass
class Observing:
    """Everything is the daemon's own but the timer."""

    daemon: Daemon
    written: Exposition = field(default_factory=Exposition)

    def look(self) -> None:
        """One pass of every CUBE, at once, whatever the pass before said."""
        before = {finished.cube: finished.started_at for finished in self.daemon.passes()}
        for cube in self._cubes():
            self.daemon.turns.look_at(cube, is_forced=True)
        eventually(lambda: all(self._is_after(cube, before.get(cube)) for cube in self._cubes()), "every CUBE had a pass")

    def _cubes(self) -> list[str]:
        good = self.daemon.following.good
        return list(good.documents.cubes) if good else []

    def _is_after(self, cube: str, before: object) -> bool:
        return any(finished.cube == cube and finished.started_at != before for finished in self.daemon.passes())

    def series(self, family: str, **labels: str) -> dict[tuple[str, ...], float]:
        """Of an exposition; by the values of the other labels, in the order of their names."""
        text = self.written.of(self.daemon.parts()).decode()
        samples = [
            sample for found in text_string_to_metric_families(text) for sample in found.samples if sample.name == family
        ]
        return {
            tuple(value for name, value in sorted(sample.labels.items()) if name not in labels): float(sample.value)
            for sample in samples
            if labels.items() <= sample.labels.items()
        }

    def value(self, family: str, **labels: str) -> float | None:
        """Of the only series with these labels; None where there is none."""
        found = list(self.series(family, **labels).values())
        assert len(found) < 2, found
        return found[0] if found else None


@contextmanager
def observing(scene: Scene) -> Iterator[Observing]:
    """The daemon of a scene, once every CUBE had its first passes. No pass makes do with what another saw a moment ago."""
    world = scene.world()
    world._reach.epoch = timedelta(0)
    daemon = Daemon(world, source_of(scene.settings()), 4, NEVER)
    try:
        daemon.start()
        eventually(lambda: not daemon.problems() and all(one.is_converged for one in daemon.passes()), "all is as it shall be")
        yield Observing(daemon)
    finally:
        daemon.stop()
