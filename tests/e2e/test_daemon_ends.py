"""How a daemon ends: killed in the middle of what it does, or asked to stop; the next start finishes what was begun."""

import json
import signal
import sqlite3
from pathlib import Path

import pytest

from support.daemon import Daemon, assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from trunkline.twin.lab.lab import Lab

PACES = {"at-once": 0.0, "quick": 0.05, "slow": 0.2, "slower": 0.4, "slowest": 0.8}
"""Seconds that the CUBE of each site takes for a line: one kill hits each of them at another step."""


def _steps(estate: Estate) -> dict[str, list[str]]:
    """The states of the steps in the journal, by the cube of their plan: "intended", "done", "refused"."""
    database = estate.scene.directory / "state" / "journal.db"
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute("select plans.cube, steps.state from steps join plans on plans.id = steps.plan_id").fetchall()
    found: dict[str, list[str]] = {}
    for cube, state in rows:
        found.setdefault(cube, []).append(state)
    return found


def _assert_finished(estate: Estate, daemon: Daemon, names: list[str]) -> None:
    """Every link Ready, nothing left to plan, and every CUBE configured as the one that nothing happened to."""
    daemon.wait_ready(*names)
    assert_no_traceback(daemon.log())
    assert daemon.stop() == 0
    planned = estate.scene.trunkline("plan", "--settings", str(daemon.settings), "--format", "json")
    assert {done["cube"]: done["plan"]["steps"] for done in json.loads(planned.stdout)} == {name: [] for name in names}
    configurations = {name: estate.neutral_configuration(name) for name in names}
    assert all(configurations[name] == configurations[names[0]] for name in names)
    for name in names:
        assert all(result.is_ok for _, result in estate.lab.handshakes(name, name))


def test_a_daemon_that_is_killed_at_several_steps_finishes_at_the_next_start(tmp_path: Path, octet: int) -> None:
    names = list(PACES)
    members = sites(names, {})
    with Lab(estate_lab(members, octet), tmp_path / ".lab") as lab:
        estate = write_estate(lab, tmp_path, members)
        for name, seconds in PACES.items():
            estate.router(name).faults.seconds_per_command = seconds
        with estate.daemon as daemon:
            for pace in ("quick", "slow"):
                wait_for(f"a step of {pace}", lambda pace=pace: _begun(estate, pace) >= 7)
                assert daemon.stop(signal.SIGKILL) == -signal.SIGKILL
                unfinished = [
                    name for name, states in _steps(estate).items() if states.count("intended") > states.count("done")
                ]
                assert unfinished
                daemon.start()
            for name in names:
                estate.router(name).faults.seconds_per_command = 0.0
            _assert_finished(estate, daemon, names)


def _begun(estate: Estate, cube: str) -> int:
    try:
        return _steps(estate).get(cube, []).count("intended")
    except sqlite3.OperationalError:  # the daemon has not made its journal yet
        return 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_daemon_that_is_asked_to_stop_finishes_the_step_at_hand(tmp_path: Path, octet: int, number: signal.Signals) -> None:
    members = sites(["asked", "untouched"], {})
    with Lab(estate_lab(members, octet), tmp_path / ".lab") as lab:
        estate = write_estate(lab, tmp_path, members)
        estate.router("asked").faults.seconds_per_command = 0.15
        with estate.daemon as daemon:
            wait_for("the first steps", lambda: _begun(estate, "asked") >= 5)
            assert daemon.stop(number) == 0
            states = _steps(estate)["asked"]
            assert states.count("intended") == states.count("done")
            assert 0 < states.count("done") < 13
            assert "trunkline: finishing the step at hand" in daemon.log()
            assert not estate.router("asked").lines_in_use
            estate.router("asked").faults.seconds_per_command = 0.0
            daemon.start()
            _assert_finished(estate, daemon, ["untouched", "asked"])
