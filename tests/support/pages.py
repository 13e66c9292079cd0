"""The files of the repository that are made from the code: `make pages` writes them, `make check` and a test compare."""

import sys

from support import ladder_page, probe_page, redaction_page
from support.dashboard import board
from support.lint_cases import CASES, FOLDERS
from support.scene import ROOT
from trunkline.desired.published import documents_page, lint_page
from trunkline.desired.published.schemas import published
from trunkline.views.metrics import contract


def generated() -> dict[str, str]:
    """Text by path from the root of the repository."""
    printed = {code: case.said for code, case in CASES.items()} | {code: said for code, (_, said, _) in FOLDERS.items()}
    return {
        **{f"desired-state/schemas/{name}": text for name, text in published().items()},
        "deploy/grafana/trunkline.json": board.text(),
        "docs/reference/documents.md": documents_page.page(),
        "docs/reference/ladder.md": ladder_page.page(),
        "docs/reference/lint.md": lint_page.page(printed),
        "docs/reference/metrics.md": contract.page(),
        "docs/reference/probe.md": probe_page.page(),
        "docs/reference/redaction.md": redaction_page.page(),
    }


def lagging() -> list[str]:
    """The files that are not what the code says."""
    return [path for path, text in generated().items() if not (ROOT / path).is_file() or (ROOT / path).read_text() != text]


def write() -> None:
    for path, text in generated().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(f"{', '.join(behind)}: run `make pages`" if (behind := lagging()) else 0)
    write()
