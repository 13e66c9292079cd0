"""Taking back a field that a document no longer states, as far as its type has an empty value or a default."""

import pytest

from trunkline.devices.cucm.write import NULL, Facet, arguments


@pytest.mark.parametrize(
    ("facet", "sent"),
    [
        (Facet(is_nullable=True), {"field": NULL}),
        (Facet(default="60"), {"field": "60"}),
        (Facet(is_boolean=True, default="false"), {"field": "false"}),
        (Facet(), {"field": ""}),
        (Facet(is_boolean=True), {}),  # mtpRequired: neither null nor a default; it stays as it is
        (Facet(allowed=("Default", "Allowed")), {}),
    ],
)
def test_an_empty_text(facet: Facet, sent: dict[str, object]) -> None:
    assert arguments({"field": ""}, {"field": facet}) == sent
