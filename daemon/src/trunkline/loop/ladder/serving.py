"""Which revision a CUBE shall present, and what becomes of those before it. Pure."""

from dataclasses import replace

from trunkline.loop.ladder import reasons
from trunkline.loop.ladder.revisions import Revisions, binding_lines
from trunkline.loop.ladder.scene import Scene
from trunkline.model.observed import Connection, CubeFacts
from trunkline.model.renewal.memory import Binding, Memory
from trunkline.model.renewal.standing import Rung, Standing, Wait

CURE = "once a connection is made anew that will do; or let the daemon reach the SIP TLS port"


def number(held: Revisions, memory: Memory) -> int:
    """The revision in use: the highest that holds a certificate and was seen bound. A switch that was begun is carried on.

    One whose certificate cannot be read at the moment holds it still, as far as anybody knows.
    """
    there = {one for one in held.numbers if one in held.identities or held.is_hidden(one)}
    bound = {one for one in there if one in held.bound or held.holder(one) in memory.bindings}
    if bound:
        return max(bound)
    return 0 if 0 in held.identities or not held.identities else max(held.identities)


def vouched(held: Revisions, current: int, scene: Scene, coming: tuple[int, ...]) -> tuple[str, ...]:
    """Whose certificates far ends must trust and name: what is presented, or was a moment ago, and what comes."""
    earlier = [one for one in held.numbers if one < current and _may_be_presented(held, one, scene)]
    begun = [one for one in held.identities if one > current and one in held.bound]
    return tuple(held.name(one) for one in dict.fromkeys((current, *earlier, *begun, *coming)))


def _may_be_presented(held: Revisions, earlier: int, scene: Scene) -> bool:
    """What cannot be read may be."""
    identity = held.identities.get(earlier)
    return identity.certificate.not_after > scene.now if identity else held.is_hidden(earlier)


def settled(held: Revisions, current: int, scene: Scene) -> Standing:
    """What is presented is as wished: what came before it is taken away once it is out of use."""
    wish, identity = held.wish, held.identities[current]
    made = Standing(
        wish,
        held.name(current),
        vouched(held, current, scene, ()),
        identity,
        renewal_at=reasons.renewal_at(identity.certificate, wish),
    )
    given_up = tuple(held.name(one) for one in held.numbers if one > current)
    earlier = tuple(held.name(one) for one in held.numbers if one < current)
    if not earlier:
        return replace(made, retired=given_up)
    if held.bound != {current}:
        return replace(made, rung=Rung.TRUSTED, kept=earlier, retired=given_up, waits=_still_bound(held, current))
    return _after_the_switch(held, current, scene, replace(made, kept=earlier, retired=given_up))


def _still_bound(held: Revisions, current: int) -> tuple[Wait, ...]:
    """Lines of others are theirs to change."""
    others = held.bound - {current}
    if not others:
        return ()
    named, target = held.name(min(others)), held.wish.target
    lines = ", ".join(binding_lines(held.seen, named))
    return (Wait("wire", f"{target} still presents {named} ({lines}): where that is not trunkline's, bind another one there"),)


def _after_the_switch(held: Revisions, current: int, scene: Scene, made: Standing) -> Standing:
    if not isinstance(held.seen.facts, CubeFacts) or held.seen.facts.connections is None:
        unknown = Wait("wire", f"the connections of {held.wish.target} cannot be read: the earlier certificate stays")
        return replace(made, rung=Rung.BOUND, waits=(unknown,))
    binding = scene.memory.bindings.get(held.holder(current))
    if binding is None:
        return replace(made, rung=Rung.BOUND)
    still, busy = _connections(held, binding)
    waits = [_busy(busy)] if busy else []
    unseen = _unseen(held, current, scene, binding)
    waits += [unseen] if unseen else []
    idle = tuple(one for one in still if one not in busy)
    if still or unseen:
        return replace(made, rung=Rung.BOUND, recycled=idle, waits=tuple(waits))
    keep = _keep(held, scene, binding)
    if keep:
        return replace(made, rung=Rung.ON_WIRE, waits=(keep,))
    lasting = tuple(name for name in made.vouched if name == made.serving)
    return replace(made, rung=Rung.ON_WIRE, vouched=lasting, kept=(), retired=(*made.kept, *made.retired))


def _connections(held: Revisions, binding: Binding) -> tuple[list[Connection], list[Connection]]:
    """Those that were up before the switch and still are; of them those that carry a call, or may."""
    facts = held.seen.facts
    rows = facts.connections if isinstance(facts, CubeFacts) else None
    still = [row for row in rows or () if row.connection_id in binding.connections and row.state == "Established"]
    return still, [row for row in still if _may_be_busy(row, facts)]


def _may_be_busy(row: Connection, facts: object) -> bool:
    if not isinstance(facts, CubeFacts) or facts.active_call_legs is None:
        return True
    if facts.active_call_legs == 0:
        return False
    return facts.busy_addresses is None or row.remote_address in facts.busy_addresses


def _busy(rows: list[Connection]) -> Wait:
    named = ", ".join(f"{row.remote_address}:{row.remote_port}" for row in rows)
    return Wait("calls", f"connections that show the earlier certificate carry calls: {named}")


def _unseen(held: Revisions, current: int, scene: Scene, binding: Binding) -> Wait | None:
    """Whether the wire was seen to present it since it is bound.

    Where the CUBE answers its cluster alone, a connection that was established after the switch shows as much: new handshakes
    present what is bound.
    """
    target = held.wish.target
    shown = scene.shown(target)
    if shown is None or shown.at < binding.since:
        return Wait("wire", f"what {target} presents was not looked at since the switch")
    if shown.certificate is None:
        return (
            None
            if _is_new(held, binding)
            else Wait("wire", f"what {target} presents could not be seen: {shown.problem}; {CURE}")
        )
    if shown.certificate != held.identities[current].certificate:
        return Wait("wire", f"{target} still presents the certificate {shown.certificate.serial}")
    return None


def _is_new(held: Revisions, binding: Binding) -> bool:
    facts = held.seen.facts
    rows = facts.connections if isinstance(facts, CubeFacts) else None
    return any(row.state == "Established" and row.connection_id not in binding.connections for row in rows or ())


def _keep(held: Revisions, scene: Scene, binding: Binding) -> Wait | None:
    """Earlier ones stay for a while after they were last in use, unless their key is said to be known to others."""
    order = scene.memory.orders.get(held.holder(0))
    if order and order.is_compromised:
        return None
    until = (binding.earlier_seen_at or binding.since) + held.wish.policy.keep
    if scene.now >= until:
        return None
    return Wait("keep", f"the earlier one stays until {until:%Y-%m-%d %H:%M}Z", until)
