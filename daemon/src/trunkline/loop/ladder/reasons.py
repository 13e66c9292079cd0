"""Why a certificate is renewed, and whether another one is what is wished. Pure."""

from datetime import datetime

from trunkline.loop.ladder.scene import Scene
from trunkline.model.certificate import Certificate
from trunkline.model.renewal import when
from trunkline.model.renewal.memory import Enrolment, Holder, Order
from trunkline.model.renewal.wish import Chain, IdentityWish


def mismatch(certificate: Certificate, wish: IdentityWish, chain: Chain) -> str:
    """In what a certificate is not as wished; empty where it is. An issuer that could not be asked says nothing."""
    held = {name.lower() for name in certificate.names}
    is_named = not wish.names or certificate.common_name.lower() == wish.names[0].lower()
    if not is_named or not {name.lower() for name in wish.names} <= held:
        return "names"
    if certificate.key_type != wish.key:
        return "key"
    if chain and not certificate.issued_by(chain[0]):
        return "issuer"
    return "" if certificate.serves_both_roles() else "usage"


def renewal_at(certificate: Certificate, wish: IdentityWish) -> datetime:
    """When the renewal of a certificate is due: sooner than its point of life where the windows before its end ask for that.

    Never before a tenth of its life has passed: a window that is open when it begins would have it renewed at once, for ever.
    """
    seed = when.seed(wish.target, wish.holder, certificate.serial)
    start = when.must_start(certificate.not_before, certificate.not_after, wish.policy, seed)
    least = certificate.not_before + (certificate.not_after - certificate.not_before) * when.LEAST_AGE
    return max(min(start.renewal_at, start.at or start.renewal_at), least)


def point_of_life(certificate: Certificate, wish: IdentityWish) -> datetime:
    """When the renewal of a certificate is due, whatever the windows."""
    seed = when.seed(wish.target, wish.holder, certificate.serial)
    return when.renewal_at(certificate.not_before, certificate.not_after, wish.policy, seed)


def why(certificate: Certificate | None, wish: IdentityWish, scene: Scene, asked: Enrolment | None) -> str:
    """The reason to renew, empty where there is none. `asked` is how the certificate came to be, if trunkline asked for it.

    A CA that its issuer rolled over is no reason: a fleet does not renew at once, each certificate does at its own date.
    """
    if certificate is None:
        return "missing"
    order = scene.memory.orders.get(Holder(wish.target, wish.holder))
    if order and not is_served(order, asked.requested_at if asked else None):
        return "compromised" if order.is_compromised else "order"
    is_of_this_issuer = asked is not None and asked.issuer == wish.issuer
    differs = mismatch(certificate, wish, () if is_of_this_issuer else scene.chain(wish))
    if differs:
        return differs
    return "expiry" if scene.now >= renewal_at(certificate, wish) else ""


def is_served(order: Order, since: datetime | None) -> bool:
    """Whether a certificate was asked for after the order was given."""
    return since is not None and since > order.at
