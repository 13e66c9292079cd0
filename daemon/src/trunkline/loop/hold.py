"""Which changes may not be carried out now although the others may: one table of small questions. Pure."""

from collections.abc import Iterable, Mapping

from trunkline.loop.situation import Situation
from trunkline.model.desired import Desired, Enforcement
from trunkline.model.key import HELD_KINDS, SHARED_SECTIONS, Key, Kind
from trunkline.model.observed import CubeFacts
from trunkline.model.plan import Action, Change, Held, Step
from trunkline.model.resource import Resource

TRUST = frozenset({Kind.TRUSTPOINT, Kind.CALLMANAGER_TRUST, Kind.KEY_PAIR})

Objection = tuple[str, str] | None  # code, reason
OBSERVE_ONLY = "observe-only"


def held(changes: tuple[Change, ...], situation: Situation) -> tuple[Held, ...]:
    """The changes that must wait, each with the first objection; then whatever needs one of them."""
    by_key = {change.key: change for change in changes}
    found: dict[Key, Held] = {}
    for change in changes:
        objection = _first_objection(change, by_key, situation)
        if objection:
            found[change.key] = Held(change, *objection)
    _spread(found, changes, situation)
    return tuple(found[key] for key in sorted(found))


def _first_objection(change: Change, by_key: Mapping[Key, Change], situation: Situation) -> Objection:
    general = observe_only(change, situation.desired) or _refused_before(change, situation)
    if general:
        return general
    if change.action is Action.DELETE:
        used = _gap_beside_deletion(change, situation) or _foreign_dependent(change, by_key, situation)
        return used or _calls(change, situation)
    return (
        _gap_below(change, situation) or _takeover(change, situation) or _clock(change, situation) or _calls(change, situation)
    )


def observe_only(change: Change, desired: Desired) -> Objection:
    """Everything, where the CUBE is only observed; else what only links in observe mode want."""
    if desired.policy.enforcement is Enforcement.OBSERVE:
        return (OBSERVE_ONLY, "the enforcement mode is observe")
    if all(link.enforcement is Enforcement.ENFORCE for link in desired.links):
        return None
    links = change.resource.links if change.resource else frozenset()
    modes = {link.name: link.enforcement for link in desired.links if link.name in links}
    if links and all(modes.get(link) is Enforcement.OBSERVE for link in links):
        return (OBSERVE_ONLY, f"the enforcement mode of {', '.join(sorted(links))} is observe")
    return None


def _refused_before(change: Change, situation: Situation) -> Objection:
    """What the device refused, or showed differently, is not sent again for the same revision."""
    if not situation.refused:
        return None
    effect = Step(change, situation.dialects[change.key.target].render(change)).effect
    failure = situation.refused.get(effect)
    return ("refused", failure.message) if failure else None


def _gap_below(change: Change, situation: Situation) -> Objection:
    """A need that could not be read, or cannot be stated."""
    if situation.is_certain:
        return None
    for key in sorted(situation.reachable(change.needs)):
        gap = situation.first_gap(key)
        if gap:
            return ("gap", f"it needs {key}, which could not be read: {gap.reason}")
    return None


def _gap_beside_deletion(change: Change, situation: Situation) -> Objection:
    """While anything on a target is unreadable, nobody knows what still uses the thing."""
    gaps = situation.observed[change.key.target].gaps
    if gaps:
        return ("gap", f"what uses it cannot be told while {change.key.target} is not fully readable: {gaps[0].reason}")
    stated = next((gap for gap in situation.desired.gaps if gap.target == change.key.target), None)
    return ("gap", f"what is wanted cannot be told: {stated.reason}") if stated else None


def _foreign_dependent(change: Change, by_key: Mapping[Key, Change], situation: Situation) -> Objection:
    """Something still uses what would be deleted, and no change frees it from that."""
    for user in situation.users.get(change.key, ()):
        if user.kind in HELD_KINDS:  # what a trustpoint holds goes with it
            continue
        other = by_key.get(user)
        if other is None or change.key in _still_used(other, situation):
            return ("foreign-dependent", f"{user} uses it and stays")
    return None


def _takeover(change: Change, situation: Situation) -> Objection:
    """What is there and was never trunkline's, or is shared with somebody else, is not changed because a name is the same."""
    policy, key = situation.desired.policy, change.key
    if policy.allow_takeover or change.action not in (Action.UPDATE, Action.REPLACE) or key.kind is Kind.IDENTITY:
        return None  # whoever has a cluster managed wants the certificates of its nodes renewed, whoever made them
    if key.kind in SHARED_SECTIONS:
        return _diversion(change, situation)
    cure = "state another name or tag, state it as it is, or set guard.allow_takeover in estate.yaml"
    owned = situation.inventory.get(key)
    if key.kind is Kind.CERTIFICATE_REQUEST and owned is None:
        return (
            "takeover",
            "a node keeps one request, and somebody else's is there: whoever asked would lose the key; delete it",
        )
    theirs = next((one for one in change.differences if one.before is not None), None)
    if owned is None and key not in situation.known and theirs:
        return ("takeover", f"it is there already and not trunkline's, and {theirs.slot} is {theirs.before!r}: {cure}")
    user = next((user for user in _strange_users(key, situation) if user not in situation.known), None)
    if user and not (owned and owned.is_created):
        return ("takeover", f"{user}, which is not trunkline's, uses it too: {cure}")
    return None


def _diversion(change: Change, situation: Situation) -> Objection:
    """A line of others that leads to something of theirs, such as the trustpoint that the CUBE presents by default."""
    dialect, owned = situation.dialects[change.key.target], situation.inventory.get(change.key)
    ours = owned.resource.settings if owned else {}
    for slot, has, wanted in change.differences:
        if has is None or wanted is None or slot in ours:
            continue
        leads, would_lead = (dialect.references(change.key, {slot: line}) for line in (has, wanted))
        if leads - would_lead - situation.desired.kept:  # another revision of one certificate leads nobody elsewhere
            cure = "state `signalling: remote-address` where that will do, or set guard.allow_takeover in estate.yaml"
            return ("takeover", f"`{has}` is not trunkline's, and what uses it would be led elsewhere by `{wanted}`: {cure}")
    return None


def _strange_users(key: Key, situation: Situation) -> tuple[Key, ...]:
    ours = situation.desired.resources.keys() | situation.inventory.keys()
    return tuple(user for user in situation.users.get(key, ()) if user not in ours)


def doubtful(changes: Iterable[Change], situation: Situation) -> frozenset[Key]:
    """What this CUBE's inventory does not know of what would be changed and its users; another CUBE's may."""
    found: set[Key] = set()
    for change in changes:
        if change.action in (Action.UPDATE, Action.REPLACE) and change.key.kind not in SHARED_SECTIONS:
            found |= {change.key} - situation.inventory.keys()
            found.update(_strange_users(change.key, situation))
    return frozenset(found)


def _still_used(change: Change, situation: Situation) -> frozenset[Key]:
    """What a changed resource refers to once its change is done, foreign lines included.

    What it was seen to use in lines that are none of its settings, it goes on using.
    """
    if change.action is Action.DELETE or change.after is None:
        return frozenset()
    references = situation.dialects[change.key.target].references
    hidden = change.before.needs - references(change.key, change.before.settings) if change.before else frozenset()
    return references(change.key, settings_after(change)) | hidden


def settings_after(change: Change) -> dict[str, str]:
    """The settings that a device shows once the change is done: what nobody changes stays."""
    before: Resource | None = None if change.action is Action.REPLACE else change.before
    settings = dict(before.settings) if before else {}
    for difference in change.differences:
        settings.pop(difference.slot, None)
        if difference.after is not None:
            settings[difference.slot] = difference.after
    return settings


def _clock(change: Change, situation: Situation) -> Objection:
    """No work on certificates while a router does not know the time: it would refuse or misjudge them."""
    if change.key.kind not in HELD_KINDS:
        return None
    facts = situation.observed[change.key.target].facts
    if isinstance(facts, CubeFacts) and not facts.clock_is_authoritative:
        return ("clock", "the clock of the CUBE is not authoritative; give it a working NTP server")
    return None


def _calls(change: Change, situation: Situation) -> Objection:
    """What is not done under calls waits alone: refused amid a plan, it would leave the ends of a trunk unlike each other."""
    facts = situation.observed[change.key.target].facts
    if not isinstance(facts, CubeFacts) or facts.active_call_legs == 0:
        return None
    if not situation.dialects[change.key.target].waits_for_calls(change):
        return None
    return (
        "calls",
        f"it is only changed without calls, and {facts.active_call_legs or 'an unknown number of'} call legs are up",
    )


def _spread(found: dict[Key, Held], changes: Iterable[Change], situation: Situation) -> None:
    """A change that needs a held one is held too; a deletion waits for the held changes that still use the thing."""
    if not found:
        return
    for change in changes:
        if change.key in found or change.action is Action.DELETE:
            continue
        below = sorted(situation.reachable(change.needs) & found.keys())
        if below:
            found[change.key] = Held(change, found[below[0]].code, f"it needs {below[0]}: {found[below[0]].reason}")
    _spread_to_trust(found, changes)
    _spread_to_deletions(found, changes)


def _spread_to_trust(found: dict[Key, Held], changes: Iterable[Change]) -> None:
    """No device shows what trust is used for: it stays while a change that concerns one of its links waits."""
    waiting = [one for _, one in sorted(found.items()) if one.change.action is not Action.DELETE]
    for change in changes:
        if change.key in found or change.action is not Action.DELETE or change.key.kind not in TRUST:
            continue
        one = next((one for one in waiting if _share_a_link(change, one.change)), None)
        if one:
            found[change.key] = Held(change, one.code, f"it may be in use until {one.change.key} is as desired: {one.reason}")


def _share_a_link(first: Change, second: Change) -> bool:
    """What no link is named for concerns all of them."""
    one, other = (change.resource.links if change.resource else frozenset() for change in (first, second))
    return not one or not other or bool(one & other)


def _spread_to_deletions(found: dict[Key, Held], changes: Iterable[Change]) -> None:
    """Until nothing changes: the user that keeps a thing may itself be a deletion that waits."""
    waiting = [change for change in changes if change.action is Action.DELETE]
    users: dict[Key, list[Change]] = {}
    for change in changes:
        for needed in change.before.needs if change.before else ():
            users.setdefault(needed, []).append(change)
    is_moving = True
    while is_moving:
        is_moving = False
        for change in waiting:
            kept = next((user.key for user in users.get(change.key, ()) if user.key in found), None)
            if kept and change.key not in found:
                found[change.key] = Held(change, found[kept].code, f"{kept} still uses it")
                is_moving = True
