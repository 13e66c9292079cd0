"""The changes that no comparison of resources yields: connections made anew, services restarted, revisions that go. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from trunkline.loop.ladder.revisions import Revisions, number_of, revisions
from trunkline.loop.ladder.scene import Scene
from trunkline.model.certificate import Certificate
from trunkline.model.desired import DesiredLink
from trunkline.model.key import Key, Kind, cluster_target, cube_target
from trunkline.model.observed import Connection, CubeFacts
from trunkline.model.plan import Action, Change
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Resource

OF_A_REVISION = (Kind.TRUSTPOINT, Kind.TRUST_ANCHOR, Kind.KEY_PAIR, Kind.CERTIFICATE_REQUEST, Kind.IDENTITY)

ANCHORS = (Kind.TRUSTPOINT, Kind.TRUST_ANCHOR)


def of(standings: tuple[Standing, ...], scene: Scene, links: Iterable[DesiredLink]) -> tuple[Change, ...]:
    """In the order of their keys. Each concerns the links of its target, and is not done where those are only observed. Of a
    cluster one node at most is restarted: it is looked at before the next.
    """
    found: list[Change] = []
    for standing in standings:
        if _is_of_cube(standing, scene):
            held = revisions(standing.wish, scene)
            found += [change for name in standing.retired for change in _gone(held, name)]
            found += [_recycled(standing.wish.target, row) for row in standing.recycled]
        found += [_restart(key, standing) for key in standing.restarts]
    known = tuple(links)
    unique = {change.key: _concerning(change, known) for change in found}
    restarts = {key.target: key for key in sorted(unique, reverse=True) if key.kind is Kind.SERVICE_RESTART}
    return tuple(unique[key] for key in sorted(unique) if key.kind is not Kind.SERVICE_RESTART or key in restarts.values())


def kept(standings: tuple[Standing, ...], scene: Scene) -> frozenset[Key]:
    """What belongs to a revision that is there, and the trust of what is suspended: whether it goes is decided here."""
    found: set[Key] = set()
    for standing in standings:
        if not _is_of_cube(standing, scene):
            continue
        held = revisions(standing.wish, scene)
        found |= {held.key(kind, number) for number in held.numbers for kind in OF_A_REVISION}
        found |= {Key(standing.wish.target, Kind.KEY_PAIR, held.label(number)) for number in held.numbers}
        found |= _trust_of(_suspended(held, standing), scene)
        if standing.coming is None and standing.waits:  # which issuers above are wanted is not known
            found |= {key for key in scene.own if key.target == standing.wish.target and key.kind in ANCHORS}
    return frozenset(found)


def _is_of_cube(standing: Standing, scene: Scene) -> bool:
    return standing.wish.target.startswith("cube/") and standing.wish.target in scene.observed


def _suspended(held: Revisions, standing: Standing) -> frozenset[str]:
    """SHA-256 of what far ends hold to accept the suspended identities."""
    found: set[Certificate] = set()
    for identity in held.identities.values():
        if identity.holder in standing.suspended:
            coming = standing.coming
            is_coming = coming is not None and coming.name == identity.holder
            found |= {identity.certificate, *identity.chain, *(coming.chain if coming and is_coming else ())}
    return frozenset(one.sha256 for one in found)


def _trust_of(prints: frozenset[str], scene: Scene) -> set[Key]:
    return {
        key
        for seen in scene.observed.values()
        for key, resource in seen.resources.items()
        if key.kind is Kind.CALLMANAGER_TRUST and resource.settings.get("sha256") in prints
    }


def _gone(held: Revisions, name: str) -> Iterator[Change]:
    """The key goes first: only its trustpoint tells the label of a key that trunkline did not name."""
    number = number_of(held.wish.holder, name)
    if number is None:
        return
    trustpoint, label = held.key(Kind.TRUSTPOINT, number), Key(held.wish.target, Kind.KEY_PAIR, held.label(number))
    pair, section = held.seen.resources.get(label), held.seen.resources.get(trustpoint)
    if section:
        yield Change(Action.DELETE, trustpoint, replace(section, needs=frozenset(), origin=held.wish.origin))
    if pair and not _is_of_others(label, trustpoint, held):
        needs = frozenset({trustpoint} if section else ())
        yield Change(Action.DELETE, label, replace(pair, needs=needs, origin=held.wish.origin))


def _is_of_others(label: Key, trustpoint: Key, held: Revisions) -> bool:
    """Whether a key is used by something else too, or is the router's own: SSH takes that without naming it.

    Source: Cisco IOS security command reference, `crypto key generate rsa`: the default label is the router's FQDN.
    """
    resources, facts = held.seen.resources, held.seen.facts
    users = {key for key, one in resources.items() if label in one.needs and one.key.kind is not Kind.IDENTITY}
    hostname = facts.hostname.lower() if isinstance(facts, CubeFacts) else ""
    is_routers = bool(hostname) and (label.name.lower() == hostname or label.name.lower().startswith(f"{hostname}."))
    return bool(users - {trustpoint}) or (is_routers and held.label(0) == label.name)


def _recycled(target: str, row: Connection) -> Change:
    key = Key(target, Kind.CONNECTION, str(row.connection_id))
    remote = Resource(key, {"remote": row.remote})
    return Change(Action.RECYCLE, key, remote, remote)


def _restart(key: Key, standing: Standing) -> Change:
    return Change(Action.RESTART, key, None, Resource(key, {}, origin=standing.wish.origin))


def _concerning(change: Change, links: tuple[DesiredLink, ...]) -> Change:
    target = change.key.target
    names = frozenset(link.name for link in links if target in (cube_target(link.cube), cluster_target(link.cluster)))
    before, after = (replace(one, links=names) if one else None for one in (change.before, change.after))
    return replace(change, before=before, after=after)
