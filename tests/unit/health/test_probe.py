"""What counts as presented."""

from support.certificates import IDENTITY, ISSUING
from support.odd import ODD
from trunkline.health.probe import _chain


def test_a_ca_behind_a_certificate_that_cannot_be_read_is_not_taken_for_it() -> None:
    assert list(_chain([IDENTITY.der, ISSUING.der])) == [IDENTITY, ISSUING]
    assert list(_chain([IDENTITY.der, b"0\x03no", ISSUING.der])) == [IDENTITY]
    assert list(_chain([b"0\x03no", ISSUING.der])) == []


def test_what_is_odd_and_can_be_read_is_shown() -> None:
    assert list(_chain(one.der for one in ODD.values())) == list(ODD.values())
