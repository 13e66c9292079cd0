"""A pass for a terminal: plain lines. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from trunkline.model.desired import Problem
from trunkline.model.observed import Gap
from trunkline.model.outcome import Hold
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Plan, Step

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.REPLACE: "±", Action.DELETE: "-", Action.ACTIVATE: "!"}


def plan(finished: Pass) -> Iterator[str]:
    """Exactly what will be sent; deletions first, for they are what people look for, though they are carried out last."""
    made = finished.plan
    if made is None or not (made.steps or made.held):
        yield f"{finished.cube}: " + ("no difference in what could be read" if finished.gaps else "nothing to do")
    else:
        yield f"{finished.cube}: {summary(made)}   plan {made.digest}, revision {made.revision[:10]}"
        yield from _steps(made)
        for held in made.held:
            yield f"  held  {held.change.action} {held.change.key}  [{held.code}] {held.reason}"
    for number, later in enumerate(finished.forecast, start=2):
        yield f"  then, in pass {number}: {summary(later)}"
        yield from _steps(later)
    yield from _objections(finished)
    if finished.failure:
        yield f"  {finished.failure.message}"


def _objections(finished: Pass) -> Iterator[str]:
    """Why the plan is not carried out as a whole, and what could not be compared."""
    if isinstance(finished.verdict, Hold):
        for reason in finished.verdict.reasons:
            yield f"  hold  [{reason.code}] {reason.text}{f'  ({reason.origin})' if reason.origin else ''}"
    for gap in finished.gaps:
        yield f"  gap   {' '.join(filter(None, (gap.target, gap.kind, gap.name)))}: {gap.reason}"


def _steps(of: Plan) -> Iterator[str]:
    deletions = [step for step in of.steps if step.change.action is Action.DELETE]
    others = [step for step in of.steps if step.change.action is not Action.DELETE]
    if deletions and others:
        yield "  (deletions are shown first and carried out last)"
    for step in (*deletions, *others):
        yield from _step(step)


def summary(of: Plan) -> str:
    counts = {action: sum(step.change.action is action for step in of.steps) for action in Action}
    words = [f"{count} to {action.value}" for action, count in counts.items() if count]
    return ", ".join([*words, f"{len(of.held)} held"] if of.held else words) or "nothing to do"


def _step(step: Step) -> Iterator[str]:
    origin = f"   ({step.change.origin})" if step.change.origin else ""
    yield f"  {SIGNS[step.change.action]} {step.key}{origin}"
    for command in step.commands:
        for number, line in enumerate(command.lines):
            yield f"      {'  ' if number else ''}{line}"


def outcome(finished: Pass) -> Iterator[str]:
    """What became of a pass."""
    yield f"{finished.cube}: {finished.result}"
    for entry in finished.outcomes:
        if entry.result != "applied":
            yield f"  {entry.result}  {entry.action} {entry.key}  {entry.detail}".rstrip()
    for held in finished.plan.held if finished.plan else ():
        yield f"  held  {held.change.action} {held.change.key}  [{held.code}] {held.reason}"
    yield from _objections(finished)
    if finished.failure:
        yield f"  {finished.failure.message}"
    for link in finished.links:
        ready = next((c for c in finished.conditions.get(link.name, ()) if c.type == "Ready"), None)
        if ready:
            yield f"  link {link.name}: Ready {ready.status} ({ready.message})"


def obstacles(finished: Pass) -> Iterator[str]:
    """What kept a pass from seeing or doing everything: its failure, then gaps and holds with other reasons."""
    told = finished.failure.message if finished.failure else ""
    if told:
        yield told
    for target, seen in sorted(finished.observed.items()):
        yield from (f"{target} could not be read whole: {_of_gap(gap)}" for gap in seen.gaps if gap.reason != told)
    for held in finished.plan.held if finished.plan else ():
        if held.code not in ("gap", "observe-only", "refused"):
            yield f"held: {held.change.action} {held.change.key}  [{held.code}] {held.reason}"
    if isinstance(finished.verdict, Hold):
        yield from (f"held: [{reason.code}] {reason.text}" for reason in finished.verdict.reasons)


def _of_gap(gap: Gap) -> str:
    first = gap.evidence.strip().split("\n")[0]
    return f"{gap.reason}: `{first}`" if first else gap.reason


def status(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The newest pass of every CUBE, from its JSON."""
    for document in documents:
        yield f"{document['cube']}  {document['result']}  revision {document['revision'][:10]}  {document['finished_at'][:19]}Z"
        if document["failure"]:
            yield f"  {document['failure']['message']}"
        for link in document["links"]:
            shown = "  ".join(f"{c['type']}={c['status']}" for c in link["conditions"])
            yield f"  {link['name']}  {shown}"


def why(document: Mapping[str, Any], name: str) -> Iterator[str]:
    """Everything that is known of one link."""
    link = next(entry for entry in document["links"] if entry["name"] == name)
    yield f"{name}: {link['cube']} ↔ {link['cluster']}, {link['enforcement']}   ({link['origin']})"
    for condition in link["conditions"]:
        mark = {"True": "✓", "False": "✗"}.get(condition["status"], "?")
        yield f"  {mark} {condition['type']:<14} {condition['reason']}: {condition['message']}"
        yield f"      since {condition['since'][:19]}Z"
    for change in document["remaining"]:
        yield f"  differs: {change['action']} {change['key']}" + (f"  ({change['origin']})" if change["origin"] else "")
        for difference in change["differences"]:
            yield f"      {difference['slot']}: is {difference['before']!r}, shall be {difference['after']!r}"
    for held in document["plan"]["held"] if document["plan"] else ():
        yield f"  held  {held['action']} {held['key']}  [{held['code']}] {held['reason']}"
    for reason in document["reasons"]:
        yield f"  hold  [{reason['code']}] {reason['text']}"
    for gap in document["gaps"]:
        yield f"  gap   {' '.join(filter(None, (gap['target'], gap['kind'], gap['name'])))}: {gap['reason']}"
    if document["failure"]:
        yield f"  {document['failure']['message']}"


def problems(found: Iterable[Problem]) -> Iterator[str]:
    for problem in found:
        yield str(problem)
