"""SIGKILL at any write of the journal while a certificate is renewed: the next daemon finishes, and nobody is ever refused.

`make soak` does the same five hundred times.
"""

import random
from pathlib import Path

import pytest

from support.soak import soak, trunk


@pytest.mark.slow
@pytest.mark.parametrize("runs", [13, 12])
def test_a_daemon_may_be_killed_at_any_write(runs: int, tmp_path: Path, octet: int) -> None:
    """Twenty-five runs, in two halves for two workers."""
    seed = random.SystemRandom().randrange(10**6)
    with trunk(tmp_path, octet) as on:
        report = soak(on, seed, runs)
    assert not report.failed, report.failed
    assert report.runs == runs and report.killed >= runs / 2, report
    assert report.refusals == 0 and report.attempts > runs, report
