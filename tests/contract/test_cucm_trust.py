"""Trust through the certificate API of each node: one certificate for each name, and copies that arrive by themselves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.cluster import ClusterScene, running_cluster, until
from support.steps import creation, removal
from trunkline.devices.cucm.device import CucmDevice
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, DeviceRefused
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Step
from trunkline.model.resource import Resource
from trunkline.twin.ca import Wish, new_key, self_signed
from trunkline.twin.cucm.certificates.api import Behaviour
from trunkline.twin.cucm.web.access import PlatformUser

NOW, SIGNING_KEY = datetime.now(UTC), new_key()
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("trust")) as running:
        yield running


@pytest.fixture
def scene(shared: ClusterScene) -> Iterator[ClusterScene]:
    yield shared
    known = shared.cluster.behaviour
    known.passes_over_older, known.removes_by_rest, known.service_spelling = False, True, "as-in-gui"
    shared.cluster.replicates = True


@pytest.fixture
def device(scene: ClusterScene) -> Iterator[CucmDevice]:
    with scene.device() as device:
        yield device


def certificate(name: str, *, age_days: int = 0, days: int = 300, organization: str = "") -> Certificate:
    wish = Wish(name, NOW - timedelta(days=age_days), days, organization=organization, is_ca=True)
    return Certificate.from_pem(self_signed(wish, SIGNING_KEY).pem)


def key_on(node: str, wanted: Certificate) -> Key:
    return Key("cluster/seoul", Kind.CALLMANAGER_TRUST, f"{node}/{wanted.sha256[:16]}")


def upload(node: str, wanted: Certificate) -> Step:
    return creation(key_on(node, wanted), {"sha256": wanted.sha256, "pem": wanted.pem})


def holders(device: CucmDevice, wanted: Certificate) -> list[str]:
    observed = device.observe([])
    return [node for node in NODES if key_on(node, wanted) in observed.resources]


def test_an_upload_is_seen_at_once_although_certificates_are_read_seldom(device: CucmDevice) -> None:
    wanted = certificate("at once")
    device.observe([])
    device.carry_out(upload("cucm-sub1", wanted))
    assert "cucm-sub1" in holders(device, wanted)


def test_uploads_to_every_node_meet_copies_that_arrived_by_themselves(scene: ClusterScene, device: CucmDevice) -> None:
    wanted = certificate("everywhere")
    device.carry_out(upload("cucm-pub", wanted))
    subscribers = [scene.cluster.nodes[name] for name in NODES[1:]]
    until(lambda: all(wanted.x509 in node.callmanager.trust.certificates for node in subscribers), "replicated")
    for node in NODES:
        device.carry_out(upload(node, wanted))
    assert holders(device, wanted) == list(NODES)


def test_uploads_to_every_node_do_not_wait_for_copies(scene: ClusterScene, device: CucmDevice) -> None:
    scene.cluster.replicates = False
    wanted = certificate("alone")
    for node in NODES:
        device.carry_out(upload(node, wanted))
    assert holders(device, wanted) == list(NODES)


def test_a_younger_certificate_of_the_same_common_name_replaces(device: CucmDevice) -> None:
    older, younger = certificate("renewed", age_days=9), certificate("renewed", age_days=1, organization="another")
    for wanted in (older, younger):
        device.carry_out(upload("cucm-sub2", wanted))
    assert holders(device, younger) == ["cucm-sub2"] and holders(device, older) == []


@pytest.mark.parametrize("passes_over", [False, True])
def test_an_older_one_is_refused_whether_the_cluster_says_so_or_not(
    scene: ClusterScene, device: CucmDevice, passes_over: bool
) -> None:
    name = f"older {passes_over}"
    scene.cluster.behaviour.passes_over_older = passes_over
    device.carry_out(upload("cucm-sub2", certificate(name)))
    with pytest.raises(DeviceRefused, match=f"it holds another one named {name}, and keeps one for each name"):
        device.carry_out(upload("cucm-sub2", certificate(name, age_days=9, organization="another")))


def test_an_expired_one_is_refused_with_the_clusters_words(device: CucmDevice) -> None:
    with pytest.raises(DeviceRefused, match="Certificate is expired"):
        device.carry_out(upload("cucm-pub", certificate("expired", age_days=50, days=10)))


def test_removals_on_every_node_meet_one_that_is_cluster_wide(scene: ClusterScene, device: CucmDevice) -> None:
    wanted = certificate("removed")
    for node in NODES:
        device.carry_out(upload(node, wanted))
    found = device.observe([], full=True).resources
    for node in NODES:
        device.carry_out(removal(found[key_on(node, wanted)]))
    assert holders(device, wanted) == []


def test_a_release_that_cannot_remove_says_how_to(scene: ClusterScene, device: CucmDevice) -> None:
    wanted = certificate("kept")
    device.carry_out(upload("cucm-sub1", wanted))
    scene.cluster.behaviour.removes_by_rest = False
    with pytest.raises(DeviceRefused, match="set cert delete CallManager kept_"):
        device.carry_out(removal(Resource(key_on("cucm-sub1", wanted), {"sha256": wanted.sha256, "pem": wanted.pem})))


def test_services_in_lower_case_are_understood(scene: ClusterScene, device: CucmDevice) -> None:
    scene.cluster.behaviour.service_spelling = "lower"
    wanted = certificate("lower")
    device.carry_out(upload("cucm-sub1", wanted))
    assert "cucm-sub1" in holders(device, wanted) and len(device.observe([]).identities) == 3


def test_privilege_0_observes_and_is_told_why_it_cannot_upload(scene: ClusterScene) -> None:
    scene.do(lambda: [users.update(reader=PlatformUser("r", 0)) for users in scene.cluster.platform_users.values()])
    with scene.device(platform_username="reader", platform_password="r") as device:
        assert not device.observe([]).gaps
        with pytest.raises(AccessRefused, match="the platform user may only read; give it privilege 1"):
            device.carry_out(upload("cucm-pub", certificate("not allowed")))


def test_a_busy_node_is_asked_again(scene: ClusterScene, device: CucmDevice) -> None:
    assert Behaviour() == scene.cluster.behaviour
    scene.cluster.faults.rest_status = 503
    try:
        gaps = device.observe([], full=True).gaps
    finally:
        scene.cluster.faults.rest_status = 0
    assert len(gaps) == 3 and "it is busy (503)" in gaps[0].reason
    assert device.counters["rest_throttled"] == 15  # five attempts a node
