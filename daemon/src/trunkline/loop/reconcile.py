"""One pass, from what git says and what the devices show to what is left to do. Read this page first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from trunkline.loop import (
    apply,
    conditions,
    diff,
    hold,
    overtaken,
    plan,
    refusal,
    save,
    typed,
)
from trunkline.loop.ahead import forecast, foresee, judging, outlook
from trunkline.loop.ladder import changes as certificates
from trunkline.loop.ladder import notes
from trunkline.loop.ladder import standings as ladder
from trunkline.loop.ladder.notes import Notes
from trunkline.loop.ladder.remembered import with_memory
from trunkline.loop.ladder.scene import Scene
from trunkline.loop.request import Request
from trunkline.loop.situation import Situation
from trunkline.model.desired import Desired
from trunkline.model.errors import TrunklineError
from trunkline.model.event import Event
from trunkline.model.key import Key, cluster_target, cube_target, wire_target
from trunkline.model.observed import Gap, Observed, unreadable
from trunkline.model.outcome import Outcome, Proceed, Verdict
from trunkline.model.passes import Condition, ConditionType, Failure, Pass
from trunkline.model.plan import Change, Plan
from trunkline.model.renewal.memory import Memory
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Owned

MOST_SETTLING = 3
"""How often a plan is made anew because somebody changed a device under it."""


@dataclass
class _State:
    """What is known so far in one pass."""

    situation: Situation
    changes: tuple[Change, ...]
    plan: Plan
    failure: Failure | None = None
    verdict: Verdict | None = None
    outcomes: tuple[Outcome, ...] = ()
    is_saved: bool = False
    unsaved: frozenset[str] = frozenset()  # targets that refused to save
    remaining: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()
    forecast: tuple[Plan, ...] = ()
    once_enforced: Plan | None = None
    forecasts: outlook.Forecasts = field(default_factory=dict)
    refused: Mapping[str, Failure] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    notes: Notes = field(default_factory=Notes)
    typed: tuple[Event, ...] = ()


def reconcile(request: Request, hands: apply.Hands) -> Pass:
    """Observe, compare, plan, judge, carry out, and compare again: what then remains is the verification."""
    started_at = hands.clock.now()
    state = _look(request, hands, is_full=request.is_full)
    before = state.situation.observed.get(cube_target(request.cube))
    if request.is_dry:
        _foresee(state, request, hands)
    elif not hands.is_stopping():
        state = _act(state, request, hands)
    state.failure = state.failure or refusal.standing(state.plan, state.refused)
    state.typed = typed.of(request, state.changes, before, state.situation.desired.revision, hands.journal)
    return _finish(state, request, hands, started_at)


def _look(request: Request, hands: apply.Hands, *, is_full: bool) -> _State:
    """Observe both ends and plan from that."""
    observed, failure = _observe(request, hands, is_full=is_full)
    return _planned(request, hands, observed, failure)


def _observe(request: Request, hands: apply.Hands, *, is_full: bool) -> tuple[dict[str, Observed], Failure | None]:
    observed: dict[str, Observed] = {}
    failure: Failure | None = None
    for target, keys in sorted(request.keys.items()):
        try:
            is_asked_anew = is_full or (request.is_wire_wanted and target == wire_target(request.cube))
            observed[target] = hands.devices[target].observe(keys, full=is_asked_anew)
        except TrunklineError as error:
            observed[target] = unreadable(target, hands.clock.now(), str(error), error.reason)
            failure = failure or Failure(error.reason, str(error))
    return observed, failure


def _planned(request: Request, hands: apply.Hands, observed: dict[str, Observed], failure: Failure | None) -> _State:
    dialects = {target: hands.devices[target].dialect() for target, seen in observed.items() if seen.is_readable}
    made = hands.journal.inventory(request.cube)
    scene = _scene(request, hands, observed, frozenset(key for key, owned in made.items() if owned.is_created))
    observed = with_memory(observed, scene.memory)
    standings = ladder.of(request.wishes, scene)
    desired = diff.canonical(request.compile(observed, standings), dialects)
    desired = replace(desired, kept=certificates.kept(standings, scene))
    inventory = _own(request, desired, hands, made)
    found = (*diff.between(desired, observed, dialects, inventory), *certificates.of(standings, scene, desired.links))
    changes = tuple(sorted(found, key=lambda change: change.key))
    refused = {} if _is_anew(request, desired, scene) else request.precedent.refused
    situation = Situation(desired, observed, dialects, scene.owed, refused, inventory)
    doubtful = hold.doubtful(changes, situation)
    if doubtful:
        others_links = request.elsewhere() - {change.key for change in changes}  # users; to name a thing is not to have made it
        situation = replace(situation, known=hands.journal.known(doubtful) | others_links)
    return _State(
        situation,
        changes,
        plan.order(changes, situation),
        failure,
        remaining=changes,
        gaps=diff.uncertain(desired, observed, inventory),
        refused=refused,
        standings=standings,
        notes=notes.of(standings, scene),
    )


def _scene(request: Request, hands: apply.Hands, observed: Mapping[str, Observed], own: frozenset[Key]) -> Scene:
    """What the standing of certificates is judged from; where they are only watched the journal is asked for nothing."""
    memory = Memory()
    if any(wish.issuer for wish in request.wishes):
        memory = hands.journal.memory(request.keys)
    if any(wish.others for wish in request.wishes):  # what others said is read from all their newest passes: not for nothing
        memory = replace(memory, others=request.others())
    return Scene(observed, memory, hands.clock.now(), request.cube, hands.journal.owed(request.cube), own)


def _is_anew(request: Request, desired: Desired, scene: Scene) -> bool:
    """Whether what was refused may be sent again: somebody changed documents, or ordered a renewal since."""
    told_at = request.precedent.finished_at
    is_ordered = told_at is not None and any(order.at > told_at for order in scene.memory.orders.values())
    return is_ordered or request.precedent.revision != desired.revision


def _own(request: Request, desired: Desired, hands: apply.Hands, inventory: Mapping[Key, Owned]) -> Mapping[Key, Owned]:
    """The inventory without what this CUBE does not want any more but another one does: that is not to be deleted.

    Another CUBE that had no pass since the commit claims nothing yet, but documents name what it will want.
    """
    unwanted = sorted(inventory.keys() - desired.resources.keys())
    claimed = hands.journal.claimed(request.cube, unwanted) | request.elsewhere() if unwanted else frozenset()
    return {key: owned for key, owned in inventory.items() if key not in claimed}


def _foresee(state: _State, request: Request, hands: apply.Hands) -> None:
    """Judge the plan, run the loop ahead of itself, and try the handshakes that both lead to."""
    seen, outset = state.situation, _outset(state, hands)
    last: Mapping[str, Observed] = seen.observed
    if state.plan.steps:
        _judge(state, request, outset)
        state.forecast, last = foresee.stages(state.plan, seen, request.compile, state.standings)
    state.once_enforced = foresee.once_enforced(state.plan, state.changes, seen)
    if state.once_enforced:
        last = forecast.after(state.once_enforced, last, seen.dialects)
    if outset:
        state.forecasts = outset.to(last)


def _outset(state: _State, hands: apply.Hands) -> outlook.Outset | None:
    seen = state.situation
    return outlook.Outset(seen.desired, seen.observed, hands.rehearsal, hands.clock.now()) if hands.rehearsal else None


def _judge(state: _State, request: Request, outset: outlook.Outset | None) -> None:
    ways = judging.Ways(request.compile, state.standings, outset)
    state.verdict, state.forecasts = judging.judge(state.plan, state.situation, ways)


def _act(state: _State, request: Request, hands: apply.Hands) -> _State:
    """Carry out the plan if nobody objects, look again, and save where nothing is left."""
    desired = state.situation.desired
    hands.journal.claim(request.cube, _shared_keys(desired), is_complete=not desired.gaps)
    found = overtaken.found(state.situation, state.changes)
    hands.journal.adopt(request.cube, found, overtaken.owed(found, state.situation))
    _write_down(state.notes, hands)
    if state.plan.steps:
        state = _settle(state, request, hands)
    if state.plan.steps:
        _judge(state, request, _outset(state, hands))
    if isinstance(state.verdict, Proceed):
        _carry_out(state, request, hands)
    if not hands.is_stopping():
        seen = state.situation
        hands.journal.forget(request.cube, diff.vanished(seen.desired, seen.observed, seen.inventory))
        saved = save.where_all_is_there(seen, state.remaining, state.outcomes, hands)
        state.is_saved, state.unsaved, state.failure = saved.is_saved, saved.unsaved, state.failure or saved.failure
    return state


def _shared_keys(desired: Desired) -> frozenset[Key]:
    """What this CUBE wants on clusters, where another CUBE may have made it or may want it too."""
    targets = {cluster_target(link.cluster) for link in desired.links}
    return frozenset(key for key in desired.resources if key.target in targets)


def _settle(state: _State, request: Request, hands: apply.Hands) -> _State:
    """Look at the change signals once more: whoever changed a device since it was read makes the plan be made anew.

    A device that moves faster than it can be planned for is left to the guard, which compares with what was seen last.
    """
    for _ in range(MOST_SETTLING):
        observed, failure = _observe_again(state, request, hands)
        if {target: seen.fingerprint for target, seen in observed.items()} == state.plan.fingerprints:
            return state
        state = _planned(request, hands, observed, state.failure or failure)
        if not state.plan.steps:
            return state
    observed, failure = _observe_again(state, request, hands)
    situation = replace(state.situation, observed=observed)
    return replace(state, situation=situation, failure=state.failure or failure)


def _observe_again(state: _State, request: Request, hands: apply.Hands) -> tuple[dict[str, Observed], Failure | None]:
    """What could not be read at all a moment ago is not waited for once more."""
    seen = dict(state.situation.observed)
    readable = {target: keys for target, keys in request.keys.items() if seen[target].is_readable}
    observed, failure = _observe(replace(request, keys=readable), hands, is_full=False)
    return seen | observed, failure


def _carry_out(state: _State, request: Request, hands: apply.Hands) -> None:
    applied = apply.carry_out(state.plan, hands)
    state.outcomes = applied.outcomes
    state.failure = state.failure or applied.failure
    if hands.is_stopping():
        return
    again = _look(request, hands, is_full=True)
    meddled = refusal.meddled(state.situation.observed, again.situation.observed, request.own_user)
    refused = refusal.found(state.plan, applied, again.plan, again.remaining, meddled)
    state.refused = {**state.refused, **refused}
    state.failure = state.failure or again.failure or next(iter(refused.values()), None)
    state.situation, state.remaining, state.gaps = again.situation, again.remaining, again.gaps
    state.standings, state.notes = again.standings, again.notes
    _write_down(again.notes, hands)


def _write_down(found: Notes, hands: apply.Hands) -> None:
    """What no device can be asked for later."""
    for binding in found.bound:
        hands.journal.bound(binding)
    for holder in found.forgotten:
        hands.journal.forget_holder(holder)
    for holder in found.served:
        hands.journal.serve(holder)


def _finish(state: _State, request: Request, hands: apply.Hands, started_at: datetime) -> Pass:
    now = hands.clock.now()
    desired, observed = state.situation.desired, state.situation.observed
    owed = hands.journal.owed(request.cube)
    evidence = conditions.Evidence(
        desired, observed, state.remaining, now, state.failure, owed, state.unsaved, state.standings, state.typed
    )
    earlier = request.precedent.conditions
    return Pass(
        cube=request.cube,
        revision=desired.revision,
        started_at=started_at,
        finished_at=now,
        observed=observed,
        changes=state.changes,
        plan=state.plan,
        verdict=state.verdict,
        outcomes=state.outcomes,
        remaining=state.remaining,
        links=desired.links,
        conditions={
            link.name: conditions.conditions(link, evidence, _by_type(earlier.get(link.name, ()))) for link in desired.links
        },
        failure=state.failure,
        is_saved=state.is_saved,
        gaps=state.gaps,
        forecast=state.forecast,
        once_enforced=state.once_enforced,
        forecasts=state.forecasts,
        refused=state.refused,
        standings=state.standings,
        is_moving=state.notes.is_news,
        typed=state.typed,
    )


def _by_type(of: tuple[Condition, ...]) -> dict[ConditionType, Condition]:
    return {condition.type: condition for condition in of}
