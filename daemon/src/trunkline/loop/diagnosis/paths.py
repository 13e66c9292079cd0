"""Whether a chain that one end sends ends in something that the other end holds, and where it breaks off. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from trunkline.model.certificate import Certificate, chain_above


@dataclass(frozen=True)
class Break:
    """`last` is the certificate whose issuer is neither sent nor held; `issuer` that issuer, if anybody holds it.

    `is_between` where what is missing lies between the certificate and a CA that is held, or was sent without its own issuer.
    `rival` is a certificate that is held under the very name that is needed.
    """

    last: Certificate
    issuer: Certificate | None
    is_between: bool
    rival: Certificate | None

    @property
    def needed(self) -> str:
        """The common name of what must be held."""
        return self.last.common_name if self.last.is_self_signed else self.last.issuer_common_name or self.last.issuer


def broken(
    leaf: Certificate, sent: Sequence[Certificate], held: Sequence[Certificate], known: Sequence[Certificate]
) -> Break | None:
    """None where the path ends in a certificate that is held, CA or not: both ends trust what is in their stores as it is.

    `known` are all certificates that were seen anywhere: they tell what is missing.
    """
    last = leaf
    for _ in range(len(sent) + 2):
        if last in held or any(last.issued_by(one) for one in held):
            return None
        above = next((one for one in sent if one != last and last.issued_by(one)), None)
        if above is None:
            break
        last = above
    pool = (*known, *sent)
    issuer = None if last.is_self_signed else next((one for one in pool if last.issued_by(one)), None)
    return Break(last, issuer, _is_between(leaf, last, issuer, held, pool), _rival(last, held))


def _is_between(
    leaf: Certificate, last: Certificate, issuer: Certificate | None, held: Sequence[Certificate], pool: tuple[Certificate, ...]
) -> bool:
    if issuer:
        return any(one in held for one in chain_above(issuer, pool))
    return last != leaf and not last.is_self_signed


def _rival(last: Certificate, held: Sequence[Certificate]) -> Certificate | None:
    wanted = last.common_name if last.is_self_signed else last.issuer_common_name
    return next((one for one in held if wanted and one.common_name == wanted), None)
