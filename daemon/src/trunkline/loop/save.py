"""`where_all_is_there`: what a device runs with is made to survive a reload."""

from collections.abc import Iterable
from dataclasses import dataclass

from trunkline.loop.apply import Hands
from trunkline.loop.situation import Situation
from trunkline.model.desired import Enforcement
from trunkline.model.errors import TrunklineError
from trunkline.model.key import Kind
from trunkline.model.outcome import Outcome
from trunkline.model.passes import Failure
from trunkline.model.plan import Action, Change


@dataclass
class Saved:
    """Whether anything was saved, and the targets that refused."""

    is_saved: bool = False
    unsaved: frozenset[str] = frozenset()
    failure: Failure | None = None


def where_all_is_there(situation: Situation, remaining: tuple[Change, ...], outcomes: Iterable[Outcome], hands: Hands) -> Saved:
    """Write to memory only what is wholly as desired and could be read; the other end's gaps do not count.

    Not in observe mode: who looks on writes nothing, not even what a person did not save under the same user.
    """
    done = Saved()
    if situation.desired.policy.enforcement is Enforcement.OBSERVE or any(map(_is_lacking, remaining)):
        return done
    changed = {outcome.key.target for outcome in outcomes}
    for target, seen in sorted(situation.observed.items()):
        if seen.gaps or not (target in changed or getattr(seen.facts, "has_unsaved_changes", False)):
            continue
        try:
            hands.devices[target].save()
            done.is_saved = True
        except TrunklineError as error:
            done.failure = done.failure or Failure(error.reason, str(error))
            done.unsaved |= {target}
    return done


def _is_lacking(change: Change) -> bool:
    """What is there too long, or still to be signed, lacks nowhere after a reload; a key that was not saved would."""
    return change.key.kind is not Kind.SIGNATURE and change.action not in (Action.DELETE, Action.RECYCLE)
