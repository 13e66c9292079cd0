"""Which expected names a certificate bears."""

from datetime import UTC, datetime

import pytest

from trunkline.model.certificate import Certificate
from trunkline.twin.ca import Wish, new_key, self_signed

NAMES = ("cucm-pub.example.com", "*.voice.example.com")
BORNE = Certificate.from_pem(
    self_signed(Wish("CUCM-Pub", datetime(2026, 11, 1, tzinfo=UTC), names=NAMES), new_key("ec", 256)).pem
)


@pytest.mark.parametrize(
    ("expected", "is_borne"),
    [
        (("cucm-pub",), True),
        (("CUCM-PUB.example.com",), True),
        (("*.example.com",), True),
        (("*.com",), False),
        (("cucm-pub*example.com",), False),
        (("other.example.com", "cucm-pub.example.com"), True),
        (("cucm-pubXexample.com",), False),
        ((), False),
    ],
)
def test_a_star_stands_for_one_label_and_case_does_not_count(expected: tuple[str, ...], is_borne: bool) -> None:
    assert BORNE.bears_one_of(expected) is is_borne
