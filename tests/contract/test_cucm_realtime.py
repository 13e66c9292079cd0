"""What the cluster tells of trunks and counters while it runs, asked by the daemon's device on the twin."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from support.cluster import PEER_ADDRESS, ClusterScene, peer_of, running_cluster, until
from trunkline.devices.cucm.device import CucmDevice
from trunkline.devices.cucm.realtime import collector
from trunkline.devices.cucm.soap.budget import PER_MINUTE
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Observed
from trunkline.model.realtime import Realtime, TrunkStatus
from trunkline.service.reaching.kept import Shared
from trunkline.twin.cucm.faults import HttpFaults
from trunkline.twin.cucm.realtime.counting import Calls
from trunkline.twin.cucm.realtime.rates import Rates
from trunkline.twin.cucm.web.access import AxlUser

NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")
TRUNK = Key("cluster/seoul", Kind.SIP_TRUNK, "yohur")
ROUND = 1 + 4 * len(NODES)
AMPLE = {"requests_per_minute": 1000}
READER = {**AMPLE, "axl_username": "reader", "axl_password": "r"}
TLS_TRUNKS = ("Cisco CallManager", "TLSConnectedSIPTrunks")
STACK = "Cisco SIP Stack"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    """Its trunk pings a peer that answers."""
    with running_cluster(tmp_path_factory.mktemp("realtime"), restart_seconds=1.0) as running:
        running.trust(running.ca_pem)
        until(lambda: all(len(node.stored) == 1 for node in running.cluster.nodes.values()), "trusted everywhere")
        peer = peer_of(running)
        peer.serve()
        running.make_trunk()
        running.make_pinging_profile()
        users = running.cluster.axl_users.users
        running.do(lambda: users.update(reader=AxlUser("r", "read-only", controls_services=False, monitors=False)))
        yield running
        peer.close()


@pytest.fixture
def scene(shared: ClusterScene, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClusterScene]:
    """Rounds may follow one another at once; the limits of the cluster are off until a test sets them."""
    monkeypatch.setattr(collector, "LEAST_SECONDS", 0.0)
    cluster = shared.cluster
    cluster.rates.__dict__.update(Rates(ris_per_minute=0, perfmon_per_minute=0).__dict__)
    yield shared
    cluster.faults.__dict__.update(HttpFaults().__dict__)


@pytest.fixture
def device(scene: ClusterScene) -> Iterator[CucmDevice]:
    with scene.device(**AMPLE) as device:
        yield device


def look(device: CucmDevice, *keys: Key, full: bool = False) -> Observed:
    return device.observe(keys or [TRUNK], full=full)


def told(device: CucmDevice, *keys: Key) -> dict[str, Realtime]:
    facts = look(device, *keys).facts
    assert isinstance(facts, ClusterFacts)
    return dict(facts.realtime)


def statuses(device: CucmDevice) -> dict[str, TrunkStatus | None]:
    return {node: reading.trunks.get("yohur") for node, reading in told(device).items()}


def counter(device: CucmDevice, kind: str, name: str, node: str = "cucm-pub", instance: str = "") -> int | None:
    return told(device)[node].counters.get((kind, instance, name))


def ping(scene: ClusterScene, *, on: bool) -> None:
    """The trunk gets a SIP profile that pings, or one that does not."""
    profile = "pinging" if on else "Standard SIP Profile"
    answer = scene.axl("updateSipTrunk", f"<name>yohur</name><sipProfileName>{profile}</sipProfileName>")
    assert answer.status == 200, answer.text
    scene.reset()


def lead(scene: ClusterScene, *addresses: str) -> None:
    """The trunk gets these destinations."""
    rows = (
        f"<destination><addressIpv4>{address}</addressIpv4><port>5061</port><sortOrder>{order}</sortOrder></destination>"
        for order, address in enumerate(addresses, 1)
    )
    answer = scene.axl("updateSipTrunk", f"<name>yohur</name><destinations>{''.join(rows)}</destinations>")
    assert answer.status == 200, answer.text
    scene.reset()


@contextmanager
def pinging(scene: ClusterScene) -> Iterator[None]:
    ping(scene, on=True)
    try:
        yield
    finally:
        ping(scene, on=False)


class TestTrunks:
    def test_without_a_ping_the_status_is_unknown(self, device: CucmDevice) -> None:
        assert statuses(device) == dict.fromkeys(NODES, TrunkStatus.UNKNOWN)

    def test_with_a_ping_it_moves_with_the_peer(self, scene: ClusterScene, device: CucmDevice) -> None:
        with pinging(scene):
            until(lambda: statuses(device) == dict.fromkeys(NODES, TrunkStatus.REGISTERED), "every node reaches the peer")
            lead(scene, PEER_ADDRESS, "10.99.99.99")
            until(lambda: statuses(device)["cucm-pub"] is TrunkStatus.PARTIALLY_REGISTERED, "one of two answers")
            lead(scene, "10.99.99.99")
            until(lambda: statuses(device)["cucm-sub2"] is TrunkStatus.UNREGISTERED, "none answers")
            lead(scene, PEER_ADDRESS)
            until(lambda: statuses(device) == dict.fromkeys(NODES, TrunkStatus.REGISTERED), "all is well again")

    def test_a_trunk_that_is_not_asked_for_or_not_there_leaves_nothing(self, scene: ClusterScene, device: CucmDevice) -> None:
        other = Key("cluster/seoul", Kind.SIP_TRUNK, "not-there")
        assert all(set(reading.trunks) == {"yohur"} for reading in told(device, TRUNK, other).values())
        assert all(
            not reading.trunks and not any(instance for _, instance, _ in reading.counters)
            for reading in told(device, other).values()
        )

    def test_many_trunks_come_in_pages(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.cluster.ris.most_devices = 2
        try:
            assert statuses(device) == dict.fromkeys(NODES, TrunkStatus.UNKNOWN)
        finally:
            scene.cluster.ris.most_devices = 1000
        assert device.collector.sessions["cucm-pub"].by_trunk.sent == 2


class TestCounters:
    def test_trunks_over_tls_are_those_with_a_connection(self, scene: ClusterScene, device: CucmDevice) -> None:
        assert counter(device, *TLS_TRUNKS) == 0
        with pinging(scene):
            until(lambda: counter(device, *TLS_TRUNKS) == 1, "connected")
        until(lambda: counter(device, *TLS_TRUNKS) == 0, "no longer")

    def test_what_a_peer_opened_counts_until_it_leaves(self, scene: ClusterScene, device: CucmDevice) -> None:
        opened = scene.lab.call(peer_of(scene).open("cucm-sub1"))
        assert counter(device, *TLS_TRUNKS, node="cucm-sub1") == 1
        scene.do(opened.close)
        until(lambda: counter(device, *TLS_TRUNKS, node="cucm-sub1") == 0, "gone")

    def test_messages_are_counted_by_way_and_class(self, scene: ClusterScene, device: CucmDevice) -> None:
        def counts() -> list[int | None]:
            found = told(device)["cucm-pub"].counters
            return [found.get((STACK, "", name)) for name in ("OptionsIns", "SuccessClassOuts", "RequestsFailedClassOuts")]

        before = counts()
        assert peer_of(scene).dial("cucm-pub") == "200" and peer_of(scene, "stranger.example.com").dial("cucm-pub") == "403"
        assert counts() == [(count or 0) + more for count, more in zip(before, (2, 1, 1), strict=True)]
        with pinging(scene):
            until(lambda: (counter(device, STACK, "OptionsOuts") or 0) > 0, "it pings")
            until(lambda: (counter(device, STACK, "SuccessClassIns") or 0) > 0, "and is answered")

    def test_calls_are_told_by_trunk(self, scene: ClusterScene, device: CucmDevice) -> None:
        assert counter(device, "Cisco SIP", "CallsActive", instance="yohur") == 0
        scene.cluster.nodes["cucm-pub"].sip.counting.calls["yohur"] = Calls(2, 5, 3)
        try:
            of = {name: counter(device, "Cisco SIP", name, instance="yohur") for name in ("CallsActive", "CallsAttempted")}
        finally:
            scene.cluster.nodes["cucm-pub"].sip.counting.calls.clear()
        assert of == {"CallsActive": 2, "CallsAttempted": 5}

    def test_a_restart_of_the_service_begins_them_anew_and_meanwhile_there_are_none(
        self, scene: ClusterScene, device: CucmDevice
    ) -> None:
        assert peer_of(scene).dial("cucm-sub2") == "200"
        assert counter(device, STACK, "OptionsIns", "cucm-sub2")
        restarted = scene.cluster.nodes["cucm-sub2"]
        scene.do(lambda: scene.cluster._later(scene.cluster.restart_callmanager("cucm-sub2", 3)))
        until(lambda: not restarted.runs_callmanager, "down")
        reading = told(device)["cucm-sub2"]
        if not restarted.runs_callmanager:
            assert (reading.counters, reading.trunks) == ({}, {})
        until(lambda: restarted.runs_callmanager, "it runs")
        assert counter(device, STACK, "OptionsIns", "cucm-sub2") == 0

    def test_a_counter_of_bad_status_is_absent(self, scene: ClusterScene, device: CucmDevice) -> None:
        assert counter(device, *TLS_TRUNKS) == 0
        scene.cluster.faults.perfmon_cstatus = "2"
        assert all(not reading.counters and reading.trunks for reading in told(device).values())

    def test_a_node_that_does_not_know_its_name_is_called_by_its_address_and_the_other_way_round(
        self, scene: ClusterScene
    ) -> None:
        scene.cluster.nodes["cucm-sub1"].knows_its_name = False
        try:
            with scene.device(**AMPLE) as device:
                assert counter(device, *TLS_TRUNKS, node="cucm-sub1") == 0
        finally:
            scene.cluster.nodes["cucm-sub1"].knows_its_name = True
        access = scene.access(**AMPLE)
        strange = tuple(replace(node, listed="10.99.99.1") for node in access.nodes)
        with scene.device(**AMPLE, nodes=strange) as device:
            until(lambda: all(reading.counters for reading in told(device).values()) and len(told(device)) == 3, "by name")


class TestNothingIsAGap:
    @pytest.fixture
    def quiet(self, scene: ClusterScene, device: CucmDevice) -> Observed:
        return look(device, full=True)

    @pytest.mark.parametrize(
        ("fault", "value"),
        [
            ("realtime_status", 403),
            ("realtime_status", 404),
            ("realtime_status", 500),
            ("realtime_status", 503),
            ("garbles_realtime", True),
        ],
    )
    def test_whatever_is_answered_plans_see_the_same(
        self, scene: ClusterScene, quiet: Observed, caplog: pytest.LogCaptureFixture, fault: str, value: Any
    ) -> None:
        setattr(scene.cluster.faults, fault, value)
        with scene.device(**AMPLE) as device, caplog.at_level(logging.INFO, "trunkline"):
            for _ in range(3):
                seen = look(device, full=True)
                assert (seen.gaps, seen.fingerprint, seen.resources) == ((), quiet.fingerprint, quiet.resources)
                assert isinstance(seen.facts, ClusterFacts) and not seen.facts.realtime
                assert all(node.is_reachable for node in seen.facts.nodes)
        assert "lacks the role Standard CCM Server Monitoring" in caplog.text or value != 403
        said = [record.getMessage() for record in caplog.records]
        assert len(said) == len(set(said)), "each once"

    def test_a_user_without_the_role_is_told_once_and_not_sent_again(
        self, scene: ClusterScene, caplog: pytest.LogCaptureFixture
    ) -> None:
        with scene.device(**READER) as device, caplog.at_level(logging.INFO, "trunkline"):
            assert told(device) == {}
            sent = device.counters["realtime_requests"]
            assert told(device) == {} and device.counters["realtime_requests"] == sent
        assert [text.count("lacks the role") for text in (caplog.text,)] == [3], "service control, RIS and PerfMon, once each"

    def test_a_role_that_is_taken_away_leaves_no_figure(self, scene: ClusterScene, device: CucmDevice) -> None:
        assert len(told(device)) == 3
        scene.cluster.faults.realtime_status = 403
        assert told(device) == {}

    def test_a_node_that_is_not_to_be_trusted_hides_no_other(
        self, scene: ClusterScene, caplog: pytest.LogCaptureFixture
    ) -> None:
        nodes = tuple(
            replace(node, fqdn="other.example.com") if node.name == "cucm-sub1" else node for node in scene.access().nodes
        )
        with scene.device(**AMPLE, nodes=nodes) as device, caplog.at_level(logging.WARNING, "trunkline"):
            for _ in range(3):
                found = told(device)
        assert found["cucm-pub"].counters and found["cucm-sub2"].counters and not found["cucm-sub1"].counters
        assert found["cucm-sub1"].trunks, "RIS of the publisher tells of it"
        assert caplog.text.count("does not bear the name other.example.com") == 1

    def test_a_node_that_is_down_costs_one_timeout_and_its_reading_grows_old(self, scene: ClusterScene) -> None:
        with scene.device(**AMPLE, timeout_seconds=2.0) as device:
            first = told(device)
            scene.cluster.faults.silent_nodes.add("cucm-sub1")
            began = monotonic()
            second = told(device)
            assert monotonic() - began < 30
            assert second["cucm-sub1"].at == first["cucm-sub1"].at < second["cucm-sub2"].at
            assert second["cucm-sub1"].counters == first["cucm-sub1"].counters
            sent = device.collector.sessions["cucm-sub1"].by_counter.sent
            told(device)
            assert device.collector.sessions["cucm-sub1"].by_counter.sent <= sent + 1, "knocked at, not more"
            scene.cluster.faults.silent_nodes.clear()
            until(lambda: told(device)["cucm-sub1"].at > second["cucm-sub2"].at, "it is young again")

    def test_a_node_without_power_is_told_by_the_others(self, scene: ClusterScene) -> None:
        with scene.device(**AMPLE) as device:
            first = told(device)
            scene.lab.call(scene.cluster.stop_node("cucm-sub2"))
            try:
                seen = look(device)
                assert isinstance(seen.facts, ClusterFacts)
                second = seen.facts.realtime
            finally:
                scene.lab.call(scene.cluster.start_node("cucm-sub2"))
            assert second["cucm-sub2"].at == first["cucm-sub2"].at < second["cucm-pub"].at
            assert second["cucm-sub2"].trunks == first["cucm-sub2"].trunks


class TestBudget:
    def test_it_is_one_for_all_that_is_asked_and_the_oldest_goes_first(self, scene: ClusterScene) -> None:
        with scene.device() as device:
            for _ in range(5):
                look(device)
            counts = device.counters
            assert counts["realtime_requests"] + counts["control_requests"] == PER_MINUTE < ROUND
            assert scene.cluster.rates.asked == counts["realtime_requests"] + counts["control_requests"]
            left = [one for one in _questions(device) if one not in device.collector._asked]
            assert len(left) == ROUND - PER_MINUTE == 1
            device.budget._spent.clear()
            look(device)
            assert all(one in device.collector._asked for one in left)

    def test_two_rounds_are_ten_seconds_apart_at_least(self, scene: ClusterScene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(collector, "LEAST_SECONDS", 10.0)
        with scene.device(**AMPLE) as device:
            for _ in range(3):
                look(device)
            assert device.counters["realtime_requests"] + device.counters["control_requests"] == ROUND
            device.collector._began -= 10
            look(device)
            assert device.counters["realtime_requests"] + device.counters["control_requests"] == 2 * ROUND

    def test_fifty_links_of_a_cluster_are_one_round(self, scene: ClusterScene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(collector, "LEAST_SECONDS", 10.0)
        others = [Key("cluster/seoul", Kind.SIP_TRUNK, f"other-{number}") for number in range(49)]
        with scene.device(**AMPLE) as device:
            cluster = Shared(device, timedelta(0))
            for key in (TRUNK, *others):
                cluster.observe_shared([key])
            assert device.counters["realtime_requests"] + device.counters["control_requests"] == ROUND

    def test_zero_asks_nothing(self, scene: ClusterScene) -> None:
        with scene.device(requests_per_minute=0) as device:
            assert told(device) == {} and device.counters["realtime_requests"] == device.counters["control_requests"] == 0

    @pytest.mark.parametrize("is_of_the_cluster", [False, True])
    def test_by_default_no_limit_is_ever_met(self, scene: ClusterScene, *, is_of_the_cluster: bool) -> None:
        scene.cluster.rates.__dict__.update(Rates(is_of_the_cluster=is_of_the_cluster).__dict__)
        with scene.device() as device:
            for _ in range(4):
                look(device)
            assert scene.cluster.rates.refused == device.counters["realtime_throttled"] == 0

    @pytest.mark.parametrize("is_of_the_cluster", [False, True])
    def test_a_cluster_that_says_too_many_is_left_alone_and_the_older_reading_stays(
        self, scene: ClusterScene, device: CucmDevice, *, is_of_the_cluster: bool
    ) -> None:
        first = told(device)
        scene.cluster.rates.__dict__.update(
            Rates(ris_per_minute=1, perfmon_per_minute=1, is_of_the_cluster=is_of_the_cluster).__dict__
        )
        began = monotonic()
        for _ in range(5):
            again = told(device)
        assert monotonic() - began < 20, "nothing waits"
        assert again.keys() == first.keys() and scene.cluster.rates.refused
        assert device.counters["realtime_throttled"] == scene.cluster.rates.refused <= len(NODES) + 1, "and then it was quiet"
        assert device.budget.allowed == AMPLE["requests_per_minute"] // 2


def _questions(device: CucmDevice) -> list[Any]:
    return list(collector.questions(device.access, ["yohur"]))


def test_the_age_is_that_of_the_oldest_part(scene: ClusterScene, device: CucmDevice) -> None:
    began = datetime.now(UTC)
    assert all(began <= reading.at <= datetime.now(UTC) for reading in told(device).values())
    readings = device.collector.readings
    kept_at, kept = readings.counters["cucm-pub", STACK]
    device.collector.readings = readings.with_counters(kept_at - timedelta(hours=1), "cucm-pub", STACK, kept)
    scene.cluster.rates.perfmon_per_minute = 1
    device.collector._refused["PerfMon", "cucm-pub"] = device.now()
    assert told(device)["cucm-pub"].at == kept_at - timedelta(hours=1)
