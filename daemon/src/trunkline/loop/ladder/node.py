"""`of_nodes`: where the CallManager certificates of a managed cluster stand, one node after the other. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from trunkline.loop.ladder import reasons
from trunkline.loop.ladder.coming import public_of
from trunkline.loop.ladder.scene import Scene
from trunkline.model.key import Key, Kind, cube_target
from trunkline.model.observed import Identity
from trunkline.model.renewal import when
from trunkline.model.renewal.memory import Enrolment, Holder
from trunkline.model.renewal.standing import Coming, Rung, Standing, Wait
from trunkline.model.renewal.wish import Chain, IdentityWish


def of_nodes(wishes: tuple[IdentityWish, ...], scene: Scene) -> tuple[Standing, ...]:
    """In the order of the documents, publisher first: none begins before the one before it is done."""
    found: list[Standing] = []
    hidden: set[str] = set()  # clusters with a node that could not be read: it may be down
    for wish in sorted(wishes, key=lambda one: not _is_publisher(one, scene)):
        standing = _of_node(wish, scene)
        busy = next((one.wish.holder for one in found if one.wish.target == wish.target and one.coming), None)
        first = busy or ("a node that cannot be read" if wish.target in hidden else None)
        hidden |= {wish.target} if standing is None and wish.issuer else set()
        if standing and first and standing.coming:
            wait = Wait("node-order", f"{first} comes first")
            standing = replace(standing, coming=None, rung=Rung.NOTHING, restarts=(), waits=(wait,))
        found += [standing] if standing else []
    return tuple(found)


def _is_publisher(wish: IdentityWish, scene: Scene) -> bool:
    node = scene.node(wish.target, wish.holder)
    return bool(node and node.is_publisher)


def _of_node(wish: IdentityWish, scene: Scene) -> Standing | None:
    stored = scene.stored(wish.target, wish.holder)
    if stored is None or not wish.issuer:
        return None
    made = Standing(wish, wish.holder, (wish.holder,), stored, renewal_at=reasons.renewal_at(stored.certificate, wish))
    wait = scene.clock_wait((wish.target, *map(cube_target, wish.others)))
    if wait:
        return replace(made, waits=(wait,))
    holder = Holder(wish.target, wish.holder)
    enrolment = scene.memory.enrolments.get(holder)
    is_ours = bool(enrolment and enrolment.chain and enrolment.chain[0] == stored.certificate)
    why = reasons.why(stored.certificate, wish, scene, enrolment if is_ours else None)
    if why:
        return _to_install(made, enrolment, why, scene)
    return _to_serve(made, stored, scene)


def _to_install(made: Standing, enrolment: Enrolment | None, why: str, scene: Scene) -> Standing:
    wish, chain = made.wish, scene.chain(made.wish)
    if not chain:
        reason = f"the CA of the issuer {wish.issuer} is not known: {scene.issuer_problem(wish)}"
        return replace(made, rung=Rung.NOTHING, why=why, waits=(Wait("issuer", reason),))
    begun = _begun(wish, enrolment, scene)
    rung = Rung.ISSUED if begun and begun.chain else Rung.REQUESTED if begun else Rung.READY
    waits = tuple(_not_everywhere(wish, chain, begun.requested_at, scene)) if begun and rung is Rung.ISSUED else ()
    coming = Coming(wish.holder, chain, rung, begun)
    return replace(made, rung=rung, coming=coming, why=why, waits=waits)


def _begun(wish: IdentityWish, enrolment: Enrolment | None, scene: Scene) -> Enrolment | None:
    """The enrolment, while the node still holds the key that it is for."""
    seen = scene.observed[wish.target]
    shown = seen.resources.get(Key(wish.target, Kind.CERTIFICATE_REQUEST, wish.holder))
    if enrolment is None or enrolment.issuer != wish.issuer or shown is None:
        return None
    return enrolment if public_of(shown.settings.get("csr_pem", "")) == public_of(enrolment.csr_pem) else None


def _not_everywhere(wish: IdentityWish, chain: Chain, since: datetime, scene: Scene) -> Iterator[Wait]:
    """A node presents a new certificate as soon as its service starts, for whatever reason: every CUBE trusts its CA before."""
    own = scene.observed.get(cube_target(scene.cube))
    if own is None or not any(chain[0] in held for held in own.trusted.values()):
        yield Wait("replication", f"cube/{scene.cube} does not trust {chain[0].common_name} yet")
    for other in wish.others:
        ready = scene.memory.others.get(other)
        if other != scene.cube and not (ready and ready.is_known_to_trust(chain[0], since)):
            yield Wait("replication", f"cube/{other} is not known to trust {chain[0].common_name} yet")


def _to_serve(made: Standing, stored: Identity, scene: Scene) -> Standing:
    """What is stored is as wished: does every node present it? One restart at a time, publisher first."""
    wish = made.wish
    behind = [name for name in wish.nodes or (wish.holder,) if _presents_another(wish, name, stored, scene)]
    if not behind:
        return _to_prove(made, stored, scene)
    key = Key(wish.target, Kind.SERVICE_RESTART, behind[0])
    enrolment = scene.memory.enrolments.get(Holder(wish.target, wish.holder))
    since = enrolment.requested_at if enrolment else stored.certificate.not_before
    waits = list(_not_everywhere(wish, stored.chain or (stored.certificate,), since, scene))
    if not when.is_open(wish.policy, scene.now):
        at = when.next_opening(wish.policy, scene.now)
        until = f"{at:%Y-%m-%d %H:%M}Z" if at else "no date"
        waits.append(Wait("window", f"services are restarted in the window that opens {until}", at))
    if not scene.is_approved(key):
        waits.append(_approval(wish, key))
    coming = Coming(wish.holder, stored.chain, Rung.INSTALLED, enrolment)
    return replace(made, rung=Rung.INSTALLED, coming=coming, why="served", restarts=() if waits else (key,), waits=tuple(waits))


def _to_prove(made: Standing, stored: Identity, scene: Scene) -> Standing:
    """What trunkline installed is done once every node was seen to present it, or its service began since: a node that is not
    up yet is waited for before the next one goes.
    """
    wish = made.wish
    enrolment = scene.memory.enrolments.get(Holder(wish.target, wish.holder))
    if not enrolment or not enrolment.issued_at or enrolment.chain[:1] != (stored.certificate,):
        return made
    unseen = [name for name in wish.nodes or (wish.holder,) if not _is_proven(wish, name, enrolment.issued_at, scene)]
    if not unseen:
        return made
    shown = scene.shown(f"{wish.target}/{unseen[0]}")
    why = shown.problem if shown else "it was not looked at"
    wait = Wait("wire", f"what {unseen[0]} of {wish.target} presents could not be seen: {why}")
    coming = Coming(wish.holder, stored.chain, Rung.INSTALLED, enrolment)
    return replace(made, rung=Rung.INSTALLED, coming=coming, why="served", waits=(wait,))


def _is_proven(wish: IdentityWish, name: str, issued_at: datetime, scene: Scene) -> bool:
    shown, node = scene.shown(f"{wish.target}/{name}"), scene.node(wish.target, name)
    if shown and shown.certificate:
        return True
    began = node.callmanager_started_at if node and node.callmanager_status == "Started" else None
    return began is not None and began > issued_at


def _presents_another(wish: IdentityWish, name: str, stored: Identity, scene: Scene) -> bool:
    shown = scene.shown(f"{wish.target}/{name}")
    return bool(shown and shown.certificate and shown.certificate != stored.certificate)


def _approval(wish: IdentityWish, key: Key) -> Wait:
    cluster = wish.target.partition("/")[2]
    return Wait(
        "restart",
        f"{key.name} does not present its new certificate yet: Cisco CallManager must be restarted on it; approve with "
        f"`trunkline approve {cluster}/{key.name} --reason …`",
        asks=key,
    )
