"""Which names a SIP Trunk Security Profile accepts."""

import pytest

from trunkline.model.key import Key, Kind
from trunkline.model.profile import named_in
from trunkline.model.resource import Resource

PROFILE = Key("cluster/seoul", Kind.SIP_SECURITY_PROFILE, "TLS")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a.example.com", {"a.example.com"}),
        ("A.example.com, b.example.com;c:d  e", {"a.example.com", "b.example.com", "c", "d", "e"}),
        (" ,; ", set()),
        ("", set()),
    ],
)
def test_every_separator_of_cucm_parts_the_names_of_a_security_profile(text: str, names: set[str]) -> None:
    assert named_in(Resource(PROFILE, {"x509SubjectName": text})) == names


def test_a_profile_that_is_not_there_names_nobody() -> None:
    assert named_in(None) == frozenset()
