"""`find`: the revision that shall take the place of the current one, and whether what was begun is still wanted. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509

from trunkline.loop.ladder import reasons
from trunkline.loop.ladder.revisions import Revisions
from trunkline.loop.ladder.scene import Scene
from trunkline.model.key import Kind
from trunkline.model.public_key import print_of
from trunkline.model.renewal.memory import Enrolment
from trunkline.model.renewal.standing import Rung, Wait
from trunkline.model.renewal.wish import Chain

PATIENCE = timedelta(hours=1)
"""How long nobody is asked anew after an answer that is not as wished: a CA counts requests, and gives the same again."""

WRONG = {"names": "its names", "key": "its kind of key", "issuer": "the CA that signed it", "usage": "what it may be used for"}


@dataclass(frozen=True)
class Climbing:
    """The coming revision while it is looked at."""

    number: int
    chain: Chain
    enrolment: Enrolment | None
    why: str
    is_first: bool  # nothing is presented yet, or nothing that anybody accepts: nothing can be lost
    unfit: Wait | None = None  # what was issued for it cannot be used

    @property
    def is_urgent(self) -> bool:
        """Windows do not count."""
        return self.is_first or self.why == "compromised"


def find(held: Revisions, current: int, scene: Scene) -> Climbing | None:
    """None where the current one is as wished."""
    identity = held.identities.get(current)
    asked = scene.memory.enrolments.get(held.holder(current))
    certificate = identity.certificate if identity else None
    why = reasons.why(certificate, held.wish, scene, asked)
    if not why:
        return None
    is_first = certificate is None or certificate.not_after <= scene.now
    begun = [number for number in held.numbers if number > current and _is_wanted(held, number, scene)]
    unfit = _unfit(held, begun[-1], scene) if begun else None
    if not begun or (unfit and unfit.until and unfit.until <= scene.now):
        return Climbing(held.next_number(scene.memory), scene.chain(held.wish), None, why, is_first)
    enrolment = scene.memory.enrolments.get(held.holder(begun[-1]))
    return Climbing(begun[-1], _chain(held, begun[-1], scene), enrolment, why, is_first, unfit)


def _chain(held: Revisions, number: int, scene: Scene) -> Chain:
    """An issuer that is away now told its chain with its answer."""
    enrolment, identity = scene.memory.enrolments.get(held.holder(number)), held.identities.get(number)
    answered = enrolment.chain[1:] if enrolment else ()
    return scene.chain(held.wish) or answered or (identity.chain if identity else ())


def _is_wanted(held: Revisions, number: int, scene: Scene) -> bool:
    """Whether a revision that was begun asks for what documents state; otherwise it is given up."""
    wish, enrolment = held.wish, scene.memory.enrolments.get(held.holder(number))
    order, chain, anchor = scene.memory.orders.get(held.holder(0)), scene.chain(wish), held.anchor(number)
    if enrolment and order and not reasons.is_served(order, enrolment.requested_at):
        return False
    if enrolment and enrolment.issuer != wish.issuer:
        return False
    if held.setting(Kind.KEY_PAIR, number, "type") not in ("", str(wish.key)):
        return False
    if chain and anchor and anchor != chain[0]:
        return False
    return _is_asked_for(held, number, "subject-name", wish.subject) and _is_asked_for(
        held, number, "subject-alt-name", ",".join(wish.names), *wish.names[:1]
    )


def _is_asked_for(held: Revisions, number: int, command: str, *wanted: str) -> bool:
    """Whether the trustpoint says one of these; a release that takes no such line says nothing."""
    said = held.setting(Kind.TRUSTPOINT, number, command).removeprefix(f"{command} ").replace(" ", "").lower()
    return not said or said in {one.replace(" ", "").lower() for one in wanted}


def _unfit(held: Revisions, number: int, scene: Scene) -> Wait | None:
    """What is wrong with the answer to a request that is as wished."""
    wish, chain = held.wish, scene.chain(held.wish)
    enrolment, identity = scene.memory.enrolments.get(held.holder(number)), held.identities.get(number)
    issued = identity.certificate if identity else enrolment.chain[0] if enrolment and enrolment.chain else None
    if issued is None:
        return None
    wrong = reasons.mismatch(issued, wish, chain)
    if not wrong and scene.now < reasons.point_of_life(issued, wish) and scene.now < issued.not_after:
        return None
    what = WRONG[wrong] if wrong else "its renewal is due already"
    until = enrolment.requested_at + PATIENCE if enrolment else scene.now
    again = f"it is asked anew {until:%Y-%m-%d %H:%M}Z, or sooner by `trunkline renew`"
    return Wait("bad-answer", f"what {wish.issuer} signed for {held.name(number)} is not as wished: {what}; {again}", until)


def rung(held: Revisions, coming: Climbing) -> Rung:
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
    return print_of(public)
