"""Commands are found by unambiguous prefix, and what is wrong is pointed at to the character."""

import pytest

from trunkline.twin.cube.config.matching import Mismatch, Pattern, find

PATTERNS = [
    Pattern.of(text, text)
    for text in (
        "show version",
        "show running-config",
        "show clock",
        "show clock detail",
        "clear counters",
        "crypto signaling default trustpoint <name>",
        "crypto signaling default trustpoint <name> <options...>",
        "crypto <what...>",
        "description <text...>",
    )
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sh ver", "show version"),
        ("sh run", "show running-config"),
        ("show clock", "show clock"),
        ("sh cl det", "show clock detail"),
        ("cry sig def tr T", "crypto signaling default trustpoint <name>"),
        ("crypto signaling default trustpoint T strict-cipher", "crypto signaling default trustpoint <name> <options...>"),
    ],
)
def test_abbreviations(typed: str, meant: str) -> None:
    assert find(PATTERNS, typed).means == meant


def test_free_text_is_kept_as_typed() -> None:
    assert find(PATTERNS, "desc two  blanks  and Case").arguments == {"text": "two  blanks  and Case"}


@pytest.mark.parametrize(
    ("typed", "kind", "column"),
    [
        ("c", "ambiguous", 0),
        ("show", "incomplete", 4),
        ("show vresion", "invalid", 6),  # v is right, r is not
        ("show  clock detial", "invalid", 15),
        ("xyzzy", "invalid", 0),
        ("show version now", "invalid", 13),
    ],
)
def test_mismatches(typed: str, kind: str, column: int) -> None:
    with pytest.raises(Mismatch) as caught:
        find(PATTERNS, typed)
    assert (caught.value.kind, caught.value.column) == (kind, column)
