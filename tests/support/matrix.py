"""The matrix of `make diagnose-matrix`: every cause is done to a trunk of the lab, and judged by what is said of it first."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from support.causes import CAUSES, EVERY, PAIRS, STATED, Broken, is_right
from support.patient import patient
from trunkline.model.cause import Diagnosis

BEGIN, END = "<!-- made by `make diagnose-matrix` -->\n", "<!-- end -->\n"
AT_ONCE = 2


@dataclass(frozen=True)
class Row:
    """One cause with what was said of it."""

    name: str
    train: str
    expected: tuple[str, ...]
    codes: tuple[str, ...]
    is_right: bool


def diagnosed(broken: Broken, directory: Path) -> Diagnosis:
    """The trunk comes up, the cause is done to it, and the diagnosis is made once."""
    with patient(broken.body, directory, broken.prepare) as trunk:
        if not broken.is_stated:
            trunk.until_connected()
        broken.inject(trunk)
        return trunk.examined().diagnosis


def _row(number: int) -> Row:
    broken = EVERY[number]
    with tempfile.TemporaryDirectory() as directory:
        found = diagnosed(broken, Path(directory))
    codes = tuple(one.code for one in found.findings)
    return Row(broken.name, f"{broken.body.cube} {broken.body.train}", broken.expected, codes, is_right(broken, codes))


def rows() -> Iterator[Row]:
    with ProcessPoolExecutor(AT_ONCE, get_context("spawn")) as pool:
        yield from pool.map(_row, range(len(EVERY)))


def table(of: Sequence[Row]) -> Iterator[str]:
    yield "| what was done | CUBE | must be said | said first | then | |"
    yield "|---|---|---|---|---|---|"
    for row in of:
        first, rest = row.codes[:1], row.codes[1:]
        cells = (row.name, row.train, code(row.expected), code(first), code(rest), "right" if row.is_right else "**wrong**")
        yield f"| {' | '.join(cells)} |"


def code(codes: Sequence[str]) -> str:
    """Codes as a cell of a table."""
    return ", ".join(f"`{code}`" for code in codes) or "nothing"


def confusion(of: Sequence[Row]) -> Iterator[str]:
    """Each cause that must be said first, and how often what was said first."""
    single = [row for row in of if len(row.expected) == 1]
    for code in dict.fromkeys(row.expected[0] for row in single):
        said = [row.codes[0] if row.codes else "nothing" for row in single if row.expected[0] == code]
        told = ", ".join(f"`{one}` {said.count(one)}" for one in dict.fromkeys(said))
        yield f"| `{code}` | {len(said)} | {told} |"


def generated(of: Sequence[Row], now: datetime) -> str:
    single = [row for row in of if len(row.expected) == 1]
    right, pairs = sum(row.is_right for row in single), [row for row in of if len(row.expected) > 1]
    trains = ", ".join(sorted({row.train.split()[1] for row in of}, key=lambda one: [int(part) for part in one.split(".")]))
    lines = [
        f"Made on {now:%Y-%m-%d} on simulated CUBEs of the trains {trains} with a simulated cluster of release 14; on no real",
        f"equipment. {len(CAUSES)} causes, and {len(STATED)} that the documents ask for themselves: right first {right} of",
        f"{len(single)}. {len(PAIRS)} pairs: both within the first three {sum(row.is_right for row in pairs)} of {len(pairs)}.",
        "",
        *table(of),
        "",
        "The confusion table: each cause, how often it was injected, and what was said first.",
        "",
        "| cause | times | said first |",
        "|---|---|---|",
        *confusion(of),
    ]
    return "\n".join(lines) + "\n"
