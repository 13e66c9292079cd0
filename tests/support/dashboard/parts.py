"""Panels as Grafana's JSON wants them, with one look for all. Where they lie is `layout.py`'s matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
Json = dict[str, Any]
Steps = Sequence[tuple[float | None, str]]

GOOD, POOR, BAD, UNKNOWN, PLAIN = "green", "orange", "red", "#808080", "blue"
NONE_IS_GOOD: Steps = ((None, GOOD), (1, BAD))
NONE_IS_BEST: Steps = ((None, GOOD), (1, POOR))
AGE: Steps = ((None, GOOD), (300, POOR), (900, BAD))
LIFE: Steps = ((None, BAD), (0.05, POOR), (0.15, GOOD))
OF_NOTHING: Steps = ((None, PLAIN),)


@dataclass(frozen=True)
class Query:
    """`is_now`: only its newest value; of a table every label is a column then."""

    expr: str
    legend: str = ""
    is_now: bool = False
    is_table: bool = False


@dataclass(frozen=True)
class Panel:
    """`size` is width, of 24, and height, of about 38 pixels each; `body` is what only its kind has."""

    title: str
    description: str
    kind: str
    queries: tuple[Query, ...]
    size: tuple[int, int]
    body: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A row that can be folded; the first one of the board has no title and cannot."""

    title: str
    panels: tuple[Panel, ...]
    is_folded: bool = True


def words(states: Mapping[int, tuple[str, str]]) -> list[Json]:
    """Numbers as words with their colours."""
    options = {
        str(code): {"text": text, "color": color, "index": at} for at, (code, (text, color)) in enumerate(states.items())
    }
    return [{"type": "value", "options": options}]


def defaults(unit: str, steps: Steps = OF_NOTHING, **more: Any) -> Json:
    """What holds for every field: `more` is min, max, decimals, noValue, mappings, custom, color."""
    thresholds = {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in steps]}
    return {"unit": unit, "thresholds": thresholds, "mappings": [], **more}


def number(title: str, description: str, expr: str, config: Json, size: tuple[int, int] = (3, 4)) -> Panel:
    """One number on its colour."""
    return _stat(title, description, Query(expr, is_now=True), config, size)


def cells(title: str, description: str, query: Query, config: Json, size: tuple[int, int]) -> Panel:
    """A cell for each series, with its name and its state."""
    return _stat(title, description, query, config, size, textMode="value_and_name", justifyMode="center")


def _stat(title: str, description: str, query: Query, config: Json, size: tuple[int, int], **options: Any) -> Panel:
    shown = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "auto",
        "colorMode": "background_solid",
        "graphMode": "none",
        "justifyMode": "auto",
        "textMode": "value",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
        **options,
    }
    return Panel(title, description, "stat", (query,), size, _body(config, shown))


def lines(title: str, description: str, queries: Sequence[Query], config: Json, size: tuple[int, int] = (8, 8)) -> Panel:
    """Curves over time."""
    return _over_time(title, description, queries, config, size, {"fillOpacity": 8, "lineWidth": 1, "showPoints": "never"})


def stacked(title: str, description: str, queries: Sequence[Query], config: Json, size: tuple[int, int] = (8, 8)) -> Panel:
    """What adds up, one above the other."""
    custom = {"fillOpacity": 60, "lineWidth": 0, "showPoints": "never", "stacking": {"mode": "normal", "group": "A"}}
    return _over_time(title, description, queries, config, size, custom)


def _over_time(
    title: str, description: str, queries: Sequence[Query], config: Json, size: tuple[int, int], custom: Json
) -> Panel:
    shown = {
        "legend": {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull", "max"]},
        "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": True},
    }
    colored = {"color": {"mode": "palette-classic"}, **config, "custom": {"drawStyle": "line", **custom}}
    return Panel(title, description, "timeseries", tuple(queries), size, _body(colored, shown))


def states(title: str, description: str, queries: Sequence[Query], config: Json, size: tuple[int, int] = (12, 8)) -> Panel:
    """A bar for each series that changes its colour when the state changes."""
    shown = {
        "mergeValues": True,
        "showValue": "auto",
        "alignValue": "left",
        "rowHeight": 0.8,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    config = {"color": {"mode": "thresholds"}, **config, "custom": {"fillOpacity": 80, "lineWidth": 0}}
    return Panel(title, description, "state-timeline", tuple(queries), size, _body(config, shown))


def bars(title: str, description: str, query: Query, config: Json, size: tuple[int, int]) -> Panel:
    """A bar for each series, as long as its newest value."""
    shown = {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "namePlacement": "auto",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 40,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
    }
    return Panel(title, description, "bargauge", (query,), size, _body({"color": {"mode": "thresholds"}, **config}, shown))


@dataclass(frozen=True)
class Column:
    """`name` is a label, or "Value" of a table with one query, "Value #A" and on of one with more; `unit` of numbers."""

    name: str
    title: str
    unit: str = ""
    steps: Steps = ()


def table(
    title: str, description: str, exprs: Sequence[str], columns: Sequence[Column], size: tuple[int, int] = (12, 8), **more: Any
) -> Panel:
    """A line for each set of labels; only these columns, in this order; what is first by `sort`, the title of a column, comes
    first. The rest of `more` goes into the defaults: noValue.
    """
    sort = [{"displayName": more.pop("sort"), "desc": False}] if "sort" in more else []
    shown = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0, "sortBy": sort}
    config = {"unit": "none", "thresholds": defaults("none")["thresholds"], "mappings": [], **more, "custom": {"align": "auto"}}
    body = _body(config, shown)
    body["fieldConfig"]["overrides"] = [_override(column) for column in columns if column.unit]
    names = [column.name for column in columns]
    order = {
        "includeByName": dict.fromkeys(names, True),
        "indexByName": {name: at for at, name in enumerate(names)},
        "renameByName": {column.name: column.title for column in columns},
        "excludeByName": {},
    }
    body["transformations"] = [{"id": "merge", "options": {}}, {"id": "organize", "options": order}]
    return Panel(title, description, "table", tuple(Query(expr, is_now=True, is_table=True) for expr in exprs), size, body)


def _override(column: Column) -> Json:
    properties: list[Json] = [{"id": "unit", "value": column.unit}]
    if column.steps:
        properties.append({"id": "thresholds", "value": defaults("none", column.steps)["thresholds"]})
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}})
    return {"matcher": {"id": "byName", "options": column.title}, "properties": properties}


def _body(config: Json, options: Json) -> Json:
    return {"fieldConfig": {"defaults": config, "overrides": []}, "options": options}
