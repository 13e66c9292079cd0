"""What the nodes told, each part with its age. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from trunkline.devices.cucm.realtime.perfmon import TRUNKS
from trunkline.model.realtime import Counter, Realtime, TrunkStatus


@dataclass(frozen=True)
class Readings:
    """By node, and for counters by object, too. What a later answer replaces is replaced whole."""

    trunks: Mapping[str, tuple[datetime, Mapping[str, TrunkStatus]]] = field(default_factory=dict)
    counters: Mapping[tuple[str, str], tuple[datetime, Mapping[Counter, int]]] = field(default_factory=dict)

    def with_trunks(self, at: datetime, told: Mapping[str, Mapping[str, TrunkStatus]]) -> "Readings":
        """`told` is by node; of others an earlier reading stays."""
        return Readings({**self.trunks, **{node: (at, statuses) for node, statuses in told.items()}}, self.counters)

    def with_counters(self, at: datetime, node: str, kind: str, told: Mapping[Counter, int]) -> "Readings":
        return Readings(self.trunks, {**self.counters, (node, kind): (at, told)})

    def without_trunks(self) -> "Readings":
        return Readings({}, self.counters)

    def without_counters(self, node: str) -> "Readings":
        return Readings(self.trunks, {key: told for key, told in self.counters.items() if key[0] != node})

    def of(self, node: str, trunks: Iterable[str]) -> Realtime | None:
        """What is known of a node and of those trunks, as old as the oldest part of it; None where it never told."""
        ours = frozenset(trunks)
        parts = [told for (holder, _), told in sorted(self.counters.items()) if holder == node]
        asked_at, statuses = self.trunks.get(node, (None, {}))
        times = [at for at, _ in parts] + ([asked_at] if asked_at else [])
        if not times:
            return None
        counters = {key: value for _, told in parts for key, value in told.items() if _is_ours(key, ours)}
        return Realtime(min(times), {name: has for name, has in statuses.items() if name in ours}, counters)


def _is_ours(counter: Counter, trunks: frozenset[str]) -> bool:
    kind, instance, _ = counter
    return kind != TRUNKS or instance in trunks
