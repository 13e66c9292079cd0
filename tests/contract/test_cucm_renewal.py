"""A cluster's own certificates: request, signature, trust of the issuer, installation, restart; and every refusal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from support.cluster import ClusterScene, running_cluster, until
from support.steps import creation
from trunkline.devices.cucm.device import CucmDevice
from trunkline.model.certificate import Certificate
from trunkline.model.errors import AccessRefused, DeviceRefused
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts
from trunkline.model.plan import Action, Change, Step
from trunkline.model.resource import Resource
from trunkline.twin.ca import Authority, Wish, certify, pem_of
from trunkline.twin.cucm.certificates.api import Behaviour
from trunkline.twin.cucm.certificates.store import dns_names
from trunkline.twin.cucm.node import NodeSpec
from trunkline.twin.cucm.web.access import PlatformUser

NOW, TARGET = datetime.now(UTC), "cluster/seoul"
AUTHORITY = Authority.create("corporate root", NOW)
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("renewal"), restart_seconds=1.2) as running:
        running.make_trunk()
        yield running


@pytest.fixture
def scene(shared: ClusterScene) -> Iterator[ClusterScene]:
    yield shared
    for name, value in vars(Behaviour()).items():
        setattr(shared.cluster.behaviour, name, value)
    shared.cluster.replicates = True
    for node in shared.cluster.nodes.values():
        node.callmanager.pending, node.is_cut_off, node.clock_error = None, False, timedelta(0)
        for certificate in AUTHORITY.certificates:
            node.callmanager.trust.remove(certificate)


@pytest.fixture
def device(scene: ClusterScene) -> Iterator[CucmDevice]:
    with scene.device() as device:
        yield device


def request(device: CucmDevice, node: str, **changes: str) -> str:
    fqdn = f"{node}.example.com"
    wanted = {"issuer": "corporate", "distribution": "this-server", "common_name": fqdn, "names": fqdn, "key": "rsa 2048"}
    key = Key(TARGET, Kind.CERTIFICATE_REQUEST, node)
    change = Change(Action.CREATE, key, None, Resource(key, {**wanted, **changes}))
    return device.carry_out(Step(change, device.dialect().render(change)))


def request_everywhere(device: CucmDevice) -> str:
    names = ",".join(f"{node}.example.com" for node in NODES)
    return request(device, "cucm-pub", distribution="multi-server", common_name="cucm-pub-ms.example.com", names=names)


def signed(csr_pem: str, *, days: float = 300, names: tuple[str, ...] | None = None) -> Certificate:
    """What the issuer makes of a request; other names than those asked for, where told so."""
    asked = x509.load_pem_x509_csr(csr_pem.encode())
    common_name = str(asked.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
    wish = Wish(common_name, NOW, days, tuple(sorted(dns_names(asked))) if names is None else names)
    return Certificate.from_pem(pem_of(certify(wish, asked.public_key(), AUTHORITY.issuer)))


def trust(device: CucmDevice, node: str) -> None:
    ca = Certificate.from_pem(AUTHORITY.issuer.pem)
    key = Key(TARGET, Kind.CALLMANAGER_TRUST, f"{node}/{ca.sha256[:16]}")
    device.carry_out(creation(key, {"sha256": ca.sha256, "pem": ca.pem}))


def install(device: CucmDevice, node: str, leaf: Certificate) -> None:
    settings = {"sha256": leaf.sha256, "pem": leaf.pem + AUTHORITY.issuer.pem}
    device.carry_out(creation(Key(TARGET, Kind.IDENTITY, node), settings))


def restart(device: CucmDevice, node: str) -> None:
    key = Key(TARGET, Kind.SERVICE_RESTART, node)
    change = Change(Action.RESTART, key, None, Resource(key, {}))
    device.carry_out(Step(change, device.dialect().render(change)))


def stored(device: CucmDevice) -> dict[str, str]:
    return {each.holder: each.certificate.sha256 for each in device.observe([], full=True).identities}


def served(scene: ClusterScene, node: str) -> str:
    return Certificate.from_pem(scene.cluster.nodes[node].served.pem).sha256


class TestOneNode:
    def test_from_the_request_to_the_wire(self, scene: ClusterScene, device: CucmDevice) -> None:
        csr_pem = request(device, "cucm-sub1")
        shown = device.observe([]).resources[Key(TARGET, Kind.CERTIFICATE_REQUEST, "cucm-sub1")].settings
        assert shown["csr_pem"] == csr_pem and shown["names"] == "cucm-sub1.example.com"
        leaf, before = signed(csr_pem), served(scene, "cucm-sub1")
        trust(device, "cucm-sub1")
        install(device, "cucm-sub1", leaf)
        observed = device.observe([])
        assert observed.resources[Key(TARGET, Kind.IDENTITY, "cucm-sub1")].settings == {"sha256": leaf.sha256, "pem": leaf.pem}
        assert Key(TARGET, Kind.CERTIFICATE_REQUEST, "cucm-sub1") not in observed.resources
        assert served(scene, "cucm-sub1") == before
        restart(device, "cucm-sub1")
        assert served(scene, "cucm-sub1") == leaf.sha256
        assert stored(device)["cucm-sub2"] != leaf.sha256

    def test_installed_once_more_it_is_as_good(self, scene: ClusterScene, device: CucmDevice) -> None:
        leaf = signed(request(device, "cucm-sub1"))
        trust(device, "cucm-sub1")
        for _ in range(2):
            install(device, "cucm-sub1", leaf)
        assert stored(device)["cucm-sub1"] == leaf.sha256

    @pytest.mark.parametrize("named", [True, False])
    @pytest.mark.parametrize("answered", [True, False])
    def test_a_request_bears_its_names_whatever_the_node_adds_or_answers(
        self, scene: ClusterScene, device: CucmDevice, named: bool, answered: bool
    ) -> None:
        scene.cluster.behaviour.requests_name_the_node, scene.cluster.behaviour.answers_with_request = named, answered
        names = "cucm-sub1.example.com,voice.example.com"
        asked = x509.load_pem_x509_csr(request(device, "cucm-sub1", names=names, key="rsa 3072").encode())
        assert dns_names(asked) == set(names.split(","))
        assert device.observe([]).resources[Key(TARGET, Kind.CERTIFICATE_REQUEST, "cucm-sub1")].settings["key"] == "rsa 3072"

    def test_the_nodes_own_spelling_of_the_service_is_used(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.cluster.behaviour.service_spelling = "lower"
        leaf = signed(request(device, "cucm-sub2"))
        trust(device, "cucm-sub2")
        install(device, "cucm-sub2", leaf)
        assert stored(device)["cucm-sub2"] == leaf.sha256


class TestOneForAll:
    def test_it_reaches_every_node_by_itself_and_the_wire_node_by_node(self, scene: ClusterScene, device: CucmDevice) -> None:
        leaf = signed(request_everywhere(device))
        assert leaf.common_name == "cucm-pub-ms.example.com"
        trust(device, "cucm-pub")
        install(device, "cucm-pub", leaf)
        until(lambda: set(stored(device).values()) == {leaf.sha256}, "replicated")
        assert not [node for node in NODES if served(scene, node) == leaf.sha256]
        for node in NODES:
            restart(device, node)
            assert served(scene, node) == leaf.sha256

    def test_a_node_that_nothing_reaches_shows_its_earlier_one(self, scene: ClusterScene, device: CucmDevice) -> None:
        scene.cluster.nodes["cucm-sub2"].is_cut_off = True
        before, leaf = stored(device)["cucm-sub2"], signed(request_everywhere(device))
        trust(device, "cucm-pub")
        install(device, "cucm-pub", leaf)
        until(lambda: stored(device)["cucm-sub1"] == leaf.sha256, "replicated")
        assert stored(device)["cucm-sub2"] == before


class TestRefusals:
    def refused(self, device: CucmDevice, leaf: Certificate) -> str:
        before = stored(device)
        with pytest.raises(DeviceRefused) as refusal:
            install(device, "cucm-sub1", leaf)
        assert refusal.value.is_untouched and stored(device) == before
        return str(refusal.value)

    def test_the_issuer_is_not_trusted(self, device: CucmDevice) -> None:
        said = self.refused(device, signed(request(device, "cucm-sub1")))
        assert said.startswith("cannot install the certificate ") and "on cucm-sub1: the CA that signed it is not in" in said
        assert "`CA certificate is not available in the trust-store`" in said

    @pytest.mark.parametrize("is_mute", [False, True])
    def test_the_request_was_made_anew_meanwhile(self, scene: ClusterScene, device: CucmDevice, is_mute: bool) -> None:
        scene.cluster.behaviour.mismatch_is_500 = is_mute
        leaf = signed(request(device, "cucm-sub1"))
        trust(device, "cucm-sub1")
        request(device, "cucm-sub1")
        assert "it is for another key than that of the request which the node holds now" in self.refused(device, leaf)

    def test_there_is_no_request_any_more(self, scene: ClusterScene, device: CucmDevice) -> None:
        leaf = signed(request(device, "cucm-sub1"))
        trust(device, "cucm-sub1")
        scene.cluster.nodes["cucm-sub1"].callmanager.pending = None
        assert "the node holds no request that it could answer" in self.refused(device, leaf)

    def test_the_issuer_changed_the_names(self, device: CucmDevice) -> None:
        leaf = signed(request(device, "cucm-sub1"), names=("cucm-sub1.example.com", "www.example.com"))
        trust(device, "cucm-sub1")
        assert "its DNS names are not those of the request: the certificate adds www.example.com" in self.refused(device, leaf)

    def test_it_has_expired(self, device: CucmDevice) -> None:
        leaf = signed(request(device, "cucm-sub1"), days=-1)
        trust(device, "cucm-sub1")
        assert "it has expired, or the node's clock is wrong" in self.refused(device, leaf)

    def test_it_has_expired_by_the_nodes_clock_alone(self, scene: ClusterScene, device: CucmDevice) -> None:
        leaf = signed(request(device, "cucm-sub1"))
        trust(device, "cucm-sub1")
        scene.cluster.nodes["cucm-sub1"].clock_error = timedelta(days=4000)
        assert "the node's clock is wrong" in self.refused(device, leaf)

    def test_a_request_that_is_refused_is_told_in_the_nodes_words(self, device: CucmDevice) -> None:
        with pytest.raises(DeviceRefused, match=r"it says `wildcard certificates are not supported`; correct names"):
            request(device, "cucm-sub1", names="*.example.com")

    def test_privilege_0_may_neither_request_nor_install(self, scene: ClusterScene) -> None:
        scene.do(lambda: [users.update(reader=PlatformUser("r", 0)) for users in scene.cluster.platform_users.values()])
        reader = scene.device(platform_username="reader", platform_password="r")
        with reader as device, pytest.raises(AccessRefused, match="give it privilege 1"):
            request(device, "cucm-sub1")


class TestOtherHands:
    def test_a_renewal_by_somebody_else_is_seen_at_once_and_presented_after_a_restart(
        self, scene: ClusterScene, device: CucmDevice
    ) -> None:
        before = served(scene, "cucm-sub1")
        held = scene.do(lambda: scene.cluster.renew_by_hand("cucm-sub1", AUTHORITY))
        renewed = Certificate.from_pem(held.pem).sha256
        assert stored(device)["cucm-sub1"] == renewed and served(scene, "cucm-sub1") == before
        restart(device, "cucm-sub1")
        assert served(scene, "cucm-sub1") == renewed

    def test_a_new_node_appears_and_gets_the_publishers_trust(self, scene: ClusterScene, device: CucmDevice) -> None:
        trust(device, "cucm-pub")
        spec = NodeSpec("cucm-sub3", "cucm-sub3.example.com", "10.72.86.77")
        scene.lab.call(scene.cluster.add_node(spec))
        listed = scene.axl(
            "listProcessNode", "<searchCriteria><name>%</name></searchCriteria><returnedTags><name/></returnedTags>"
        )
        assert "10.72.86.77" in listed.values("name")
        with scene.device() as another:
            until(
                lambda: (
                    AUTHORITY.issuer.certificate in [held.x509 for held in another.observe([], full=True).trusted["cucm-sub3"]]
                ),
                "caught up",
            )
            facts = another.observe([]).facts
        assert isinstance(facts, ClusterFacts) and [node.name for node in facts.nodes] == [*NODES, "cucm-sub3"]
        assert dns_names(scene.cluster.nodes["cucm-sub3"].identity.certificate) == {"cucm-sub3.example.com"}
