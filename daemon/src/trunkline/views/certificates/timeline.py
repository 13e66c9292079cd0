"""The next twelve months of every certificate that matters, and the maintenance windows; as plain text too. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from trunkline.model.renewal.windows import Opening, openings
from trunkline.views.certificates import recorded
from trunkline.views.certificates.places import Role
from trunkline.views.certificates.rows import Row

MONTHS = 12
BY_HAND = "renew by hand"
ALARM_DAYS = 30  # what nobody renews by itself and ends so soon stands out
COLUMNS = 60  # of a line of text, five for each month
LABEL = 36
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
VALID, DUE, BEGIN, END, SWITCH, WINDOW, PAST = "━", "▒", "┣", "┫", "◆", "╵", "✗"
LEGEND = (
    f"{BEGIN} begins  {VALID} valid  {DUE} renewal due, until the end  {SWITCH} switch planned  {END} ends  {PAST} over",
    "► goes on after these months  ╵ a maintenance window opens",
)


@dataclass(frozen=True)
class Bar:
    """One certificate on the ruler. `renewal_at` and `switch_at` are None where nobody renews it."""

    label: str
    where: str
    role: Role
    begin: datetime
    end: datetime
    renewal_at: datetime | None
    switch_at: datetime | None
    renewed: str  # who renews it, in a few words

    def is_alarming(self, now: datetime) -> bool:
        return self.end <= now or (self.renewed == BY_HAND and (self.end - now).days < ALARM_DAYS)


@dataclass(frozen=True)
class Timeline:
    """`months` are the beginnings of the months shown, one more at the end; `windows` are sorted."""

    months: tuple[datetime, ...]
    now: datetime
    bars: tuple[Bar, ...]
    windows: tuple[Opening, ...]

    def share(self, at: datetime) -> float:
        """Where a moment lies: 0 at the left edge, 1 at the right one; beyond them outside."""
        return (at - self.months[0]) / (self.months[-1] - self.months[0])


def timeline(rows: Iterable[Row], now: datetime) -> Timeline:
    """From the first day of this month on; in the order of the rows, without what is only stored in trust stores."""
    shown = [row for row in rows if row.role is not Role.OTHER]
    months = tuple(_months(now))
    windows = {one for row in shown if row.standing for one in recorded.windows(row.standing)}
    opened = openings(sorted(windows, key=lambda one: (one.zone, one.rule)), months[0], months[-1])
    return Timeline(months, now, tuple(_bar(row) for row in shown), tuple(opened))


def _months(now: datetime) -> Iterator[datetime]:
    first = now.astimezone(UTC)
    for number in range(first.month - 1, first.month + MONTHS):
        yield datetime(first.year + number // 12, number % 12 + 1, 1, tzinfo=UTC)


def _bar(row: Row) -> Bar:
    standing, place = row.standing, row.places[0]
    others = len({(one.target, one.holder) for one in row.places}) - 1
    where = f"{place}{f' and {others} more' if others else ''}"
    switch = standing["switch_at"] if standing and row.renewal_at else None
    one = row.certificate
    switch_at = datetime.fromisoformat(switch) if switch else None
    return Bar(row.name, where, row.role, one.not_before, one.not_after, row.renewal_at, switch_at, _renewed(row))


def _renewed(row: Row) -> str:
    if row.standing and row.standing["issuer"]:
        return "leaves" if row.role is Role.EARLIER else "auto-renewed"
    return BY_HAND


def as_text(of: Timeline) -> Iterator[str]:
    """Lines of 98 columns: a ruler, the windows, two lines for each certificate."""
    yield f"{'':{LABEL}}  {''.join(f'{NAMES[month.month - 1]:<5}' for month in of.months[:-1])}".rstrip()
    ruler = "".join(f"│{month.year if month.month == 1 else '':<4}" for month in of.months[:-1])
    yield f"{f'from {of.months[0]:%Y-%m}; ▼ is {of.now:%Y-%m-%d}':<{LABEL}}  {_with_now(ruler, of)}".rstrip()
    if of.windows:
        marks = {_column(of, opening.start) for opening in of.windows}
        yield f"{'maintenance windows':<{LABEL}}  {''.join(WINDOW if n in marks else ' ' for n in range(COLUMNS))}".rstrip()
    for bar in of.bars:
        yield f"{_cut(bar.label):<{LABEL}}  {_drawn(bar, of)}".rstrip()
        yield f"  {_cut(f'{bar.role.value}, {bar.where}', 58)}  {_dates(bar, of.now)}"
    yield from ("", *LEGEND)


def _with_now(ruler: str, of: Timeline) -> str:
    at = _column(of, of.now)
    return f"{ruler[:at]}▼{ruler[at + 1 :]}"


def _cut(text: str, width: int = LABEL) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _column(of: Timeline, at: datetime) -> int:
    return int(of.share(at) * COLUMNS)


def _drawn(bar: Bar, of: Timeline) -> str:
    if bar.end <= of.now:
        return f"{PAST} over since {bar.end:%Y-%m-%d}"
    if bar.begin >= of.months[-1]:
        return f"begins {bar.begin:%Y-%m-%d}"
    first, last = max(_column(of, bar.begin), 0), min(_column(of, bar.end), COLUMNS - 1)
    due = _column(of, bar.renewal_at) if bar.renewal_at else COLUMNS
    cells = [" "] * first + [DUE if number >= due else VALID for number in range(first, last + 1)]
    if of.share(bar.begin) >= 0:
        cells[first] = BEGIN
    cells[last] = END if of.share(bar.end) < 1 else "►"
    if bar.switch_at and first <= _column(of, bar.switch_at) <= last:
        cells[_column(of, bar.switch_at)] = SWITCH
    return "".join(cells)


def _dates(bar: Bar, now: datetime) -> str:
    days = (bar.end - now).days
    left = f"{days} days, {bar.renewed}" if days >= 0 else f"over for {-days} days"
    return f"ends {bar.end:%Y-%m-%d}, {left}"
