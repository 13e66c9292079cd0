"""Two real handshakes in one transcript: told apart, or said to be a guess."""

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.mixing import mixed
from support.transcripts import HANDSHAKES, recorded, write_certificates
from trunkline.health.transcript.explaining import explained

pytestmark = [
    pytest.mark.real_parts,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("openssl"), reason="the command openssl is not installed (Debian: openssl)"),
]
NAMES = ("tls12", "tls13", "no certificate", "unknown CA", "expired", "version", "cipher", "wrong name", "retry")
MIXTURES = 400
LEAST_RIGHT, MOST_WRONG = 0.85, 0.03
"""Measured: 0.92 and 0.01. What a turn holds differs a little with every recording."""


def verdicts(text: str) -> tuple[list[tuple[str, str, str]], bool]:
    found = explained(text, datetime.now(UTC))
    said = sorted((one.verdict.outcome, str(one.verdict.code), one.verdict.refused_by) for one in found)
    return said, any(one.handshake.is_mixed for one in found)


def test_two_at_once_are_told_apart_or_said_to_be_a_guess(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    printed = [text for name in NAMES for text in vars(recorded(tmp_path, HANDSHAKES[name])).values()]
    alone = {text: verdicts(mixed(text, "", random.Random(0)))[0] for text in printed}
    assert all(len(said) == 1 for said in alone.values())
    choose, right, wrong = random.Random(7), 0, 0
    for _ in range(MIXTURES):
        one, other = choose.sample(printed, 2)
        said, is_guess = verdicts(mixed(one, other, choose))
        if said == sorted(alone[one] + alone[other]):
            right += 1
        elif not is_guess:
            wrong += 1
    assert right >= LEAST_RIGHT * MIXTURES, right
    assert wrong <= MOST_WRONG * MIXTURES, wrong
