"""`carry_out`: the one place that changes devices. Writes down every step before it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trunkline.model.errors import DeviceRefused, TrunklineError
from trunkline.model.key import Key
from trunkline.model.outcome import Outcome, Result
from trunkline.model.passes import Failure
from trunkline.model.plan import Plan, Step
from trunkline.ports import Clock, Device, Journal


@dataclass(frozen=True)
class Hands:
    """What carrying out needs: the devices by target, the journal, the clock, and whether to stop after this step."""

    devices: Mapping[str, Device]
    journal: Journal
    clock: Clock
    is_stopping: Callable[[], bool] = lambda: False
    on_step: Callable[[int, int, Step], None] = lambda _number, _of, _step: None


@dataclass(frozen=True)
class Applied:
    """What became of a plan, and what ended it early, if anything did."""

    outcomes: tuple[Outcome, ...]
    failure: Failure | None = None


def carry_out(plan: Plan, hands: Hands) -> Applied:
    """Carry out the steps in their order.

    A refusal fails its step and skips the steps that need it; the others go on, for they do not depend on it. When a
    session dies or a device is busy the rest of that device's steps is skipped. Nothing is retried here: the next
    pass observes first.
    """
    plan_id = hands.journal.begin(plan, hands.clock.now())
    outcomes: list[Outcome] = []
    spoilt: set[Key] = set()
    lost_targets: set[str] = set()
    failure: Failure | None = None
    for number, step in enumerate(plan.steps, start=1):
        if hands.is_stopping():
            outcomes.append(_outcome(step, Result.SKIPPED, "the daemon is stopping"))
            continue
        obstacle = _obstacle(step, spoilt, lost_targets)
        if obstacle:
            outcomes.append(_outcome(step, Result.SKIPPED, obstacle))
            spoilt.add(step.key)
            continue
        hands.on_step(number, len(plan.steps), step)
        outcome, error = _one(plan_id, step, hands)
        outcomes.append(outcome)
        if error:
            failure = failure or Failure(error.reason, str(error))
            spoilt.add(step.key)
            if not isinstance(error, DeviceRefused):
                lost_targets.add(step.key.target)
    return Applied(tuple(outcomes), failure)


def _one(plan_id: str, step: Step, hands: Hands) -> tuple[Outcome, TrunklineError | None]:
    started = hands.clock.now()
    hands.journal.intend(plan_id, step, started)
    try:
        hands.devices[step.key.target].carry_out(step)
    except TrunklineError as error:
        result = Result.FAILED if isinstance(error, DeviceRefused) else Result.UNKNOWN
        return _outcome(step, result, str(error), (hands.clock.now() - started).total_seconds()), error
    finished = hands.clock.now()
    hands.journal.done(plan_id, step, finished)
    return _outcome(step, Result.APPLIED, "", (finished - started).total_seconds()), None


def _obstacle(step: Step, spoilt: set[Key], lost_targets: set[str]) -> str:
    if step.key.target in lost_targets:
        return f"an earlier step on {step.key.target} did not come to an end"
    missing = sorted(step.change.needs & spoilt)
    return f"it needs {missing[0]}, which did not succeed" if missing else ""


def _outcome(step: Step, result: Result, detail: str, duration_seconds: float = 0.0) -> Outcome:
    return Outcome(step.key, step.change.action, result, detail, duration_seconds)
