"""The dashboard as a whole: its rows, its variables, its annotations."""

import json

from support.dashboard import certificates, clusters, connections, devices, now, passes, probe
from support.dashboard.layout import laid_out
from support.dashboard.parts import SOURCE, Json

UID = "trunkline"
DEVICE = "/^\\w+\\/(.+)$/"  # the name in "cube/NAME"


def board() -> Json:
    rows = (now.row(), connections.row(), certificates.row(), clusters.row(), probe.row(), passes.row(), devices.row())
    return {
        "uid": UID,
        "title": "trunkline: TLS trunks",
        "description": "Links between CUBE and CUCM: how they are, and why. Needs the rules of deploy/prometheus.",
        "tags": ["trunkline", "voice"],
        "schemaVersion": 42,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "timezone": "browser",
        "time": {"from": "now-6h", "to": "now"},
        "timepicker": {"refresh_intervals": ["30s", "1m", "5m", "15m"]},
        "templating": {"list": _variables()},
        "annotations": {"list": _annotations()},
        "links": [],
        "panels": laid_out(rows),
    }


def text() -> str:
    """deploy/grafana/trunkline.json."""
    return json.dumps(board(), indent=1) + "\n"


def _variables() -> list[Json]:
    source = {
        "type": "datasource",
        "name": "datasource",
        "label": "Prometheus",
        "query": "prometheus",
        "regex": "",
        "hide": 0,
        "includeAll": False,
        "multi": False,
        "refresh": 1,
        "options": [],
    }
    chosen = 'cube_device=~"cube/$cube", cluster_device=~"cluster/$cluster"'
    return [
        source,
        _variable("cube", "CUBE", "label_values(trunkline_link_info, cube_device)", DEVICE),
        _variable("cluster", "Cluster", 'label_values(trunkline_link_info{cube_device=~"cube/$cube"}, cluster_device)', DEVICE),
        _variable("link", "Link", f"label_values(trunkline_link_info{{{chosen}}}, link)", ""),
    ]


def _variable(name: str, label: str, query: str, regex: str) -> Json:
    return {
        "type": "query",
        "name": name,
        "label": label,
        "datasource": SOURCE,
        "query": {"qryType": 1, "query": query, "refId": name},
        "regex": regex,
        "hide": 0,
        "includeAll": True,
        "multi": True,
        "refresh": 2,
        "sort": 1,
        "options": [],
        "current": {"text": ["All"], "value": ["$__all"], "selected": True},
    }


def _annotations() -> list[Json]:
    return [
        _annotation(
            "Revisions",
            "trunkline_source_revision_info unless trunkline_source_revision_info offset 2m",
            "Revision {{revision}}",
            "blue",
        ),
        _annotation(
            "People who configured a CUBE",
            'increase(trunkline_syslog_messages_total{device=~"cube/$cube", kind="configured"}[1m]) > 0',
            "{{device}} was configured",
            "orange",
        ),
    ]


def _annotation(name: str, expr: str, title: str, color: str) -> Json:
    return {
        "name": name,
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": color,
        "target": {"refId": "Anno", "expr": expr, "interval": "60s"},
        "titleFormat": title,
        "textFormat": "",
        "useValueForTime": False,
    }
