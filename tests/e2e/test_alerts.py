"""Somebody breaks a trunk of the twin, or a node: a real Prometheus that scrapes the daemon sees it, a real Alertmanager tells
a webhook, and tells it again when all is well. The tests share one lab; each leaves it as it was.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from support.alerting import Alerting, missing_parts
from support.daemon import wait_for
from support.estate import Estate
from support.watching import PATIENCE_SECONDS, Watched, watching
from trunkline.twin.lab.person import type_by_ssh

SITE = "watched"
SECOND = f"{SITE}-1"
T = TypeVar("T")

pytestmark = [pytest.mark.real_parts, pytest.mark.skipif(bool(missing_parts()), reason=missing_parts())]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with watching(tmp_path_factory.mktemp("watched"), SITE, nodes=2) as running:
        yield running


def test_every_rule_can_be_evaluated_on_what_a_daemon_tells(watched: Watched) -> None:
    assert set(watched.seen.health().values()) == {"ok"}, watched.seen.health()
    assert watched.seen.value("trunkline_source_broken") == 0
    watched.is_well()


def test_a_trunk_that_somebody_breaks_is_told_and_so_is_that_the_daemon_mended_it(watched: Watched) -> None:
    """At the same time the service of a node stops for a while, which is told for itself."""
    _say(watched.estate, "enforce", "observe")
    restart = watched.estate.cluster(SITE).restart_callmanager
    stopped = watched.estate.lab.submit(restart(SECOND, seconds=3600))
    _break(watched.estate)
    _is_told_of_the_trunk(watched.seen, "firing")
    _is_told_of_the_service(watched.seen, "firing")
    _say(watched.estate, "observe", "enforce")
    _is_told_of_the_trunk(watched.seen, "resolved")
    stopped.cancel()
    watched.estate.lab.call(restart(SECOND))
    _is_told_of_the_service(watched.seen, "resolved")
    watched.is_well()


def test_two_who_mend_in_turn_are_told(watched: Watched) -> None:
    """A person puts back what git does not state, as soon as it was mended; syslog makes each of them quick."""
    theirs = " session target ipv4:10.72.99.99:5061"
    for _ in range(4):
        watched.type("dial-peer voice 100 voip", theirs.strip())
        _wait("mended", lambda: theirs not in watched.estate.router(SITE).text_lines())
    fight = {"alertname": "TrunklineFight", "link": SITE}
    _wait("the fight", lambda: watched.seen.webhook.was_told("tickets", "firing", **fight))
    _wait("its end", lambda: watched.seen.webhook.was_told("tickets", "resolved", **fight))
    watched.is_well()


def test_a_prometheus_that_is_killed_meanwhile_tells_the_same_when_it_is_back(watched: Watched) -> None:
    lab, cluster, seen = watched.estate.lab, watched.estate.cluster(SITE), watched.seen
    down = {"alertname": "TrunklineNodeDown", "node": SECOND}
    lab.call(cluster.stop_node(SECOND))
    _wait("down", lambda: seen.webhook.was_told("tickets", "firing", **down))
    seen.process.kill()
    seen.process.start()
    _wait("down, after the restart", lambda: "TrunklineNodeDown" in seen.firing())
    assert seen.webhook.was_told("tickets", "resolved", **down) is None, "that Prometheus was gone is no news of the node"
    lab.call(cluster.start_node(SECOND))
    _wait("answers", lambda: seen.webhook.was_told("tickets", "resolved", **down))
    watched.is_well()


def _say(estate: Estate, before: str, after: str) -> None:
    estate.scene.rewrite("estate.yaml", f"enforcement: {before}", f"enforcement: {after}")
    estate.daemon.wait_ready(*(SITE,) if after == "observe" else (), revision=estate.scene.commit(f"from now on {after}"))


def _break(estate: Estate) -> None:
    """A person unbinds the certificate, and ends the connections that still show it."""
    type_by_ssh(estate.lab, SITE, ("sip-ua", "no crypto signaling default trustpoint sip-trunk-cert"))
    ended = [f"clear sip-ua tcp tls connection id {number}" for number in list(estate.lab.cubes[SITE].agent.rows)]
    type_by_ssh(estate.lab, SITE, ("exit", *ended, "configure terminal"))


def _is_told_of_the_trunk(seen: Alerting, status: str) -> None:
    """Nobody can call: the one on call is told. What git states is not there: that is a ticket."""
    lost = _wait(
        f"{status}: no connection", lambda: seen.webhook.was_told("on-call", status, alertname="TrunklineNoConnection")
    )
    drift = {"alertname": "TrunklineDriftUnresolved", "link": SITE, "side": "cube"}
    differs = _wait(f"{status}: drift", lambda: seen.webhook.was_told("tickets", status, **drift))
    assert lost["labels"] == {**lost["labels"], "link": SITE, "severity": "critical"}
    assert SITE in lost["annotations"]["description"]
    assert differs["labels"]["severity"] == "warning"


def _is_told_of_the_service(seen: Alerting, status: str) -> None:
    stopped = {"alertname": "TrunklineCallManagerStopped", "node": SECOND}
    _wait(f"{status}: the service", lambda: seen.webhook.was_told("tickets", status, **stopped))


def _wait(what: str, look: Callable[[], T | None]) -> T:
    return wait_for(what, look, PATIENCE_SECONDS)
