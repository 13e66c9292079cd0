"""A pass for a terminal: plain lines. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from trunkline.model.desired import Problem
from trunkline.model.key import Key, cluster_target, cube_target
from trunkline.model.observed import Gap
from trunkline.model.outcome import Hold
from trunkline.model.passes import Condition, ConditionType, Pass, Status
from trunkline.model.plan import Action, Plan, Step
from trunkline.views import forecast, typed
from trunkline.views.certificates import recorded, standings

SIGNS = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.ACTIVATE: "!",
    Action.RECYCLE: "↻",
    Action.RESTART: "!",
}
MOST_NAMED = 3


def plan(finished: Pass) -> Iterator[str]:
    """Exactly what will be sent; deletions first, for they are what people look for, though they are carried out last."""
    made = finished.plan
    if made is None or not (made.steps or made.held):
        yield f"{finished.cube}: {_nothing(finished)}"
    else:
        yield f"{finished.cube}: {summary(made)}   plan {made.digest}, revision {made.revision[:10]}"
        yield from _steps(made)
        yield from _observed_only(made, finished.once_enforced)
    yield from (f"  {line}" for line in typed.lines(finished, finished.changes))
    for number, later in enumerate(finished.forecast, start=2):
        yield f"  then, in pass {number}: {summary(later)}"
        yield from _steps(later)
    yield from _certificates(recorded.of_standings(finished))
    yield from forecast.lines(finished)
    yield from _objections(finished)
    yield from _failure(finished)


def _certificates(of: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Where each certificate stands, from recorded standings."""
    yield from (f"  certificate  {line}" for line in standings.lines(of))


def _nothing(finished: Pass) -> str:
    """What an empty plan means."""
    if not finished.gaps:
        return "nothing can be planned" if finished.failure else "nothing to do"
    unread = {gap.target for gap in finished.gaps if gap.kind is None}
    return "nothing could be read" if unread >= finished.observed.keys() else "no difference in what could be read"


def _failure(finished: Pass) -> Iterator[str]:
    """Why the pass ended early, unless a gap has said so."""
    if finished.failure and finished.failure.message not in {gap.reason for gap in finished.gaps}:
        yield f"  {finished.failure.message}"


def _observed_only(made: Plan, enforced: Plan | None) -> Iterator[str]:
    """What is held; where only the enforcement mode holds it, with the lines that it would become."""
    shown = {step.key for step in enforced.steps} if enforced else frozenset()
    for held in made.held:
        if held.change.key not in shown:
            yield f"  held  {held.change.action} {held.change.key}  [{held.code}] {held.reason}"
    if enforced and enforced.steps:
        yield f"  only observed; `enforcement: enforce` would send: {summary(enforced)}"
        yield from _steps(enforced)


def _objections(finished: Pass) -> Iterator[str]:
    """Why the plan is not carried out as a whole, and what could not be compared."""
    if isinstance(finished.verdict, Hold):
        for reason in finished.verdict.reasons:
            yield f"  hold  [{reason.code}] {reason.text}{f'  ({reason.origin})' if reason.origin else ''}"
    causes = {gap for seen in finished.observed.values() for gap in seen.gaps}
    for gap in sorted(finished.gaps, key=lambda gap: gap not in causes):  # what follows from others comes after them
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
    yield from _failure(finished)
    for link, ready in _ready_of(finished).items():
        yield f"  link {link}: Ready {ready.status} ({ready.message})"


def standing(finished: Pass) -> str:
    """In half a line, how a CUBE and the far ends of its links stand."""
    if not finished.remaining:
        return finished.result
    sample = some_of(change.key for change in finished.remaining)
    who = typed.changed_by(finished.typed, finished.finished_at)
    return f"{finished.result}, {len(finished.remaining)} not as desired: {sample}{f'; {who}' if who else ''}"


def some_of(keys: Iterable[Key]) -> str:
    """The first few, and a sign where there are more."""
    names = [str(key) for key in islice(keys, MOST_NAMED + 1)]
    return ", ".join([*names[:MOST_NAMED], "…"] if len(names) > MOST_NAMED else names)


def turned(finished: Pass, previous: Pass | None) -> Iterator[tuple[bool, str]]:
    """Links that became Ready, or are not Ready for another reason than before. Those that begin Ready are no news."""
    before = _ready_of(previous) if previous else {}
    for link, ready in _ready_of(finished).items():
        earlier = before.get(link)
        is_ready = ready.status is Status.TRUE
        if (earlier is None and is_ready) or (earlier and (earlier.status, earlier.reason) == (ready.status, ready.reason)):
            continue
        yield is_ready, f"link {link} is Ready" if is_ready else f"link {link} is not Ready: {ready.message}"


def _ready_of(finished: Pass) -> dict[str, Condition]:
    return {
        link: one for link, conditions in finished.conditions.items() for one in conditions if one.type is ConditionType.READY
    }


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


def trouble(known: tuple[str, datetime] | None) -> Iterator[str]:
    """Why the newest state of git is not followed."""
    if known:
        message, since = known
        yield f"git is not followed since {since:%Y-%m-%d %H:%M:%S}Z: {message}"


def status(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The newest pass of every CUBE, from its JSON."""
    for document in documents:
        yield f"{document['cube']}  {document['result']}  revision {document['revision'][:10]}  {document['finished_at'][:19]}Z"
        if document["failure"]:
            yield f"  {document['failure']['message']}"
        for reason in document["reasons"]:
            yield f"  hold  [{reason['code']}] {reason['text']}"
        for link in document["links"]:
            shown = "  ".join(f"{c['type']}={c['status']}" for c in link["conditions"])
            yield f"  {link['name']}  {shown}"
        if document.get("changed_by") and document["remaining"]:
            yield f"  {document['changed_by']}"
        yield from _certificates(document.get("standings", ()))


def why(document: Mapping[str, Any], name: str) -> Iterator[str]:
    """Everything that is known of one link."""
    link = next(entry for entry in document["links"] if entry["name"] == name)
    yield f"{name}: {link['cube']} ↔ {link['cluster']}, {link['enforcement']}   ({link['origin']})"
    for condition in link["conditions"]:
        yield f"  {mark(condition['status'])} {condition['type']:<14} {condition['reason']}: {condition['message']}"
        yield f"      since {condition['since'][:19]}Z"
    yield from details(document, name)


def mark(status: str) -> str:
    """A sign for the status of a condition."""
    return {"True": "✓", "False": "✗"}.get(status, "?")


def ago(at: datetime, now: datetime) -> str:
    """ "12 s ago", "3 min ago", "5 h ago"."""
    seconds = max(0, round((now - at).total_seconds()))
    if seconds < 100:
        return f"{seconds} s ago"
    return f"{seconds // 60} min ago" if seconds < 6000 else f"{seconds // 3600} h ago"


def details(document: Mapping[str, Any], name: str) -> Iterator[str]:
    """What is known of a link beside its conditions: certificates, differences, holds, gaps. Lines begin with two blanks."""
    link = next(entry for entry in document["links"] if entry["name"] == name)
    ends = (cube_target(link["cube"]), cluster_target(link["cluster"]))
    yield from _certificates(one for one in document.get("standings", ()) if one["target"] in ends)
    for change in document["remaining"]:
        yield f"  differs: {change['action']} {change['key']}" + (f"  ({change['origin']})" if change["origin"] else "")
        for difference in change["differences"]:
            by = f"   ({difference['typed']})" if difference.get("typed") else ""
            yield f"      {difference['slot']}: is {difference['before']!r}, shall be {difference['after']!r}{by}"
    if document.get("changed_by") and document["remaining"]:
        yield f"  {document['changed_by']}"
    yield from _held_of(document["plan"]["held"] if document["plan"] else ())
    for reason in document["reasons"]:
        yield f"  hold  [{reason['code']}] {reason['text']}"
    causes = [gap for seen in document["targets"].values() for gap in seen["gaps"]]
    for gap in sorted(document["gaps"], key=lambda gap: gap not in causes):
        yield f"  gap   {' '.join(filter(None, (gap['target'], gap['kind'], gap['name'])))}: {gap['reason']}"
    if document["failure"] and document["failure"]["message"] not in {gap["reason"] for gap in document["gaps"]}:
        yield f"  {document['failure']['message']}"


def _held_of(held: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each change that is held; those that wait for the enforcement mode alone are counted, for each is told above."""
    observed = Counter(one["reason"] for one in held if one["code"] == "observe-only")
    for reason, count in observed.items():
        yield f"  held  {count} of these changes  [observe-only] {reason}; `trunkline plan` prints what would be sent"
    for one in held:
        if one["code"] != "observe-only":
            yield f"  held  {one['action']} {one['key']}  [{one['code']}] {one['reason']}"


def problems(found: Iterable[Problem]) -> Iterator[str]:
    for problem in found:
        yield str(problem)
