"""Where panels lie: from left to right, a new line where 24 columns are full; and what every one of them has."""

from collections.abc import Iterable, Iterator
from itertools import count

from support.dashboard.parts import SOURCE, Json, Panel, Query, Row

COLUMNS = 24


def laid_out(rows: Iterable[Row]) -> list[Json]:
    """The panels of the board. Those of a folded row lie in the row, as Grafana wants it."""
    numbers, found, top = count(1), [], 0
    for row in rows:
        if row.title:
            head: Json = {
                "type": "row",
                "id": next(numbers),
                "title": row.title,
                "collapsed": row.is_folded,
                "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": 1},
                "panels": [],
            }
            found.append(head)
            top += 1
        placed = list(_placed(row.panels, top, numbers))
        if row.title and row.is_folded:
            head["panels"] = placed
        else:
            found += placed
            top = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in placed)
    return found


def _placed(panels: Iterable[Panel], top: int, numbers: Iterator[int]) -> Iterator[Json]:
    left = height = 0
    for panel in panels:
        width, tall = panel.size
        if left + width > COLUMNS:
            left, top, height = 0, top + height, 0
        yield _panel(panel, next(numbers), {"x": left, "y": top, "w": width, "h": tall})
        left, height = left + width, max(height, tall)


def _panel(panel: Panel, number: int, place: Json) -> Json:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "gridPos": place,
        **panel.body,
        "targets": [_target(query, letter) for query, letter in zip(panel.queries, "ABCDEFGH", strict=False)],
    }


def _target(query: Query, letter: str) -> Json:
    return {
        "refId": letter,
        "datasource": SOURCE,
        "expr": query.expr,
        "legendFormat": query.legend or "__auto",
        "format": "table" if query.is_table else "time_series",
        "instant": query.is_now,
        "range": not query.is_now,
        "editorMode": "code",
    }
