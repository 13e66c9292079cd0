"""Finished passes, newest first, and the plans behind them; both are kept for a while, not for ever."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, desc, insert, select, update

from trunkline.journal import tables
from trunkline.model.passes import Pass

KEPT_PASSES = 200
KEPT_PLANS = 500


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
    table = tables.passes.c
    query = select(table.id, table.revision, table.result).where(table.cube == finished.cube).order_by(desc(table.id)).limit(1)
    newest = connection.execute(query).first()
    if newest and not finished.outcomes and (newest.revision, newest.result) == (finished.revision, finished.result):
        connection.execute(update(tables.passes).where(table.id == newest.id).values(values))
        return
    connection.execute(insert(tables.passes).values(values))
    _forget_old(connection, finished.cube)


def _forget_old(connection: Connection, cube: str) -> None:
    passes, plans = tables.passes.c, tables.plans.c
    kept = select(passes.id).where(passes.cube == cube).order_by(desc(passes.id)).limit(1).offset(KEPT_PASSES)
    oldest = connection.execute(kept).scalar()
    if oldest:
        connection.execute(delete(tables.passes).where(passes.cube == cube, passes.id <= oldest))
    too_many = select(plans.id).where(plans.cube == cube).order_by(desc(plans.begun_at)).limit(1000).offset(KEPT_PLANS)
    gone = connection.execute(too_many).scalars().all()
    if gone:
        connection.execute(delete(tables.steps).where(tables.steps.c.plan_id.in_(gone)))
        connection.execute(delete(tables.plans).where(plans.id.in_(gone)))


def newest(connection: Connection, limit: int) -> list[dict[str, Any]]:
    """The newest passes of every CUBE as JSON, by CUBE, newest first."""
    found: list[dict[str, Any]] = []
    table = tables.passes.c
    for cube in sorted(connection.execute(select(table.cube).distinct()).scalars()):
        query = select(table.content).where(table.cube == cube).order_by(desc(table.id)).limit(limit)
        found.extend(json.loads(content) for content in connection.execute(query).scalars())
    return found


def last_converged(connection: Connection, cube: str) -> dict[str, Any] | None:
    """The newest pass that left nothing to do."""
    table = tables.passes.c
    is_good = table.result.in_(("converged", "applied"))
    found = connection.execute(
        select(table.content).where(table.cube == cube, is_good).order_by(desc(table.id)).limit(1)
    ).scalar()
    return json.loads(found) if found else None
