"""SIGKILL at any write of the journal while a certificate is renewed: the next daemon finishes, and nobody is ever refused.

`make soak` does the same five hundred times.
"""

import random
from pathlib import Path

import pytest

from support.soak import soak, trunk

RUNS = 25


@pytest.mark.slow
def test_a_daemon_may_be_killed_at_any_write(tmp_path: Path, octet: int) -> None:
    seed = random.SystemRandom().randrange(10**6)
    with trunk(tmp_path, octet) as on:
        report = soak(on, seed, RUNS)
    assert not report.failed, report.failed
    assert report.runs == RUNS and report.killed >= RUNS / 2, report
    assert report.refusals == 0 and report.attempts > RUNS, report
