"""One pass, from what git says and what the devices show to what is left to do. Read this page first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from trunkline.loop import apply, conditions, diff, guard, plan
from trunkline.model.desired import Desired
from trunkline.model.errors import STALLED_REASONS, Stalled, TrunklineError
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed, unreadable
from trunkline.model.outcome import Outcome, Proceed, Verdict
from trunkline.model.passes import Condition, ConditionType, Failure, Pass
from trunkline.model.plan import Change, Plan
from trunkline.ports import Dialect

Compile = Callable[[Mapping[str, Observed]], Desired]


@dataclass(frozen=True)
class Request:
    """What to reconcile: one CUBE, the keys that its links mean on each target, and how documents are compiled."""

    cube: str
    keys: Mapping[str, tuple[Key, ...]]  # by target: the CUBE and the clusters of its links
    compile: Compile
    previous: Pass | None = None
    is_full: bool = False  # read everything, whatever the change signals say
    is_dry: bool = False  # plan only


@dataclass
class _State:
    """What is known so far in one pass."""

    observed: dict[str, Observed]
    desired: Desired
    changes: tuple[Change, ...]
    plan: Plan
    failure: Failure | None = None
    verdict: Verdict | None = None
    outcomes: tuple[Outcome, ...] = ()
    is_saved: bool = False
    planned: tuple[Change, ...] = field(default=())


def reconcile(request: Request, hands: apply.Hands) -> Pass:
    """Observe, compare, plan, judge, carry out, and compare again: what then remains is the verification."""
    started_at = hands.clock.now()
    state = _look(request, hands, is_full=request.is_full)
    state.planned = state.changes
    if not request.is_dry:
        _act(state, request, hands)
    return _finish(state, request, hands, started_at)


def _look(request: Request, hands: apply.Hands, *, is_full: bool) -> _State:
    """Observe both ends and plan from that."""
    observed, failure = _observe(request, hands, is_full=is_full)
    dialects = {target: hands.devices[target].dialect() for target, seen in observed.items() if _is_readable(seen)}
    desired = canonical(request.compile(observed), dialects)
    changes = diff.between(desired, observed, dialects, hands.journal.inventory(request.cube))
    situation = plan.Situation(desired, observed, dialects, hands.journal.owed(request.cube))
    return _State(observed, desired, changes, plan.order(changes, situation), failure)


def _observe(request: Request, hands: apply.Hands, *, is_full: bool) -> tuple[dict[str, Observed], Failure | None]:
    observed: dict[str, Observed] = {}
    failure: Failure | None = None
    for target, keys in sorted(request.keys.items()):
        try:
            observed[target] = hands.devices[target].observe(keys, full=is_full)
        except TrunklineError as error:
            observed[target] = unreadable(target, hands.clock.now(), str(error))
            failure = failure or Failure(error.reason, str(error))
    return observed, failure


def _is_readable(seen: Observed) -> bool:
    return not any(gap.kind is None for gap in seen.gaps)


def canonical(desired: Desired, dialects: Mapping[str, Dialect]) -> Desired:
    """Desired state as the devices would show it; what belongs to an unreadable device stays as the documents say
    it.
    """
    resources = {
        key: dialects[key.target].canonical(resource) if key.target in dialects else resource
        for key, resource in desired.resources.items()
    }
    return replace(desired, resources=resources)


def _act(state: _State, request: Request, hands: apply.Hands) -> None:
    """Carry out the plan if nobody objects, look again, and save where nothing is left."""
    if state.plan.steps and not _would_repeat(state.plan, request.previous):
        state.verdict = guard.judge(state.plan, state.desired, state.observed)
        if isinstance(state.verdict, Proceed):
            applied = apply.carry_out(state.plan, hands)
            state.outcomes = applied.outcomes
            failure = state.failure or applied.failure
            again = _look(request, hands, is_full=True)
            failure = failure or again.failure or _refused_to_stay(state, again)
            state.observed, state.desired, state.changes = again.observed, again.desired, again.changes
            state.failure = failure
    elif state.plan.steps and request.previous:
        state.failure = state.failure or request.previous.failure
    _save(state, hands)


def _would_repeat(next_plan: Plan, previous: Pass | None) -> bool:
    """Whether the very same plan, from the very same observations, has stalled before: only a person can change
    that.
    """
    return bool(
        previous
        and previous.failure
        and previous.failure.reason in STALLED_REASONS
        and previous.plan
        and _content(previous.plan) == _content(next_plan)
        and previous.revision == next_plan.revision
    )


def _content(of: Plan) -> list[tuple[Key, tuple[str, ...]]]:
    return [(step.key, tuple(line for command in step.commands for line in command.lines)) for step in of.steps]


def _refused_to_stay(before: _State, again: _State) -> Failure | None:
    """A line that was applied and is shown differently: no rule knows why, so it is not sent again."""
    sent = {(change.key, change.differences) for change in before.changes}
    done = {outcome.key for outcome in before.outcomes if outcome.result == "applied"}
    for change in again.changes:
        if change.key in done and (change.key, change.differences) in sent and change.key.kind is not Kind.CALLMANAGER_TRUST:
            difference = change.differences[0] if change.differences else None
            shown = f"sent {difference.after!r}, it shows {difference.before!r}" if difference else "it is not there"
            return Failure(
                Stalled.reason,
                f"cannot keep {change.key} as desired: {shown}. Change the document to what the device shows, "
                "or report the line, which trunkline has no rule for",
            )
    return None


def _save(state: _State, hands: apply.Hands) -> None:
    """Write to memory only what is wholly as desired."""
    if state.changes or state.failure:
        return
    for target in sorted(state.observed):
        facts = state.observed[target].facts
        is_changed = any(outcome.key.target == target for outcome in state.outcomes)
        if is_changed or getattr(facts, "has_unsaved_changes", False):
            try:
                hands.devices[target].save()
                state.is_saved = True
            except TrunklineError as error:
                state.failure = Failure(error.reason, str(error))


def _finish(state: _State, request: Request, hands: apply.Hands, started_at: datetime) -> Pass:
    now = hands.clock.now()
    owed = hands.journal.owed(request.cube)
    evidence = conditions.Evidence(state.desired, state.observed, state.changes, now, state.failure, owed)
    earlier = request.previous.conditions if request.previous else {}
    return Pass(
        cube=request.cube,
        revision=state.desired.revision,
        started_at=started_at,
        finished_at=now,
        observed=state.observed,
        changes=state.planned,
        plan=state.plan,
        verdict=state.verdict,
        outcomes=state.outcomes,
        remaining=state.changes,
        links=state.desired.links,
        conditions={
            link.name: conditions.conditions(link, evidence, _by_type(earlier.get(link.name, ())))
            for link in state.desired.links
        },
        failure=state.failure,
        is_saved=state.is_saved,
    )


def _by_type(of: tuple[Condition, ...]) -> dict[ConditionType, Condition]:
    return {condition.type: condition for condition in of}
