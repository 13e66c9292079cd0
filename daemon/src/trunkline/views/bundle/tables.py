"""Columns, moments and what could not be read, as text. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from trunkline.model.observed import Observed


def table(head: Sequence[str], rows: Sequence[Sequence[str | None]]) -> Iterator[str]:
    """Columns as wide as their widest cell; a cell that is not known is `-`."""
    if not rows:
        yield "  none"
        return
    cells = [tuple(head), *(tuple(cell or "-" for cell in row) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    for row in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else "not known"


def gaps(seen: Observed | None) -> Iterator[str]:
    """What could not be read of a device, and why."""
    if seen is None:
        yield "  was not looked at"
        return
    for gap in seen.gaps:
        what = " ".join(filter(None, (gap.kind, gap.name))) or "everything"
        yield f"  NOT READ: {what}: {gap.reason}{f' (`{gap.evidence.strip()}`)' if gap.evidence.strip() else ''}"
