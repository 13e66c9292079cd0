"""What a look at a CUBE tells that must be remembered: no device can be asked for it later. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trunkline.loop.ladder import reasons
from trunkline.loop.ladder.revisions import Revisions, number_of, revisions
from trunkline.loop.ladder.scene import Scene
from trunkline.model.observed import CubeFacts
from trunkline.model.renewal.memory import Binding, Holder
from trunkline.model.renewal.standing import Standing


@dataclass(frozen=True)
class Notes:
    bound: tuple[Binding, ...] = ()
    served: tuple[Holder, ...] = ()  # orders
    forgotten: tuple[Holder, ...] = ()
    is_news: bool = False  # something may be done now that could not be done before


def of(standings: tuple[Standing, ...], scene: Scene) -> Notes:
    """For the CUBE's own certificate, and the orders of all."""
    bound: list[Binding] = []
    forgotten: list[Holder] = []
    for standing in standings:
        seen = scene.observed.get(standing.wish.target)
        if not standing.wish.target.startswith("cube/") or seen is None or not standing.wish.issuer:
            continue
        held = revisions(standing.wish, scene)
        bound += _bound(held, standing, scene)
        forgotten += _forgotten(held, standing, scene)
    is_news = bool(forgotten) or any(_is_news(one, scene) for one in bound)
    return Notes(tuple(bound), tuple(_served(standings, scene)), tuple(forgotten), is_news)


def _is_news(binding: Binding, scene: Scene) -> bool:
    """That a connection is in use still, or the wire behind, is written down at every look, and tells nothing new."""
    known = scene.memory.bindings.get(binding.holder)
    return known is None or known.connections != binding.connections


def _bound(held: Revisions, standing: Standing, scene: Scene) -> Iterator[Binding]:
    """Once the serving revision alone is bound: the connections that are up then were made before, or may have been.

    Where somebody binds an earlier one again, that moment comes anew.
    """
    current = number_of(standing.wish.holder, standing.serving) or 0
    facts, holder = held.seen.facts, held.holder(current)
    rows = facts.connections if isinstance(facts, CubeFacts) else None
    if rows is None or not any(number < current for number in held.numbers):
        return
    known, up = scene.memory.bindings.get(holder), frozenset(row.connection_id for row in rows)
    if (known is None) is (held.bound == {current}):
        yield Binding(holder, held.seen.at, up, held.seen.at)
    elif known is None:
        return
    elif known.connections & up or _wire_is_behind(held, current, scene):
        yield replace(known, connections=known.connections & up, earlier_seen_at=held.seen.at)


def _wire_is_behind(held: Revisions, current: int, scene: Scene) -> bool:
    shown = scene.shown(held.wish.target)
    own = held.identities.get(current)
    return bool(shown and shown.certificate and own and shown.certificate != own.certificate)


def _forgotten(held: Revisions, standing: Standing, scene: Scene) -> Iterator[Holder]:
    """Revisions that are gone, and not about to come."""
    coming = standing.coming.name if standing.coming else ""
    there = {held.name(number) for number in held.numbers}
    for holder in {*scene.memory.enrolments, *scene.memory.bindings}:
        if holder.target != held.wish.target or number_of(held.wish.holder, holder.name) is None:
            continue
        if holder.name not in there and holder.name not in (coming, standing.serving):
            yield holder


def _served(standings: tuple[Standing, ...], scene: Scene) -> Iterator[Holder]:
    for standing in standings:
        holder = Holder(standing.wish.target, standing.wish.holder)
        order = scene.memory.orders.get(holder)
        asked = scene.memory.enrolments.get(Holder(standing.wish.target, standing.serving))
        is_new = order is not None and asked is not None and reasons.is_served(order, asked.requested_at)
        if is_new and not standing.coming and not standing.kept and not standing.retired:
            yield holder
