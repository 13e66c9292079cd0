"""What only a person can help: steps that a device refused, or took and shows differently. They are never sent twice. Pure."""

from collections.abc import Collection, Iterator, Mapping

from trunkline.loop.apply import Applied
from trunkline.model.errors import Stalled
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.outcome import Result
from trunkline.model.passes import Failure
from trunkline.model.plan import Change, Plan, Step


def found(
    done: Plan, applied: Applied, again: Plan, remaining: tuple[Change, ...], meddled: Collection[str] = ()
) -> dict[str, Failure]:
    """The steps that the next plan would hold once more, by their effect, each with the reason why it must not.

    `meddled` are targets that somebody changed after the steps: what they show then says nothing of what they keep.
    """
    succeeded = {outcome.key for outcome in applied.outcomes if outcome.result is Result.APPLIED}
    sent = {step.key: step for step in done.steps if step.key in succeeded and step.key.target not in meddled}
    causes = {**dict(_not_kept(sent, remaining)), **applied.refusals}
    return {step.effect: causes[step.key] for step in again.steps if step.key in causes}


def meddled(before: Mapping[str, Observed], after: Mapping[str, Observed], own_user: str) -> frozenset[str]:
    """The CUBEs whose newest change is one of somebody else that was not there before the steps, by IOS's own stamp.

    Who cannot be told from trunkline did nothing.
    """
    stamps = {target: (_stamp(seen), _stamp(after.get(target))) for target, seen in before.items()}
    users = {target: now.partition(" by ")[2] for target, (then, now) in stamps.items() if now != then}
    return frozenset(target for target, user in users.items() if own_user and user not in ("", own_user))


def _stamp(seen: Observed | None) -> str:
    return seen.facts.last_change if seen and isinstance(seen.facts, CubeFacts) else ""


def _not_kept(sent: Mapping[Key, Step], remaining: tuple[Change, ...]) -> Iterator[tuple[Key, Failure]]:
    """Changes that were sent and are wanted still: no rule of the dialect knows why."""
    for change in remaining:
        step = sent.get(change.key)
        # A node shows an uploaded certificate only after a while; uploading it once more does no harm.
        if step is None or change.key.kind is Kind.CALLMANAGER_TRUST:
            continue
        what = _what_was_lost(step.change, change)
        if what:
            yield change.key, _failure(change.key, what)


def _what_was_lost(before: Change, again: Change) -> str:
    sent = {(one.slot, one.after) for one in before.differences}
    lost = next((one for one in again.differences if (one.slot, one.after) in sent), None)
    if lost:
        shown = f"it shows {lost.before!r}" if lost.before is not None else "it does not show it"
        return f"sent {lost.after!r}, {shown}"
    return f"it was to be {before.action}d, and still is" if before.action is again.action and not again.differences else ""


def _failure(key: Key, what: str) -> Failure:
    return Failure(
        Stalled.reason,
        f"cannot keep {key} as desired: {what}. Change the document to what the device shows, "
        "or report the line, which trunkline has no rule for",
    )


def standing(plan: Plan, refused: Mapping[str, Failure]) -> Failure | None:
    """The failure that keeps a pass stalled although it sent nothing: the first refusal that still holds a change."""
    messages = [held.reason for held in plan.held if held.code == "refused"]
    return next((failure for failure in refused.values() if failure.message in messages), None)
