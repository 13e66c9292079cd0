"""Which tests show that a metric moves when its cause is made to happen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest


def moves(*families: str) -> pytest.MarkDecorator:
    """Marks a test that makes the cause of these metrics happen on simulated devices and sees them move in an exposition."""
    return pytest.mark.moves(*families)


def moved(folder: Path) -> Iterator[str]:
    """The metrics that some test below a folder is marked for."""
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "moves":
                yield from (str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))
