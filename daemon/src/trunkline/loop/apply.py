"""`carry_out`: the one place that changes devices. Writes down every step before it is done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trunkline.model.errors import AccessRefused, DeviceRefused, JournalFailed, Stalled, TrunklineError, Waiting
from trunkline.model.key import Key
from trunkline.model.outcome import Outcome, Result
from trunkline.model.passes import Failure
from trunkline.model.plan import Action, Plan, Step
from trunkline.model.renewal.memory import Holder
from trunkline.ports import Clock, Device, Journal, Rehearsal


@dataclass(frozen=True)
class Hands:
    """What carrying out needs: the devices by target, the journal, the clock, whether to stop after this step, and who
    rehearses handshakes.
    """

    devices: Mapping[str, Device]
    journal: Journal
    clock: Clock
    is_stopping: Callable[[], bool] = lambda: False
    on_step: Callable[[int, int, Step], None] = lambda _number, _of, _step: None
    rehearsal: Rehearsal | None = None  # None: nothing is forecast of handshakes


@dataclass(frozen=True)
class Applied:
    """What became of a plan, what ended it early, if anything did, and the steps that only a person can help."""

    outcomes: tuple[Outcome, ...]
    failure: Failure | None = None
    refusals: Mapping[Key, Failure] = field(default_factory=dict)


@dataclass
class _Progress:
    """What is known while steps are carried out."""

    outcomes: list[Outcome] = field(default_factory=list)
    spoilt: set[Key] = field(default_factory=set)
    waiting: set[Key] = field(default_factory=set)  # others need time; nothing went wrong
    owed: set[Key] = field(default_factory=set)  # activations that something asks for which happened, or may have
    lost_targets: set[str] = field(default_factory=set)
    failure: Failure | None = None
    refusals: dict[Key, Failure] = field(default_factory=dict)
    is_journal_lost: bool = False

    def skip(self, step: Step, why: str) -> None:
        """What needs it is skipped too."""
        self.outcomes.append(Outcome(step.key, step.change.action, Result.SKIPPED, why))
        (self.waiting if step.change.needs & self.waiting else self.spoilt).add(step.key)

    def fail(self, step: Step, error: TrunklineError) -> None:
        """A refusal concerns its step and what needs it; anything else ends the work on that device."""
        failure = Failure(error.reason, str(error))
        self.failure = self.failure or failure
        self.spoilt.add(step.key)
        if isinstance(error, Stalled):
            self.refusals[step.key] = failure
        if isinstance(error, JournalFailed):
            self.is_journal_lost = True
        elif not isinstance(error, DeviceRefused):
            self.lost_targets.add(step.key.target)


def carry_out(plan: Plan, hands: Hands) -> Applied:
    """Carry out the steps in their order.

    A refusal fails its step and skips the steps that need it; the others go on, for they do not depend on it. Only deletions
    do not: no device shows what trust is used for, so nothing is taken away once a switch to something else failed. When a
    session dies or a device is busy the rest of that device's steps is skipped; when the journal cannot be written, all
    of them. Nothing is retried here: the next pass observes first.
    """
    try:
        plan_id = hands.journal.begin(plan, hands.clock.now())
        progress = _Progress(owed=set(hands.journal.owed(plan.cube)))
    except JournalFailed as error:
        return Applied((), Failure(error.reason, str(error)))
    for number, step in enumerate(plan.steps, start=1):
        obstacle = _obstacle(step, progress, hands)
        if obstacle:
            progress.skip(step, obstacle)
            continue
        hands.on_step(number, len(plan.steps), step)
        _one(plan_id, step, hands, progress)
    return Applied(tuple(progress.outcomes), progress.failure, progress.refusals)


def _one(plan_id: str, step: Step, hands: Hands, progress: _Progress) -> None:
    started = hands.clock.now()
    result, detail = Result.SKIPPED, ""
    try:
        hands.journal.intend(plan_id, step, started)
        result = Result.UNKNOWN
        produced = hands.devices[step.key.target].carry_out(step)
        result = Result.APPLIED
        progress.owed |= step.activates
        hands.journal.done(plan_id, step, hands.clock.now(), produced)
    except Waiting as waiting:
        result, detail = Result.WAITING, str(waiting)
        progress.waiting.add(step.key)
        _write_wait(step, detail, hands, progress)
    except TrunklineError as error:
        if isinstance(error, Stalled):
            result = Result.FAILED
        detail = str(error)
        progress.fail(step, error)
        _take_back(plan_id, step, error, hands, progress)
    seconds = (hands.clock.now() - started).total_seconds()
    progress.outcomes.append(Outcome(step.key, step.change.action, result, detail, seconds))


def _write_wait(step: Step, why: str, hands: Hands, progress: _Progress) -> None:
    """Who waits for an issuer is told for what, also by another process."""
    target, _, name = step.key.name.rpartition("/")
    try:
        hands.journal.waits(Holder(target, name), why)
    except JournalFailed as failed:
        progress.fail(step, failed)


def _take_back(plan_id: str, step: Step, error: TrunklineError, hands: Hands, progress: _Progress) -> None:
    """What a device did nothing of was not made by trunkline: if somebody else makes it, it is theirs, and is not deleted."""
    if isinstance(error, AccessRefused) or (isinstance(error, DeviceRefused) and error.is_untouched):
        try:
            hands.journal.refused(plan_id, step, hands.clock.now(), step.activates - progress.owed)
        except JournalFailed as failed:
            progress.fail(step, failed)
    else:
        progress.owed |= step.activates


def _obstacle(step: Step, progress: _Progress, hands: Hands) -> str:
    if hands.is_stopping():
        return "trunkline is stopping"
    if progress.is_journal_lost:
        return "the journal cannot be written"
    if step.key.target in progress.lost_targets:
        return f"an earlier step on {step.key.target} did not come to an end"
    if step.change.action is Action.DELETE and progress.spoilt:
        return f"what it deletes may be in use still: {min(progress.spoilt)} did not succeed"
    waited = sorted(step.change.needs & progress.waiting)
    if waited:
        return f"it needs {waited[0]}, which is waited for"
    missing = sorted(step.change.needs & progress.spoilt)
    return f"it needs {missing[0]}, which did not succeed" if missing else ""
