"""Configurations of real devices: nothing is left that others hide, and little else is gone."""

import re
from pathlib import Path

import pytest

from trunkline.views.redaction.rules import REMOVED
from trunkline.views.redaction.sifting import Sieve

OTHERS = (
    r"^\s*(?:username|enable)\b.*\b(?:password|secret)(?: \d)? (?!encryption)(\S+)",
    r"^\s*password(?: \d)? (?!encryption)(\S+)",
    r"\bpassword (?:\d )?(?!encryption|\d )(\S+)",
    r"^\s*snmp-server community(?: \d)? (\S+)",
    r"^\s*snmp-server host \S+ (?:version \S+ )?(\S+)$",
    r"\bkey 7 (\S+)",
    r"^\s*(?:tacacs|radius)-server .*key (?:\d )?(\S+)",
    r"^\s*crypto isakmp key (\S+)",
    r"^\s*key-string (?:\d )?(\S+)",
    r"\bshared-secret (?:\d )?(\S+)",
    r"^\s*key config-key \S+ (\S+)",
)
"""What RANCID, oxidized and netconan hide, in words of ours; each group is the secret."""
MOST_LINES = 14
"""That a sample of some hundred lines may lose: what a person saw to be secrets, by eye."""


def configurations(samples: Path) -> list[Path]:
    return sorted(
        path for path in samples.glob("*.txt") if path.name.startswith(("running-config", "config-guide", "show_archive"))
    )


@pytest.mark.samples
def test_nothing_is_left_that_others_hide(samples: Path) -> None:
    found = configurations(samples)
    assert len(found) > 10
    for path in found:
        for line in Sieve().commands(path.read_text(errors="replace")).splitlines():
            for pattern in OTHERS:
                match = re.search(pattern, line)
                assert not match or match[1].strip('"') == REMOVED, f"{path.name}: {line}"


@pytest.mark.samples
def test_only_lines_with_secrets_change_and_only_there(samples: Path) -> None:
    changed = 0
    for path in configurations(samples):
        before = path.read_text(errors="replace")
        after = Sieve().commands(before)
        lost = [(one, two) for one, two in zip(before.splitlines(), after.splitlines(), strict=True) if one != two]
        assert len(lost) <= MOST_LINES, lost
        assert all(REMOVED in two and two.split()[0] == one.split()[0] for one, two in lost)
        changed += len(lost)
    assert changed >= 10, "there are secrets in the samples"


@pytest.mark.samples
def test_what_commands_print_holds_next_to_nothing_that_looks_like_a_secret(samples: Path) -> None:
    shown = [path for path in sorted(samples.glob("*.txt")) if path.name.startswith(("show_", "syslog_", "debug_"))]
    taken = {
        path.name: sieve.taken.total()
        for path in shown
        if (sieve := Sieve()).prose(path.read_text(errors="replace")) is not None
    }
    assert len(taken) > 40
    assert {name: count for name, count in taken.items() if count} == {}
