"""A diagnosis for a terminal and as JSON. Pure."""

import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from trunkline.model.cause import Certainty, Cure, Diagnosis, Finding, Health, Looked, Sight
from trunkline.views.text import ago

MARKS = {Health.WELL: "✓", Health.AT_RISK: "!", Health.PARTLY: "✗", Health.DOWN: "✗", Health.UNKNOWN: "?"}
WORDS = {Certainty.SEEN: "seen", Certainty.LIKELY: "likely", Certainty.POSSIBLE: "possible"}
LEAST_WIDTH = 60


def text(found: Diagnosis, width: int = 100) -> Iterator[str]:
    """The verdict, the causes in order, what was looked at. No line is longer than `width`, but a line to type may be."""
    width = max(width, LEAST_WIDTH)
    yield from _wrapped(f"{MARKS[found.health]} {found.link}: {found.health}. {_sentence(found.summary)}", width, "  ")
    for number, finding in enumerate(found.findings, 1):
        yield ""
        yield from _finding(number, finding, found, width)
    yield ""
    yield "looked at"
    for one in found.looked:
        yield from _wrapped(f"  {_age(one, found.at):>9}  {one.what}{f': {one.note}' if one.note else ''}", width, " " * 13)
    if found.findings:
        yield ""
        yield from _wrapped("Nothing was changed.", width, "")


def _sentence(summary: str) -> str:
    return summary[0].upper() + summary[1:] if summary else ""


def _finding(number: int, finding: Finding, found: Diagnosis, width: int) -> Iterator[str]:
    told = f"follows from {_number(finding.follows_from, found)}" if finding.follows_from else WORDS[finding.certainty]
    yield from _wrapped(f"{number}. {_sentence(finding.title)}   [{told}: {finding.code}]", width, "   ")
    for sight in finding.evidence:
        yield from _wrapped(f"   - {_at(sight)}", width, "     ")
    for sight in finding.against:
        yield from _wrapped(f"   - but {_at(sight)}", width, "     ")
    if not finding.follows_from:
        for cure in finding.cures:
            yield from _cure(cure, width)


def _number(code: str, found: Diagnosis) -> int:
    return next((number for number, one in enumerate(found.findings, 1) if one.code == code), 0)


def _at(sight: Sight) -> str:
    return f"{sight.where}: {sight.text}" if sight.where else sight.text


def _cure(cure: Cure, width: int) -> Iterator[str]:
    where = f" ({cure.where})" if cure.where and cure.lines else ""
    yield from _wrapped(f"   → {cure.text}{where}{':' if cure.lines else ''}", width, "     ")
    yield from (f"       {line}" for line in cure.lines)


def _wrapped(line: str, width: int, indent: str) -> Iterator[str]:
    """Words are kept whole: what is copied must stay what it is. What a device says does not steer the terminal."""
    line = "".join(letter if letter.isprintable() else "·" for letter in line)
    start = line[: len(line) - len(line.lstrip())]
    yield from textwrap.wrap(
        line.lstrip(), width, initial_indent=start, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _age(one: Looked, now: datetime) -> str:
    return ago(one.at, now) if one.at else "not"


def document(found: Diagnosis) -> dict[str, Any]:
    """As JSON: stable keys, no secrets."""
    return {
        "link": found.link,
        "cube": found.cube,
        "cluster": found.cluster,
        "revision": found.revision,
        "origin": str(found.origin) if found.origin else None,
        "at": found.at.isoformat(),
        "health": found.health.value,
        "summary": found.summary,
        "findings": [_of_finding(one) for one in found.findings],
        "looked": [{"what": one.what, "at": one.at.isoformat() if one.at else None, "note": one.note} for one in found.looked],
    }


def _of_finding(one: Finding) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": one.title,
        "certainty": WORDS[one.certainty],
        "holders": list(one.holders),
        "evidence": [_of_sight(sight) for sight in one.evidence],
        "against": [_of_sight(sight) for sight in one.against],
        "cures": [{"text": cure.text, "where": cure.where, "lines": list(cure.lines)} for cure in one.cures],
        "origin": str(one.origin) if one.origin else None,
        "follows_from": one.follows_from or None,
    }


def _of_sight(sight: Sight) -> dict[str, str]:
    return {"where": sight.where, "text": sight.text}
