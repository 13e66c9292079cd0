"""Whatever stands in documents, `check` answers with documents or with problems that have a place, never with a traceback."""

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from support.examples import CUBE, TODAY, examples
from trunkline.desired.lint import check
from trunkline.desired.parse import parse

EXAMPLES = examples()
PLAIN = {path: yaml.safe_load(content) for path, content in EXAMPLES.items()}
WORDS = st.sampled_from(["env:X", "10.72.86.74", "sip", "v1.2", "100", "GigabitEthernet0/0", "required", "hunter2", ""])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=8) | WORDS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6) | WORDS, below, max_size=3),
    max_leaves=6,
)


def places(value: Any, where: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in plain data."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [where, *(found for key, inner in below for found in places(inner, (*where, key)))]


PLACES = [(path, where) for path, value in PLAIN.items() for where in places(value)]


def replaced(path: str, where: tuple[Any, ...], value: Any) -> dict[str, bytes]:
    root = {"": yaml.safe_load(EXAMPLES[path])}
    at: Any = root
    for part in ("", *where)[:-1]:
        at = at[part]
    at[("", *where)[-1]] = value
    return {**EXAMPLES, path: yaml.safe_dump(root[""], allow_unicode=True).encode("utf-8", "surrogatepass")}


def answered(files: dict[str, bytes]) -> None:
    parsed = parse(files)
    found = check(parsed, TODAY)
    assert (parsed.documents is None) is bool(parsed.problems)
    for problem in found:
        assert problem.path in files
        assert 1 <= problem.line <= len(files[problem.path]) + 1
        assert problem.column >= 1
        assert problem.message
        assert str(problem).isprintable()


@settings(max_examples=150)
@given(content=st.binary(max_size=60) | st.text(alphabet="ab: -[]{}&*!|>#'\"\n\t\r?%@,\\", max_size=60).map(str.encode))
def test_any_bytes(content: bytes) -> None:
    answered({**EXAMPLES, CUBE: content})


@settings(max_examples=150)
@given(
    path=st.sampled_from(sorted(EXAMPLES)), start=st.integers(0, 1500), length=st.integers(0, 40), other=st.binary(max_size=3)
)
def test_any_damage(path: str, start: int, length: int, other: bytes) -> None:
    content = EXAMPLES[path]
    answered({**EXAMPLES, path: content[:start] + other + content[start + length :]})


@settings(max_examples=250)
@given(place=st.sampled_from(PLACES), value=ANYTHING)
def test_any_value_anywhere(place: tuple[str, tuple[Any, ...]], value: Any) -> None:
    answered(replaced(*place, value))


@settings(max_examples=60)
@given(name=st.sampled_from(["username", "password", "enable_password"]), before=st.text(max_size=5), after=st.text(max_size=5))
def test_what_stands_where_a_secret_is_referred_to_is_never_repeated(name: str, before: str, after: str) -> None:
    files = replaced(CUBE, ("management", name), f"{before}hunter2{after}")
    assert "hunter2" not in repr(check(parse(files), TODAY))
