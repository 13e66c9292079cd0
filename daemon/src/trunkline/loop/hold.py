"""Which changes may not be carried out now although the others may: one table of small questions. Pure."""

from collections.abc import Mapping
from functools import partial

from trunkline.model.desired import Desired, Enforcement
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, Gap, Observed
from trunkline.model.plan import Action, Change, Held

Objection = tuple[str, str] | None  # code, reason


def held(changes: tuple[Change, ...], desired: Desired, observed: Mapping[str, Observed]) -> tuple[Held, ...]:
    """The changes that must wait, each with the first objection; then whatever needs one of them."""
    found: dict[Key, Held] = {}
    questions = (
        partial(_observe_only, desired=desired),
        partial(_gap_below, desired=desired, observed=observed),
        partial(_gap_beside_deletion, desired=desired, observed=observed),
        partial(_foreign_dependent, leaving=_leaving(changes), observed=observed),
        partial(_clock, observed=observed),
    )
    for change in changes:
        objection = next((answer for question in questions if (answer := question(change))), None)
        if objection:
            found[change.key] = Held(change, *objection)
    _spread(found, changes, desired)
    return tuple(found[key] for key in sorted(found))


def _leaving(changes: tuple[Change, ...]) -> Mapping[Key, frozenset[Key]]:
    """What each changed resource will still need once its change is done; nothing for a deleted one."""
    return {change.key: change.after.needs if change.after else frozenset() for change in changes}


def _observe_only(change: Change, desired: Desired) -> Objection:
    """Everything, where the CUBE is only observed; else what only links in observe mode want."""
    if desired.policy.enforcement is Enforcement.OBSERVE:
        return ("observe-only", "the enforcement mode is observe")
    modes = {link.name: link.enforcement for link in desired.links}
    links = change.resource.links if change.resource else frozenset()
    if links and all(modes.get(link) is Enforcement.OBSERVE for link in links):
        return ("observe-only", f"the enforcement mode of {', '.join(sorted(links))} is observe")
    return None


def _gap_below(change: Change, desired: Desired, observed: Mapping[str, Observed]) -> Objection:
    """A need that could not be read, or cannot be stated."""
    if change.action is Action.DELETE:
        return None
    for key in sorted(reachable(change.needs, desired)):
        gap = first_gap(key, desired, observed)
        if gap:
            return ("gap", f"it needs {key}, which could not be read: {gap.reason}")
    return None


def _gap_beside_deletion(change: Change, desired: Desired, observed: Mapping[str, Observed]) -> Objection:
    """While anything on a target is unreadable, nobody knows what still uses the thing."""
    if change.action is not Action.DELETE:
        return None
    gaps = observed[change.key.target].gaps
    if gaps:
        return ("gap", f"what uses it cannot be told while {change.key.target} is not fully readable: {gaps[0].reason}")
    stated = next((gap for gap in desired.gaps if gap.target == change.key.target), None)
    return ("gap", f"what is wanted cannot be told: {stated.reason}") if stated else None


def _foreign_dependent(change: Change, leaving: Mapping[Key, frozenset[Key]], observed: Mapping[str, Observed]) -> Objection:
    """Something that no change frees from it still uses what would be deleted."""
    if change.action is not Action.DELETE:
        return None
    for seen in observed.values():
        for key, resource in sorted(seen.resources.items()):
            if change.key in resource.needs and change.key in leaving.get(key, resource.needs):
                return ("foreign-dependent", f"{key} uses it and stays")
    return None


def _clock(change: Change, observed: Mapping[str, Observed]) -> Objection:
    """No work on certificates while a router does not know the time: it would refuse or misjudge them."""
    if change.key.kind is not Kind.TRUST_ANCHOR or change.action is Action.DELETE:
        return None
    facts = observed[change.key.target].facts
    if isinstance(facts, CubeFacts) and not facts.clock_is_authoritative:
        return ("clock", "the clock of the CUBE is not authoritative; give it a working NTP server")
    return None


def first_gap(key: Key, desired: Desired, observed: Mapping[str, Observed]) -> Gap | None:
    """The gap that makes `key` uncertain, if any."""
    seen = observed.get(key.target)
    if seen is None:
        return Gap(key.target, f"{key.target} was not observed")
    return next((gap for gap in (*seen.gaps, *desired.gaps) if gap.covers(key)), None)


def reachable(needs: frozenset[Key], desired: Desired) -> set[Key]:
    """The needs, and what they need, as far as documents state it."""
    seen: set[Key] = set()
    todo = list(needs)
    while todo:
        key = todo.pop()
        if key in seen:
            continue
        seen.add(key)
        resource = desired.resources.get(key)
        if resource:
            todo.extend(resource.needs)
    return seen


def _spread(found: dict[Key, Held], changes: tuple[Change, ...], desired: Desired) -> None:
    """A change that needs a held one is held too; a deletion waits for the held changes that still use the thing."""
    for change in changes:
        if change.key in found or change.action is Action.DELETE:
            continue
        below = sorted(reachable(change.needs, desired) & found.keys())
        if below:
            found[change.key] = Held(change, found[below[0]].code, f"it needs {below[0]}: {found[below[0]].reason}")
    for change in changes:
        if change.action is Action.DELETE and change.key not in found:
            users = [k for k, h in sorted(found.items()) if h.change.before and change.key in h.change.before.needs]
            if users:
                found[change.key] = Held(change, found[users[0]].code, f"{users[0]} still uses it")
