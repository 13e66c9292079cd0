"""The demo."""

from pathlib import Path


def run_demo(directory: Path, *, keep: bool) -> int:
    raise SystemExit(f"{directory} {keep}")
