"""What to think of a certificate that an end presented, by what its peer is known to expect and to trust. Pure.

The probe itself refuses nobody: it has neither the trust nor the names of the peer, and only tells what it saw.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from trunkline.model.certificate import Certificate, chain_above
from trunkline.model.handshake import Reason


@dataclass(frozen=True)
class Peer:
    """Who an end has its trunk with. `anchors`: what it trusts; `names`: of which a certificate must bear one, in lower case.

    None: it is not known, or the peer does not look at names.
    """

    anchors: tuple[Certificate, ...] | None = None
    names: frozenset[str] | None = None


def doubts(chain: tuple[Certificate, ...], peers: Iterable[Peer], now: datetime) -> tuple[Reason, ...]:
    """Why one of the peers should refuse what was presented; `chain` is as sent. Nothing where nothing was presented."""
    if not chain:
        return ()
    return tuple(dict.fromkeys(_doubts(chain, tuple(peers), now)))


def _doubts(chain: tuple[Certificate, ...], peers: tuple[Peer, ...], now: datetime) -> Iterator[Reason]:
    leaf = chain[0]
    if leaf.not_after <= now:
        yield Reason.EXPIRED
    if leaf.not_before > now:
        yield Reason.NOT_YET_VALID
    borne = {name.lower() for name in leaf.names}
    for peer in peers:
        if peer.names is not None and not borne & peer.names:
            yield Reason.WRONG_NAME
        if peer.anchors is not None and not _is_trusted(chain, peer.anchors):
            yield Reason.UNKNOWN_CA


def _is_trusted(chain: tuple[Certificate, ...], anchors: tuple[Certificate, ...]) -> bool:
    """Trusted as it is, or by any CA above it that was sent or is held."""
    path = (chain[0], *chain_above(chain[0], (*chain[1:], *anchors)))
    return any(one in anchors for one in path)
