"""What is asked of a certificate that is not as books describe."""

import pytest

from support.odd import LATIN, ODD, UNKNOWN_KEY, UNREADABLE_NAMES
from trunkline.model.certificate import Certificate
from trunkline.views.certificates.rows import key_of, usages_of

ASKED = (
    "pem",
    "sha256",
    "serial",
    "subject",
    "issuer",
    "common_name",
    "issuer_common_name",
    "names",
    "addresses",
    "not_before",
    "not_after",
    "key_type",
    "public_key_der",
    "is_ca",
    "is_self_signed",
    "extended_key_usages",
)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_nothing_that_is_asked_of_it_raises(odd: Certificate) -> None:
    for name in ASKED:
        getattr(odd, name)
    assert odd.serial == "7" and odd.pem.startswith("-----BEGIN")
    assert key_of(odd) and usages_of(odd) == []
    assert odd.serves_both_roles() and not odd.bears_one_of(("other",))


def test_a_name_that_is_no_utf_8_is_read_as_it_was_meant() -> None:
    assert (LATIN.subject, LATIN.common_name, LATIN.issuer_common_name) == ("CN=Zürich CA", "Zürich CA", "Zürich CA")
    assert LATIN.names == ("Zürich CA",)


def test_what_cannot_be_read_is_not_there_and_hides_nothing_else() -> None:
    assert UNREADABLE_NAMES.names == ("x400",) and UNREADABLE_NAMES.addresses == ()
    assert UNKNOWN_KEY.common_name == "unknown key" and UNKNOWN_KEY.key_type is None
    assert UNKNOWN_KEY.public_key_der == b"" and key_of(UNKNOWN_KEY) == "unknown"
