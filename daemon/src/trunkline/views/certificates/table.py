"""The rows as a table for a terminal of 100 columns. Pure."""

from collections.abc import Iterable
from datetime import datetime

from rich.table import Table
from rich.text import Text

from trunkline.views.certificates.places import IDENTITIES, Role
from trunkline.views.certificates.rows import Row, key_of, places_in_words

WIDTH = 100
WIRE = {True: "yes", False: "no", None: "?"}


def as_table(rows: Iterable[Row], now: datetime) -> Table:
    """What is only kept in trust stores, for others, is not shown: JSON has it."""
    made = Table(box=None, width=WIDTH, padding=(0, 2, 0, 0), pad_edge=False, header_style="underline")
    made.add_column("certificate", width=44)
    made.add_column("ends", width=10)
    made.add_column("wire", width=4)
    made.add_column("what happens next", ratio=1)
    told: set[tuple[str, str]] = set()
    for row in rows:
        if row.role is not Role.OTHER:
            made.add_row(_what(row), _end(row, now), WIRE[row.is_shown] if row.role in IDENTITIES else "", _next(row, told))
            made.add_row()
    return made


def _what(row: Row) -> Text:
    one = row.certificate
    lines = [f"{row.role.value}, {key_of(one)}", f"sn {one.serial}"]
    if not one.is_self_signed:
        lines.append(f"issued by {one.issuer_common_name or one.issuer}")
    text = Text(row.name, style="bold")
    return text.append("\n" + "\n".join([*lines, *(f"  {place}" for place in places_in_words(row))]), style="not bold")


def _end(row: Row, now: datetime) -> Text:
    days = (row.certificate.not_after - now).days
    left = f"{days} days" if days >= 0 else f"over {-days} d"
    return Text(f"{row.certificate.not_after:%Y-%m-%d}\n{left}")


def _next(row: Row, told: set[tuple[str, str]]) -> Text:
    """What blocks a renewal is said once, where it comes first."""
    lines = [row.action]
    if row.renewal_at and "renewed by" in row.action:
        lines.insert(0, f"due {row.renewal_at:%Y-%m-%d}")
    standing = row.standing
    holder = (standing["target"], standing["holder"]) if standing else None
    if holder and row.waits and holder not in told:
        told.add(holder)
        lines += [f"waits [{wait['code']}] {wait['reason']}" for wait in row.waits]
    return Text("\n".join(lines))
