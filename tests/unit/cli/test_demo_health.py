"""The act of the broken trunk must not be content with less than it promises."""

import subprocess
from dataclasses import dataclass, field

import pytest

from trunkline.cli.demo import health
from trunkline.cli.demo.stage import NotSeen

RIGHT = """✗ busan-seoul: down. No node of seoul is connected

1. The CUBE presents the certificate of another trustpoint   [seen:
   wrong-trustpoint]
   - cube/cube-busan: presents trustpoint busan-web

2. Handshakes are refused   [follows from 1: handshake-refused]
"""
SECOND = """✗ busan-seoul: down. No node of seoul is connected

1. A node of the cluster is down   [seen: node-down]

2. The CUBE presents the certificate of another trustpoint   [seen: wrong-trustpoint]
"""


@dataclass
class Stage:
    """What the act asks of the real one."""

    told: str = ""
    code: int = 1
    scraped: list[str] = field(default_factory=list)

    def trunkline(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(words, self.code, self.told, "")

    def scrape(self) -> list[str]:
        return self.scraped


def test_the_first_cause_is_shown_and_no_other(capfd: pytest.CaptureFixture[str]) -> None:
    health._explain(Stage(RIGHT))  # type: ignore[arg-type]  # as far as the act knows it
    shown = capfd.readouterr().out
    assert "presents trustpoint busan-web" in shown
    assert "handshake-refused" not in shown


@pytest.mark.parametrize(("told", "code"), [(SECOND, 1), (RIGHT, 0), ("", 2)])
def test_another_cause_in_front_or_another_exit_code_is_not_seen(told: str, code: int) -> None:
    with pytest.raises(NotSeen, match="the right cause, named first"):
        health._explain(Stage(told, code))  # type: ignore[arg-type]  # as far as the act knows it


def test_failures_of_both_sides_must_rise_and_every_connection_must_be_gone() -> None:
    client, server = health.FAILURES
    before = {client: 0.0, server: 3.0, health.CONNECTIONS: 6.0}
    assert health._failing(before, {client: 2.0, server: 5.0, health.CONNECTIONS: 0.0})
    assert not health._failing(before, {client: 2.0, server: 3.0, health.CONNECTIONS: 0.0})
    assert not health._failing(before, {client: 2.0, server: 5.0, health.CONNECTIONS: 1.0})
    assert not health._failing(before, {})


def test_figures_are_those_of_a_scrape() -> None:
    scraped = ["# HELP trunkline_connections x", f"{health.CONNECTIONS} 6.0", 'trunkline_connections{device="cube/other"} 1.0']
    assert health._figures(Stage(scraped=scraped)) == {health.CONNECTIONS: 6.0}  # type: ignore[arg-type]  # as above
