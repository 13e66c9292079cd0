"""Service control of each node: since when Cisco CallManager runs, and a restart that is believed only when it is seen."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.cluster import ClusterScene, peer_of, running_cluster, until
from trunkline.devices.cucm.access import Patience
from trunkline.devices.cucm.device import CucmDevice
from trunkline.devices.cucm.realtime.collector import LEAST_SECONDS
from trunkline.devices.cucm.renewal.control import Pace
from trunkline.devices.cucm.snapshot import Snapshot
from trunkline.devices.cucm.soap.budget import PER_MINUTE
from trunkline.model.errors import AccessRefused, DeviceBusy
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Node
from trunkline.model.plan import Action, Change, Step
from trunkline.model.resource import Resource
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.cucm.web.access import AxlUser

SLOW_SECONDS = 8.0
READER = {"axl_username": "reader", "axl_password": "r"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("services"), restart_seconds=1.2) as running:
        running.make_trunk()
        users = running.cluster.axl_users.users
        running.do(lambda: users.update(reader=AxlUser("r", "read-only", controls_services=False)))
        yield running


@pytest.fixture
def scene(shared: ClusterScene) -> Iterator[ClusterScene]:
    yield shared
    faults = shared.cluster.faults
    faults.control_status, faults.control_ignores, faults.control_lost_restarts = 0, False, 0
    shared.cluster.rates.control_per_minute = 0


@pytest.fixture
def device(scene: ClusterScene) -> Iterator[CucmDevice]:
    with scene.device() as device:
        yield device


def node(device: CucmDevice, name: str = "cucm-sub1", *, full: bool = True) -> Node:
    facts = device.observe([], full=full).facts
    assert isinstance(facts, ClusterFacts)
    return next(each for each in facts.nodes if each.name == name)


def restart(device: CucmDevice, name: str = "cucm-sub1") -> None:
    key = Key("cluster/seoul", Kind.SERVICE_RESTART, name)
    change = Change(Action.RESTART, key, None, Resource(key, {}))
    device.carry_out(Step(change, device.dialect().render(change)))


class TestObserving:
    def test_since_when_the_service_runs(self, scene: ClusterScene, device: CucmDevice) -> None:
        shown, began = node(device), scene.cluster.nodes["cucm-sub1"].service.started_at
        assert shown.callmanager_status == "Started" and shown.callmanager_started_at and began
        assert abs(shown.callmanager_started_at - began) < timedelta(seconds=30)

    def test_it_is_known_at_every_look_and_asked_no_more_often_than_every_ten_seconds(self, device: CucmDevice) -> None:
        for _ in range(3):
            assert node(device, full=False).callmanager_status == "Started" and device.counters["control_requests"] == 3
        device.collector._began -= LEAST_SECONDS
        assert node(device, full=False).callmanager_status == "Started" and device.counters["control_requests"] == 6

    def test_a_full_look_asks_at_once_as_long_as_there_is_room(self, device: CucmDevice) -> None:
        for _ in range(10):
            assert node(device).callmanager_status == "Started"
        assert device.counters["control_requests"] == PER_MINUTE

    def test_whoever_may_not_ask_knows_nothing_has_no_gap_and_is_not_sent_again(self, scene: ClusterScene) -> None:
        with scene.device(**READER) as device:
            for _ in range(2):
                assert node(device).callmanager_status == "" and node(device).callmanager_started_at is None
            assert not device.observe([], full=True).gaps and device.counters["control_requests"] == 3

    @pytest.mark.parametrize(("status", "per_minute"), [(500, 0), (503, 0), (0, -1)])
    def test_a_node_that_does_not_tell_is_unknown_which_is_no_gap(
        self, scene: ClusterScene, device: CucmDevice, status: int, per_minute: int
    ) -> None:
        scene.cluster.faults.control_status, scene.cluster.rates.control_per_minute = status, per_minute
        assert node(device).callmanager_status == "" and not device.observe([]).gaps
        assert device.counters["control_requests"] == 3

    def test_what_a_node_told_stays_while_it_has_too_much_to_do(self, scene: ClusterScene, device: CucmDevice) -> None:
        began = node(device).callmanager_started_at
        scene.cluster.faults.control_status = 503
        assert node(device).callmanager_started_at == began and device.counters["control_throttled"] == 3

    def test_a_service_that_was_stopped_is_told_as_that(self, scene: ClusterScene, device: CucmDevice) -> None:
        service = scene.cluster.nodes["cucm-sub2"].service
        scene.do(service.end)
        try:
            shown = node(device, "cucm-sub2")
        finally:
            scene.do(service.begin)
        assert (shown.callmanager_status, shown.callmanager_started_at) == ("Stopped", None)

    def test_a_nodes_clock_is_its_own(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.cluster.nodes["cucm-sub2"].clock_error = timedelta(days=-3)
        try:
            right, wrong = node(device).clock, node(device, "cucm-sub2").clock
        finally:
            scene.cluster.nodes["cucm-sub2"].clock_error = timedelta(0)
        now = datetime.now(UTC)
        assert right and abs(right - now) < timedelta(minutes=2)
        assert wrong and abs(wrong + timedelta(days=3) - now) < timedelta(minutes=2)

    def test_a_node_that_takes_its_time_to_answer_is_not_said_to_be_ahead(
        self, device: CucmDevice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        session = device.nodes["cucm-sub2"]
        answer = session.snapshot

        def slowly() -> Snapshot:
            time.sleep(SLOW_SECONDS)
            return answer()

        monkeypatch.setattr(session, "snapshot", slowly)
        seen = device.observe([], full=True)
        assert isinstance(seen.facts, ClusterFacts)
        offsets = [(each.clock - seen.at).total_seconds() for each in seen.facts.nodes if each.clock]
        assert len(offsets) == 3 and all(abs(offset) < SLOW_SECONDS / 2 for offset in offsets), offsets


class TestRestarting:
    def test_it_is_over_when_the_service_runs_anew_and_its_trunks_answer(self, scene: ClusterScene, device: CucmDevice) -> None:
        began = scene.cluster.nodes["cucm-sub1"].service.started_at
        others = scene.cluster.nodes["cucm-pub"].service.started_at
        restart(device)
        again = scene.cluster.nodes["cucm-sub1"].service.started_at
        assert began and again and again > began
        assert scene.cluster.nodes["cucm-pub"].service.started_at == others
        assert node(device, full=False).callmanager_status == "Started"

    def test_meanwhile_the_node_does_not_answer_on_its_trunks(self, scene: ClusterScene) -> None:
        peer, restarted = peer_of(scene), scene.cluster.nodes["cucm-sub1"]
        restarted.callmanager.trust.put(TrustEntry(scene.cluster.authority.issuer.certificate))
        scene.do(restarted.load_trust)
        assert peer.dial("cucm-sub1") == "200"
        scene.do(lambda: scene.cluster._later(scene.cluster.restart_callmanager("cucm-sub1", 2)))
        until(lambda: peer.dial("cucm-sub1") != "200", "down")
        until(lambda: restarted.runs_callmanager, "started")
        until(lambda: peer.dial("cucm-sub1") == "200", "the trunk answers again")

    def test_a_restart_whose_answer_was_lost_is_not_ordered_twice(self, scene: ClusterScene, device: CucmDevice) -> None:
        starts = scene.cluster.nodes["cucm-sub1"].service.starts
        scene.cluster.faults.control_lost_restarts = 1
        restart(device)
        assert scene.cluster.faults.control_lost_restarts == 0
        assert scene.cluster.nodes["cucm-sub1"].service.starts == starts + 1

    def test_a_missing_role_is_named(self, scene: ClusterScene) -> None:
        with scene.device(**READER) as device, pytest.raises(AccessRefused, match="lacks the role Standard Serviceability"):
            restart(device)

    def test_a_busy_node_is_asked_again_and_again(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.cluster.faults.control_status = 503
        with pytest.raises(DeviceBusy, match="it is throttling"):
            restart(device)
        assert device.counters["control_throttled"] == 5

    def test_a_restart_that_does_not_happen_is_no_success(self, scene: ClusterScene) -> None:
        scene.cluster.faults.control_ignores = True
        pace = Pace(poll_seconds=0.05, deadline_seconds=1)
        device = CucmDevice("cluster/seoul", scene.access(), lambda: datetime.now(UTC), Patience, pace)
        try:
            with pytest.raises(DeviceBusy, match="cannot see Cisco CallManager run anew on cucm-sub1 after 1 s: it is Started"):
                restart(device)
        finally:
            device.close()
