"""Every refusal of a cluster is one clear error of the right class, and says what to do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.cluster import ClusterScene, running_cluster
from support.steps import removal
from trunkline.devices.cucm.device import CucmDevice
from trunkline.model.errors import (
    AccessRefused,
    DesiredInvalid,
    DeviceBusy,
    DeviceRefused,
    DeviceUnreachable,
    TrunklineError,
)
from trunkline.model.key import Key, Kind
from trunkline.twin.ca import Authority, Wish, self_signed
from trunkline.twin.cucm.web.access import AxlUser, PlatformUser
from trunkline.twin.lab.spec import AXL_USER

KEYS = [Key("cluster/seoul", Kind.SIP_TRUNK, "yohur")]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("refusals")) as scene:
        scene.make_trunk()
        yield scene


@pytest.fixture
def scene(shared: ClusterScene) -> Iterator[ClusterScene]:
    yield shared
    for name, off in (
        ("axl_status", 0),
        ("axl_status_count", -1),
        ("rest_status", 0),
        ("drops_connections", False),
        ("axl_delay_seconds", 0),
    ):
        setattr(shared.cluster.faults, name, off)


def refusal(scene: ClusterScene, **access: Any) -> TrunklineError:
    """What observing with this access leads to."""
    with scene.device(**access) as device, pytest.raises(TrunklineError) as caught:
        device.observe(KEYS, full=True)
    return caught.value


class TestAccess:
    def test_a_wrong_password(self, scene: ClusterScene) -> None:
        error = refusal(scene, axl_password="wrong-secret")
        assert isinstance(error, AccessRefused)
        assert "wrong user or password; correct axl.username and axl.password" in str(error)
        assert "wrong-secret" not in repr(error)

    def test_a_user_without_a_role(self, scene: ClusterScene) -> None:
        scene.do(lambda: scene.cluster.axl_users.users.update(nobody=AxlUser("n", "none")))
        error = refusal(scene, axl_username="nobody", axl_password="n")
        assert isinstance(error, AccessRefused) and "lacks the role Standard AXL API Access" in str(error)

    def test_a_certificate_of_another_ca(self, scene: ClusterScene) -> None:
        other = Authority.create("another CA", datetime.now(UTC)).issuer.pem
        error = refusal(scene, ca_pem=other)
        assert isinstance(error, AccessRefused) and "is not signed by the pinned CA" in str(error) and "axl.ca" in str(error)

    def test_a_ca_that_is_none(self, scene: ClusterScene) -> None:
        assert isinstance(refusal_at_making(scene, "nonsense"), DesiredInvalid)

    def test_another_name(self, scene: ClusterScene) -> None:
        nodes = scene.access().nodes
        error = refusal(scene, nodes=(replace(nodes[0], fqdn="wrong.example.com"), *nodes[1:]))
        assert isinstance(error, AccessRefused) and "does not bear the name wrong.example.com" in str(error)

    def test_the_environment_has_no_say(self, scene: ClusterScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bundle = tmp_path / "other.pem"
        bundle.write_text(Authority.create("another CA", datetime.now(UTC)).issuer.pem)
        for name, value in (("REQUESTS_CA_BUNDLE", str(bundle)), ("HTTPS_PROXY", "http://127.0.0.1:9")):
            monkeypatch.setenv(name, value)
        with scene.device() as device:
            assert device.observe(KEYS).resources

    def test_self_signed_certificates_are_pinned_as_they_are_one_for_each_node(self, scene: ClusterScene) -> None:
        units = {name: node.units["tomcat"] for name, node in scene.cluster.nodes.items()}
        issued = {name: unit.identity for name, unit in units.items()}
        for name, unit in units.items():
            fqdn = f"{name}.example.com"
            unit.identity = self_signed(Wish(fqdn, datetime.now(UTC), names=(fqdn,)), issued[name].key)
            restart(scene, name)
        try:
            with scene.device(ca_pem="".join(unit.identity.pem for unit in units.values())) as device:
                assert not device.observe(KEYS).gaps
            with scene.device(ca_pem=units["cucm-pub"].identity.pem) as device:
                gaps = device.observe(KEYS).gaps
            assert [gap.name for gap in gaps] == ["cucm-sub1/", "cucm-sub2/"]
            assert all("is not signed by the pinned CA" in gap.reason for gap in gaps)
        finally:
            for name, unit in units.items():
                unit.identity = issued[name]
                restart(scene, name)

    def test_an_expired_tomcat_certificate(self, scene: ClusterScene) -> None:
        cluster, unit = scene.cluster, scene.cluster.nodes["cucm-pub"].units["tomcat"]
        valid = unit.identity
        name = "cucm-pub.example.com"
        unit.identity = cluster.authority.issue(Wish(name, datetime.now(UTC), -1, names=(name,)), valid.key)
        restart(scene)
        try:
            error = refusal(scene)
        finally:
            unit.identity = valid
            restart(scene)
        assert isinstance(error, AccessRefused) and "has expired; renew the tomcat certificate" in str(error)


def restart(scene: ClusterScene, node: str = "cucm-pub") -> None:
    scene.lab.call(scene.cluster.stop_node(node))
    scene.lab.call(scene.cluster.start_node(node))


def refusal_at_making(scene: ClusterScene, ca_pem: str) -> TrunklineError:
    with pytest.raises(TrunklineError) as caught, scene.device(ca_pem=ca_pem) as device:
        device.observe(KEYS)
    return caught.value


class TestPlatformAccess:
    """The certificates of a node that refuses are gaps; the rest is read."""

    def gaps(self, scene: ClusterScene, **access: Any) -> list[str]:
        with scene.device(**access) as device:
            observed = device.observe(KEYS)
            assert KEYS[0] in observed.resources
            return [gap.reason for gap in observed.gaps]

    def test_a_wrong_password(self, scene: ClusterScene) -> None:
        reasons = self.gaps(scene, platform_password="wrong-secret")
        assert len(reasons) == 3 and all("wrong platform user or password; correct platform.*" in each for each in reasons)
        assert not any("wrong-secret" in each for each in reasons)

    def test_users_may_differ_from_node_to_node(self, scene: ClusterScene) -> None:
        scene.do(lambda: scene.cluster.platform_users["cucm-sub2"].update(local=PlatformUser("l")))
        nodes = [
            type(node)(node.name, node.fqdn, node.address, node.is_publisher, "local", "l")
            if node.name == "cucm-sub2"
            else node
            for node in scene.access().nodes
        ]
        assert self.gaps(scene, nodes=tuple(nodes)) == []

    def test_a_release_without_the_api(self, scene: ClusterScene) -> None:
        scene.cluster.faults.rest_status = 404
        assert all("the API is there from CUCM 14 on" in each for each in self.gaps(scene))


class TestWeather:
    def test_throttling_that_passes_is_waited_for(self, scene: ClusterScene) -> None:
        scene.cluster.faults.axl_status, scene.cluster.faults.axl_status_count = 503, 3
        with scene.device() as device:
            assert device.observe(KEYS).resources
            assert device.counters["axl_throttled"] == 3

    def test_throttling_that_stays_is_for_later(self, scene: ClusterScene) -> None:
        scene.cluster.faults.axl_status = 503
        error = refusal(scene)
        assert isinstance(error, DeviceBusy) and "throttling (503)" in str(error)

    def test_memory_that_ran_out_is_waited_for(self, scene: ClusterScene) -> None:
        scene.cluster.faults.axl_out_of_memory_count = 2
        with scene.device() as device:
            assert device.observe(KEYS).resources

    @pytest.mark.parametrize(("status", "words"), [(404, "Cisco AXL Web Service is activated"), (502, "HTTP 502")])
    def test_no_axl_there(self, scene: ClusterScene, status: int, words: str) -> None:
        scene.cluster.faults.axl_status = status
        error = refusal(scene)
        assert isinstance(error, DeviceUnreachable) and words in str(error)

    def test_axl_versions_that_are_not_known(self, scene: ClusterScene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("trunkline.twin.cucm.axl.schema.VERSIONS", ("11.5", "11.0"))
        error = refusal(scene)
        assert isinstance(error, DeviceRefused) and "trunkline 15.0, 14.0, 12.5" in str(error)

    def test_a_connection_that_breaks_once_is_mended_and_one_that_always_does_is_not(self, scene: ClusterScene) -> None:
        scene.cluster.faults.axl_lost_answers = 1
        with scene.device() as device:
            assert device.observe(KEYS).resources
            assert device.counters["axl_connections_lost"] == 1
        scene.cluster.faults.drops_connections = True
        assert isinstance(refusal(scene), DeviceUnreachable)

    def test_an_answer_that_does_not_come_is_not_waited_for_twice(self, scene: ClusterScene) -> None:
        scene.cluster.faults.axl_delay_seconds = 20
        error = refusal(scene, timeout_seconds=0.5)
        assert isinstance(error, DeviceUnreachable) and "no answer in time" in str(error)

    def test_nobody_there(self, scene: ClusterScene) -> None:
        error = refusal(scene, axl_port=8444)
        assert isinstance(error, DeviceUnreachable) and "see whether the node is up and the port right" in str(error)

    def test_a_session_that_was_open_survives_a_restart_of_the_publisher(self, scene: ClusterScene) -> None:
        with scene.device() as device:
            device.observe(KEYS)
            restart(scene)
            assert device.observe(KEYS, full=True).resources


def test_a_reader_observes_and_is_told_why_it_cannot_write(scene: ClusterScene) -> None:
    scene.do(lambda: scene.cluster.axl_users.users.update(reader=AxlUser("r", "read-only")))
    with scene.device(axl_username="reader", axl_password="r") as device:
        trunk = device.observe(KEYS).resources[KEYS[0]]
        with pytest.raises(AccessRefused, match="the user may only read; give it the role Standard AXL API Access"):
            device.carry_out(removal(trunk))


def test_counters_only_grow(scene: ClusterScene) -> None:
    with scene.device() as device:
        device.observe(KEYS)
        before = device.counters["axl_requests"]
        device.close()
        assert device.counters["axl_requests"] == before
        assert isinstance(device, CucmDevice) and AXL_USER[1] not in repr(device)
