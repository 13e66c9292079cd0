"""What devices told by syslog: the newest of each kind, for a while."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, desc, insert, select

from trunkline.journal import tables
from trunkline.model.event import Event, EventKind
from trunkline.model.handshake import Reason

KEPT, KEPT_FOR = 250, timedelta(days=30)
"""Of each device and kind: a thousand handshakes that failed do not push out who configured it."""


def add(connection: Connection, events: Iterable[Event]) -> None:
    """Keep them, and forget what is old or too many."""
    told = tuple(events)
    if not told:
        return
    connection.execute(insert(tables.events), [_values(event) for event in told])
    for target, kind in sorted({(event.target, event.kind) for event in told}):
        _forget_old(connection, target, kind)
    table = tables.events.c
    connection.execute(delete(tables.events).where(table.at < max(event.at for event in told) - KEPT_FOR))


def _values(event: Event) -> dict[str, Any]:
    return {
        "target": event.target,
        "at": event.at,
        "kind": event.kind.value,
        "line": event.line,
        "reason": event.reason.value if event.reason else None,
        "remote": event.remote,
        "user": event.user,
        "via": event.via,
        "command": event.command,
    }


def _forget_old(connection: Connection, target: str, kind: EventKind) -> None:
    table = tables.events.c
    is_of = (table.target == target, table.kind == kind.value)
    newest = select(table.id).where(*is_of).order_by(desc(table.id)).limit(1).offset(KEPT)
    last = connection.execute(newest).scalar()
    if last is not None:
        connection.execute(delete(tables.events).where(*is_of, table.id <= last))


def since(connection: Connection, targets: Iterable[str], moment: datetime) -> tuple[Event, ...]:
    """Of these targets, newest last."""
    table = tables.events.c
    found = select(tables.events).where(table.target.in_(sorted(set(targets))), table.at >= moment).order_by(table.at, table.id)
    return tuple(_event(row) for row in connection.execute(found).mappings())


def _event(row: Any) -> Event:
    at = row["at"]
    return Event(
        row["target"],
        at if at.tzinfo else at.replace(tzinfo=UTC),  # SQLite gives back what it took without its zone
        EventKind(row["kind"]),
        row["line"],
        Reason(row["reason"]) if row["reason"] else None,
        row["remote"],
        row["user"],
        row["via"],
        row["command"],
    )
