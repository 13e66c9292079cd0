"""YAML of every bad kind is one clear problem with its place; what is left out of YAML stays out."""

import pytest

from trunkline.desired import tree

BOMB = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (98 + n, 98 + n, 97 + n, 97 + n) for n in range(20))

UNREADABLE = {
    "a tab as indentation": (b"a:\n\tb: 1\n", (2, 1), "a tab stands where YAML wants blanks"),
    "an alias": (b"a: &x 1\nb: *x\n", (2, 4), "an alias stands here"),
    "an alias to nothing": (b"b: *x\n", (1, 4), "an alias stands here"),
    "a bomb of aliases": (BOMB, (2, 8), "an alias stands here"),
    "a merge key": (b"a:\n  <<: {b: 1}\n", (2, 3), "a merge key stands here"),
    "a tag": (b"a: !!python/object:os.system 1\n", (1, 4), "a tag stands here"),
    "a second document": (b"a: 1\n---\nb: 1\n", (2, 1), "a second document begins here"),
    "nothing": (b"", (1, 1), "the document is empty"),
    "only a comment": (b"# later\n", (1, 1), "the document is empty"),
    "not UTF-8": (b"a: 1\nb: \xff\n", (2, 4), "this is not UTF-8 text"),
    "UTF-16": ("a: 1".encode("utf-16"), (1, 1), "this is not UTF-8 text"),
    "a control character": (b"a: 1\nb: \x01\n", (2, 4), "a control character stands here"),
    "a list as key": (b"? [a, b]\n: 1\n", (1, 3), "a key must be a word"),
    "a key of two lines": (b'"a\\nb": 1\n', (1, 1), "a key must be a word"),
    "a key that moves the cursor": (b'"a\\e[2J": 1\n', (1, 1), "a key must be a word"),
    "deep flow nesting": (b"a: " + b"[" * 900 + b"]" * 900, (1, 24), "this is nested deeper than 20 levels"),
    "deep block nesting": (b"\n".join(b" " * n + b"a:" for n in range(3000)), (22, 22), "this is nested deeper than 20 levels"),
    "a hundred thousand brackets": (b"[" * 100_000, (1, 22), "this is nested deeper than 20 levels"),
    "an open quote": (b"a: 'b\n", (2, 1), "this is not YAML: found unexpected end of stream"),
    "two colons": (b"a: b: c\n", (1, 5), "this is not YAML: mapping values are not allowed in this context"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_one_flaw(name: str) -> None:
    content, place, message = UNREADABLE[name]
    (flaw,) = tree.read(content).flaws
    assert ((flaw.line, flaw.column), flaw.code, flaw.message) == (place, "TL003", message)
    assert flaw.cure


def test_keys_stated_twice_are_all_reported_and_the_first_counts() -> None:
    read = tree.read(b"a: 1\nb:\n  c: 1\n  c: 2\na: {d: 3}\n")
    assert [(flaw.line, flaw.column, flaw.code) for flaw in read.flaws] == [(4, 3, "TL004"), (5, 1, "TL004")]
    assert read.is_readable
    assert read.value == {"a": 1, "b": {"c": 1}}


def test_places_of_keys_and_items() -> None:
    read = tree.read(b"a:\n  - b: 1\n  - c\n")
    assert read.positions == {(): (1, 1), ("a",): (1, 1), ("a", 0): (2, 5), ("a", 0, "b"): (2, 5), ("a", 1): (3, 5)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),  # a truth value to YAML 1.1 only
        ("off", "off"),
        ("NO", "NO"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ('""', ""),
        ("42", 42),
        ('"42"', "42"),
        ("-3", -3),
        ("1:30", "1:30"),  # ninety to YAML 1.1
        ("2026-11-24", "2026-11-24"),
        ("1_000", "1_000"),
        ("1...", "1..."),
    ],
)
def test_words_and_numbers_as_yaml_1_2_has_them(text: str, value: object) -> None:
    assert tree.read(f"a: {text}\n".encode()).value == {"a": value}


@pytest.mark.parametrize("text", ["17.10", "010", "0x1F", ".nan", "-.inf", "1e400", "9" * 5000])
def test_numbers_that_readers_disagree_on_are_for_no_field(text: str) -> None:
    assert tree.read(f"a: {text}\n".encode()).value == {"a": tree.NO_FIELD_TAKES}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = tree.read(b"a:\n  b: 1\nc: [2]\n")
    assert tree.read(b"\xef\xbb\xbfa:\r\n  b: 1\r\nc: [2]\r\n") == plain
