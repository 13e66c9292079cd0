"""The dashboard as it is handed out: nothing lies over another, every panel says what it shows, and asks for what there is."""

import re
from collections.abc import Iterator

import pytest
import yaml

from support.dashboard.board import board
from support.dashboard.layout import COLUMNS
from support.dashboard.parts import Json
from support.scene import ROOT
from trunkline.views.metrics.contract import FAMILIES

BOARD = board()
UNITS = {"none", "percentunit", "s", "cpm", "reqpm", "dateTimeAsIso"}
"""Each was looked up in `getValueFormats()` of npm's @grafana/data 13.2.3."""
RECORDED = {
    rule["record"]: rule["expr"]
    for group in yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text())["groups"]
    for rule in group["rules"]
}
SERIES = re.compile(r"(?<![\w:])((?:\w+:)?trunkline_\w+(?::\w+)?|ALERTS)(?:\{([^}]*)\})?")
PARTS = ("_bucket", "_sum", "_count")
VARIABLES = {variable["name"] for variable in BOARD["templating"]["list"]}


def _all() -> Iterator[Json]:
    for panel in BOARD["panels"]:
        yield panel
        yield from panel.get("panels", ())


PANELS = [panel for panel in _all() if panel["type"] != "row"]
each_panel = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))


def _exprs() -> Iterator[tuple[str, str]]:
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for one in BOARD["annotations"]["list"]:
        yield one["name"], one["target"]["expr"]
    for variable in BOARD["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]["query"]


def test_it_has_an_address_of_its_own_and_asks_the_chosen_prometheus() -> None:
    assert BOARD["uid"] == "trunkline"
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert BOARD["templating"]["list"][0]["type"] == "datasource"


@each_panel
def test_a_panel_says_what_it_shows(panel: Json) -> None:
    assert panel["title"]
    assert len(panel["description"]) > 20
    assert panel["description"].endswith(".")
    assert panel["targets"]
    for target in panel["targets"]:
        needs_legend = panel["type"] in ("timeseries", "state-timeline", "bargauge")
        assert not needs_legend or target["legendFormat"] != "__auto", panel["title"]


@each_panel
def test_a_unit_is_one_of_grafanas(panel: Json) -> None:
    config = panel["fieldConfig"]
    units = {config["defaults"]["unit"]}
    units |= {one["value"] for override in config["overrides"] for one in override["properties"] if one["id"] == "unit"}
    assert units <= UNITS


@each_panel
def test_thresholds_rise_and_begin_at_the_lowest(panel: Json) -> None:
    steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
    assert steps[0] is None
    assert steps[1:] == sorted(steps[1:])


def test_titles_and_numbers_are_there_once() -> None:
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
    numbers = [panel["id"] for panel in _all()]
    assert len(set(numbers)) == len(numbers)


def test_nothing_lies_over_another_or_beside_the_page() -> None:
    for group in (BOARD["panels"], *(panel["panels"] for panel in BOARD["panels"] if panel["type"] == "row")):
        taken: dict[tuple[int, int], str] = {}
        for panel in group:
            at = panel["gridPos"]
            assert at["x"] + at["w"] <= COLUMNS
            for x in range(at["x"], at["x"] + at["w"]):
                for y in range(at["y"], at["y"] + at["h"]):
                    assert (x, y) not in taken, f"{panel['title']} over {taken[x, y]}"
                    taken[x, y] = panel["title"]


def test_how_all_links_are_is_seen_without_scrolling() -> None:
    """1440 by 900 pixels: about 21 units of height are left beside the browser's and Grafana's own bars."""
    first = [panel for panel in PANELS if panel["title"] in ("Trunks", "Alerts that fire", "Links over time", "No connection")]
    assert len(first) == 4
    assert max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in first) <= 21


@pytest.mark.parametrize(("place", "expr"), list(_exprs()))
def test_a_query_asks_for_metrics_labels_and_variables_that_exist(place: str, expr: str) -> None:
    used = SERIES.findall(expr)
    assert used, expr
    for name, selectors in used:
        family = next((name.removesuffix(part) for part in ("", *PARTS) if name.removesuffix(part) in FAMILIES), "")
        assert family or name in RECORDED or name == "ALERTS", name
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selectors))
        if family:
            assert labels <= set(FAMILIES[family].labels), f"{name}{{{selectors}}}"
    assert set(re.findall(r"\$(\w+)", expr)) <= VARIABLES | {"__rate_interval"}


def test_every_metric_is_on_the_dashboard_or_in_a_rule_that_is() -> None:
    asked = " ".join(expr for _, expr in _exprs())
    recorded = "\n".join(RECORDED.values())
    assert {name for name in FAMILIES if name not in asked and name not in recorded} == set()
    assert {name for name in RECORDED if name not in asked and name not in recorded} == set(), "recorded for nobody"
