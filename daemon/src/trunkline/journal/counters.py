"""Counters that only grow, over resets of the devices that count and over restarts of the daemon."""

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, auto

from sqlalchemy import Connection, delete, insert, select, update

from trunkline.journal import tables
from trunkline.model.observed import Counting


class Since(Enum):
    """What a reading has to do with the one before it."""

    GOING_ON = auto()
    RELOADED = auto()  # the same router counts from 0 again
    TAKEN_OVER = auto()  # another one answers, with counts of its own: nobody knows how many of them are new


def since(earlier: Counting, now: Counting) -> Since:
    """Only what is known on both sides counts. Two processors of one chassis bear one serial number: the uptime may tell."""
    if earlier.serial and now.serial and earlier.serial != now.serial:
        return Since.TAKEN_OVER
    if earlier.uptime is not None and now.uptime is not None and now.uptime < earlier.uptime:
        return Since.RELOADED
    return Since.GOING_ON


def growth(last: int | None, reading: int, how: Since) -> int:
    """By how much a total grows; `last` None: never read before.

    A reading below the last one means that the device began anew, as after `clear sip-ua statistics`. One that was cleared and
    counted beyond the last reading between two looks cannot be told from one that went on: then some are missing.
    """
    if last is None:
        return reading
    if how is Since.TAKEN_OVER:
        return 0
    return reading - last if how is Since.GOING_ON and reading >= last else reading


def monotone(connection: Connection, device: str, readings: Mapping[str, int], counting: Counting) -> dict[str, int]:
    """The totals by name, those of `readings` alone."""
    earlier = _counting(connection, device)
    _remember(connection, device, earlier, counting)
    how = since(earlier, counting)
    totals: dict[str, int] = {}
    table = tables.counters
    rows = connection.execute(select(table).where(table.c.device == device)).mappings()
    known = {row["name"]: (row["last_reading"], row["total"]) for row in rows}
    for name, reading in sorted(readings.items()):
        last, total = known.get(name, (None, 0))
        totals[name] = total + growth(last, reading, how)
        values = {"last_reading": reading, "total": totals[name]}
        if name not in known:
            connection.execute(insert(table).values(device=device, name=name, **values))
        elif reading != last or how is not Since.GOING_ON:
            where = (table.c.device == device, table.c.name == name)
            connection.execute(update(table).where(*where).values(values))
    return totals


def _counting(connection: Connection, device: str) -> Counting:
    table = tables.countings
    row = connection.execute(select(table).where(table.c.device == device)).mappings().first()
    if row is None:
        return Counting()
    seconds = row["uptime_seconds"]
    return Counting(row["serial"], None if seconds is None else timedelta(seconds=seconds))


def _remember(connection: Connection, device: str, earlier: Counting, now: Counting) -> None:
    """What is not known now stays as it was."""
    kept = Counting(now.serial or earlier.serial, earlier.uptime if now.uptime is None else now.uptime)
    if kept == earlier:
        return
    table = tables.countings
    connection.execute(delete(table).where(table.c.device == device))
    seconds = None if kept.uptime is None else int(kept.uptime.total_seconds())
    connection.execute(insert(table).values(device=device, serial=kept.serial, uptime_seconds=seconds))
