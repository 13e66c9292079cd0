"""`of_cube`: where the certificate of a CUBE stands. Pure."""

from dataclasses import dataclass, replace
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from trunkline.loop.ladder import far, reasons, serving
from trunkline.loop.ladder.revisions import Revisions, revisions
from trunkline.loop.ladder.scene import Scene
from trunkline.model.key import Key, Kind
from trunkline.model.renewal import when
from trunkline.model.renewal.memory import Enrolment
from trunkline.model.renewal.standing import Coming, Rung, Standing, Wait
from trunkline.model.renewal.wish import Chain, IdentityWish


@dataclass(frozen=True)
class _Climbing:
    """The coming revision while it is looked at."""

    number: int
    chain: Chain
    enrolment: Enrolment | None
    why: str
    is_first: bool  # nothing is presented yet, so nothing can be lost

    @property
    def is_urgent(self) -> bool:
        """Windows do not count."""
        return self.is_first or self.why == "compromised"


def of_cube(wish: IdentityWish, scene: Scene) -> Standing | None:
    """The standing; None while the CUBE cannot be read: then nothing may be concluded."""
    seen = scene.observed.get(wish.target)
    if seen is None or not scene.is_readable(wish.target):
        return None
    held = revisions(wish, seen)
    current = serving.number(held, scene.memory)
    if not wish.issuer or _is_hidden(held, current):
        return Standing(wish, held.name(current), (held.name(current),), held.identities.get(current))
    wait = scene.clock_wait((wish.target, *(end.cluster for end in wish.far_ends)))
    if wait:
        return _frozen(held, current, wait, scene)
    coming = _coming(held, current, scene)
    unknown = None if scene.chain(wish) else _unknown_issuer(wish, scene)
    if unknown and any(number > current for number in held.numbers):
        return _frozen(held, current, unknown, scene)
    if coming is None:
        found = serving.settled(held, current, scene)
        return replace(found, waits=(*found.waits, unknown)) if unknown else found
    return _climbing(held, current, coming, scene)


def _is_hidden(held: Revisions, current: int) -> bool:
    """Whether what the CUBE presents could not be read, although it is there."""
    names = {held.key(kind, current) for kind in (Kind.TRUSTPOINT, Kind.IDENTITY, Kind.TRUST_ANCHOR)}
    return current not in held.identities and any(held.seen.has_gap(key) for key in names)


def _frozen(held: Revisions, current: int, wait: Wait, scene: Scene) -> Standing:
    """Nothing begins, nothing goes, and whatever could be trusted stays trusted."""
    ready = [number for number in held.identities if number > current and _is_received(held, number, scene)]
    vouched = serving.vouched(held, current, scene, tuple(ready))
    others = tuple(held.name(number) for number in held.numbers if number != current)
    identity = held.identities.get(current)
    at = reasons.renewal_at(identity.certificate, held.wish) if identity else None
    return Standing(held.wish, held.name(current), vouched, identity, kept=others, renewal_at=at, waits=(wait,))


def _is_received(held: Revisions, number: int, scene: Scene) -> bool:
    """Whether every far end accepts it by now, and so shall go on to."""
    identity = held.identities[number]
    there = far.reception(identity.certificate, identity.chain, held.wish, scene) if identity.chain else None
    return there is not None and there.is_known and not there.lacks


def _coming(held: Revisions, current: int, scene: Scene) -> _Climbing | None:
    """The revision that shall take the place of the current one; None where that is as wished."""
    identity = held.identities.get(current)
    asked = scene.memory.enrolments.get(held.holder(current))
    certificate = identity.certificate if identity else None
    why = reasons.why(certificate, held.wish, scene, asked)
    if not why:
        return None
    chain = scene.chain(held.wish)
    later = [number for number in held.numbers if number > current and _fits(held, number, chain, scene)]
    number = later[-1] if later else held.next_number(scene.memory)
    return _Climbing(number, chain, scene.memory.enrolments.get(held.holder(number)), why, identity is None)


def _fits(held: Revisions, number: int, chain: Chain, scene: Scene) -> bool:
    """Whether a revision that was begun is still what documents state; otherwise it is given up."""
    wish, enrolment = held.wish, scene.memory.enrolments.get(held.holder(number))
    if not enrolment and not {held.key(Kind.TRUSTPOINT, number), held.key(Kind.KEY_PAIR, number)} & scene.own:
        return False  # somebody else's
    order = scene.memory.orders.get(held.holder(0))
    if enrolment and order and not reasons.is_served(order, enrolment.requested_at):
        return False
    if enrolment and enrolment.issuer != wish.issuer:
        return False
    if held.setting(Kind.KEY_PAIR, number, "type") not in ("", str(wish.key)):
        return False
    anchor = held.anchor(number)
    if chain and anchor and anchor != chain[0]:
        return False
    subject = held.setting(Kind.TRUSTPOINT, number, "subject-name")
    if subject and subject.removeprefix("subject-name ").lower() != wish.subject.lower():
        return False
    identity = held.identities.get(number)
    issued = identity.certificate if identity else enrolment.chain[0] if enrolment and enrolment.chain else None
    return issued is None or (
        not reasons.mismatch(issued, wish, chain) and scene.now < reasons.renewal_at(issued, wish) < issued.not_after
    )


def _climbing(held: Revisions, current: int, coming: _Climbing, scene: Scene) -> Standing:
    wish, identity = held.wish, held.identities.get(current)
    rung = _rung(held, coming)
    waits: list[Wait] = []
    vouched: tuple[int, ...] = ()
    presented = current
    restarts: tuple[Key, ...] = ()
    begin = _obstacle(coming, wish, scene)
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
    return Standing(
        wish,
        held.name(presented),
        names,
        identity,
        rung,
        None if begin and rung is Rung.NOTHING else Coming(held.name(coming.number), coming.chain, rung, coming.enrolment),
        kept=tuple(held.name(number) for number in earlier if number < current),
        retired=tuple(held.name(number) for number in earlier if number > current),
        restarts=restarts,
        renewal_at=reasons.renewal_at(identity.certificate, wish) if identity else None,
        why=coming.why,
        waits=tuple(waits),
    )


def _obstacle(coming: _Climbing, wish: IdentityWish, scene: Scene) -> Wait | None:
    """What is said before anything is touched."""
    return far.collision(coming.chain, wish, scene) if coming.chain else _unknown_issuer(wish, scene)


def _unknown_issuer(wish: IdentityWish, scene: Scene) -> Wait:
    """Whether what was begun is still wished cannot be judged without its CA: it is neither climbed nor given up."""
    return Wait("issuer", f"the CA of the issuer {wish.issuer} is not known: {scene.issuer_problem(wish)}")


def _rung(held: Revisions, coming: _Climbing) -> Rung:
    """By what the CUBE shows, and by what the journal remembers of what no CUBE shows."""
    number, enrolment = coming.number, coming.enrolment
    if number in held.identities:
        return Rung.INSTALLED
    if not held.has(Kind.KEY_PAIR, number):
        return Rung.NOTHING
    if not coming.chain or held.anchor(number) != coming.chain[0]:
        return Rung.KEY
    if enrolment is None or public_of(enrolment.csr_pem) != held.setting(Kind.KEY_PAIR, number, "public"):
        return Rung.READY
    return Rung.ISSUED if enrolment.chain else Rung.REQUESTED


def public_of(csr_pem: str) -> str:
    """SHA-256 of the public key that a request is for, upper-case hex; empty for what is no request."""
    try:
        public = x509.load_pem_x509_csr(csr_pem.encode()).public_key()
    except ValueError:
        return ""
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return sha256(der).hexdigest().upper()


def _at_far_ends(
    held: Revisions, current: int, coming: _Climbing, scene: Scene
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
    if before and not before.certificate.issued_by(coming.chain[0]):
        doubts = list(far.unproven(coming.chain, wish, scene))
        if doubts:
            return Rung.INSTALLED, (coming.number,), [wait for wait, _ in doubts], _approved(doubts, window, scene)
    return Rung.TRUSTED, (coming.number,), [window] if window else [], ()


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
