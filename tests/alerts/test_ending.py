"""How soon each alert ends after its cure: as docs/runbooks/README.md says, which follows from what the alert is made of."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.scene import ROOT
from trunkline.views.metrics.contract import FAMILIES

ALERTS: dict[str, str] = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
README = (ROOT / "docs" / "runbooks" / "README.md").read_text()
ROW = re.compile(r"^\| (Trunkline\w+) \| \[\S+\]\(\S+\) \| ([^|]+) \|", re.MULTILINE)
STATED = dict(ROW.findall(README))

PASS, LOOK, ASKED, AGAIN = 1, 6, 5, 16
"""Minutes, with the intervals that count unless others are stated, until a figure follows its cause: the next pass; the next
look of the probe, begun by a pass; the next questions to RIS, PerfMon and service control, within a cluster's budget; the next
pass of a CUBE that could not be reached, which is tried ever more rarely.
"""
SLOWER = {
    LOOK: ("trunkline_probe_", "trunkline_wire_serial_mismatch"),
    ASKED: ("trunkline_trunk_status", "trunkline_realtime_age_seconds", "trunkline_callmanager_up"),
    AGAIN: ("trunkline_observation_age_seconds", 'trunkline_link_condition{condition="Observed"'),
}
MINUTES = {"m": 1, "h": 60}

each_alert = pytest.mark.parametrize("alert", ALERTS)


def _made_of(expr: str) -> str:
    """Behind `unless` stands what only ends an alert sooner."""
    return expr.partition("unless")[0]


def _follows_within(expr: str) -> int:
    """Minutes until what an alert is made of is seen anew."""
    return max([PASS, *(minutes for minutes, names in SLOWER.items() for name in names if name in _made_of(expr))])


def _looks_back(expr: str) -> int:
    """Minutes that must pass after the last time."""
    found = re.findall(r"\[(\d+)([mh])\]", _made_of(expr))
    return max((int(number) * MINUTES[unit] for number, unit in found), default=0)


def _said(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest))


@each_alert
def test_the_page_says_how_soon_it_ends(alert: str) -> None:
    expr = ALERTS[alert]
    assert STATED[alert] == _said(_follows_within(expr) + _looks_back(expr))


def test_every_metric_whose_figures_come_late_is_known_here() -> None:
    late = {name for name in FAMILIES if name.startswith(("trunkline_probe_", "trunkline_callmanager_", "trunkline_trunk_"))}
    used = {name for name in late if any(name in _made_of(expr) for expr in ALERTS.values())}
    assert all(any(name.startswith(known) for names in SLOWER.values() for known in names) for name in used)


@each_alert
def test_in_its_promtool_test_it_ends_as_soon_as_that(alert: str) -> None:
    """The look that finds it gone comes after a change of what it is made of, no later than it looks back and two intervals."""
    tests = yaml.safe_load((Path(__file__).parent / f"{alert}.yml").read_text())["tests"]
    late = [end - 2 * _minutes(test["interval"]) for test in tests for end in _ends(test)]
    assert late
    assert min(late) <= _looks_back(ALERTS[alert])


def _ends(test: Mapping[str, Any]) -> Iterator[int]:
    """Minutes from the last change of a series to each look that finds an alert gone which fired at the look before."""
    changes = [change for series in test["input_series"] for change in _changes(series["values"], test["interval"])]
    before: list[Any] = []
    for look in test["alert_rule_test"]:
        at, fires = _minutes(look["eval_time"]), [one["exp_labels"] for one in look["exp_alerts"]]
        if any(one not in fires for one in before):
            yield min(at - change for change in changes if change <= at)
        before = fires


def _changes(values: str, interval: str) -> Iterator[int]:
    """When a series of promtool's begins another of its parts: "0x9 1+1x5" does so at 10 times the interval."""
    at = 0
    for part in values.split():
        yield at * _minutes(interval)
        found = re.fullmatch(r"(\S+)x(\d+)", part)
        at += (int(found[2]) + (found[1] != "_")) if found else 1


def _minutes(time: str) -> int:
    """Of "500m" or "14h"."""
    return int(time[:-1]) * MINUTES[time[-1]]
