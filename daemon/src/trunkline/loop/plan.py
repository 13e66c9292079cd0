"""`order`: changes become steps, each after what it needs, across both ends of every link. Pure."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trunkline.loop import hold
from trunkline.model.desired import Desired
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.plan import Action, Change, Plan, Step
from trunkline.model.resource import Resource
from trunkline.ports import Dialect


@dataclass(frozen=True)
class Situation:
    """What ordering must know beside the changes."""

    desired: Desired
    observed: Mapping[str, Observed]
    dialects: Mapping[str, Dialect]
    owed: frozenset[Key] = field(default_factory=frozenset)


def order(changes: tuple[Change, ...], situation: Situation) -> Plan:
    """The plan: trust before use, profile before trunk before route pattern; deletions last and in reverse."""
    held = hold.held(changes, situation.desired, situation.observed)
    held_keys = {entry.change.key for entry in held}
    free = [change for change in changes if change.key not in held_keys]
    ordered = sort_by_needs([*free, *_activations(free, situation)], situation.desired)
    steps = tuple(
        Step(change, situation.dialects[change.key.target].render(change), _activates(change, situation)) for change in ordered
    )
    fingerprints = {target: seen.fingerprint for target, seen in sorted(situation.observed.items())}
    return Plan(situation.desired.revision, situation.desired.cube, fingerprints, steps, held)


def _activations(free: list[Change], situation: Situation) -> list[Change]:
    """One reset for each trunk whose stored settings are not what it runs with, however many edits ask for it."""
    wanted = set(situation.owed)
    for change in free:
        wanted |= _activates(change, situation)
    gone = {change.key.name for change in free if change.action is Action.DELETE and change.key.kind is Kind.SIP_TRUNK}
    made: list[Change] = []
    for key in sorted(wanted):
        if key.name in gone or key.target not in situation.dialects:
            continue
        asking = frozenset(
            change.key for change in free if change.action is not Action.DELETE and key in _activates(change, situation)
        )
        made.append(Change(Action.ACTIVATE, key, None, Resource(key, {}, needs=asking | _trunk(key))))
    return made


def _activates(change: Change, situation: Situation) -> frozenset[Key]:
    """What counts only after a reset; an edit that means nothing to calls asks for none."""
    if change.resource is None or change.action is Action.ACTIVATE:
        return frozenset()
    dialect = situation.dialects[change.key.target]
    is_cosmetic = change.action is Action.UPDATE and all(
        dialect.is_cosmetic(change.key, difference.slot) for difference in change.differences
    )
    return frozenset() if is_cosmetic else change.resource.activates


def _trunk(activation: Key) -> frozenset[Key]:
    return frozenset({Key(activation.target, Kind.SIP_TRUNK, activation.name)})


def sort_by_needs(changes: Iterable[Change], desired: Desired) -> list[Change]:
    """Stable topological order; equal ranks by key, so the result does not depend on the order of input.

    A need that is not itself a change is satisfied already, but what *that* needs may be changing: needs are
    transitive.
    """
    by_key = {change.key: change for change in changes}
    waits_for: dict[Key, set[Key]] = {key: _before(change, by_key, desired) for key, change in by_key.items()}
    ready = [_rank(by_key[key]) for key, before in waits_for.items() if not before]
    heapq.heapify(ready)
    ordered: list[Change] = []
    followers: dict[Key, list[Key]] = {}
    for key, before in waits_for.items():
        for other in before:
            followers.setdefault(other, []).append(key)
    while ready:
        _, key = heapq.heappop(ready)
        ordered.append(by_key[key])
        for follower in followers.get(key, ()):
            waits_for[follower].discard(key)
            if not waits_for[follower]:
                heapq.heappush(ready, _rank(by_key[follower]))
    if len(ordered) < len(by_key):
        left = sorted(by_key.keys() - {change.key for change in ordered})
        raise ValueError(f"needs form a circle: {', '.join(map(str, left))}")
    return ordered


def _rank(change: Change) -> tuple[int, Key]:
    return (1 if change.action is Action.DELETE else 0, change.key)


def _before(change: Change, by_key: Mapping[Key, Change], desired: Desired) -> set[Key]:
    """The changes that must have happened before this one."""
    if change.action is not Action.DELETE:
        return {
            key
            for key in hold.reachable(change.needs, desired)
            if key in by_key and key != change.key and by_key[key].action is not Action.DELETE
        }
    users = {key for key, other in by_key.items() if other.before and change.key in other.before.needs}
    return users - {change.key}
