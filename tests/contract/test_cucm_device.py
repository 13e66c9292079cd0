"""The daemon's cluster device against the simulated cluster: what it reads, and what it asks for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cluster import TRUNK as TRUNK_FIELDS
from support.cluster import ClusterScene, running_cluster
from trunkline.devices.cucm.axl import objects
from trunkline.devices.cucm.device import CucmDevice
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts

TARGET = "cluster/seoul"
TRUNK = Key(TARGET, Kind.SIP_TRUNK, "yohur")
PROFILE = Key(TARGET, Kind.SIP_SECURITY_PROFILE, "yohur-profile")
KEYS = [TRUNK, PROFILE]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("device")) as scene:
        scene.make_trunk()
        yield scene


@pytest.fixture
def scene(shared: ClusterScene) -> Iterator[ClusterScene]:
    yield shared
    for name, off in (("axl_shuffles", False), ("garbles_certificates", False)):
        setattr(shared.cluster.faults, name, off)


@pytest.fixture
def device(scene: ClusterScene) -> Iterator[CucmDevice]:
    with scene.device() as device:
        yield device


def requests_for(device: CucmDevice, *, full: bool = False) -> tuple[int, int]:
    """How many AXL and REST requests an observation costs."""
    before = dict(device.counters)
    device.observe(KEYS, full=full)
    return tuple(device.counters[name] - before[name] for name in ("axl_requests", "rest_requests"))  # type: ignore[return-value]


class TestReading:
    def test_every_field_that_the_cluster_shows(self, scene: ClusterScene, device: CucmDevice) -> None:
        shown = scene.axl("getSipTrunk", "<name>yohur</name>").tree.find(".//sipTrunk")
        assert shown is not None
        plain = {str(each.tag): each.text for each in shown if each.text and not len(each) and each.tag != "versionStamp"}
        settings = device.observe(KEYS).resources[TRUNK].settings
        assert settings == {**plain, "destinations": "10.72.86.86:5061"}
        assert len(settings) > 40

    def test_no_field_is_lost_where_an_answer_is_out_of_order(self, scene: ClusterScene, device: CucmDevice) -> None:
        orderly = device.observe(KEYS, full=True).resources[TRUNK].settings
        scene.cluster.faults.axl_shuffles = True
        assert device.observe(KEYS, full=True).resources[TRUNK].settings == orderly

    def test_a_null_is_a_null_in_the_style_of_either_release(self, scene: ClusterScene, device: CucmDevice) -> None:
        since_14 = device.observe(KEYS, full=True).resources[TRUNK].settings
        scene.do(lambda: scene.cluster.upgrade("12.5.1.11900(146)"))
        try:
            before_14 = device.observe(KEYS, full=True).resources[TRUNK].settings
        finally:
            scene.do(lambda: scene.cluster.upgrade("14.0.1.13900(155)"))
        assert before_14 == since_14 and "callingSearchSpaceName" not in since_14

    def test_what_is_not_there_is_absent_and_no_gap(self, device: CucmDevice) -> None:
        observed = device.observe([Key(TARGET, Kind.SIP_TRUNK, "nothing"), Key(TARGET, Kind.ROUTE_PATTERN, "9.@PSTN")])
        assert not observed.gaps and not [key for key in observed.resources if key.name in ("nothing", "9.@PSTN")]

    def test_standard_profiles_can_be_referred_to(self, device: CucmDevice) -> None:
        key = Key(TARGET, Kind.SIP_PROFILE, "Standard SIP Profile")
        assert device.observe([key]).resources[key].settings["optionsPingIntervalWhenStatusOK"] == "60"

    def test_other_trunks_of_a_profile_are_seen_page_by_page(
        self, scene: ClusterScene, device: CucmDevice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(objects, "PAGE_ROWS", 1)
        added = scene.axl("addSipTrunk", f"<sipTrunk>{TRUNK_FIELDS.replace('<name>yohur<', '<name>another<')}</sipTrunk>")
        assert added.status == 200, added.text
        try:
            found = device.observe([PROFILE], full=True).resources
        finally:
            scene.axl("removeSipTrunk", "<name>another</name>")
        assert {key.name for key in found if key.kind is Kind.SIP_TRUNK} == {"yohur", "another"}
        assert found[TRUNK].settings == {"securityProfileName": "yohur-profile", "sipProfileName": "Standard SIP Profile"}

    def test_identities_and_trust_of_every_node(self, scene: ClusterScene, device: CucmDevice) -> None:
        observed = device.observe(KEYS)
        assert {each.holder: each.certificate.pem for each in observed.identities} == {
            name: node.identity.pem for name, node in scene.cluster.nodes.items()
        }
        assert set(observed.trusted) == set(scene.cluster.nodes)
        assert isinstance(observed.facts, ClusterFacts) and observed.facts.version == "14.0.1.13900(155)"


class TestGaps:
    def test_a_node_that_is_down_hides_its_own_trust_and_nothing_else(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.lab.call(scene.cluster.stop_node("cucm-sub1"))
        try:
            observed = device.observe(KEYS, full=True)
        finally:
            scene.lab.call(scene.cluster.start_node("cucm-sub1"))
        assert [identity.holder for identity in observed.identities] == ["cucm-pub", "cucm-sub2"]
        assert TRUNK in observed.resources
        assert [gap.reason.split(":")[0] for gap in observed.gaps] == ["cucm-sub1"]
        for node, is_hidden in (("cucm-sub1", True), ("cucm-sub2", False)):
            assert observed.has_gap(Key(TARGET, Kind.CALLMANAGER_TRUST, f"{node}/0123456789abcdef")) is is_hidden
        assert isinstance(observed.facts, ClusterFacts)
        assert {node.name: node.is_reachable for node in observed.facts.nodes}["cucm-sub1"] is False

    def test_a_certificate_that_is_none_is_a_gap_with_evidence(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.cluster.faults.garbles_certificates = True
        observed = device.observe(KEYS, full=True)
        assert not observed.identities and len(observed.gaps) == 3
        assert all("the CallManager certificate cannot be read" in gap.reason and gap.evidence for gap in observed.gaps)
        assert observed.has_gap(Key(TARGET, Kind.CALLMANAGER_TRUST, "cucm-sub2/0123456789abcdef"))


class TestCost:
    def test_an_observation_of_an_unchanged_cluster_is_one_request(self, device: CucmDevice) -> None:
        device.observe(KEYS)
        assert requests_for(device) == (1, 0)

    def test_a_full_one_reads_everything_and_asks_for_the_release(self, device: CucmDevice) -> None:
        device.observe(KEYS)
        release, position, trunk, profile, users = 1, 1, 1, 1, 1
        assert requests_for(device, full=True) == (release + position + trunk + profile + users, 3)

    def test_a_change_by_somebody_else_is_seen(self, scene: ClusterScene, device: CucmDevice) -> None:
        device.observe(KEYS)
        scene.axl("updateSipTrunk", "<name>yohur</name><description>by hand</description>")
        assert device.observe(KEYS).resources[TRUNK].settings["description"] == "by hand"
        assert requests_for(device) == (1, 0)

    def test_a_change_of_something_else_costs_nothing(self, scene: ClusterScene, device: CucmDevice) -> None:
        device.observe(KEYS)
        reads = device.objects.reads
        scene.axl("addRoutePartition", "<routePartition><name>other</name></routePartition>")
        device.observe(KEYS)
        assert device.objects.reads == reads

    def test_changes_of_many_pages_are_seen(self, scene: ClusterScene, device: CucmDevice) -> None:
        device.observe(KEYS)
        scene.do(lambda: setattr(scene.cluster.database.changes, "page_size", 1))
        try:
            scene.axl("addRoutePartition", "<routePartition><name>first</name></routePartition>")
            scene.axl("updateSipTrunk", "<name>yohur</name><description>second</description>")
            assert device.observe(KEYS).resources[TRUNK].settings["description"] == "second"
        finally:
            scene.do(lambda: setattr(scene.cluster.database.changes, "page_size", 1000))

    def test_after_a_restart_of_axl_everything_is_read_once(self, scene: ClusterScene, device: CucmDevice) -> None:
        device.observe(KEYS)
        scene.axl("updateSipTrunk", "<name>yohur</name><description>unseen</description>")
        scene.do(scene.cluster.restart_axl)
        assert device.observe(KEYS).resources[TRUNK].settings["description"] == "unseen"
        assert requests_for(device) == (1, 0)

    def test_an_expired_session_costs_a_login(self, scene: ClusterScene, device: CucmDevice) -> None:
        device.observe(KEYS)
        logins = device.counters["axl_logins"]
        scene.do(scene.cluster.axl_users.end_sessions)
        device.observe(KEYS)
        assert device.counters["axl_logins"] == logins + 1


class TestSchema:
    def test_it_is_fetched_once_and_kept(self, scene: ClusterScene, tmp_path: Path) -> None:
        for fetches in (1, 0):
            with scene.device(cache_directory=tmp_path) as device:
                device.observe(KEYS)
                assert (device.axl.schema_fetches, device.axl.version) == (fetches, "12.5")

    @pytest.mark.parametrize("damage", [b"", b"{}\n", b"half"])
    def test_a_damaged_one_is_fetched_anew(self, scene: ClusterScene, tmp_path: Path, damage: bytes) -> None:
        with scene.device(cache_directory=tmp_path) as device:
            device.observe(KEYS)
        (kept,) = (tmp_path / "axl").iterdir()
        kept.write_bytes(kept.read_bytes()[:9000] if damage == b"half" else damage)
        with scene.device(cache_directory=tmp_path) as device:
            assert TRUNK in device.observe(KEYS).resources
            assert device.axl.schema_fetches == 1

    def test_an_upgraded_cluster_is_noticed_at_the_next_full_read(self, scene: ClusterScene, device: CucmDevice) -> None:
        device.observe(KEYS)
        fetches = device.axl.schema_fetches
        scene.do(lambda: scene.cluster.upgrade("14.0.1.14900(7)"))
        try:
            observed = device.observe(KEYS, full=True)
        finally:
            scene.do(lambda: scene.cluster.upgrade("14.0.1.13900(155)"))
        assert device.axl.schema_fetches == fetches + 1
        assert isinstance(observed.facts, ClusterFacts) and observed.facts.version == "14.0.1.14900(7)"

    def test_a_place_that_cannot_be_written_only_costs_time(self, scene: ClusterScene, tmp_path: Path) -> None:
        (tmp_path / "axl").write_text("in the way")
        with scene.device(cache_directory=tmp_path) as device:
            assert TRUNK in device.observe(KEYS).resources
