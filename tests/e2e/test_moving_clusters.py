"""What is told of clusters, and of how much devices are asked, moves when its cause is made to happen in the lab."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pygit2
import pytest

from support.moving import moves
from support.observing import Observing, observing
from support.octets import claimed_octet
from support.scene import Scene, on_octet, write_scene
from support.waiting import DEADLINE_SECONDS
from trunkline.devices.cucm import device
from trunkline.devices.cucm.realtime import collector
from trunkline.twin.cucm.cluster import Cluster
from trunkline.twin.cucm.realtime.counting import Calls
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import article_lab

SEOUL, YOHUR = "cluster/seoul", "cube/vg-yohur"
TRUNK = {"device": SEOUL, "node": "cucm-sub1", "trunk": "SIP-TRUNK-YOHUR"}
NODE = {"device": SEOUL, "node": "cucm-sub1"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The cluster allows as many questions as the tests have, and is asked again by every pass."""
    directory = tmp_path_factory.mktemp("moving")
    with (
        claimed_octet() as octet,
        Lab(on_octet(article_lab(), octet), directory / ".lab") as lab,
        pytest.MonkeyPatch.context() as patched,
    ):
        for name, value in lab.environment().items():
            patched.setenv(name, value)
        patched.setattr(collector, "LEAST_SECONDS", 0.0)
        patched.setattr(device, "SHARED_SECONDS", 0.0)
        rates = lab.clusters["seoul"].rates
        rates.ris_per_minute = rates.perfmon_per_minute = 0
        scene = write_scene(lab, directory)
        _append(scene, "clusters/seoul.yaml", "requests_per_minute: 1000\n")
        scene.commit("ask more")
        yield scene


@pytest.fixture(scope="module")
def shared(scene: Scene) -> Iterator[Observing]:
    with observing(scene) as made:
        yield made


@pytest.fixture
def told(shared: Observing) -> Observing:
    shared.look()
    return shared


@pytest.fixture
def cluster(scene: Scene) -> Cluster:
    return scene.lab.clusters["seoul"]


def _append(scene: Scene, path: str, more: str) -> None:
    file = scene.folder / path
    file.write_text(file.read_text() + more)


def until(told: Observing, is_so: Callable[[], bool], what: str) -> None:
    """Pass after pass."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, what
        told.look()


def status(told: Observing, **labels: str) -> str:
    found = told.series("trunkline_trunk_status", **{**TRUNK, **labels})
    assert sum(found.values()) <= 1
    return next((name for (name,), value in found.items() if value), "absent")


@moves("trunkline_trunk_status", "trunkline_tls_connected_trunks")
def test_a_trunk_whose_far_end_goes_away_and_comes_back(told: Observing, scene: Scene) -> None:
    agent = scene.lab.cubes["vg-yohur"].agent
    for trunk in ("SIP-TRUNK-YOHUR", "SIP-TRUNK-BUSAN"):
        until(told, lambda trunk=trunk: status(told, trunk=trunk) == "registered", "the CUBE answers pings")
    assert told.value("trunkline_tls_connected_trunks", **NODE) == 2, "both CUBEs' trunks"
    scene.lab.call(agent.stop())
    try:
        until(told, lambda: status(told) == "unregistered", "nobody answers")
        until(told, lambda: told.value("trunkline_tls_connected_trunks", **NODE) == 1, "one is left")
        assert status(told, trunk="SIP-TRUNK-BUSAN") == "registered"
    finally:
        scene.lab.call(agent.start())
    until(told, lambda: status(told) == "registered", "it answers again")
    until(told, lambda: told.value("trunkline_tls_connected_trunks", **NODE) == 2, "and is connected")


@moves("trunkline_trunk_active_calls", "trunkline_trunk_calls_total")
def test_calls_on_a_trunk(told: Observing, cluster: Cluster) -> None:
    assert told.value("trunkline_trunk_active_calls", **TRUNK) == 0
    assert told.series("trunkline_trunk_calls_total", **TRUNK) == {("attempted",): 0, ("completed",): 0}
    cluster.nodes["cucm-sub1"].sip.counting.calls["SIP-TRUNK-YOHUR"] = Calls(active=2, attempted=5, completed=3)
    told.look()
    assert told.value("trunkline_trunk_active_calls", **TRUNK) == 2
    assert told.series("trunkline_trunk_calls_total", **TRUNK) == {("attempted",): 5, ("completed",): 3}


@moves("trunkline_node_sip_requests_total", "trunkline_node_sip_responses_total")
def test_messages_of_a_node(told: Observing, scene: Scene) -> None:
    def count(what: str, **labels: str) -> float:
        return told.value(f"trunkline_node_sip_{what}_total", **NODE, **labels) or 0.0

    before = count("requests", method="options", direction="in"), count("responses", **{"class": "2xx"}, direction="out")
    assert scene.lab.call(scene.lab.cubes["vg-yohur"].agent.try_handshake("10.72.86.75", 5061)).is_ok
    until(told, lambda: count("requests", method="options", direction="in") > before[0], "the node was asked")
    until(told, lambda: count("responses", **{"class": "2xx"}, direction="out") > before[1], "and answered")
    assert len(told.series("trunkline_node_sip_responses_total", **NODE)) == 12, "each class both ways, from the start"
    until(told, lambda: count("requests", method="options", direction="out") > 0, "the node pings")
    assert count("responses", **{"class": "2xx"}, direction="in") > 0


@moves("trunkline_callmanager_up", "trunkline_callmanager_start_timestamp_seconds")
def test_a_service_that_is_stopped_and_started(told: Observing, cluster: Cluster, scene: Scene) -> None:
    began = told.value("trunkline_callmanager_start_timestamp_seconds", **NODE)
    assert began and told.value("trunkline_callmanager_up", **NODE) == 1
    node = cluster.nodes["cucm-sub1"]
    scene.lab.call(node.stop())
    try:
        stopped = "the service is stopped, and RIS knows no trunk there"
        until(told, lambda: told.value("trunkline_callmanager_up", **NODE) == 0 and status(told) == "absent", stopped)
        assert told.value("trunkline_callmanager_start_timestamp_seconds", **NODE) is None
        assert told.value("trunkline_tls_connected_trunks", **NODE) is None, "absent, not 0"
        assert status(told) == "absent"
        time.sleep(2)  # the next start is told in seconds
    finally:
        scene.lab.call(node.start(cluster._trunks()))
    until(told, lambda: told.value("trunkline_callmanager_up", **NODE) == 1, "it is started")
    again = told.value("trunkline_callmanager_start_timestamp_seconds", **NODE)
    assert again and again > began


@moves("trunkline_node_up", "trunkline_realtime_age_seconds")
def test_a_node_that_loses_power(told: Observing, cluster: Cluster, scene: Scene) -> None:
    until(told, lambda: status(told) == "registered", "it tells")
    assert told.value("trunkline_node_up", **NODE) == 1
    shown = told.series("trunkline_node_sip_requests_total", **NODE)
    scene.lab.call(cluster.stop_node("cucm-sub1"))
    try:
        for _ in range(2):
            time.sleep(1)
            told.look()
        ages = told.series("trunkline_realtime_age_seconds", device=SEOUL)
        assert ages["cucm-sub1",] >= 2 and ages["cucm-sub1",] - ages["cucm-sub2",] >= 1, ages
        assert told.value("trunkline_node_up", **NODE) == 0 and told.value("trunkline_callmanager_up", **NODE) is None
        assert told.series("trunkline_node_sip_requests_total", **NODE) == shown and status(told) == "registered", (
            "old, not wrong"
        )
    finally:
        scene.lab.call(cluster.start_node("cucm-sub1"))
    until(told, lambda: told.value("trunkline_node_up", **NODE) == 1, "it is back")
    until(told, lambda: (told.value("trunkline_realtime_age_seconds", **NODE) or 99) < 1, "it tells again")


@moves("trunkline_node_clock_offset_seconds")
def test_a_clock_that_is_put_wrong(told: Observing, cluster: Cluster) -> None:
    assert abs(told.value("trunkline_node_clock_offset_seconds", **NODE) or 0.0) < 60
    cluster.nodes["cucm-sub1"].clock_error = timedelta(hours=2)
    try:
        until(told, lambda: (told.value("trunkline_node_clock_offset_seconds", **NODE) or 0) > 7000, "two hours ahead")
    finally:
        cluster.nodes["cucm-sub1"].clock_error = timedelta(0)


@moves("trunkline_device_requests_total", "trunkline_device_throttled_total")
def test_devices_are_asked_and_one_has_had_too_many(told: Observing, cluster: Cluster) -> None:
    def asked() -> dict[tuple[str, ...], float]:
        return told.series("trunkline_device_requests_total")

    def throttled() -> dict[tuple[str, ...], float]:
        return told.series("trunkline_device_throttled_total", device=SEOUL)

    before = asked()
    clusters = {(SEOUL, interface) for interface in ("axl", "rest", "control", "realtime")}
    assert before.keys() == clusters | {("cube/vg-yohur", "ssh"), ("cube/cube-busan", "ssh")}
    assert throttled().keys() == {("axl",), ("rest",), ("control",), ("realtime",)}
    quiet = throttled()
    until(told, lambda: all(count > before[key] for key, count in asked().items()), "everything is asked")
    cluster.rates.perfmon_per_minute = 1
    try:
        until(told, lambda: throttled()["realtime",] > quiet["realtime",], "told so")
    finally:
        cluster.rates.perfmon_per_minute = 0
    assert throttled()["axl",] == quiet["axl",]


@moves("trunkline_observation_age_seconds")
def test_a_device_that_cannot_be_reached(told: Observing, scene: Scene) -> None:
    agreed = told.value("trunkline_observation_age_seconds", device=YOHUR)
    assert agreed is not None
    cluster = scene.lab.clusters["seoul"]
    cluster.faults.axl_status = 404
    try:
        time.sleep(3)
        told.look()
        ages = told.series("trunkline_observation_age_seconds")
        assert ages[SEOUL,] >= 3 > ages[YOHUR,]
        assert not told.series("trunkline_node_up", device=SEOUL), "nobody knows"
    finally:
        cluster.faults.axl_status = 0
    until(told, lambda: (told.value("trunkline_observation_age_seconds", device=SEOUL) or 99) < 3, "seen again")


def test_a_trunk_and_a_node_that_no_document_states_leave_nothing(told: Observing, scene: Scene) -> None:
    """The last test: the documents are others from then on."""
    until(told, lambda: status(told, trunk="SIP-TRUNK-BUSAN") == "registered", "it is there")
    scene.rewrite("estate.yaml", "max_deletions: 10", "max_deletions: 50\n  allow_empty: true")
    (scene.folder / "links" / "busan-seoul.yaml").unlink()
    lines = (scene.folder / "clusters" / "seoul.yaml").read_text().splitlines(keepends=True)
    (scene.folder / "clusters" / "seoul.yaml").write_text("".join(line for line in lines if "cucm-sub2" not in line))
    pygit2.Repository(str(scene.directory)).index.clear()
    scene.commit("less")
    told.daemon.poll_source()
    until(told, lambda: status(told) == "registered", "the other trunk is told of")
    until(told, lambda: status(told, trunk="SIP-TRUNK-BUSAN") == "absent", "gone")
    text = told.written.of(told.daemon.parts()).decode()
    of_cluster = [line for line in text.splitlines() if f'device="{SEOUL}"' in line and "certificate" not in line]
    assert of_cluster and not [line for line in of_cluster if "cucm-sub2" in line or "SIP-TRUNK-BUSAN" in line]
