"""`after`: what the devices will show once a plan is carried out. Pure; so the loop can be run ahead of itself."""

from collections.abc import Mapping
from dataclasses import replace

from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.plan import Action, Change, Plan
from trunkline.model.resource import Resource


def after(plan: Plan, observed: Mapping[str, Observed]) -> dict[str, Observed]:
    """The predicted observations; their fingerprints say which plan they come from."""
    resources: dict[str, dict[Key, Resource]] = {target: dict(seen.resources) for target, seen in observed.items()}
    for step in plan.steps:
        _carry_over(step.change, resources[step.key.target])
    return {
        target: replace(seen, resources=resources[target], fingerprint=f"{seen.fingerprint}+{plan.digest}")
        for target, seen in observed.items()
    }


def _carry_over(change: Change, shown: dict[Key, Resource]) -> None:
    if change.key.kind is Kind.ACTIVATION:
        return
    if change.action is Action.DELETE or change.after is None:
        shown.pop(change.key, None)
        return
    before = shown.get(change.key)
    settings = {} if change.action is Action.REPLACE or before is None else dict(before.settings)
    for difference in change.differences:
        settings.pop(difference.slot, None)
        if difference.after is not None:
            settings[difference.slot] = difference.after
    shown[change.key] = replace(change.after, settings=settings)
