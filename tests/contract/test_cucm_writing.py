"""What the daemon writes to a cluster, and how the cluster's rules come back."""

from collections.abc import Iterator

import pytest

from support.cluster import ClusterScene, running_cluster, until
from support.steps import activation, creation, edit, removal
from trunkline.devices.cucm.device import CucmDevice
from trunkline.model.errors import DeviceRefused, DeviceUnreachable
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Resource

TARGET = "cluster/seoul"
TRUNK = Key(TARGET, Kind.SIP_TRUNK, "made")
PROFILE = Key(TARGET, Kind.SIP_SECURITY_PROFILE, "made-profile")
PATTERN = Key(TARGET, Kind.ROUTE_PATTERN, "9.!@PSTN")
SECURE = {"securityMode": "Encrypted", "incomingTransport": "TLS", "outgoingTransport": "TLS", "incomingPort": "5061"}
FIELDS = {
    PROFILE: {**SECURE, "x509SubjectName": "made.example.com"},
    TRUNK: {
        "devicePoolName": "Default",
        "locationName": "Hub_None",
        "securityProfileName": "made-profile",
        "sipProfileName": "Standard SIP Profile",
        "callingSearchSpaceName": "PSTN-CSS",
        "destinations": "10.1.1.1:5061, 10.1.1.2:5061",
    },
    PATTERN: {"gatewayName": "made", "blockEnable": "false", "digitDiscardInstructionName": "PreDot"},
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    with running_cluster(tmp_path_factory.mktemp("writing")) as running:
        yield running


@pytest.fixture
def device(scene: ClusterScene) -> Iterator[CucmDevice]:
    """On a cluster that holds a profile, a trunk and a route pattern."""
    with scene.device() as device:
        for key, settings in FIELDS.items():
            device.carry_out(creation(key, settings))
        yield device
        scene.cluster.faults.axl_lost_answers = 0
        for key in (PATTERN, TRUNK, PROFILE):
            found = device.observe([key], full=True).resources.get(key)
            if found:
                device.carry_out(removal(found))


def shown(device: CucmDevice, key: Key) -> Resource:
    return device.observe([key]).resources[key]


def test_what_was_made_is_read_back_as_it_was_stated(device: CucmDevice) -> None:
    for key, settings in FIELDS.items():
        read = shown(device, key).settings
        assert {name: read[name] for name in settings} == settings


def test_destinations_are_replaced_whole(device: CucmDevice) -> None:
    device.carry_out(edit(shown(device, TRUNK), destinations="10.1.1.3:5062"))
    assert shown(device, TRUNK).settings["destinations"] == "10.1.1.3:5062"


def test_an_empty_value_clears_a_foreign_key_and_a_text(device: CucmDevice) -> None:
    device.carry_out(edit(shown(device, TRUNK), description="something"))
    device.carry_out(edit(shown(device, TRUNK), callingSearchSpaceName="", description=""))
    assert not {"callingSearchSpaceName", "description"} & shown(device, TRUNK).settings.keys()
    assert shown(device, TRUNK).settings["devicePoolName"] == "Default"


def test_booleans_are_words(device: CucmDevice) -> None:
    device.carry_out(edit(shown(device, TRUNK), srtpAllowed="true"))
    assert shown(device, TRUNK).settings["srtpAllowed"] == "true"


def test_a_route_pattern_is_edited_by_its_four_names(device: CucmDevice) -> None:
    device.carry_out(edit(shown(device, PATTERN), description="to the PSTN", digitDiscardInstructionName=""))
    settings = shown(device, PATTERN).settings
    assert settings["description"] == "to the PSTN" and "digitDiscardInstructionName" not in settings
    assert settings["gatewayName"] == "made"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("securityMode", "Bogus", "securityMode must be one of"),
        ("incomingPort", "abc", "incomingPort must be a whole number"),
        ("digestAuthentication", "True", "digestAuthentication must be true or false"),
        ("description", "x" * 101, "may have 100 characters, not 101"),
        ("incomingPrt", "5061", "there is no field incomingPrt, but incomingPort"),
    ],
)
def test_what_the_schema_does_not_allow_is_not_even_sent(device: CucmDevice, field: str, value: str, words: str) -> None:
    before, sent = shown(device, PROFILE), device.counters["axl_requests"]
    with pytest.raises(DeviceRefused, match="cannot updateSipTrunkSecurityProfile made-profile on cluster/seoul") as caught:
        device.carry_out(edit(before, **{field: value}))
    assert words in str(caught.value) and device.counters["axl_requests"] == sent


class TestTheClustersRules:
    def refusal(self, device: CucmDevice, resource: Resource, **settings: str) -> str:
        step = edit(resource, **settings) if settings else removal(resource)
        with pytest.raises(DeviceRefused) as caught:
            device.carry_out(step)
        return str(caught.value)

    def test_a_reference_that_leads_nowhere(self, device: CucmDevice) -> None:
        said = self.refusal(device, shown(device, TRUNK), callingSearchSpaceName="Missing-CSS")
        assert "`Item not valid: The specified Missing-CSS was not found`; create that on the cluster, or correct" in said

    def test_modes_that_do_not_fit(self, device: CucmDevice) -> None:
        said = self.refusal(device, shown(device, PROFILE), incomingTransport="UDP")
        assert "transport must be TLS" in said

    def test_what_is_in_use(self, device: CucmDevice) -> None:
        said = self.refusal(device, shown(device, PROFILE))
        assert "still being referenced" in said and "something that trunkline does not own uses it" in said

    def test_a_name_and_port_of_another_trunk(self, device: CucmDevice) -> None:
        other = Key(TARGET, Kind.SIP_SECURITY_PROFILE, "other-profile")
        device.carry_out(creation(other, FIELDS[PROFILE]))
        try:
            second = Key(TARGET, Kind.SIP_TRUNK, "second")
            with pytest.raises(DeviceRefused, match="is in use by made-profile"):
                device.carry_out(creation(second, {**FIELDS[TRUNK], "securityProfileName": "other-profile"}))
        finally:
            device.carry_out(removal(shown(device, other)))


class TestDoneTwice:
    def test_making_what_was_made_as_wanted_is_no_error(self, device: CucmDevice) -> None:
        device.carry_out(creation(TRUNK, FIELDS[TRUNK]))

    def test_making_what_somebody_made_differently_is(self, device: CucmDevice) -> None:
        with pytest.raises(DeviceRefused, match="somebody else made one of that name meanwhile") as caught:
            device.carry_out(creation(TRUNK, {**FIELDS[TRUNK], "destinations": "10.9.9.9:5061"}))
        assert caught.value.is_untouched, "it is theirs, and is not to be deleted with the document"

    def test_a_lost_answer_to_a_write_does_no_harm(self, scene: ClusterScene, device: CucmDevice) -> None:
        key = Key(TARGET, Kind.SIP_SECURITY_PROFILE, "lost")
        scene.cluster.faults.axl_lost_answers = 1
        device.carry_out(creation(key, {**FIELDS[PROFILE], "x509SubjectName": "lost.example.com"}))
        assert shown(device, key).settings["x509SubjectName"] == "lost.example.com"
        scene.cluster.faults.axl_lost_answers = 1
        device.carry_out(removal(shown(device, key)))
        assert key not in device.observe([key]).resources

    def test_answers_that_stay_lost_are_transient(self, scene: ClusterScene, device: CucmDevice) -> None:
        before = shown(device, TRUNK)
        scene.cluster.faults.axl_lost_answers = 100
        with pytest.raises(DeviceUnreachable):
            device.carry_out(edit(before, description="perhaps"))
        scene.cluster.faults.axl_lost_answers = 0
        assert shown(device, TRUNK).settings["description"] == "perhaps"  # the next look tells

    def test_removing_and_resetting_what_is_gone_is_no_error(self, device: CucmDevice) -> None:
        for key in (PATTERN, TRUNK):
            found = shown(device, key)
            device.carry_out(removal(found))
            device.carry_out(removal(found))
        device.carry_out(activation(Key(TARGET, Kind.ACTIVATION, "made")))


def test_edits_count_after_the_activation(scene: ClusterScene, device: CucmDevice) -> None:
    sip, reset = scene.cluster.nodes["cucm-sub2"].sip, activation(Key(TARGET, Kind.ACTIVATION, "made"))

    def runs_with(name: str) -> bool:
        return "made" in sip.trunks and sip.trunks["made"].subjects == (name,)

    assert "made" not in sip.trunks
    device.carry_out(reset)
    until(lambda: runs_with("made.example.com"), "it runs")
    device.carry_out(edit(shown(device, PROFILE), x509SubjectName="new.example.com"))
    assert shown(device, PROFILE).settings["x509SubjectName"] == "new.example.com" and runs_with("made.example.com")
    device.carry_out(reset)
    until(lambda: runs_with("new.example.com"), "it runs with the edit")
