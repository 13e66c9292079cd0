"""Somebody breaks a trunk of the twin: a real Prometheus that scrapes the daemon sees it, a real Alertmanager tells a webhook,
and tells it again when the daemon has mended the trunk.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from support.alerting import Alerting, alerting, missing_parts
from support.daemon import wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

SITE = "watched"
PATIENCE_SECONDS = 180
T = TypeVar("T")

pytestmark = [pytest.mark.real_parts, pytest.mark.skipif(bool(missing_parts()), reason=missing_parts())]


def test_a_trunk_that_somebody_breaks_is_told_and_so_is_that_the_daemon_mended_it(tmp_path: Path, octet: int) -> None:
    members = sites([SITE], {})
    with Lab(estate_lab(members, octet), tmp_path / ".lab") as lab:
        estate = write_estate(lab, tmp_path, members)
        with estate.daemon as daemon:
            daemon.wait_ready(SITE)
            _say(estate, "enforce", "observe")
            with alerting(tmp_path / "alerting", daemon.address) as seen:
                _wait("the scrape", lambda: seen.value('up{job="trunkline"}') == 1)
                _wait("every alert evaluated", lambda: "unknown" not in seen.health().values())
                assert set(seen.health().values()) == {"ok"}, seen.health()
                _wait("no alert while all is well", lambda: seen.value("trunkline_source_broken") == 0 and not seen.firing())
                _break(estate)
                _is_told(seen, "firing")
                _say(estate, "observe", "enforce")
                _is_told(seen, "resolved")
                daemon.wait_ready(SITE)
                _wait("no alert any more", lambda: not seen.firing())
            assert daemon.stop() == 0


def _say(estate: Estate, before: str, after: str) -> None:
    estate.scene.rewrite("estate.yaml", f"enforcement: {before}", f"enforcement: {after}")
    estate.daemon.wait_ready(*(SITE,) if after == "observe" else (), revision=estate.scene.commit(f"from now on {after}"))


def _break(estate: Estate) -> None:
    """A person unbinds the certificate, and ends the connections that still show it."""
    type_by_ssh(estate.lab, SITE, ("sip-ua", "no crypto signaling default trustpoint sip-trunk-cert"))
    ended = [f"clear sip-ua tcp tls connection id {number}" for number in list(estate.lab.cubes[SITE].agent.rows)]
    type_by_ssh(estate.lab, SITE, ("exit", *ended, "configure terminal"))


def _is_told(seen: Alerting, status: str) -> None:
    """Nobody can call: the one on call is told. What git states is not there: that is a ticket."""
    lost = _wait(
        f"{status}: no connection", lambda: seen.webhook.was_told("on-call", status, alertname="TrunklineNoConnection")
    )
    drift = {"alertname": "TrunklineDriftUnresolved", "link": SITE, "side": "cube"}
    differs = _wait(f"{status}: drift", lambda: seen.webhook.was_told("tickets", status, **drift))
    assert lost["labels"] == {**lost["labels"], "link": SITE, "severity": "critical"}
    assert SITE in lost["annotations"]["description"]
    assert differs["labels"]["severity"] == "warning"


def _wait(what: str, look: Callable[[], T | None]) -> T:
    return wait_for(what, look, PATIENCE_SECONDS)
