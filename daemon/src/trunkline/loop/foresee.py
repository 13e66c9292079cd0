"""`stages`: the loop run ahead of itself on predicted observations, so that a plan shows the whole sequence. Pure."""

from collections.abc import Callable, Mapping

from trunkline.loop import diff, forecast, plan
from trunkline.loop.situation import Situation
from trunkline.model.desired import Desired
from trunkline.model.key import Key
from trunkline.model.observed import Observed
from trunkline.model.plan import Plan
from trunkline.model.resource import Owned

Compile = Callable[[Mapping[str, Observed]], Desired]
MOST_STAGES = 5


def stages(first: Plan, situation: Situation, compiled: Compile, inventory: Mapping[Key, Owned]) -> tuple[Plan, ...]:
    """The plans that follow `first` once it is carried out, each made from what the one before it leads to."""
    found: list[Plan] = []
    current = first
    while current.steps and len(found) < MOST_STAGES:
        observed = forecast.after(current, situation.observed, situation.dialects)
        desired = diff.canonical(compiled(observed), situation.dialects)
        situation = Situation(desired, observed, situation.dialects, refused=situation.refused)
        current = plan.order(diff.between(desired, observed, situation.dialects, inventory), situation)
        if current.steps:
            found.append(current)
    return tuple(found)
