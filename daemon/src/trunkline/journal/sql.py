"""The journal in a database: SQLite embedded, PostgreSQL for many. What `intend` wrote is on disk before it returns."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, String, bindparam, insert, select

from trunkline.journal import counters, heard, history, inventory, memory, rows, tables
from trunkline.journal.engine import open_engine, transaction
from trunkline.model.event import Event
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Counting
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Plan, Step
from trunkline.model.renewal.memory import Approval, Binding, Holder, Memory, Order
from trunkline.model.resource import Owned, Resource

OF_CUBE = bindparam("cube", type_=String)
INVENTORY = select(tables.inventory).where(tables.inventory.c.cube == OF_CUBE)
OWED = select(tables.owed.c.target, tables.owed.c.name).where(tables.owed.c.cube == OF_CUBE)
"""What every pass asks is put together once."""


@dataclass
class SqlJournal:
    """Implements `trunkline.ports.Journal`, for any number of threads. Every method raises JournalFailed.

    `as_document` turns a pass into the JSON that `summaries` gives back.
    """

    engine: Engine
    as_document: Callable[[Pass], Mapping[str, Any]]

    def begin(self, plan: Plan, at: datetime) -> str:
        plan_id = uuid.uuid4().hex
        with transaction(self.engine) as connection:
            values = {"id": plan_id, "cube": plan.cube, "revision": plan.revision, "digest": plan.digest, "begun_at": at}
            connection.execute(insert(tables.plans).values(values))
        return plan_id

    def intend(self, plan_id: str, step: Step, at: datetime) -> None:
        with transaction(self.engine) as connection:
            cube = self._write_step(connection, plan_id, step, "intended", at)
            inventory.remember(connection, cube, step)
            inventory.owe(connection, cube, step.activates)

    def done(self, plan_id: str, step: Step, at: datetime, produced: str = "") -> None:
        with transaction(self.engine) as connection:
            cube = self._write_step(connection, plan_id, step, "done", at)
            inventory.settle(connection, cube, step)
            memory.take(connection, step, at, produced)
            is_gone = step.change.action is Action.DELETE and step.key.kind is Kind.SIP_TRUNK
            if step.change.action is Action.ACTIVATE or is_gone:
                inventory.pay(connection, cube, step.key)

    def refused(self, plan_id: str, step: Step, at: datetime, unneeded: frozenset[Key]) -> None:
        with transaction(self.engine) as connection:
            cube = self._write_step(connection, plan_id, step, "refused", at)
            if step.change.action is Action.CREATE:
                inventory.forget(connection, cube, step.key)
            for key in unneeded:
                inventory.pay(connection, cube, key)

    def _write_step(self, connection: Connection, plan_id: str, step: Step, state: str, at: datetime) -> str:
        values = {"plan_id": plan_id, "key": str(step.key), "action": step.change.action.value, "state": state, "at": at}
        connection.execute(insert(tables.steps).values(values))
        return str(connection.execute(select(tables.plans.c.cube).where(tables.plans.c.id == plan_id)).scalar_one())

    def record(self, finished: Pass) -> None:
        document = self.as_document(finished)
        with transaction(self.engine) as connection:
            history.add(connection, finished, document)

    def claim(self, cube: str, keys: frozenset[Key], *, is_complete: bool) -> None:
        with transaction(self.engine) as connection:
            inventory.claim(connection, cube, keys, is_complete=is_complete)

    def adopt(self, cube: str, resources: Iterable[Resource], owed: frozenset[Key]) -> None:
        found = tuple(resources)
        if not found:
            return
        with transaction(self.engine) as connection:
            for resource in found:
                known = inventory.find(connection, cube, resource.key)
                is_created, slots = (known.is_created, known.slots) if known else (False, frozenset())
                inventory.keep(connection, cube, Owned(resource, is_created, slots))
            inventory.owe(connection, cube, owed)

    def forget(self, cube: str, keys: Iterable[Key]) -> None:
        found = tuple(keys)
        if not found:
            return
        with transaction(self.engine) as connection:
            for key in found:
                inventory.forget(connection, cube, key)

    def known(self, keys: Iterable[Key]) -> frozenset[Key]:
        with transaction(self.engine) as connection:
            return frozenset(key for key in keys if inventory.is_known(connection, key))

    def claimed(self, cube: str, keys: Iterable[Key]) -> frozenset[Key]:
        with transaction(self.engine) as connection:
            return frozenset(key for key in keys if inventory.claimants(connection, key) - {cube})

    def inventory(self, cube: str) -> Mapping[Key, Owned]:
        with transaction(self.engine) as connection:
            return dict(rows.owned_of(row) for row in connection.execute(INVENTORY, {"cube": cube}).mappings())

    def owed(self, cube: str) -> frozenset[Key]:
        with transaction(self.engine) as connection:
            found = connection.execute(OWED, {"cube": cube})
            return frozenset(Key(target, Kind.ACTIVATION, name) for target, name in found)

    def memory(self, targets: Iterable[str]) -> Memory:
        with transaction(self.engine) as connection:
            return memory.of_targets(connection, targets)

    def waits(self, holder: Holder, why: str) -> None:
        with transaction(self.engine) as connection:
            memory.wait(connection, holder, why)

    def bound(self, binding: Binding) -> None:
        with transaction(self.engine) as connection:
            memory.bind(connection, binding)

    def forget_holder(self, holder: Holder) -> None:
        with transaction(self.engine) as connection:
            memory.forget(connection, holder)

    def order(self, wanted: Order) -> None:
        """A person wants a renewal now."""
        with transaction(self.engine) as connection:
            memory.order(connection, wanted)

    def serve(self, holder: Holder) -> None:
        with transaction(self.engine) as connection:
            memory.serve(connection, holder)

    def approve(self, approval: Approval) -> None:
        """A person consents to one change."""
        with transaction(self.engine) as connection:
            memory.approve(connection, approval)

    def heard(self, events: Iterable[Event]) -> None:
        with transaction(self.engine) as connection:
            heard.add(connection, events)

    def events(self, targets: Iterable[str], since: datetime) -> tuple[Event, ...]:
        with transaction(self.engine) as connection:
            return heard.since(connection, targets, since)

    def last_converged(self, cube: str) -> dict[str, Any] | None:
        """The newest pass of a CUBE that left nothing to do, as JSON; None where none is kept."""
        with transaction(self.engine) as connection:
            return history.last_converged(connection, cube)

    def troubled(self, message: str, at: datetime) -> None:
        """Write down why the newest state of git is not followed; empty: it is."""
        with transaction(self.engine) as connection:
            history.set_trouble(connection, message, at)

    def trouble(self) -> tuple[str, datetime] | None:
        """Why the newest state of git is not followed, and since when, as its last follower saw it; None where it is."""
        with transaction(self.engine) as connection:
            return history.trouble(connection)

    def leftovers(self) -> dict[str, dict[str, int]]:
        """By CUBE and target, how many resources and lines in shared sections the inventory holds."""
        counted: dict[str, dict[str, int]] = {}
        with transaction(self.engine) as connection:
            for row in connection.execute(select(tables.inventory)).mappings():
                key, owned = rows.owned_of(row)
                if owned.is_created or owned.slots:
                    of_cube = counted.setdefault(row["cube"], {})
                    of_cube[key.target] = of_cube.get(key.target, 0) + 1
        return counted

    def summaries(self, limit: int = 1, cube: str = "") -> list[dict[str, Any]]:
        """The newest passes of every CUBE, or of one, as JSON, newest first; also those of another process."""
        with transaction(self.engine) as connection:
            return history.newest(connection, limit, cube)

    def monotone(self, device: str, readings: Mapping[str, int], counting: Counting | None = None) -> dict[str, int]:
        """Totals that never fall, whatever resets the device's own counters; `counting` says who counts."""
        with transaction(self.engine) as connection:
            return counters.monotone(connection, device, readings, counting or Counting())


__all__ = ["SqlJournal", "open_engine"]
