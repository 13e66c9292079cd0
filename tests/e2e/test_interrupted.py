"""Ctrl-C and SIGTERM in the middle of `apply`: the step at hand is finished, and the next apply goes on."""

import signal
import subprocess
import sys

import pytest

from support.scene import Scene


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_apply_stops_after_the_step_at_hand(scene: Scene, number: signal.Signals, code: int) -> None:
    settings = str(scene.write_settings())
    process = subprocess.Popen(
        [sys.executable, "-m", "trunkline", "apply", "--settings", settings],
        cwd=scene.directory,
        env={**scene.process_environment(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    first = process.stdout.readline()
    assert first.startswith("  [1/"), first
    process.send_signal(number)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == code, output + errors
    assert "Traceback" not in output + errors
    assert "stopped after the step at hand" in errors
    assert "trunkline is stopping" in output, "what was skipped is told"
    again = scene.trunkline("apply", "--settings", settings)
    assert again.returncode == 0, again.stdout + again.stderr
