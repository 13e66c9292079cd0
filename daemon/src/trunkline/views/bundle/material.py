"""`Material`: everything that a bundle is made from. Nothing in it is asked for a second time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trunkline.model.cause import Diagnosis
from trunkline.model.event import Event
from trunkline.model.key import cluster_target, cube_target, wire_target
from trunkline.model.observed import ClusterFacts, CubeFacts, Observed, WireFacts
from trunkline.model.passes import Pass


@dataclass(frozen=True)
class Material:
    """One link at one moment.

    `documents` is the YAML by path, `answers` what the CUBE printed by command, `history` recorded passes of the CUBE as
    `views.document` writes them, newest first, `versions` what runs trunkline by name. `counters_before` are the CUBE's
    counters as read at `counted_at`.
    """

    diagnosis: Diagnosis
    finished: Pass
    documents: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    history: Sequence[Mapping[str, Any]] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    counters_before: Mapping[str, int] = field(default_factory=dict)
    counted_at: datetime | None = None

    @property
    def cube(self) -> Observed | None:
        return self.finished.observed.get(cube_target(self.diagnosis.cube))

    @property
    def cluster(self) -> Observed | None:
        return self.finished.observed.get(cluster_target(self.diagnosis.cluster))

    @property
    def cube_facts(self) -> CubeFacts | None:
        """None where the CUBE could not be read."""
        return self.cube.facts if self.cube and isinstance(self.cube.facts, CubeFacts) else None

    @property
    def cluster_facts(self) -> ClusterFacts | None:
        return self.cluster.facts if self.cluster and isinstance(self.cluster.facts, ClusterFacts) else None

    @property
    def wire(self) -> WireFacts | None:
        seen = self.finished.observed.get(wire_target(self.diagnosis.cube))
        return seen.facts if seen and isinstance(seen.facts, WireFacts) else None
