"""Every query of the dashboard, asked of a real Prometheus that scraped a real daemon which looks after a trunk of the twin."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.alerting import Alerting, alerting, missing_parts
from support.daemon import wait_for
from support.dashboard.board import board
from support.dashboard.parts import Json
from support.estate import estate_lab, sites, write_estate
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab

SITE = "shown"
PATIENCE_SECONDS = 180
BOARD = board()
PANELS = [panel for row in BOARD["panels"] for panel in (row, *row.get("panels", ())) if panel["type"] != "row"]
ASKED = [(panel["title"], target) for panel in PANELS for target in panel["targets"]]
CHOSEN = {"cube": SITE, "cluster": SITE, "link": SITE, "__rate_interval": "30s"}
"""What stands for the variables, as Grafana puts it there."""
NOTHING_IS_WRONG = {
    "Alerts that fire",
    "Conditions that are not True",
    "Differences by kind",
    "Failed handshakes by reason",
    "Held, and left over",
    "Not saved",
    "Why an end fails, or would be refused",
}
"""Empty while all is well, or while the CUBE has told nothing by syslog."""
NOT_HERE = {
    "Calls of trunks a minute", "Calls on trunks", "Dial-peers", "Ends that answer", "How long CUBEs are silent",
    "Lines of syslog a minute", "Lines that were dropped", "SIP trunks by node", "What ends agree to and present",
}  # fmt: skip
"""This trunk has no keepalive, no syslog, no certificate for the probe, and is not asked for by RIS so soon."""
NOBODY_RENEWS = {"What ends first", "What renewals wait for", "Steps of exchanging certificates"}
"""The documents of this trunk name no issuer: some of the queries of these are empty."""

pytestmark = [pytest.mark.real_parts, pytest.mark.skipif(bool(missing_parts()), reason=missing_parts())]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alerting]:
    directory = tmp_path_factory.mktemp("dashboard")
    members = sites([SITE], {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        with estate.daemon as daemon:
            daemon.wait_ready(SITE)
            with alerting(directory / "alerting", daemon.address) as running:
                well = "count(link:trunkline_health:state == 0)"
                wait_for("a link that is well", lambda: running.value(well) == 1, PATIENCE_SECONDS)
                for query in (
                    "sum(rate(trunkline_reconcile_total[30s])) > 0",
                    "device_side:trunkline_tls_handshake_failures:rate5m",
                ):
                    wait_for(query, lambda asked=query: running.value(asked) is not None, PATIENCE_SECONDS)  # type: ignore[misc]
                yield running
            assert daemon.stop() == 0


@pytest.mark.parametrize(("title", "target"), ASKED, ids=[f"{title} {target['refId']}" for title, target in ASKED])
def test_a_panel_has_something_to_show(seen: Alerting, title: str, target: Json) -> None:
    found = _asked(seen, target["expr"], is_now=target["instant"])
    assert found or title in NOTHING_IS_WRONG | NOBODY_RENEWS | NOT_HERE
    for name in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
        assert all(name in one["metric"] for one in found), f"the legend of {title} names {name}"


@pytest.mark.parametrize("panel", [p for p in PANELS if p["type"] == "table"], ids=lambda panel: str(panel["title"]))
def test_the_columns_of_a_table_are_labels_that_there_are(seen: Alerting, panel: Json) -> None:
    found = [one for target in panel["targets"] for one in _asked(seen, target["expr"], is_now=True)]
    columns = {name for name in panel["transformations"][-1]["options"]["includeByName"] if not name.startswith("Value")}
    labels = {name for one in found for name in one["metric"]}
    assert columns <= labels or panel["title"] in NOTHING_IS_WRONG | NOBODY_RENEWS | NOT_HERE


@pytest.mark.parametrize(
    "variable", [v for v in BOARD["templating"]["list"] if v["type"] == "query"], ids=lambda one: one["name"]
)
def test_a_variable_has_the_trunk_to_choose(seen: Alerting, variable: Json) -> None:
    asked = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
    assert asked
    words = {"match[]": _filled(asked[1])}
    answer = requests.get(f"{seen.prometheus}/api/v1/label/{asked[2]}/values", params=words, timeout=60).json()
    values = answer["data"]
    if variable["regex"]:
        pattern = re.compile(variable["regex"].strip("/").replace("\\/", "/"))
        values = [found[1] for value in values if (found := pattern.search(value))]
    assert values == [SITE]


@pytest.mark.parametrize("one", BOARD["annotations"]["list"], ids=lambda one: str(one["name"]))
def test_an_annotation_is_a_query(seen: Alerting, one: Json) -> None:
    found = _asked(seen, one["target"]["expr"], is_now=False)
    assert found or one["name"] != "Revisions"


def _filled(expr: str) -> str:
    return re.sub(r"\$(\w+)", lambda match: CHOSEN[match[1]], expr)


def _asked(seen: Alerting, expr: str, *, is_now: bool) -> list[dict[str, Any]]:
    """The series that a query finds; a query that Prometheus refuses fails the test."""
    now = time.time()
    words: dict[str, Any] = {"query": _filled(expr)} | ({} if is_now else {"start": now - 300, "end": now, "step": 5})
    path = "query" if is_now else "query_range"
    answer = requests.get(f"{seen.prometheus}/api/v1/{path}", params=words, timeout=60).json()
    assert answer["status"] == "success", json.dumps(answer)
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found
