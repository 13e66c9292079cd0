"""The part of `make diagnose-matrix` that is the hold-out: every case of it is diagnosed and judged, and written down."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from support.holdout import drawn, first, second
from support.holdout.case import ENOUGH, Case, Verdict, diagnosed, verdict
from support.matrix import AT_ONCE, code

BEGIN, END = "<!-- hold-out, made by `make diagnose-matrix` -->\n", "<!-- end of the hold-out -->\n"
SETS: Mapping[str, tuple[Case, ...]] = {"first set": first.CASES, "second set": second.CASES, "drawn set": drawn.CASES}
WELL = "nothing"


@dataclass(frozen=True)
class Judged:
    """One case with what was said of it."""

    name: str
    story: str
    body: str
    accepted: tuple[str, ...]
    codes: tuple[str, ...]
    verdict: Verdict
    has_both: bool | None  # of two faults at once: whether both are within the first three; None: it was one


def judged(title: str) -> Iterator[Judged]:
    """All cases of a set, in their order."""
    with ProcessPoolExecutor(AT_ONCE, get_context("spawn")) as pool:
        yield from pool.map(_judge, [title] * len(SETS[title]), range(len(SETS[title])))


def _judge(title: str, number: int) -> Judged:
    case = SETS[title][number]
    with tempfile.TemporaryDirectory() as directory:
        found = diagnosed(case, Path(directory))
    codes = tuple(one.code for one in found.findings)
    body = f"{case.body.cube} {case.body.train}"
    both = all(set(codes[:ENOUGH]) & set(one) for one in case.each) if case.each else None
    return Judged(case.name, case.story, body, case.accepted, codes, verdict(case, found), both)


def table(of: Sequence[Judged]) -> Iterator[str]:
    yield "| what happened | CUBE | accepted first | said first | then | |"
    yield "|---|---|---|---|---|---|"
    for one in of:
        said = (code(one.codes[:1]), code(one.codes[1:]))
        mark = one.verdict if one.verdict is Verdict.RIGHT else f"**{one.verdict}**"
        yield f"| {' | '.join((one.story, one.body, code(one.accepted), *said, mark))} |"


def confusion(of: Sequence[Judged]) -> Iterator[str]:
    """What is accepted, how often it was injected, and what was said first."""
    yield "| accepted | times | said first |"
    yield "|---|---|---|"
    for accepted in dict.fromkeys(one.accepted for one in of):
        said = Counter(one.codes[0] if one.codes else WELL for one in of if one.accepted == accepted)
        yield f"| {code(accepted)} | {said.total()} | {', '.join(f'`{first}` {times}' for first, times in said.items())} |"


def score(of: Sequence[Judged]) -> str:
    """In one sentence."""
    faults, healthy = [one for one in of if one.accepted], [one for one in of if not one.accepted]
    count = Counter(one.verdict for one in faults)
    quiet = sum(one.verdict is Verdict.RIGHT for one in healthy)
    rest = ", ".join(f"{count[each]} {each}" for each in (Verdict.NEAR, Verdict.WRONG, Verdict.MISSED))
    pairs = [one.has_both for one in of if one.has_both is not None]
    also = f" {len(pairs)} pairs: both within the first three {sum(pairs)} times." if pairs else ""
    well = f" {len(healthy)} odd but well: {quiet} found well." if healthy else ""
    return f"{len(faults)} faults: {count[Verdict.RIGHT]} right first, {rest}.{also}{well}"


def generated(sets: Mapping[str, Sequence[Judged]], now: datetime) -> str:
    lines = [f"Made on {now:%Y-%m-%d}, with the rules as they are."]
    for title, of in sets.items():
        lines += ["", f"#### The {title}", "", score(of), "", *table(of), "", *confusion(of)]
    return "\n".join(lines) + "\n"
