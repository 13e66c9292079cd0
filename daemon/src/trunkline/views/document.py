"""A pass as plain data for JSON: stable keys, no secrets. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from trunkline.model.key import cube_target
from trunkline.model.observed import ClusterFacts, CubeFacts, Gap, IssuerFacts, Observed, WireFacts
from trunkline.model.outcome import Hold
from trunkline.model.passes import Condition, ConditionType, Failure, Pass, Precedent, Settled, Status
from trunkline.model.plan import Change, Command, Plan
from trunkline.views import forecast, typed
from trunkline.views.certificates import recorded


def of_pass(finished: Pass) -> dict[str, Any]:
    """Everything that a person or a program may want to know of a pass."""
    return {
        "cube": finished.cube,
        "revision": finished.revision,
        "result": finished.result,
        "started_at": finished.started_at.isoformat(),
        "finished_at": finished.finished_at.isoformat(),
        "plan": of_plan(finished.plan) if finished.plan else None,
        "reasons": _reasons(finished),
        "outcomes": [
            {
                "key": str(outcome.key),
                "action": outcome.action,
                "result": outcome.result.value,
                "detail": outcome.detail,
                "duration_seconds": round(outcome.duration_seconds, 3),
            }
            for outcome in finished.outcomes
        ],
        "forecast": [of_plan(plan) for plan in finished.forecast],
        "once_enforced": of_plan(finished.once_enforced) if finished.once_enforced else None,
        "gaps": [_gap(gap) for gap in finished.gaps],
        "refused": {effect: _failure(failure) for effect, failure in sorted(finished.refused.items())},
        "remaining": [_with_hands(change, finished) for change in finished.remaining],
        "typed": list(typed.as_data(finished.typed)),
        "changed_by": typed.changed_by(finished.typed, finished.finished_at),
        "failure": _failure(finished.failure) if finished.failure else None,
        "is_saved": finished.is_saved,
        "links": [of_link(finished, link.name) for link in finished.links],
        "standings": recorded.of_standings(finished),
        "targets": {target: of_observed(seen) for target, seen in sorted(finished.observed.items())},
        "certificates": recorded.pems(finished),
    }


def _failure(failure: Failure) -> dict[str, str]:
    return {"reason": failure.reason, "message": failure.message}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "target": gap.target,
        "kind": gap.kind.value if gap.kind else None,
        "name": gap.name,
        "reason": gap.reason,
        "evidence": gap.evidence,
    }


def precedent(document: Mapping[str, Any]) -> Precedent:
    """What the next pass must know of a recorded one."""
    return Precedent(
        document["revision"],
        {effect: Failure(entry["reason"], entry["message"]) for effect, entry in document["refused"].items()},
        {link["name"]: tuple(_condition(entry) for entry in link["conditions"]) for link in document["links"]},
        datetime.fromisoformat(document["finished_at"]),
    )


def _condition(entry: Mapping[str, str]) -> Condition:
    return Condition(
        ConditionType(entry["type"]),
        Status(entry["status"]),
        entry["reason"],
        entry["message"],
        datetime.fromisoformat(entry["since"]),
    )


def _reasons(finished: Pass) -> list[dict[str, Any]]:
    reasons = finished.verdict.reasons if isinstance(finished.verdict, Hold) else ()
    return [{"code": r.code, "text": r.text, "origin": str(r.origin) if r.origin else None} for r in reasons]


def of_link(finished: Pass, name: str) -> dict[str, Any]:
    """A link with its conditions."""
    link = next(link for link in finished.links if link.name == name)
    return {
        "name": link.name,
        "cube": link.cube,
        "cluster": link.cluster,
        "enforcement": link.enforcement.value,
        "origin": str(link.origin),
        "conditions": [of_condition(condition) for condition in finished.conditions.get(name, ())],
        "forecast": forecast.of_link(finished.forecasts.get(name, ())),
    }


def of_condition(condition: Condition) -> dict[str, Any]:
    return {
        "type": condition.type.value,
        "status": condition.status.value,
        "reason": condition.reason,
        "message": condition.message,
        "since": condition.since.isoformat(),
    }


def of_plan(plan: Plan) -> dict[str, Any]:
    return {
        "digest": plan.digest,
        "steps": [
            {**of_change(step.change), "commands": [of_command(command) for command in step.commands]} for step in plan.steps
        ],
        "held": [{**of_change(held.change), "code": held.code, "reason": held.reason} for held in plan.held],
    }


def of_change(change: Change) -> dict[str, Any]:
    return {
        "action": change.action.value,
        "key": str(change.key),
        "target": change.key.target,
        "kind": change.key.kind.value,
        "name": change.key.name,
        "origin": str(change.origin) if change.origin else None,
        "differences": [{"slot": d.slot, "before": d.before, "after": d.after} for d in change.differences if d.slot != "pem"],
    }


def _with_hands(change: Change, finished: Pass) -> dict[str, Any]:
    """A change with the commands that people typed to make it, where they are known."""
    shown = of_change(change)
    made = [d for d in change.differences if d.slot != "pem"]
    hands = [typed.hand(change, difference, finished.typed, finished.finished_at) for difference in made]
    entries = zip(shown["differences"], hands, strict=True)
    return {**shown, "differences": [{**entry, "typed": by} if by else entry for entry, by in entries]}


def settled(of: Mapping[str, Any]) -> Settled:
    """What must be known of a recorded pass that left nothing to do."""
    facts = of["targets"].get(cube_target(of["cube"]), {}).get("facts") or {}
    return Settled(datetime.fromisoformat(of["started_at"]), of["revision"], facts.get("last_change", ""))


def of_command(command: Command) -> dict[str, Any]:
    return {"verb": command.verb, "lines": list(command.lines)}


def of_observed(seen: Observed) -> dict[str, Any]:
    return {
        "at": seen.at.isoformat(),
        "gaps": [_gap(gap) for gap in seen.gaps],
        "identities": [
            {
                "holder": identity.holder,
                "subject": identity.certificate.subject,
                "issuer": identity.certificate.issuer,
                "serial": identity.certificate.serial,
                "sha256": identity.certificate.sha256,
                "not_before": identity.certificate.not_before.isoformat(),
                "not_after": identity.certificate.not_after.isoformat(),
                "chain": [one.sha256 for one in identity.chain],
            }
            for identity in seen.identities
        ],
        "trusted": recorded.of_trusted(seen),
        "facts": _facts(seen.facts),
    }


def _facts(facts: object) -> Mapping[str, Any] | None:
    if isinstance(facts, CubeFacts):
        return {
            "release": facts.release_text,
            "hostname": facts.hostname,
            "clock_is_authoritative": facts.clock_is_authoritative,
            "connections": len(facts.connections) if facts.connections is not None else None,
            "counters": dict(facts.counters),
            "active_call_legs": facts.active_call_legs,
            "last_change": facts.last_change,
        }
    if isinstance(facts, ClusterFacts):
        return {"version": facts.version, "nodes": [node.name for node in facts.nodes]}
    if isinstance(facts, WireFacts):
        return recorded.of_wire(facts)
    if isinstance(facts, IssuerFacts):
        return recorded.of_issuer(facts)
    return None
