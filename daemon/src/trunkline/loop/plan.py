"""`order`: changes become steps, each after what it needs, across both ends of every link. Pure."""

import heapq
from collections.abc import Iterable, Mapping

from trunkline.loop import hold
from trunkline.loop.situation import Situation
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Held, Plan, Step
from trunkline.model.resource import Resource


def order(changes: tuple[Change, ...], situation: Situation) -> Plan:
    """The plan: trust before use, profile before trunk before route pattern; deletions last and in reverse."""
    held = hold.held(changes, situation)
    held_keys = {entry.change.key for entry in held}
    free = [change for change in changes if change.key not in held_keys]
    asked = {change.key: _activates(change, situation) for change in free}
    activations, held_activations = _activations(free, asked, held, situation)
    ordered = sort_by_needs([*free, *activations], situation)
    nothing: frozenset[Key] = frozenset()
    steps = tuple(
        [
            Step(change, situation.dialects[change.key.target].render(change), asked.get(change.key, nothing))
            for change in ordered
        ]
    )
    fingerprints = {target: seen.fingerprint for target, seen in sorted(situation.observed.items())}
    desired = situation.desired
    return Plan(desired.revision, desired.cube, fingerprints, steps, (*held, *held_activations))


def _activations(
    free: list[Change], asked: Mapping[Key, frozenset[Key]], held: tuple[Held, ...], situation: Situation
) -> tuple[list[Change], list[Held]]:
    """One reset for each trunk whose stored settings are not what it runs with, however many edits ask for it.

    The trunk of a link that is only observed is not reset, even where a certificate that it shares was uploaded; nor one
    whose own change is held: it would be reset for nothing now, and once more then.
    """
    asking: dict[Key, set[Key]] = {key: set() for key in situation.owed}
    for change in free:
        for key in asked[change.key] if change.action is not Action.DELETE else ():
            asking.setdefault(key, set()).add(change.key)
    gone = {
        (change.key.target, change.key.name)
        for change in free
        if change.action is Action.DELETE and change.key.kind is Kind.SIP_TRUNK
    }
    made: list[Change] = []
    waiting = {(one.change.key.target, one.change.key.name): one for one in held if one.change.key.kind is Kind.SIP_TRUNK}
    not_now: list[Held] = []
    for key in sorted(asking):
        if (key.target, key.name) in gone or key.target not in situation.dialects:
            continue
        change = _activation(key, frozenset(asking[key]), situation)
        objection = hold.observe_only(change, situation.desired) or _trunk_is_held(waiting.get((key.target, key.name)))
        not_now.append(Held(change, *objection)) if objection else made.append(change)
    return made, not_now


def _trunk_is_held(trunk: Held | None) -> hold.Objection:
    return (trunk.code, f"it needs {trunk.change.key}: {trunk.reason}") if trunk else None


def _activates(change: Change, situation: Situation) -> frozenset[Key]:
    """What counts only after a reset; an edit that means nothing to calls asks for none."""
    if change.resource is None or not change.resource.activates or change.action is Action.ACTIVATE:
        return frozenset()
    dialect = situation.dialects[change.key.target]
    is_cosmetic = change.action is Action.UPDATE and all(
        dialect.is_cosmetic(change.key, difference.slot) for difference in change.differences
    )
    return frozenset() if is_cosmetic else change.resource.activates


def _activation(key: Key, asking: frozenset[Key], situation: Situation) -> Change:
    trunk = Key(key.target, Kind.SIP_TRUNK, key.name)
    links = frozenset(link.name for link in situation.desired.links if link.trunk == trunk)
    return Change(Action.ACTIVATE, key, None, Resource(key, {}, needs=asking | {trunk}, links=links))


def sort_by_needs(changes: Iterable[Change], situation: Situation) -> list[Change]:
    """Stable topological order; equal ranks by key, so the result does not depend on the order of input.

    A need that is not itself a change is satisfied already, but what *that* needs may be changing: needs are
    transitive.
    """
    by_key = {change.key: change for change in changes}
    waits_for = _waits(by_key, situation)
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


def _waits(by_key: Mapping[Key, Change], situation: Situation) -> dict[Key, set[Key]]:
    """By change, the changes that must have happened before it."""
    users: dict[Key, set[Key]] = {}
    for key, change in by_key.items():
        for needed in change.before.needs if change.before else ():
            users.setdefault(needed, set()).add(key)
    staying = {key for key, change in by_key.items() if change.action is not Action.DELETE}
    waits = {}
    for key, change in by_key.items():
        is_deletion = change.action is Action.DELETE
        waits[key] = (users.get(key, set()) if is_deletion else _needed(change.needs, staying, situation)) - {key}
    return waits


def _needed(needs: frozenset[Key], staying: set[Key], situation: Situation) -> set[Key]:
    """The changes right below; a need that does not change is looked through, for what it needs may."""
    changing = staying.intersection(needs)
    unchanged = needs - changing
    return changing | (situation.reachable(unchanged) & staying) if unchanged else changing
