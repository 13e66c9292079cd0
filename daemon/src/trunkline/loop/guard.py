"""`judge`: may this plan be carried out at all? Every objection is listed. Pure."""

from collections.abc import Mapping

from trunkline.model.desired import Desired
from trunkline.model.observed import Observed
from trunkline.model.outcome import Hold, Proceed, Reason, Verdict
from trunkline.model.plan import Action, Plan


def judge(plan: Plan, desired: Desired, observed: Mapping[str, Observed], breaks: tuple[Reason, ...] = ()) -> Verdict:
    """Proceed, or Hold with every reason. Adding a step to a plan never turns Hold into Proceed.

    `breaks` are the links that work now and would not after the whole plan, by `outlook.broken`.
    """
    reasons = (
        *(() if desired.policy.allow_break else breaks),
        *_wrong_revision(plan, desired),
        *_older_than_its_base(plan, observed),
        *_mass_deletion(plan, desired),
        *_replace_not_allowed(plan, desired),
    )
    return Hold(tuple(sorted(set(reasons), key=lambda reason: (reason.code, reason.text)))) if reasons else Proceed(plan)


def _wrong_revision(plan: Plan, desired: Desired) -> list[Reason]:
    if plan.revision == desired.revision:
        return []
    return [Reason("stale-plan", f"the plan was made for {plan.revision}, git now says {desired.revision}; plan again")]


def _older_than_its_base(plan: Plan, observed: Mapping[str, Observed]) -> list[Reason]:
    """Somebody changed a device after it was observed."""
    return [
        Reason("stale-plan", f"{target} is no longer as it was when the plan was made; plan again")
        for target, fingerprint in sorted(plan.fingerprints.items())
        if target not in observed or observed[target].fingerprint != fingerprint
    ]


def _mass_deletion(plan: Plan, desired: Desired) -> list[Reason]:
    """More deletions than the policy allows, or all that there was: rather a mistake in git than a wish."""
    deleted = sum(step.change.action is Action.DELETE for step in plan.steps if step.key not in desired.kept)
    taken_back = sum(difference.after is None for step in plan.steps for difference in step.change.differences)
    reasons = []
    if deleted > desired.policy.max_deletions:
        reasons.append(
            Reason(
                "mass-deletion",
                f"the plan deletes {deleted} resources, guard.max_deletions allows {desired.policy.max_deletions}; "
                "raise it in estate.yaml for this commit if that is what you want",
            )
        )
    if (deleted or taken_back) and not desired.links and not desired.policy.allow_empty:
        reasons.append(
            Reason(
                "empty-desired",
                f"no link of {desired.cube} is left; set guard.allow_empty in estate.yaml to take away what the last one had",
            )
        )
    return reasons


def _replace_not_allowed(plan: Plan, desired: Desired) -> list[Reason]:
    if desired.policy.allow_replace:
        return []
    return [
        Reason(
            "replace-not-allowed",
            f"{step.key} can only be deleted and made anew, which leaves a moment without it; "
            "set guard.allow_replace in estate.yaml to allow that",
            step.change.origin,
        )
        for step in plan.steps
        if step.change.action is Action.REPLACE
    ]
