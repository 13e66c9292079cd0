"""What is thought of a certificate by what its peer trusts and expects."""

from datetime import UTC, datetime, timedelta

import pytest

from trunkline.health.judging import Peer, doubts
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Reason
from trunkline.twin.ca import Authority, Wish, new_key, self_signed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROOT = Authority.create("root", NOW)
BELOW = ROOT.below("issuing", NOW)


def held(authority: Authority, name: str = "cube.example.com") -> Certificate:
    return Certificate.from_pem(authority.issue(Wish(name, NOW, 30, names=(name,)), new_key("ec", 256)).pem)


LEAF = held(BELOW)
ISSUING, ANCHOR = (Certificate.from_pem(one.issuer.pem) for one in (BELOW, ROOT))
ALONE = Certificate.from_pem(self_signed(Wish("alone", NOW, 30), new_key("ec", 256)).pem)


@pytest.mark.parametrize(
    ("chain", "peer", "found"),
    [
        ((LEAF,), Peer(), ()),
        ((LEAF,), Peer((ISSUING,)), ()),
        ((LEAF, ISSUING), Peer((ANCHOR,)), ()),
        ((LEAF,), Peer((ANCHOR, ISSUING)), ()),
        ((LEAF,), Peer((LEAF,)), ()),
        ((LEAF,), Peer((ANCHOR,)), (Reason.UNKNOWN_CA,)),
        ((LEAF, ISSUING), Peer((ALONE,)), (Reason.UNKNOWN_CA,)),
        ((LEAF,), Peer(()), (Reason.UNKNOWN_CA,)),
        ((ALONE,), Peer((ALONE,)), ()),
        ((ALONE,), Peer((ANCHOR,)), (Reason.UNKNOWN_CA,)),
        ((LEAF,), Peer(names=frozenset({"other.example.com"})), (Reason.WRONG_NAME,)),
        ((LEAF,), Peer(names=frozenset({"other.example.com", "cube.example.com"})), ()),
        ((), Peer((), frozenset()), ()),
    ],
)
def test_trust_and_names(chain: tuple[Certificate, ...], peer: Peer, found: tuple[Reason, ...]) -> None:
    assert doubts(chain, [peer], NOW) == found


def test_dates() -> None:
    assert doubts((LEAF,), [], LEAF.not_after) == (Reason.EXPIRED,)
    assert doubts((LEAF,), [], LEAF.not_before - timedelta(seconds=1)) == (Reason.NOT_YET_VALID,)


def test_one_peer_of_several_is_enough_and_each_reason_is_told_once() -> None:
    peers = [Peer((ISSUING,)), Peer((ALONE,)), Peer(())]
    assert doubts((LEAF,), peers, NOW + timedelta(days=31)) == (Reason.EXPIRED, Reason.UNKNOWN_CA)
