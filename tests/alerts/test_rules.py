"""The alerts that are handed out: what they are made of exists, each has a page and a test, and Prometheus agrees.

A folder's files `NAME.yml` are promtool tests of the alert NAME: `promtool test rules tests/alerts/NAME.yml`.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from support.scene import ROOT
from trunkline.cli.program import app
from trunkline.loop.ladder.rungs import WAITS
from trunkline.views.metrics.contract import FAMILIES

RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
ROUTES = ROOT / "deploy" / "prometheus" / "alertmanager.yml"
BOOKS = ROOT / "docs" / "runbooks"
PLACE = "https://docs.example.com/trunkline/runbooks/"
ALERTS: dict[str, Mapping[str, Any]] = {
    rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
}
TESTS = sorted(Path(__file__).parent.glob("*.yml"))
SELECTOR = re.compile(r"\b(trunkline_\w+)(?:\{([^}]*)\})?")
COMMAND = re.compile(r"(?:^    |`)trunkline ([a-z]+)([^`\n]*)", re.MULTILINE)
SECTIONS = ("## Meaning", "## Impact", "## Diagnosis", "## Cure")

each_alert = pytest.mark.parametrize("alert", ALERTS)


def _needs(command: str) -> str:
    found = shutil.which(command)
    if found is None:
        pytest.skip(f"{command} is not here; on Debian it comes with prometheus or prometheus-alertmanager")
    return found


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


@each_alert
def test_an_alert_is_made_of_metrics_and_labels_that_exist(alert: str) -> None:
    text = ALERTS[alert]["expr"]
    used = SELECTOR.findall(text)
    assert used or "up{" in text
    for name, selectors in used:
        assert name in FAMILIES, name
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors)) <= set(FAMILIES[name].labels), f"{name}{{{selectors}}}"


@each_alert
def test_an_alert_that_stands_back_behind_another_names_one_that_exists(alert: str) -> None:
    assert set(re.findall(r'ALERTS\{alertname="(\w+)"', ALERTS[alert]["expr"])) <= ALERTS.keys() - {alert}


@each_alert
def test_an_alert_says_what_how_bad_and_what_to_do(alert: str) -> None:
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert re.fullmatch(r"\d+[mh]", rule["for"])
    assert all(rule["annotations"][name] for name in ("summary", "description"))
    page = rule["annotations"]["runbook_url"]
    assert page.startswith(PLACE)
    text = (BOOKS / page.removeprefix(PLACE)).read_text()
    assert alert in text.splitlines()[0]
    assert [line for line in text.splitlines() if line.startswith("## ")] == list(SECTIONS)
    assert "trunkline" in text.partition("## Diagnosis")[2].partition("## Cure")[0]


def test_every_wait_of_a_certificate_ends_by_itself_or_is_an_alert() -> None:
    codes = {
        code
        for rule in ALERTS.values()
        for found in re.findall(r'trunkline_certificate_wait\{[^}]*code=~?"([^"]+)"\}', rule["expr"])
        for code in found.split("|")
    }
    assert codes | {"node-order", "replication", "calls", "wire", "keep"} == WAITS.keys()


def test_the_pages_name_commands_and_options_that_exist() -> None:
    known = get_command(app)
    assert isinstance(known, TyperGroup)
    lines = [line for page in BOOKS.glob("*.md") for line in COMMAND.findall(page.read_text())]
    assert len(lines) > 40
    for name, words in lines:
        assert name in known.commands, name
        options = {option for parameter in known.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z]+", words)) <= options, f"trunkline {name}{words}"


def test_every_page_is_an_alerts_and_listed() -> None:
    named = {rule["annotations"]["runbook_url"].removeprefix(PLACE) for rule in ALERTS.values()}
    assert {page.name for page in BOOKS.glob("*.md")} == named | {"README.md"}
    listed = re.findall(r"^\| (\w+) \| \[(.+)\]", (BOOKS / "README.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(
        (alert, ALERTS[alert]["annotations"]["runbook_url"].removeprefix(PLACE)) for alert in ALERTS
    )


def test_every_alert_has_a_test_that_sees_it_fire_stay_silent_and_resolve() -> None:
    assert [path.stem for path in TESTS] == sorted(ALERTS)
    for path in TESTS:
        looks = [look for test in yaml.safe_load(path.read_text())["tests"] for look in test["alert_rule_test"]]
        assert {look["alertname"] for look in looks} == {path.stem}
        fired = [any(one["exp_annotations"] for one in look["exp_alerts"]) for look in looks]
        first = fired.index(True)
        assert first > 0, f"{path.stem}: nothing is seen before it fires"
        assert _resolves(looks[first:]), f"{path.stem} is not seen to resolve"


def _resolves(looks: list[Mapping[str, Any]]) -> bool:
    """Whether the first alert that fired is gone in a later look."""
    first = looks[0]["exp_alerts"][0]["exp_labels"]
    return any(first not in [one["exp_labels"] for one in look["exp_alerts"]] for look in looks[1:])


@pytest.mark.real_parts
def test_prometheus_takes_the_rules() -> None:
    done = _run(_needs("promtool"), "check", "rules", RULES)
    assert done.returncode == 0, done.stderr
    assert f"{len(ALERTS)} rules found" in done.stdout


@pytest.mark.real_parts
@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_an_alert_fires_stays_silent_and_resolves(path: Path) -> None:
    done = _run(_needs("promtool"), "test", "rules", path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.real_parts
@each_alert
def test_an_alert_goes_where_the_example_says(alert: str) -> None:
    severity = ALERTS[alert]["labels"]["severity"]
    expected = "on-call" if severity == "critical" else "certificates" if alert in OF_CERTIFICATES else "tickets"
    labels = (f"severity={severity}", f"alertname={alert}")
    done = _run(
        _needs("amtool"), "config", "routes", "test", f"--config.file={ROUTES}", f"--verify.receivers={expected}", *labels
    )
    assert done.returncode == 0, done.stdout + done.stderr


OF_CERTIFICATES = (
    "TrunklineCertificateExpiring",
    "TrunklineCertificateNeedsPerson",
    "TrunklineClientAuthEnds",
    "TrunklineClientAuthMissing",
    "TrunklineIssuingCaExpiring",
    "TrunklineRenewalOverdue",
    "TrunklineWindowMissing",
)


@pytest.mark.real_parts
def test_alertmanager_takes_the_example() -> None:
    done = _run(_needs("amtool"), "check-config", ROUTES)
    assert done.returncode == 0, done.stdout + done.stderr
