"""A folder is a test: `output.txt` is what the CUBE printed, `expected.json` what a person reads there.

    <reader>/<case>/output.txt      as it came, with carriage returns and whatever else was in it
    <reader>/<case>/expected.json   {"value": …} or {"problem": …, "evidence": …}

The folders hold output of our own making in the forms that the devices use. Add a folder for any output that was read wrongly.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trunkline.devices.cube.read.calls import busy_addresses
from trunkline.devices.cube.read.config import running_config, stamps
from trunkline.devices.cube.read.connections import connections
from trunkline.devices.cube.read.dial_peers import dial_peers
from trunkline.devices.cube.read.keys import key_pairs
from trunkline.devices.cube.read.reading import Reading
from trunkline.devices.cube.read.system import call_legs, clock, version
from trunkline.devices.cube.read.trustpoints import trustpoint_status

HERE = Path(__file__).parent
READERS: dict[str, Callable[[str], Reading[Any]]] = {
    "busy-addresses": busy_addresses,
    "call-legs": call_legs,
    "clock": clock,
    "connections": connections,
    "dial-peers": dial_peers,
    "key-pairs": key_pairs,
    "running-config": running_config,
    "stamps": stamps,
    "trustpoint-status": trustpoint_status,
    "version": version,
}
CASES = sorted(path.parent for path in HERE.glob("*/*/output.txt"))


def _plain(value: Any) -> Any:
    """As JSON has it; what is empty or None is left out, so that a file says only what matters."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        plain = {str(name): _plain(entry) for name, entry in value.items()}
        return {name: entry for name, entry in plain.items() if entry not in (None, {}, [], "")}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else value


def test_there_are_cases_for_every_reader() -> None:
    assert {case.parent.name for case in CASES} == set(READERS)


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_capture(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text())
    reading = READERS[case.parent.name]((case / "output.txt").read_bytes().decode())
    if "problem" in expected:
        assert (reading.problem, reading.evidence) == (expected["problem"], expected["evidence"])
        return
    assert reading.problem == ""
    if case.parent.name == "running-config":
        sections = {header: _plain(section) for header, section in reading.value.sections.items()}
        assert sections == expected["value"]
    else:
        assert _plain(reading.value) == _plain(expected["value"])
