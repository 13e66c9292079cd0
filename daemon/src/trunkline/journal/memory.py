"""What is remembered of certificates: requests and their answers, orders, approvals, and what is bound since when."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from trunkline.journal import rows, tables
from trunkline.model.certificate import certificates_in
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Step
from trunkline.model.renewal.memory import Approval, Binding, Enrolment, Holder, Memory, Order


def of_targets(connection: Connection, targets: Iterable[str]) -> Memory:
    """All that is remembered of these targets."""
    wanted = sorted(set(targets))

    def found(table: Table) -> list[Any]:
        return list(connection.execute(select(table).where(table.c.target.in_(wanted))).mappings())

    enrolments = [_enrolment(row) for row in found(tables.enrolments)]
    orders = [Order(_holder(row), row["reason"], _utc(row["at"]), bool(row["is_compromised"])) for row in found(tables.orders)]
    approvals = [Approval(rows.key_of(row), row["reason"], _utc(row["at"])) for row in found(tables.approvals)]
    bindings = [_binding(row) for row in found(tables.bindings)]
    return Memory(
        {one.holder: one for one in enrolments},
        {one.holder: one for one in orders},
        {one.key: one for one in approvals},
        {one.holder: one for one in bindings},
    )


def _holder(row: Any) -> Holder:
    return Holder(row["target"], row["holder"])


def _utc(at: datetime) -> datetime:
    """SQLite gives back what it took without its zone."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _enrolment(row: Any) -> Enrolment:
    return Enrolment(
        _holder(row),
        row["issuer"],
        row["csr_pem"],
        _utc(row["requested_at"]),
        certificates_in(row["chain_pem"]),
        _utc(row["issued_at"]) if row["issued_at"] else None,
        row["waits"],
    )


def _binding(row: Any) -> Binding:
    seen_at = row["earlier_seen_at"]
    return Binding(
        _holder(row), _utc(row["since"]), frozenset(json.loads(row["connections"])), _utc(seen_at) if seen_at else None
    )


def _is(table: Table, holder: Holder) -> tuple[Any, ...]:
    return (table.c.target == holder.target, table.c.holder == holder.name)


def _put(connection: Connection, table: Table, holder: Holder, values: dict[str, Any]) -> None:
    connection.execute(delete(table).where(*_is(table, holder)))
    connection.execute(insert(table).values(target=holder.target, holder=holder.name, **values))


def take(connection: Connection, step: Step, at: datetime, produced: str) -> None:
    """What a step brought: a request begins an enrolment anew, a signature completes it, an approval is spent."""
    if step.key.kind is Kind.CERTIFICATE_REQUEST and produced:
        issuer = step.change.after.settings.get("issuer", "") if step.change.after else ""
        values = {"issuer": issuer, "csr_pem": produced, "requested_at": at, "chain_pem": "", "waits": ""}
        _put(connection, tables.enrolments, Holder(step.key.target, step.key.name), values)
    elif step.key.kind is Kind.SIGNATURE and produced:
        target, _, name = step.key.name.rpartition("/")
        answered = {"chain_pem": produced, "issued_at": at, "waits": ""}
        table = tables.enrolments
        connection.execute(update(table).where(*_is(table, Holder(target, name))).values(**answered))
    elif step.change.action is Action.RECYCLE:
        _release(connection, step.key)
    table = tables.approvals
    connection.execute(delete(table).where(*rows.is_key_of_any(table, step.key)))


def _release(connection: Connection, key: Key) -> None:
    """A connection that was ended presents nothing any more; whoever bears its number next is another one."""
    table = tables.bindings
    for row in list(connection.execute(select(table).where(table.c.target == key.target)).mappings()):
        binding = _binding(row)
        if int(key.name) in binding.connections:
            bind(connection, replace(binding, connections=binding.connections - {int(key.name)}))


def wait(connection: Connection, holder: Holder, waits: str) -> None:
    """The issuer does not answer yet, and said why."""
    table = tables.enrolments
    connection.execute(update(table).where(*_is(table, holder)).values(waits=waits))


def bind(connection: Connection, binding: Binding) -> None:
    values = {
        "since": binding.since,
        "connections": json.dumps(sorted(binding.connections)),
        "earlier_seen_at": binding.earlier_seen_at,
    }
    _put(connection, tables.bindings, binding.holder, values)


def forget(connection: Connection, holder: Holder) -> None:
    for table in (tables.enrolments, tables.bindings):
        connection.execute(delete(table).where(*_is(table, holder)))


def order(connection: Connection, wanted: Order) -> None:
    values = {"reason": wanted.reason, "at": wanted.at, "is_compromised": int(wanted.is_compromised)}
    _put(connection, tables.orders, wanted.holder, values)


def serve(connection: Connection, holder: Holder) -> None:
    connection.execute(delete(tables.orders).where(*_is(tables.orders, holder)))


def approve(connection: Connection, approval: Approval) -> None:
    key = approval.key
    connection.execute(delete(tables.approvals).where(*rows.is_key_of_any(tables.approvals, key)))
    values = {"target": key.target, "kind": key.kind.value, "name": key.name, "reason": approval.reason, "at": approval.at}
    connection.execute(insert(tables.approvals).values(values))
