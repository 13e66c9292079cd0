"""Rules applied to documents, and waivers to what they find. Pure; today is an argument."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from trunkline.desired.documents import Documents, Placed
from trunkline.desired.lint.rules import RULES, WAIVING
from trunkline.desired.parse import Parsed
from trunkline.model.desired import Problem, Severity
from trunkline.model.resource import Origin

WAIVABLE = frozenset(rule.code for rule in RULES)
WAIVING_SEVERITY = {rule.code: rule.severity for rule in WAIVING}


def check(parsed: Parsed, today: date) -> tuple[Problem, ...]:
    """All problems of a set of documents. Rules see the documents that can be read, also where others cannot."""
    return tuple(sorted({*parsed.problems, *lint(parsed.readable, today)}))


def blocking(documents: Documents | None, today: date) -> tuple[Problem, ...]:
    """The problems that keep a revision from being used: errors, not warnings."""
    found = lint(documents, today) if documents else ()
    return tuple(problem for problem in found if problem.severity is Severity.ERROR)


def lint(documents: Documents, today: date) -> tuple[Problem, ...]:
    """Every finding that no waiver of its document covers, and what is wrong with the waivers."""
    waived = {
        (placed.path, waiver.rule)
        for placed in documents.all()
        for waiver in placed.value.waivers
        if date.fromisoformat(waiver.until) >= today
    }
    found: set[Problem] = set()
    covered: set[tuple[str, str]] = set()
    for rule in RULES:
        for finding in rule.findings(documents, today):
            place = (finding.origin.path, rule.code)
            if place in waived:
                covered.add(place)
            else:
                found.add(_problem(finding.origin, rule.code, finding.message, finding.cure, rule.severity))
    for placed in documents.all():
        found.update(_of_waivers(placed, today, covered))
    return tuple(sorted(found))


def _problem(origin: Origin, code: str, message: str, cure: str, severity: Severity) -> Problem:
    return Problem(origin.path, origin.line, origin.column, code, message, cure, severity)


def _of_waivers(placed: Placed[Any], today: date, covered: set[tuple[str, str]]) -> Iterator[Problem]:
    for number, waiver in enumerate(placed.value.waivers):
        found = None
        if waiver.rule not in WAIVABLE:
            found = ("TL030", f"{waiver.rule} is no rule that can be waived", "See docs/reference/lint.md")
        elif date.fromisoformat(waiver.until) < today:
            cure = "Mend what it covered, or give it a new date and reason"
            found = ("TL031", f"the waiver of {waiver.rule} ended on {waiver.until}", cure)
        elif (placed.path, waiver.rule) not in covered:
            found = ("TL032", f"the waiver of {waiver.rule} covers nothing in this document", "Remove it")
        if found:
            code, message, cure = found
            yield _problem(placed.origin("waivers", number), code, message, cure, WAIVING_SEVERITY[code])
