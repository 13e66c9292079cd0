"""The changes that no comparison of resources yields: connections made anew, services restarted, revisions that go. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from trunkline.loop.ladder.revisions import Revisions, number_of, revisions
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Connection, Observed
from trunkline.model.plan import Action, Change
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Resource

OF_A_REVISION = (Kind.TRUSTPOINT, Kind.TRUST_ANCHOR, Kind.KEY_PAIR, Kind.CERTIFICATE_REQUEST, Kind.IDENTITY)


def of(standings: tuple[Standing, ...], observed: Mapping[str, Observed], inventory: Collection[Key]) -> tuple[Change, ...]:
    """In the order of their keys. Of later revisions only those go that the inventory knows: somebody may have made others."""
    found: list[Change] = []
    for standing in standings:
        seen = observed.get(standing.wish.target)
        if seen and standing.wish.target.startswith("cube/"):
            held = revisions(standing.wish, seen)
            found += [change for name in standing.retired for change in _gone(held, name, inventory)]
            found += [_recycled(standing.wish.target, row) for row in standing.recycled]
        found += [_restart(key, standing) for key in standing.restarts]
    return tuple(sorted({change.key: change for change in found}.values(), key=lambda change: change.key))


def kept(standings: tuple[Standing, ...], observed: Mapping[str, Observed]) -> frozenset[Key]:
    """What belongs to a revision that is there: whether it goes is decided here, whoever made it."""
    found: set[Key] = set()
    for standing in standings:
        seen = observed.get(standing.wish.target)
        if seen and standing.wish.target.startswith("cube/"):
            held = revisions(standing.wish, seen)
            found |= {held.key(kind, number) for number in held.numbers for kind in OF_A_REVISION}
            found |= {Key(standing.wish.target, Kind.KEY_PAIR, held.label(number)) for number in held.numbers}
    return frozenset(found)


def _gone(held: Revisions, name: str, inventory: Collection[Key]) -> Iterator[Change]:
    """The key goes first: only its trustpoint tells the label of a key that trunkline did not name."""
    number = number_of(held.wish.holder, name)
    if number is None:
        return
    trustpoint, label = held.key(Kind.TRUSTPOINT, number), Key(held.wish.target, Kind.KEY_PAIR, held.label(number))
    if number and not {trustpoint, label} & set(inventory):
        return
    pair, section = held.seen.resources.get(label), held.seen.resources.get(trustpoint)
    if section:
        yield Change(Action.DELETE, trustpoint, replace(section, needs=frozenset(), origin=held.wish.origin))
    if pair:
        needs = frozenset({trustpoint} if section else ())
        yield Change(Action.DELETE, label, replace(pair, needs=needs, origin=held.wish.origin))


def _recycled(target: str, row: Connection) -> Change:
    key = Key(target, Kind.CONNECTION, str(row.connection_id))
    remote = Resource(key, {"remote": row.remote})
    return Change(Action.RECYCLE, key, remote, remote)


def _restart(key: Key, standing: Standing) -> Change:
    links = frozenset[str]()
    resource = Resource(key, {}, origin=standing.wish.origin, links=links)
    return Change(Action.RESTART, key, None, resource)
