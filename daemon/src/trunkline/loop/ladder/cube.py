"""`of_cube`: where the certificate of a CUBE stands. Pure."""

from dataclasses import replace

from trunkline.loop.ladder import coming as next_one
from trunkline.loop.ladder import curve, far, reasons, serving
from trunkline.loop.ladder.coming import Climbing
from trunkline.loop.ladder.revisions import Revisions, revisions
from trunkline.loop.ladder.scene import Scene
from trunkline.model.key import Key
from trunkline.model.renewal import when
from trunkline.model.renewal.standing import Coming, Rung, Standing, Wait
from trunkline.model.renewal.wish import IdentityWish


def of_cube(wish: IdentityWish, scene: Scene) -> Standing | None:
    """The standing; None while the CUBE cannot be read: then nothing may be concluded."""
    if not scene.is_readable(wish.target):
        return None
    held = revisions(wish, scene)
    current = serving.number(held, scene.memory)
    if held.is_hidden(current):
        return _at_rest(held, current, scene, ())
    if not wish.issuer:
        return _watched(held, current, scene)
    wait = scene.clock_wait((wish.target, *(end.cluster for end in wish.far_ends)))
    if wait:
        return _at_rest(held, current, scene, (wait,))
    coming = next_one.find(held, current, scene)
    if coming is None:
        found = serving.settled(held, current, scene)
        return found if scene.chain(wish) else replace(found, waits=(*found.waits, _unknown_issuer(wish, scene)))
    return _climbing(held, current, coming, scene)


def _watched(held: Revisions, current: int, scene: Scene) -> Standing:
    """No issuer is stated: what is in use stays, what was begun is given up."""
    begun = tuple(held.name(number) for number in held.numbers if number > current and number not in held.bound)
    vouched = serving.vouched(held, current, scene, ())
    return Standing(held.wish, held.name(current), vouched, held.identities.get(current), retired=begun)


def _at_rest(held: Revisions, current: int, scene: Scene, waits: tuple[Wait, ...]) -> Standing:
    """Nothing begins, nothing goes, and whatever is trusted stays trusted."""
    vouched = serving.vouched(held, current, scene, ())
    others = tuple(held.name(number) for number in held.numbers if number != current)
    identity = held.identities.get(current)
    at = reasons.renewal_at(identity.certificate, held.wish) if identity else None
    suspended = tuple(held.name(number) for number in held.identities if held.name(number) not in vouched)
    return Standing(
        held.wish,
        held.name(current),
        vouched,
        identity,
        suspended=suspended,
        kept=others,
        renewal_at=at,
        waits=waits,
    )


def _climbing(held: Revisions, current: int, coming: Climbing, scene: Scene) -> Standing:
    wish, identity = held.wish, held.identities.get(current)
    rung = next_one.rung(held, coming)
    waits: list[Wait] = []
    vouched: tuple[int, ...] = ()
    presented = current
    restarts: tuple[Key, ...] = ()
    begin = coming.unfit or _obstacle(coming, wish, scene)
    if begin:
        waits.append(begin)
    elif rung is Rung.REQUESTED and coming.enrolment and coming.enrolment.waits:
        waits.append(Wait("issuer", coming.enrolment.waits))
    elif rung is Rung.INSTALLED:
        rung, vouched, found, restarts = _at_far_ends(held, current, coming, scene)
        waits += found
        if rung is Rung.TRUSTED and not found:
            presented = coming.number
    names = serving.vouched(held, current, scene, vouched)
    earlier = [number for number in held.numbers if number not in (current, coming.number)]
    is_not_begun = begin and (rung is Rung.NOTHING or coming.unfit or not coming.chain)
    is_suspended = coming.number in held.identities and held.name(coming.number) not in names
    return Standing(
        wish,
        held.name(presented),
        names,
        identity,
        rung,
        None if is_not_begun else Coming(held.name(coming.number), coming.chain, rung, coming.enrolment),
        suspended=(held.name(coming.number),) if is_suspended else (),
        kept=tuple(held.name(number) for number in earlier if number < current),
        retired=tuple(held.name(number) for number in earlier if number > current),
        restarts=restarts,
        renewal_at=reasons.renewal_at(identity.certificate, wish) if identity else None,
        why=coming.why,
        waits=tuple(waits),
    )


def _obstacle(coming: Climbing, wish: IdentityWish, scene: Scene) -> Wait | None:
    """What is said before anything is touched."""
    return far.collision(coming.chain, wish, scene) if coming.chain else _unknown_issuer(wish, scene)


def _unknown_issuer(wish: IdentityWish, scene: Scene) -> Wait:
    """Before it answered once, nothing can be stated without its CA: what was begun is neither climbed nor given up."""
    return Wait("issuer", f"the CA of the issuer {wish.issuer} is not known: {scene.issuer_problem(wish)}")


def _at_far_ends(
    held: Revisions, current: int, coming: Climbing, scene: Scene
) -> tuple[Rung, tuple[int, ...], list[Wait], tuple[Key, ...]]:
    """The rung, the revisions to vouch for beside what is in use, what is waited for, and the restarts that would help."""
    wish, certificate = held.wish, held.identities[coming.number].certificate
    window = None if coming.is_urgent else window_wait(held, current, scene)
    there = far.reception(certificate, coming.chain, wish, scene)
    if there.lacks or there.owed or not there.is_known:
        if window and there.lacks:
            return Rung.INSTALLED, (), [window], ()
        what = there.lacks[0] if there.lacks else f"{there.owed[0]} was not reset yet" if there.owed else "not all can be read"
        return Rung.INSTALLED, (coming.number,), [Wait("replication", what)], ()
    before = held.identities.get(current)
    if before and not coming.is_first and not before.certificate.issued_by(coming.chain[0]):
        doubts = list(far.unproven(coming.chain, wish, scene))
        if doubts:
            return Rung.INSTALLED, (coming.number,), [wait for wait, _ in doubts], _approved(doubts, window, scene)
    return Rung.TRUSTED, (coming.number,), [wait for wait in (curve.wait(held, coming.number), window) if wait], ()


def _approved(doubts: list[tuple[Wait, Key | None]], window: Wait | None, scene: Scene) -> tuple[Key, ...]:
    """The restart that may be done now: one at a time, in a window, and only with a person's consent."""
    allowed = (key for _, key in doubts if key and scene.is_approved(key))
    return () if window else tuple(key for key in allowed)[:1]


def window_wait(held: Revisions, current: int, scene: Scene) -> Wait | None:
    """The wait for the next window; None where one is open, none is stated, or the end of what is presented comes first."""
    policy, identity = held.wish.policy, held.identities.get(current)
    if not policy.windows or when.is_open(policy, scene.now):
        return None
    at = when.next_opening(policy, scene.now)
    end = identity.certificate.not_after if identity else None
    if at is None or (end and at >= end):
        return None
    return Wait("window", f"what can be felt on the trunk happens in the window that opens {at:%Y-%m-%d %H:%M}Z", at)
