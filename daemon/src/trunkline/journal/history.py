"""Finished passes, newest first, and the plans behind them, both kept for a while; and why git is not followed now."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, desc, insert, select, update

from trunkline.journal import tables
from trunkline.model.passes import Pass

KEPT_PASSES = 200
KEPT_PLANS = 500

SOURCE = "source"
PASSES = tables.passes.c
NEWEST = (
    select(PASSES.id, PASSES.revision, PASSES.result).where(PASSES.cube == bindparam("of")).order_by(desc(PASSES.id)).limit(1)
)
IN_PLACE = update(tables.passes).where(PASSES.id == bindparam("of"))


def add(connection: Connection, finished: Pass, document: Mapping[str, Any]) -> None:
    """A pass that did nothing and ended as the one before it takes its place: the history keeps what happened."""
    values = {
        "cube": finished.cube,
        "revision": finished.revision,
        "result": finished.result,
        "finished_at": finished.finished_at,
        "duration_seconds": (finished.finished_at - finished.started_at).total_seconds(),
        "content": json.dumps(document, sort_keys=True),
    }
    newest = connection.execute(NEWEST, {"of": finished.cube}).first()
    if newest and not finished.outcomes and (newest.revision, newest.result) == (finished.revision, finished.result):
        connection.execute(IN_PLACE, {"of": newest.id, **values})
        return
    connection.execute(insert(tables.passes).values(values))
    _forget_old(connection, finished.cube)


def _forget_old(connection: Connection, cube: str) -> None:
    plans = tables.plans.c
    kept = select(PASSES.id).where(PASSES.cube == cube).order_by(desc(PASSES.id)).limit(1).offset(KEPT_PASSES)
    oldest = connection.execute(kept).scalar()
    if oldest:
        connection.execute(delete(tables.passes).where(PASSES.cube == cube, PASSES.id <= oldest))
    too_many = select(plans.id).where(plans.cube == cube).order_by(desc(plans.begun_at)).limit(1000).offset(KEPT_PLANS)
    gone = connection.execute(too_many).scalars().all()
    if gone:
        connection.execute(delete(tables.steps).where(tables.steps.c.plan_id.in_(gone)))
        connection.execute(delete(tables.plans).where(plans.id.in_(gone)))


def newest(connection: Connection, limit: int, cube: str = "") -> list[dict[str, Any]]:
    """The newest passes of every CUBE, or of one, as JSON, by CUBE, newest first."""
    found: list[dict[str, Any]] = []
    for name in [cube] if cube else sorted(connection.execute(select(PASSES.cube).distinct()).scalars()):
        query = select(PASSES.content).where(PASSES.cube == name).order_by(desc(PASSES.id)).limit(limit)
        found.extend(json.loads(content) for content in connection.execute(query).scalars())
    return found


def last_converged(connection: Connection, cube: str) -> dict[str, Any] | None:
    """The newest pass that left nothing to do."""
    is_good = PASSES.result.in_(("converged", "applied"))
    found = connection.execute(
        select(PASSES.content).where(PASSES.cube == cube, is_good).order_by(desc(PASSES.id)).limit(1)
    ).scalar()
    return json.loads(found) if found else None


def trouble(connection: Connection) -> tuple[str, datetime] | None:
    """Why the newest state of git is not followed, and since when; None where it is."""
    found = connection.execute(select(tables.troubles).where(tables.troubles.c.of == SOURCE)).first()
    return (found.message, found.since.replace(tzinfo=UTC)) if found else None


def set_trouble(connection: Connection, message: str, at: datetime) -> None:
    """The same trouble as before began when it did. Empty: there is none."""
    known = trouble(connection)
    if known and known[0] == message:
        return
    connection.execute(delete(tables.troubles).where(tables.troubles.c.of == SOURCE))
    if message:
        connection.execute(insert(tables.troubles).values(of=SOURCE, message=message, since=at))
