"""The journal in a database: SQLite embedded, PostgreSQL for many. What `intend` wrote is on disk before it returns."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, delete, desc, event, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from trunkline.journal import tables
from trunkline.model.errors import Stalled
from trunkline.model.key import Key, Kind
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Plan, Step
from trunkline.model.resource import Owned, Ownership, Resource

KEPT_PASSES = 200


def open_engine(url: str) -> Engine:
    """An engine with the tables made. Raises Stalled for a URL that cannot be used."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _careful_sqlite)
        with engine.begin() as connection:
            tables.METADATA.create_all(connection)
            _check_version(connection)
    except SQLAlchemyError as error:
        raise Stalled(
            f"cannot open the journal {url.rsplit('@', maxsplit=1)[-1]}: {error.__class__.__name__}; correct journal.url"
        ) from error
    return engine


def _careful_sqlite(connection: Any, _record: Any) -> None:
    """Survive a kill at any moment; let a second process read."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
        connection.execute(f"PRAGMA {pragma}")


def _check_version(connection: Connection) -> None:
    found = connection.execute(select(tables.versions.c.version)).scalar()
    if found is None:
        connection.execute(insert(tables.versions).values(version=tables.SCHEMA_VERSION))
    elif found != tables.SCHEMA_VERSION:
        raise Stalled(
            f"cannot use this journal: its tables are of version {found}, this trunkline knows {tables.SCHEMA_VERSION}; "
            "use the trunkline that made it, or a new journal"
        )


@dataclass
class SqlJournal:
    """Implements `trunkline.ports.Journal`. `as_document` turns a pass into the JSON that `summaries` gives back."""

    engine: Engine
    as_document: Callable[[Pass], Mapping[str, Any]]
    _latest: dict[str, Pass] = field(default_factory=dict)
    _cube_of_plan: dict[str, str] = field(default_factory=dict)

    def begin(self, plan: Plan, at: datetime) -> str:
        plan_id = uuid.uuid4().hex
        with self.engine.begin() as connection:
            values = {"id": plan_id, "cube": plan.cube, "revision": plan.revision, "digest": plan.digest, "begun_at": at}
            connection.execute(insert(tables.plans).values(values))
        self._cube_of_plan[plan_id] = plan.cube  # other workers are in the middle of plans of other CUBEs
        for known, cube in list(self._cube_of_plan.items()):
            if cube == plan.cube and known != plan_id:
                self._cube_of_plan.pop(known, None)
        return plan_id

    def intend(self, plan_id: str, step: Step, at: datetime) -> None:
        cube = self._cube_of_plan[plan_id]
        with self.engine.begin() as connection:
            self._write_step(connection, plan_id, step, "intended", at)
            self._remember(connection, cube, step)
            for key in sorted(step.activates):
                self._owe(connection, cube, key)

    def done(self, plan_id: str, step: Step, at: datetime) -> None:
        cube = self._cube_of_plan[plan_id]
        with self.engine.begin() as connection:
            self._write_step(connection, plan_id, step, "done", at)
            if step.change.action is Action.DELETE:
                connection.execute(delete(tables.inventory).where(*_is(tables.inventory, cube, step.key)))
            if step.change.action is Action.ACTIVATE:
                table = tables.owed.c
                where = (table.cube == cube, table.target == step.key.target, table.name == step.key.name)
                connection.execute(delete(tables.owed).where(*where))

    def _write_step(self, connection: Connection, plan_id: str, step: Step, state: str, at: datetime) -> None:
        values = {"plan_id": plan_id, "key": str(step.key), "action": step.change.action.value, "state": state, "at": at}
        connection.execute(insert(tables.steps).values(values))

    def _remember(self, connection: Connection, cube: str, step: Step) -> None:
        change = step.change
        if change.after is None or change.action is Action.ACTIVATE:
            return
        known = self._find(connection, cube, step.key)
        written = {difference.slot for difference in change.differences if difference.after is not None}
        removed = {difference.slot for difference in change.differences if difference.after is None}
        slots = (set(known.slots) if known else set()) - removed | written
        is_created = change.action in (Action.CREATE, Action.REPLACE) or bool(known and known.is_created)
        owned = Owned(change.after, is_created, frozenset(slots))
        connection.execute(delete(tables.inventory).where(*_is(tables.inventory, cube, step.key)))
        connection.execute(insert(tables.inventory).values(_row(cube, owned)))

    def _owe(self, connection: Connection, cube: str, key: Key) -> None:
        table = tables.owed.c
        where = (table.cube == cube, table.target == key.target, table.name == key.name)
        if connection.execute(select(table.name).where(*where)).first() is None:
            connection.execute(insert(tables.owed).values(cube=cube, target=key.target, name=key.name))

    def _find(self, connection: Connection, cube: str, key: Key) -> Owned | None:
        row = connection.execute(select(tables.inventory).where(*_is(tables.inventory, cube, key))).mappings().first()
        return _owned(row)[1] if row else None

    def record(self, finished: Pass) -> None:
        self._latest[finished.cube] = finished
        content = json.dumps(self.as_document(finished), sort_keys=True)
        with self.engine.begin() as connection:
            values = {
                "cube": finished.cube,
                "revision": finished.revision,
                "result": finished.result,
                "finished_at": finished.finished_at,
                "duration_seconds": (finished.finished_at - finished.started_at).total_seconds(),
                "content": content,
            }
            connection.execute(insert(tables.passes).values(values))
            self._forget_old(connection, finished.cube)

    def _forget_old(self, connection: Connection, cube: str) -> None:
        table = tables.passes.c
        kept = select(table.id).where(table.cube == cube).order_by(desc(table.id)).limit(1).offset(KEPT_PASSES)
        oldest = connection.execute(kept).scalar()
        if oldest:
            connection.execute(delete(tables.passes).where(table.cube == cube, table.id <= oldest))

    def inventory(self, cube: str) -> Mapping[Key, Owned]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(tables.inventory).where(tables.inventory.c.cube == cube)).mappings()
            return dict(_owned(row) for row in rows)

    def owed(self, cube: str) -> frozenset[Key]:
        with self.engine.connect() as connection:
            rows = connection.execute(select(tables.owed.c.target, tables.owed.c.name).where(tables.owed.c.cube == cube))
            return frozenset(Key(target, Kind.ACTIVATION, name) for target, name in rows)

    def latest(self) -> Mapping[str, Pass]:
        return dict(self._latest)

    def summaries(self, limit: int = 1) -> list[dict[str, Any]]:
        """The newest passes of every CUBE as JSON, newest first; also those of another process."""
        found: list[dict[str, Any]] = []
        with self.engine.connect() as connection:
            cubes = connection.execute(select(tables.passes.c.cube).distinct()).scalars().all()
            for cube in sorted(cubes):
                table = tables.passes.c
                query = select(table.content).where(table.cube == cube).order_by(desc(table.id)).limit(limit)
                found.extend(json.loads(content) for content in connection.execute(query).scalars())
        return found

    def monotone(self, device: str, readings: Mapping[str, int]) -> dict[str, int]:
        """Totals that never fall: a reading below the last one means that the device began to count anew."""
        totals: dict[str, int] = {}
        table = tables.counters
        with self.engine.begin() as connection:
            rows = connection.execute(select(table).where(table.c.device == device)).mappings()
            known = {row["name"]: (row["last_reading"], row["total"]) for row in rows}
            for name, reading in readings.items():
                last, total = known.get(name, (0, 0))
                totals[name] = total + (reading - last if reading >= last else reading)
                values = {"last_reading": reading, "total": totals[name]}
                if name not in known:
                    connection.execute(insert(table).values(device=device, name=name, **values))
                elif reading != last:
                    where = (table.c.device == device, table.c.name == name)
                    connection.execute(update(table).where(*where).values(values))
        return totals


def _is(table: Any, cube: str, key: Key) -> tuple[Any, ...]:
    columns = table.c
    return (
        columns.cube == cube,
        columns.target == key.target,
        columns.kind == key.kind.value,
        columns.name == key.name,
    )


def _row(cube: str, owned: Owned) -> dict[str, Any]:
    resource = owned.resource
    content = {
        "settings": dict(resource.settings),
        "ownership": resource.ownership.value,
        "needs": sorted([key.target, key.kind.value, key.name] for key in resource.needs),
        "activates": sorted([key.target, key.kind.value, key.name] for key in resource.activates),
        "links": sorted(resource.links),
        "slots": sorted(owned.slots),
    }
    key = resource.key
    return {
        "cube": cube,
        "target": key.target,
        "kind": key.kind.value,
        "name": key.name,
        "is_created": int(owned.is_created),
        "content": json.dumps(content, sort_keys=True),
    }


def _owned(row: Any) -> tuple[Key, Owned]:
    content = json.loads(row["content"])
    key = Key(row["target"], Kind(row["kind"]), row["name"])
    resource = Resource(
        key,
        content["settings"],
        Ownership(content["ownership"]),
        frozenset(Key(target, Kind(kind), name) for target, kind, name in content["needs"]),
        frozenset(Key(target, Kind(kind), name) for target, kind, name in content["activates"]),
        links=frozenset(content["links"]),
    )
    return key, Owned(resource, bool(row["is_created"]), frozenset(content["slots"]))
