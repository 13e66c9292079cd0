"""What trunkline made and wrote, for whom, and who wants it: the rows behind deletion."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from trunkline.journal import rows, tables
from trunkline.model.key import HELD_KINDS, SHARED_SECTIONS, Key, Kind
from trunkline.model.plan import Action, Step
from trunkline.model.resource import Owned

MOMENTARY = frozenset({Action.ACTIVATE, Action.RECYCLE, Action.RESTART})
"""What leaves nothing behind."""
OF_A_HOLDER = frozenset({Kind.CERTIFICATE_REQUEST, Kind.SIGNATURE, Kind.IDENTITY})
"""What is remembered of a certificate's holder, or goes with its trustpoint."""

CLAIMS = select(tables.claims).where(tables.claims.c.cube == bindparam("cube"))


def _is_of_a_holder(key: Key) -> bool:
    """A request on a node is remembered: another one there is somebody else's, who would lose the key of it."""
    return key.kind in OF_A_HOLDER and not (key.kind is Kind.CERTIFICATE_REQUEST and key.target.startswith("cluster/"))


def find(connection: Connection, cube: str, key: Key) -> Owned | None:
    query = select(tables.inventory).where(*rows.is_key(tables.inventory, cube, key))
    row = connection.execute(query).mappings().first()
    return rows.owned_of(row)[1] if row else None


def keep(connection: Connection, cube: str, owned: Owned) -> None:
    forget(connection, cube, owned.resource.key)
    connection.execute(insert(tables.inventory).values(rows.of_owned(cube, owned)))


def forget(connection: Connection, cube: str, key: Key) -> None:
    connection.execute(delete(tables.inventory).where(*rows.is_key(tables.inventory, cube, key)))


def remember(connection: Connection, cube: str, step: Step) -> None:
    """Before the act: what may exist from now on. Nothing is forgotten yet, for the act may never happen."""
    change = step.change
    if change.after is None or change.action in MOMENTARY or _is_of_a_holder(step.key):
        return
    known = find(connection, cube, step.key)
    written = frozenset(difference.slot for difference in change.differences if difference.after is not None)
    is_created = change.action in (Action.CREATE, Action.REPLACE) or bool(known and known.is_created)
    earlier = known.resource.settings if known else {}
    leaving = {d.slot: earlier[d.slot] for d in change.differences if d.after is None and d.slot in earlier}
    resource = replace(change.after, settings={**leaving, **change.after.settings})
    keep(connection, cube, Owned(resource, is_created, (known.slots if known else frozenset()) | written))


def settle(connection: Connection, cube: str, step: Step) -> None:
    """After the act: what was removed is forgotten."""
    change = step.change
    if change.action is Action.DELETE:
        forget(connection, cube, step.key)
        if step.key.kind is Kind.TRUSTPOINT:  # what it held went with it
            for kind in HELD_KINDS:
                forget(connection, cube, step.key._replace(kind=kind))
        return
    removed = frozenset(difference.slot for difference in change.differences if difference.after is None)
    known = find(connection, cube, step.key)
    if known is None or not removed:
        return
    settings = {slot: value for slot, value in known.resource.settings.items() if slot not in removed}
    left = Owned(replace(known.resource, settings=settings), known.is_created, known.slots - removed)
    if step.key.kind in SHARED_SECTIONS and not left.slots:
        forget(connection, cube, step.key)
    else:
        keep(connection, cube, left)


def claim(connection: Connection, cube: str, keys: frozenset[Key], *, is_complete: bool) -> None:
    """What a CUBE wants on clusters; with `is_complete`, nothing but that."""
    table = tables.claims
    earlier = {rows.key_of(row) for row in connection.execute(CLAIMS, {"cube": cube}).mappings()}
    for key in sorted(keys - earlier):
        connection.execute(insert(table).values(rows.of_key(cube, key)))
    for key in sorted(earlier - keys) if is_complete else ():
        connection.execute(delete(table).where(*rows.is_key(table, cube, key)))
        _hand_over(connection, cube, key)


def _hand_over(connection: Connection, cube: str, key: Key) -> None:
    """What this CUBE made and another one still wants becomes that one's, to be deleted when it does not want it either."""
    own = find(connection, cube, key)
    heir = next(iter(sorted(claimants(connection, key) - {cube})), None)
    if own is None or heir is None:
        return
    known = find(connection, heir, key)
    if known:
        keep(connection, heir, replace(known, is_created=known.is_created or own.is_created))
        forget(connection, cube, key)
    else:
        where = rows.is_key(tables.inventory, cube, key)
        connection.execute(update(tables.inventory).where(*where).values(cube=heir))


def is_known(connection: Connection, key: Key) -> bool:
    """Whether any CUBE made it, or found it as stated."""
    query = select(tables.inventory.c.cube).where(*rows.is_key_of_any(tables.inventory, key))
    return connection.execute(query).first() is not None


def claimants(connection: Connection, key: Key) -> set[str]:
    """The CUBEs that want a key."""
    query = select(tables.claims.c.cube).where(*rows.is_key_of_any(tables.claims, key))
    return set(connection.execute(query).scalars())


def owe(connection: Connection, cube: str, keys: Iterable[Key]) -> None:
    """Activations that became necessary."""
    for key in sorted(keys):
        if connection.execute(select(tables.owed.c.name).where(*_is_owed(cube, key))).first() is None:
            connection.execute(insert(tables.owed).values(cube=cube, target=key.target, name=key.name))


def pay(connection: Connection, cube: str, key: Key) -> None:
    """An activation happened, or the trunk is gone."""
    connection.execute(delete(tables.owed).where(*_is_owed(cube, key)))


def _is_owed(cube: str, key: Key) -> tuple[ColumnElement[bool], ...]:
    """An activation and its trunk have one name: the kind is not written down."""
    table = tables.owed.c
    return (table.cube == cube, table.target == key.target, table.name == key.name)
