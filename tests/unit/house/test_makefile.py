"""What a newcomer sees where something is missing: `make demo` says it, and works once it is there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.scene import ROOT

OLD = """#!/bin/sh
exit 1
"""
WITHOUT_ENSUREPIP = """#!/bin/sh
[ "$1" = -c ] && exit 0
mkdir -p "$3/bin" && touch "$3/bin/python"
echo "ensurepip is not available"
exit 1
"""
"""As Debian's python3 without python3-venv: it leaves half of an environment behind."""


@pytest.mark.skipif(not shutil.which("make"), reason="make is not here")
@pytest.mark.parametrize(
    ("python", "said"),
    [
        (OLD, "trunkline needs Python 3.11 or later; set PYTHON=..."),
        (WITHOUT_ENSUREPIP, "cannot make .venv: on Debian, install the package python3-venv"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_left_behind(tmp_path: Path, python: str, said: str) -> None:
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    fake = tmp_path / "python3"
    fake.write_text(python)
    fake.chmod(0o755)
    plain = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "PYTHON")}
    done = subprocess.run(
        ["make", "demo", f"PYTHON={fake}"], cwd=tmp_path, env=plain, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert said in done.stdout.splitlines()
    assert not (tmp_path / ".venv").exists()
