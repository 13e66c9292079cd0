"""`make diagnose-matrix`: both tables that tell how often a diagnosis is right, its authors' own and the hold-out."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from support import matrix
from support.holdout import page
from support.holdout.case import Verdict
from support.scene import ROOT

PAGE = ROOT / "docs" / "reference" / "diagnosis.md"
GOAL = 0.95


def write(text: str, begin: str, end: str) -> None:
    """Between two marks of the page."""
    before, rest = PAGE.read_text().split(begin)
    PAGE.write_text(f"{before}{begin}{text}{end}{rest.split(end)[1]}")


def own() -> list[matrix.Row]:
    made = []
    for row in matrix.rows():
        made.append(row)
        print("right" if row.is_right else "WRONG", row.name, "→", ", ".join(row.codes) or "nothing", flush=True)
    return made


def blind() -> Mapping[str, Sequence[page.Judged]]:
    made: dict[str, list[page.Judged]] = {}
    for title in page.SETS:
        made[title] = []
        for one in page.judged(title):
            made[title].append(one)
            print(
                one.verdict.upper() if one.verdict is not Verdict.RIGHT else one.verdict, one.name, "→", *one.codes, flush=True
            )
    return made


def main() -> int:
    """Exit 1 where fewer of the authors' own causes are named first than the goal."""
    made, judged, now = own(), blind(), datetime.now(UTC)
    texts = ((matrix.generated(made, now), matrix.BEGIN, matrix.END), (page.generated(judged, now), page.BEGIN, page.END))
    for text, begin, end in texts:
        print(text)
        write(text, begin, end)
    return int(sum(row.is_right for row in made) < GOAL * len(made))


if __name__ == "__main__":
    sys.exit(main())
