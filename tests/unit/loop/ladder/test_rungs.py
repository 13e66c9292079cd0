"""The tables of the ladder say what the code does."""

import ast
from collections.abc import Iterator
from pathlib import Path

from trunkline.loop import ladder
from trunkline.loop.ladder.rungs import RUNGS, WAITS
from trunkline.model.renewal.standing import Rung


def _codes() -> Iterator[str]:
    """Of every `Wait(…)` that the ladder makes."""
    for path in Path(ladder.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Wait":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}: a code is stated where it is made"
                yield str(node.args[0].value)


def test_every_code_is_explained_and_none_that_is_never_said() -> None:
    assert set(_codes()) == set(WAITS)
    assert {code for climb in RUNGS.values() for code in climb.may_wait} == set(WAITS)


def test_every_rung_but_the_top_leads_on() -> None:
    assert set(RUNGS) == set(Rung) - {Rung.ALONE}
