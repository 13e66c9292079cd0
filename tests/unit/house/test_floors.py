"""The floors of the house hold: a planted bad import is found, and the pure rooms call nothing of the world."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.scene import ROOT

SOURCES = ROOT / "daemon" / "src" / "trunkline"
PURE = (
    "model",
    "loop",
    "views",
    "desired",
    "devices/cube/dialect.py",
    "devices/cube/rules.py",
    "devices/cucm/write.py",
    "health/transcript",
)
PLANTED = (
    ("loop/diff.py", "import socket", "Pure rooms cannot reach the world"),
    ("loop/diff.py", "from trunkline.journal import sql", "Floors"),
    ("journal/sql.py", "from trunkline.devices.cube import device", "Floors"),
    ("devices/cube/device.py", "import netmiko", "One door to netmiko and paramiko"),
    ("twin/ca.py", "from trunkline.loop import diff", "The twin models the devices by their documentation"),
)


def lint_imports(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("lint-imports")
    environment = {"PYTHONPATH": str(checkout / "daemon" / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "300"}
    return subprocess.run(
        [str(command), "--no-cache"], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("path", "line", "contract"), PLANTED, ids=[f"{path}: {line}" for path, line, _ in PLANTED])
def test_a_planted_bad_import_breaks_its_contract(tmp_path: Path, path: str, line: str, contract: str) -> None:
    shutil.copytree(SOURCES, tmp_path / "daemon" / "src" / "trunkline", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "daemon" / "src" / "trunkline" / path
    planted.write_text(f"{line}\n{planted.read_text()}")
    done = lint_imports(tmp_path)
    assert done.returncode != 0
    broken = [row for row in done.stdout.splitlines() if "BROKEN" in row]
    assert any(row.startswith(contract) for row in broken), done.stdout


def pure_files() -> Iterator[Path]:
    for room in PURE:
        path = SOURCES / room
        yield from path.rglob("*.py") if path.is_dir() else [path]


TABLES = {"desired/lint/rules.py", "devices/cube/rules.py"}
FORBIDDEN_CALLS = {"open", "print", "input", "now", "utcnow", "today", "read_text", "write_text", "read_bytes", "write_bytes"}


def test_pure_rooms_read_no_clock_and_no_file() -> None:
    found = [
        f"{path.relative_to(SOURCES)}:{node.lineno}"
        for path in pure_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in FORBIDDEN_CALLS and not _asks_the_port(node.func)
    ]
    assert not found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _asks_the_port(function: ast.expr) -> bool:
    """`hands.clock.now()`: the clock is an argument."""
    return isinstance(function, ast.Attribute) and ast.unparse(function.value).endswith(".clock")


def test_files_and_functions_keep_to_their_sizes() -> None:
    """Files 300 lines at most, tables of data 400; functions 40."""
    lengths = {str(path.relative_to(SOURCES)): len(path.read_text().splitlines()) for path in SOURCES.rglob("*.py")}
    assert not {path: length for path, length in lengths.items() if length > (400 if path in TABLES else 300)}
    functions = [
        f"{path.relative_to(SOURCES)}:{node.lineno} {node.name}"
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 40
    ]
    assert not functions
