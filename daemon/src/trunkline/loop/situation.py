"""`Situation`: what every question about a change is answered from, and the relations that several questions ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from trunkline.model.desired import Desired
from trunkline.model.key import Key
from trunkline.model.observed import Gap, Observed
from trunkline.model.passes import Failure
from trunkline.model.resource import Owned
from trunkline.ports import Dialect


@dataclass(frozen=True)
class Situation:
    """What is wanted, what was seen, and what is known from before: activations owed, steps refused, whose is what."""

    desired: Desired
    observed: Mapping[str, Observed]
    dialects: Mapping[str, Dialect]
    owed: frozenset[Key] = frozenset()
    refused: Mapping[str, Failure] = field(default_factory=dict)  # by the step's effect
    inventory: Mapping[Key, Owned] = field(default_factory=dict)
    known: frozenset[Key] = frozenset()  # of other CUBEs: what their inventories hold, and what else their links name
    _reach: dict[Key, frozenset[Key]] = field(default_factory=dict, repr=False, compare=False)

    def reachable(self, needs: frozenset[Key]) -> set[Key]:
        """The needs, and what they need, as far as documents state it."""
        found: set[Key] = set()
        for key in needs:
            found |= self._below(key)
        return found

    def _below(self, start: Key) -> frozenset[Key]:
        """`start` and everything that it needs; a circle ends where it began."""
        known = self._reach.get(start)
        if known is not None:
            return known
        seen: set[Key] = set()
        todo = [start]
        while todo:
            key = todo.pop()
            if key in seen:
                continue
            seen.add(key)
            resource = self.desired.resources.get(key)
            if resource:
                todo.extend(resource.needs)
        self._reach[start] = frozenset(seen)
        return self._reach[start]

    def first_gap(self, key: Key) -> Gap | None:
        """The gap that makes `key` uncertain, if any."""
        seen = self.observed.get(key.target)
        if seen is None:
            return Gap(key.target, f"{key.target} was not observed")
        if not seen.gaps and not self.desired.gaps:
            return None
        return next((gap for gap in (*seen.gaps, *self.desired.gaps) if gap.covers(key)), None)

    @cached_property
    def is_certain(self) -> bool:
        """Whether everything was read and could be stated: then no question about gaps needs to be asked."""
        is_read = self.observed.keys() >= {key.target for key in self.desired.resources}
        return is_read and not self.desired.gaps and not any(seen.gaps for seen in self.observed.values())

    @cached_property
    def users(self) -> Mapping[Key, tuple[Key, ...]]:
        """By key, everything observed that refers to it, whoever made it."""
        found: dict[Key, list[Key]] = {}
        for seen in self.observed.values():
            for key, resource in seen.resources.items():
                for needed in resource.needs:
                    found.setdefault(needed, []).append(key)
        return {needed: tuple(sorted(users)) for needed, users in found.items()}
