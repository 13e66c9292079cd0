"""All measurements, one table. `python -m tests.bench [NAME…]` runs only the modules named."""

import importlib
import os
import pkgutil
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import tests.bench
from tests.bench.row import Row

PLUMBING = ("row", "__main__")


def modules(wanted: list[str]) -> Iterator[str]:
    for found in pkgutil.iter_modules(tests.bench.__path__):
        if found.name not in PLUMBING and (not wanted or found.name in wanted):
            yield found.name


def machine() -> str:
    models = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    return f"{os.cpu_count()} cores, {models[0] if models else platform.machine()}, Python {platform.python_version()}"


def main() -> int:
    rows: list[Row] = []
    for name in modules(sys.argv[1:]):
        rows.extend(importlib.import_module(f"tests.bench.{name}").rows())
    print(f"\nMeasured on {machine()}; medians of several rounds, all in one run.\n")
    print("| what | trunkline | beside | ratio or figure | goal | met |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        verdict = "yes" if row.is_met else "NO"
        print(f"| {row.what} | {row.ours} | {row.beside} | {row.ratio:.2f} | ≤ {row.goal:g} | {verdict} |")
    return 0


sys.exit(main())
