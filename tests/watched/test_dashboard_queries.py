"""Every query of the dashboard, asked of a real Prometheus that scraped a real daemon: it finds something, and that moves."""

import re

import pytest
import requests
import yaml

from support.alerting import DEPLOY
from support.chronicle import NAMES, NEEDS_THE_STORY, Chronicle, Series
from support.dashboard.board import board
from support.dashboard.now import WALL
from support.dashboard.parts import Json
from support.troubles import HEALTHY, TROUBLES, Trouble

BOARD = board()
PANELS = [panel for row in BOARD["panels"] for panel in (row, *row.get("panels", ())) if panel["type"] != "row"]
ASKED = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
ALL = f"({'|'.join(NAMES)})"
RECORDED = [rule["record"] for group in yaml.safe_load((DEPLOY / "rules.yml").read_text())["groups"] for rule in group["rules"]]
CHOSEN = {"cube": ALL, "cluster": ALL, "link": ALL, "__rate_interval": "30s"}
"""What stands for the variables, as Grafana puts it there."""
MOMENTS = ("well", "broken", "quiet")
BEGINS = "Held, and left over"
"""What is left over begins with its cause, and is as much as long as that lasts."""

pytestmark = NEEDS_THE_STORY
each_query = pytest.mark.parametrize(("title", "target"), ASKED, ids=[f"{title} {target['refId']}" for title, target in ASKED])
each_trouble = pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)


@each_query
def test_a_panel_has_something_to_show(story: Chronicle, title: str, target: Json) -> None:
    found = [one for series in _shown(story, target) for one in series]
    assert found, title
    for name in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
        assert all(name in one["metric"] for one in found), f"the legend of {title} names {name}"


@each_query
def test_what_it_shows_moves(story: Chronicle, title: str, target: Json) -> None:
    """A number or a table is another one while all is broken; of a curve that some series ends is not enough."""
    shown = _shown(story, target)
    if target["instant"]:
        well, broken, _ = ({(*sorted(one["metric"].items()), one["value"][1]) for one in series} for series in shown)
        assert well != broken
    elif title == BEGINS and target["refId"] == "B":
        assert not story.asked(_filled(target["expr"]), story.moments["well"])
    else:
        assert _bends(shown[0])


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_recorded_moves(story: Chronicle, name: str) -> None:
    assert _bends(story.asked_over_time(name))


def _bends(found: list[Series]) -> bool:
    return any(len({value for _, value in one["values"]}) > 1 for one in found)


@pytest.mark.parametrize("panel", [p for p in PANELS if p["type"] == "table"], ids=lambda panel: str(panel["title"]))
def test_the_columns_of_a_table_are_labels_that_there_are(story: Chronicle, panel: Json) -> None:
    found = [one for target in panel["targets"] for series in _shown(story, target) for one in series]
    columns = {name for name in panel["transformations"][-1]["options"]["includeByName"] if not name.startswith("Value")}
    assert columns <= {name for one in found for name in one["metric"]}


@pytest.mark.parametrize(
    "variable", [v for v in BOARD["templating"]["list"] if v["type"] == "query"], ids=lambda one: one["name"]
)
def test_a_variable_has_the_trunks_to_choose(story: Chronicle, variable: Json) -> None:
    asked = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
    assert asked
    words = {"match[]": _filled(asked[1])}
    answer = requests.get(f"{story.seen.prometheus}/api/v1/label/{asked[2]}/values", params=words, timeout=60).json()
    values = answer["data"]
    if variable["regex"]:
        pattern = re.compile(variable["regex"].strip("/").replace("\\/", "/"))
        values = [found[1] for value in values if (found := pattern.search(value))]
    assert values == sorted(NAMES)


@pytest.mark.parametrize("one", BOARD["annotations"]["list"], ids=lambda one: str(one["name"]))
def test_an_annotation_marks_something(story: Chronicle, one: Json) -> None:
    assert story.asked_over_time(_filled(one["target"]["expr"]))


@each_trouble
def test_the_cell_of_a_link_says_what_is_wrong_and_no_more_when_it_is_mended(story: Chronicle, trouble: Trouble) -> None:
    cells = {moment: _wall(story, moment) for moment in MOMENTS}
    assert cells["well"][trouble.name] == cells["quiet"][trouble.name] == WALL[0]
    shown = {cells["broken"][trouble.name][0]} if trouble.name in cells["broken"] else set()
    assert shown <= trouble.shown and bool(shown) == bool(trouble.shown)


def test_the_cell_of_a_link_on_which_nothing_happens_stays_as_it_is(story: Chronicle) -> None:
    series = story.asked_over_time(f'link:trunkline_wall:code{{link="{HEALTHY}"}}')
    assert [{value for _, value in one["values"]} for one in series] == [{"0"}]


def _wall(story: Chronicle, moment: str) -> dict[str, tuple[str, str]]:
    """By link, word and colour of its cell."""
    expr = next(panel for panel in PANELS if panel["title"] == "Trunks")["targets"][0]["expr"]
    found = story.asked(_filled(expr), story.moments[moment])
    return {one["metric"]["link"]: WALL[int(one["value"][1])] for one in found}


def _filled(expr: str) -> str:
    return re.sub(r"\$(\w+)", lambda match: CHOSEN[match[1]], expr)


def _shown(story: Chronicle, target: Json) -> list[list[Series]]:
    """What a query finds: now, at each of the moments; or over time."""
    expr = _filled(target["expr"])
    return [story.asked(expr, story.moments[one]) for one in MOMENTS] if target["instant"] else [story.asked_over_time(expr)]
