"""What a plan shows beyond its own steps: those that follow, and those that enforcement would add. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from trunkline.loop import diff, plan
from trunkline.loop.ahead import forecast
from trunkline.loop.hold import OBSERVE_ONLY
from trunkline.loop.situation import Situation
from trunkline.model.desired import Desired, Enforcement
from trunkline.model.observed import Observed
from trunkline.model.plan import Change, Plan
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Owned

Compile = Callable[[Mapping[str, Observed], tuple[Standing, ...]], Desired]
MOST_STAGES = 5


class Ahead(NamedTuple):
    """The plans that follow one, and what the devices show after the last of them."""

    plans: tuple[Plan, ...]
    observed: Mapping[str, Observed]


def stages(first: Plan, situation: Situation, compiled: Compile, standings: tuple[Standing, ...] = ()) -> Ahead:
    """What follows `first` once it is carried out, each plan made from what the one before it leads to.

    Certificates stay where they stand: what an issuer will sign cannot be foretold.
    """
    inventory = situation.inventory
    found: list[Plan] = []
    current = first
    while current.steps and len(found) < MOST_STAGES:
        observed = forecast.after(current, situation.observed, situation.dialects)
        desired = diff.canonical(compiled(observed, standings), situation.dialects)
        made = {step.key: Owned(step.change.after, is_created=True) for step in current.steps if step.change.after}
        known = {**made, **situation.inventory}
        situation = Situation(desired, observed, situation.dialects, frozenset(), situation.refused, known, situation.known)
        current = plan.order(diff.between(desired, observed, situation.dialects, inventory), situation)
        if current.steps:
            found.append(current)
    return Ahead(tuple(found), forecast.after(current, situation.observed, situation.dialects))


def once_enforced(made: Plan, changes: tuple[Change, ...], situation: Situation) -> Plan | None:
    """What is not sent only because it is observed, as it would be sent; None where nothing waits for that."""
    if not any(held.code == OBSERVE_ONLY for held in made.held):
        return None
    desired = situation.desired
    enforcing = replace(
        desired,
        policy=replace(desired.policy, enforcement=Enforcement.ENFORCE),
        links=tuple(replace(link, enforcement=Enforcement.ENFORCE) for link in desired.links),
    )
    whole = plan.order(changes, replace(situation, desired=enforcing))
    own = {step.key for step in made.steps}
    return replace(whole, steps=tuple(step for step in whole.steps if step.key not in own))
