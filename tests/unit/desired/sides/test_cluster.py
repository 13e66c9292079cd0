"""Which objects of a cluster come from which fields, and from which certificates."""

import pytest

from support.compiled import BUSAN, EDGE, compiled, lines, observed
from support.examples import CUBE, LINK, Edit, documents, examples
from trunkline.desired.compile import compile_cube

DESCRIPTION = "  description: CUBE vg-yohur\n"
PROFILE, TRUNK = "sip-security-profile vg-yohur TLS", "sip-trunk SIP-TRUNK-YOHUR"


def test_the_objects_of_the_article() -> None:
    """Rows 11 to 13: the X.509 name is the certificate's, the destination the CUBE's address."""
    desired = compiled(EDGE)
    assert lines(desired, PROFILE) == [
        "securityMode=Encrypted",
        "incomingTransport=TLS",
        "outgoingTransport=TLS",
        "x509SubjectName=sip-trunk-cert.example.com",
        "incomingPort=5061",
    ]
    assert lines(desired, "sip-profile trunkline vg-yohur") == [
        "enableOutboundOptionsPing=true",
        "optionsPingIntervalWhenStatusOK=60",
        "optionsPingIntervalWhenStatusNotOK=120",
    ]
    assert lines(desired, TRUNK) == [
        "description=CUBE vg-yohur",
        "devicePoolName=Default",
        "locationName=Hub_None",
        "securityProfileName=vg-yohur TLS",
        "sipProfileName=trunkline vg-yohur",
        "srtpAllowed=true",
        "runOnEveryNode=true",
        "destinations=10.72.86.86:5061",
    ]
    assert lines(desired, "route-pattern 9.@@PSTN") == [
        "pattern=9.@",
        "routePartitionName=PSTN",
        "gatewayName=SIP-TRUNK-YOHUR",
        "blockEnable=false",
        "dialPlanName=NANP",
        "digitDiscardInstructionName=PreDot",
    ]


FIELDS: list[tuple[Edit, str, str]] = [
    ((LINK, "port: 5061", "port: 5071"), PROFILE, "incomingPort=5071"),
    ((LINK, "port: 5061", "port: 5071"), TRUNK, "destinations=10.72.86.86:5061"),
    ((CUBE, "interface: GigabitEthernet0/0", "interface: GigabitEthernet0/0\n  tls_port: 5062"), TRUNK,
     "destinations=10.72.86.86:5062"),
    ((CUBE, "  address: 10.72.86.86", "  address: 10.72.86.87"), TRUNK, "destinations=10.72.86.87:5061"),
    ((LINK, "name: vg-yohur TLS\n", "name: vg-yohur TLS\n  names: [Old.example.com]\n"), PROFILE,
     "x509SubjectName=old.example.com,sip-trunk-cert.example.com"),
    ((LINK, "name: vg-yohur TLS\n", "name: vg-yohur TLS\n  fields: {acceptOutOfDialogRefer: true}\n"), PROFILE,
     "acceptOutOfDialogRefer=true"),
    ((LINK, "options_ping: {up_seconds: 60, down_seconds: 120}", "options_ping: null"), "sip-profile trunkline vg-yohur",
     "enableOutboundOptionsPing=false"),
    ((LINK, "srtp: fallback", "srtp: none"), TRUNK, "srtpAllowed=false"),
    ((LINK, DESCRIPTION, "  calling_search_space: FROM-CUBE\n"), TRUNK, "callingSearchSpaceName=FROM-CUBE"),
    ((LINK, DESCRIPTION, "  run_on_every_node: false\n"), TRUNK, "runOnEveryNode=false"),
    ((LINK, DESCRIPTION, "  fields: {mtpRequired: false, unattendedPort: true}\n"), TRUNK, "unattendedPort=true"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "section", "field"), FIELDS, ids=[field for _, _, field in FIELDS])
def test_a_field_and_what_it_becomes(edit: Edit, section: str, field: str) -> None:
    assert lines(compiled(EDGE, edit), section).count(field) == 1


def test_edits_count_after_a_reset_of_the_trunk() -> None:
    desired = compiled(EDGE)
    activating = {f"{key.kind} {key.name}".split("/")[0] for key, one in desired.resources.items() if one.activates}
    assert activating == {
        PROFILE,
        "sip-profile trunkline vg-yohur",
        TRUNK,
        "callmanager-trust cucm-pub",
        "callmanager-trust cucm-sub1",
        "callmanager-trust cucm-sub2",
    }


def test_the_trunk_waits_for_trust_on_both_ends() -> None:
    desired = compiled(EDGE)
    (trunk,) = [one for key, one in desired.resources.items() if key.kind == "sip-trunk"]
    assert {str(need).split("/")[0] + " " + need.kind for need in trunk.needs} == {
        "cluster callmanager-trust",
        "cluster sip-security-profile",
        "cluster sip-profile",
        "cube trust-anchor",
    }


SECOND = (  # what a second link of the modern CUBE says instead of what the first one of the classic CUBE does
    ("cube: vg-yohur", "cube: cube-busan"),
    ("vg-yohur TLS", "cube-busan TLS"),
    ("SIP-TRUNK-YOHUR", "SECOND"),
    ('"9.@"', '"7.@"'),
    ("srtp: fallback", "srtp: required"),
)


def test_two_links_share_a_security_profile() -> None:
    """The second link of the same CUBE may have the same profile: it is one resource that both links want."""
    text = examples()[LINK].decode()
    for before, after in SECOND:
        text = text.replace(before, after)
    desired = compile_cube(documents({**examples(), "links/second.yaml": text.encode()}), "r1", BUSAN, observed())
    (profile,) = [one for key, one in desired.resources.items() if key.kind == "sip-security-profile"]
    assert profile.links == {"busan-seoul", "second"}
    assert profile.settings["x509SubjectName"] == "busan-sip.example.com"
    assert {key.name for key in profile.activates} == {"SIP-TRUNK-BUSAN", "SECOND"}
    assert [link.name for link in desired.links] == ["busan-seoul", "second"]
    assert lines(desired, "sip-ua")[1:] == [
        "crypto signaling remote-addr 10.72.86.0 255.255.255.0 tls-profile 10",
        "crypto signaling default trustpoint busan-sip",
    ]
    assert lines(desired, "trusted-list voip").count("ipv4 10.72.86.74") == 1
