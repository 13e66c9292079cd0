"""Passes of a running lab, and what Prometheus would read after each: a daemon without its threads."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from support.daemon import Samples
from support.figures import of_family
from support.scene import Scene
from support.waiting import DEADLINE_SECONDS, eventually
from trunkline.model.passes import Pass
from trunkline.service.reaching.kept import CLOCK
from trunkline.service.tallies import Tallies
from trunkline.service.world import PassOptions, World
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.samples import parts
from trunkline.web.exposition import Exposition

__all__ = ["DEADLINE_SECONDS", "Exposing"]


@dataclass
class Exposing:
    """What one CUBE's passes make the metrics say."""

    scene: Scene
    cube: str
    world: World
    revision: str = "r1"
    passes: dict[str, Pass] = field(default_factory=dict)
    _exposition: Exposition = field(default_factory=Exposition)

    def __post_init__(self) -> None:
        self.tallies = Tallies(self.world.journal.monotone)

    def look(self, *, is_dry: bool = True, is_full: bool = False) -> Pass:
        """One pass; unless told, it changes nothing."""
        options = PassOptions(self.passes.get(self.cube), is_full=is_full, is_dry=is_dry)
        return self.took(self.world.run_pass(self.scene.documents(), self.revision, self.cube, options))

    def took(self, finished: Pass) -> Pass:
        """A pass that was run elsewhere."""
        self.tallies.take(finished)
        self.tallies.count(finished)
        self.world.journal.record(finished)
        self.passes[finished.cube] = finished
        return finished

    def samples(self) -> Samples:
        """The exposition, read as Prometheus reads it."""
        text = self._exposition.of(parts(self.passes.values(), Background(self.tallies.totals), CLOCK.now())).decode()
        families = text_string_to_metric_families(text)
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}

    def shown(self, name: str) -> dict[tuple[str, ...], float]:
        """One metric by the values of its labels."""
        return of_family(self.samples(), name)

    def until(self, is_so: Callable[["Exposing"], object], what: str = "") -> None:
        """Pass after pass until the exposition says so."""

        def seen() -> object:
            self.look()
            return is_so(self)

        eventually(seen, what)
