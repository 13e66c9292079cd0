"""What AXL enforces beyond its schema."""

import pytest
from lxml import etree

from trunkline.twin.cucm.axl import rules
from trunkline.twin.cucm.axl.envelope import Fault
from trunkline.twin.cucm.axl.objects import TYPES, Record

SECURE = {"securityMode": "Encrypted", "incomingTransport": "TLS", "outgoingTransport": "TLS", "incomingPort": "5061"}


def record(**fields: str) -> Record:
    values = {}
    for name, text in fields.items():
        values[name] = etree.Element(name)
        values[name].text = text
    return Record("{U}", values)


def profile(name: str, subjects: str, **changes: str) -> Record:
    return record(**{"name": name, "x509SubjectName": subjects, **SECURE, **changes})


class TestPairs:
    """The three trunks of the security guide."""

    def test_the_same_name_on_another_port_is_fine(self) -> None:
        one, two = profile("1", "my_cm1, my_cm2"), profile("2", "my_cm2, my_cm3", incomingPort="5071")
        rules.check_pairs([one, two], ["1", "2"])

    def test_the_same_name_on_the_same_port_is_not(self) -> None:
        one, three = profile("1", "my_cm1, my_cm2"), profile("3", "MY_CM1")
        with pytest.raises(Fault, match="my_cm1 with incoming port 5061 is in use by 1"):
            rules.check_pairs([one, three], ["1", "3"])

    def test_a_profile_that_no_trunk_uses_does_not_count(self) -> None:
        rules.check_pairs([profile("1", "a"), profile("3", "a")], ["1"])

    def test_one_profile_serves_several_trunks(self) -> None:
        rules.check_pairs([profile("1", "a")], ["1", "1"])

    def test_a_port_is_for_tls_or_not(self) -> None:
        plain = record(name="2", securityMode="Non Secure", incomingTransport="TCP+UDP", incomingPort="5061")
        with pytest.raises(Fault, match="another transport"):
            rules.check_pairs([profile("1", "a"), plain], ["1", "2"])


@pytest.mark.parametrize(
    "changes",
    [
        {"outgoingTransport": "TCP"},
        {"incomingTransport": "UDP"},
        {"securityMode": "Non Secure"},
        {"securityMode": "Authenticated", "incomingTransport": "TCP"},
        {"incomingPort": "65536"},
    ],
)
def test_mode_transport_and_port_must_fit(changes: dict[str, str]) -> None:
    rules.check_profile(profile("fits", "a"))
    with pytest.raises(Fault) as caught:
        rules.check_profile(profile("does not", "a", **changes))
    assert caught.value.code == 5003


def test_names_are_separated_by_any_of_four() -> None:
    assert rules.names_in("A, b;c:d e") == ["a", "b", "c", "d", "e"]


def test_a_trunk_is_named_for_urls_and_a_profile_described_without_markup() -> None:
    rules.check_texts(TYPES["SipTrunk"], record(name="sbc-1_a.b~c"))
    with pytest.raises(Fault):
        rules.check_texts(TYPES["SipTrunk"], record(name="sbc 1"))
    with pytest.raises(Fault):
        rules.check_texts(TYPES["SipTrunkSecurityProfile"], record(name="x", description="a & b"))
