"""Nobody is told twice: a real Alertmanager with the example, asked what it keeps back."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.alerting import missing_parts, routing
from support.daemon import wait_for

pytestmark = [pytest.mark.real_parts, pytest.mark.skipif(bool(missing_parts()), reason=missing_parts())]

NODE = {"device": "cluster/seoul", "node": "cucm-sub1"}
END = {**NODE, "end": "cluster/seoul/cucm-sub1"}
KEPT_BACK = {
    # what fires, and what it keeps back
    "CertificateExpiryNear": ("CertificateExpiring", {"device": "cube/a", "store": "identity", "name": "sip"}),
    "PassStalled": ("PassHeld", {"cube": "a"}),
    "NodeDown": ("ProbeFailing", END),
    "CallManagerStopped": ("ProbeFailing", END),
    "ObservationStale": ("RealtimeOld", {"device": "cluster/seoul"}),
    "PeerWouldRefuse": ("ProbeFailing", END),
}


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with routing(tmp_path_factory.mktemp("routing") / "here") as address:
        yield address


@pytest.mark.parametrize("cause", KEPT_BACK)
def test_an_alert_keeps_back_what_it_explains_and_nothing_of_another(alertmanager: str, cause: str) -> None:
    effect, stated = KEPT_BACK[cause]
    labels = {name: f"{value}-of-{cause}" for name, value in stated.items()}  # the tests share what runs
    mark = {"test": cause}
    another = {name: f"{value}-another" for name, value in labels.items()}
    _fires(alertmanager, cause, {**labels, **mark})
    _fires(alertmanager, effect, {**labels, **mark})
    _fires(alertmanager, effect, {**another, **mark})

    def states() -> dict[str, str] | None:
        found = {_name(one): one["status"]["state"] for one in _alerts(alertmanager, mark)}
        return found if len(found) == 3 and "unprocessed" not in found.values() else None

    found = wait_for("three alerts", states)
    assert found == {
        f"{cause} {sorted(labels.values())}": "active",
        f"{effect} {sorted(labels.values())}": "suppressed",
        f"{effect} {sorted(another.values())}": "active",
    }


def _fires(alertmanager: str, alert: str, labels: dict[str, str]) -> None:
    body = [{"labels": {"alertname": f"Trunkline{alert}", "severity": "warning", **labels}}]
    requests.post(f"{alertmanager}/api/v2/alerts", json=body, timeout=60).raise_for_status()


def _alerts(alertmanager: str, mark: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requests.get(f"{alertmanager}/api/v2/alerts", timeout=60).json()
    return [one for one in found if mark.items() <= one["labels"].items()]


def _name(alert: dict[str, Any]) -> str:
    labels = {name: value for name, value in alert["labels"].items() if name not in ("alertname", "severity", "test")}
    return f"{alert['labels']['alertname'].removeprefix('Trunkline')} {sorted(labels.values())}"
