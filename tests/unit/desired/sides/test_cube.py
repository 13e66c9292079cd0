"""Which lines of a CUBE come from which fields."""

import pytest

from support.compiled import BUSAN, EDGE, compiled, lines, names
from support.examples import CUBE, LINK, MODERN_CUBE, MODERN_LINK, Edit
from support.lint_cases import outbound
from trunkline.devices.cube.dialect import CubeDialect

PLAIN: tuple[Edit, ...] = (
    (LINK, "tls:\n  port: 5061\n  signalling: default\nsrtp: fallback", "tls: null\nsrtp: none"),
    (CUBE, "srtp: fallback", "srtp: none"),
)


def test_the_classic_cube_of_the_article() -> None:
    """Rows 5 to 10 of the article, as IOS stores them."""
    desired = compiled(EDGE)
    assert lines(desired, "voice-service voip") == [
        "address-hiding",
        "mode border-element license capacity 225",
        "allow-connections sip to sip",
        "srtp fallback",
    ]
    assert lines(desired, "voice-service-sip voip") == [
        "bind control source-interface GigabitEthernet0/0",
        "bind media source-interface GigabitEthernet0/0",
        "url sips",
    ]
    assert lines(desired, "trusted-list voip") == [
        "ipv4 10.72.86.74",
        "ipv4 10.72.86.75",
        "ipv4 10.72.86.76",
        "ipv4 10.72.86.0 255.255.255.0",
    ]
    assert lines(desired, "sip-ua") == ["transport tcp tls", "crypto signaling default trustpoint sip-trunk-cert"]


def test_one_dial_peer_for_each_node() -> None:
    desired = compiled(EDGE)
    shared = ["session transport tcp tls", "dtmf-relay rtp-nte", "codec g711ulaw", "no vad"]
    head = ["destination-pattern 1...", "session protocol sipv2"]
    assert names(desired, "dial-peer") == ["100", "101", "102", "200"]
    assert lines(desired, "dial-peer 100") == [*head, "session target ipv4:10.72.86.74:5061", *shared]
    assert lines(desired, "dial-peer 101") == [*head, "preference 1", "session target ipv4:10.72.86.75:5061", *shared]
    assert lines(desired, "dial-peer 102") == [*head, "preference 2", "session target ipv4:10.72.86.76:5061", *shared]
    assert lines(desired, "dial-peer 200") == ["session protocol sipv2", "incoming called-number .T", *shared]


def test_one_dial_peer_for_a_group_of_all_nodes() -> None:
    desired = compiled(BUSAN)
    assert lines(desired, "server-group 710") == [
        "ipv4 10.72.86.74 port 5061",
        "ipv4 10.72.86.75 port 5061 preference 1",
        "ipv4 10.72.86.76 port 5061 preference 2",
    ]
    assert lines(desired, "dial-peer 7100") == [
        "description to CUCM seoul",
        "destination-pattern 2...",
        "session protocol sipv2",
        "session server-group 710",
        "session transport tcp tls",
        "voice-class codec 10",
        "voice-class sip srtp-crypto 10",
        "dtmf-relay rtp-nte",
        "no vad",
        "voice-class sip options-keepalive up-interval 60 down-interval 30 retry 5",
    ]


def test_a_modern_cube_binds_a_tls_profile() -> None:
    desired = compiled(BUSAN)
    assert lines(desired, "sip-ua") == [
        "transport tcp tls v1.2",
        "crypto signaling remote-addr 10.72.86.0 255.255.255.0 tls-profile 10",
    ]
    assert lines(desired, "tls-profile 10") == ["trustpoint busan-sip", "cipher 10"]
    assert lines(desired, "tls-cipher 10") == [
        "cipher 1 ECDHE_RSA_AES256_GCM_SHA384",
        "cipher 2 ECDHE_RSA_AES128_GCM_SHA256",
    ]
    assert lines(desired, "srtp-crypto 10") == ["crypto 1 AEAD_AES_256_GCM", "crypto 2 AES_CM_128_HMAC_SHA1_80"]
    assert lines(desired, "voice-class-codec 10") == [
        "codec preference 1 g711ulaw",
        "codec preference 2 g711alaw",
        "codec preference 3 g729r8",
    ]


SERVICE, SIP, PROFILE = "voice-service voip", "voice-service-sip voip", "tls-profile 10"
LICENSED = "border_element:\n    license_capacity: 225"
FIELDS: list[tuple[str, Edit, str, str]] = [
    (EDGE, (CUBE, LICENSED, "border_element: true"), SERVICE, "mode border-element"),
    (EDGE, (CUBE, LICENSED, "border_element: false"), SERVICE, "no mode border-element"),
    (EDGE, (CUBE, "address_hiding: true", "address_hiding: false"), SERVICE, "no address-hiding"),
    (EDGE, (CUBE, "[sip to sip]", "[sip to sip, h323 to sip]"), SERVICE, "allow-connections h323 to sip"),
    (EDGE, (CUBE, "  srtp: fallback", "  srtp: required"), SERVICE, "srtp"),
    (EDGE, (CUBE, "  srtp: fallback", "  lines: [srtp pass-thru]"), SERVICE, "srtp pass-thru"),
    (EDGE, (CUBE, "url: sips", "early_offer: forced"), SIP, "early-offer forced"),
    (EDGE, (CUBE, "url: sips", "early_offer: off"), SIP, "no early-offer"),
    (EDGE, (CUBE, "url: sips", "sip_lines: [midcall-signaling passthru]"), SIP, "midcall-signaling passthru"),
    (EDGE, (CUBE, "bind: signalling", "bind: {control: Loopback0, media: Loopback1}"), SIP,
     "bind media source-interface Loopback1"),
    (EDGE, (CUBE, "interface: GigabitEthernet0/0", "interface: GigabitEthernet0/0\n  tls_port: 5062"), SIP,
     "listen-port secure 5062"),
    (EDGE, (CUBE, "[10.72.86.0/24]", "[10.9.9.9]"), "trusted-list voip", "ipv4 10.9.9.9"),
    (EDGE, (CUBE, "", "sip_ua: {tls_version: v1.1}\n"), "sip-ua", "transport tcp tls v1.1"),
    (BUSAN, (MODERN_CUBE, '"17.9"\n', '"17.15"\n'), "sip-ua", "transport tcp tls v1.2"),
    (BUSAN, (MODERN_CUBE, "tls_version: v1.2", "tls_version: v1.2\n  minimum: true"), "sip-ua",
     "transport tcp tls v1.2 minimum"),
    (BUSAN, (MODERN_CUBE, "tls_version: v1.2", "lines: [timers connect 100]"), "sip-ua", "timers connect 100"),
    (EDGE, (CUBE, "", "lines: [ip domain name example.com]\n"), "global", "ip domain name example.com"),
    (EDGE, (LINK, "signalling: default", "strict_cipher: true"), "sip-ua",
     "crypto signaling default trustpoint sip-trunk-cert strict-cipher"),
    (EDGE, (LINK, "signalling: default", "signalling: remote-address"), "sip-ua",
     "crypto signaling remote-addr 10.72.86.74 255.255.255.255 trustpoint sip-trunk-cert"),
    (EDGE, (LINK, "signalling: default", "signalling: remote-address\n  remote_prefixes: [10.72.86.0/24]"), "sip-ua",
     "crypto signaling remote-addr 10.72.86.0 255.255.255.0 trustpoint sip-trunk-cert"),
    (BUSAN, (MODERN_LINK, "    cipher_class: 10\n", "    cn_san: bidirectional\n"), PROFILE, "cn-san validate bidirectional"),
    (BUSAN, (MODERN_LINK, "    cipher_class: 10\n", "    lines: [client-vtp TL-PEER]\n"), PROFILE, "client-vtp TL-PEER"),
    (EDGE, outbound("sips: true"), "dial-peer 100", "voice-class sip url sips"),
    (EDGE, outbound("sips: false"), "dial-peer 100", "voice-class sip url sip"),
    (EDGE, outbound("srtp: fallback"), "dial-peer 100", "srtp fallback"),
    (EDGE, outbound("srtp: none"), "dial-peer 100", "no srtp"),
    (EDGE, outbound("dtmf_relay: [rtp-nte, sip-kpml]"), "dial-peer 100", "dtmf-relay rtp-nte sip-kpml"),
    (EDGE, outbound("lines: [voice-class sip options-keepalive profile 200]"), "dial-peer 100",
     "voice-class sip options-keepalive profile 200"),
    (EDGE, (LINK, "    vad: false\nsecurity", "    vad: true\nsecurity"), "dial-peer 200", "vad"),
    (EDGE, (LINK, 'incoming_called_number: ".T"', "incoming_uri: via 1"), "dial-peer 200", "incoming uri via 1"),
]  # fmt: skip
"""The CUBE, an edit of the examples, the section, and the line that it gets there."""


@pytest.mark.parametrize(("cube", "edit", "section", "line"), FIELDS, ids=[line for _, _, _, line in FIELDS])
def test_a_field_and_its_line(cube: str, edit: Edit, section: str, line: str) -> None:
    assert lines(compiled(cube, edit), section).count(line) == 1


def test_what_is_not_stated_is_not_said() -> None:
    """A service section without fields states nothing but the default, which a person would type too."""
    bare = (CUBE, "voice_service:\n  border_element:\n    license_capacity: 225\n  address_hiding: true\n"
            "  allow_connections: [sip to sip]\n  srtp: fallback\n  url: sips\n  trusted: [10.72.86.0/24]\n"
            "  bind: signalling\n", "voice_service: {allow_connections: [], bind: null}\n")  # fmt: skip
    desired = compiled(EDGE, bare)
    assert names(desired, "voice-service") == []
    assert names(desired, "voice-service-sip") == []
    assert names(desired, "trusted-list") == ["voip"]


def test_a_trunk_without_tls() -> None:
    """Cisco advises to see a plain call work first."""
    desired = compiled(EDGE, *PLAIN)
    assert names(desired, "sip-ua") == []
    assert names(desired, "trustpoint") == []
    assert lines(desired, "dial-peer 100")[2:] == [
        "session target ipv4:10.72.86.74:5060",
        "dtmf-relay rtp-nte",
        "codec g711ulaw",
        "no vad",
    ]
    assert lines(desired, "sip-security-profile vg-yohur TLS") == [
        "securityMode=Non Secure",
        "incomingTransport=TCP+UDP",
        "outgoingTransport=TCP",
        "incomingPort=5060",
    ]
    assert "destinations=10.72.86.86:5060" in lines(desired, "sip-trunk SIP-TRUNK-YOHUR")
    assert "srtpAllowed=false" in lines(desired, "sip-trunk SIP-TRUNK-YOHUR")


def test_every_line_says_where_it_comes_from() -> None:
    places = {str(key): str(resource.origin) for key, resource in compiled(EDGE).resources.items()}
    assert places["cube/vg-yohur dial-peer 100"] == f"{LINK}:10:3"
    assert places["cube/vg-yohur voice-service voip"] == f"{CUBE}:17:1"
    assert places["cluster/seoul sip-trunk SIP-TRUNK-YOHUR"] == f"{LINK}:25:1"
    assert places["cluster/seoul route-pattern 9.@@PSTN"] == f"{LINK}:29:5"


def test_a_raw_line_counts_before_what_fields_become() -> None:
    raw = "crypto signaling default trustpoint sip-trunk-cert ecdsa-cipher"
    desired = compiled(EDGE, (CUBE, "", f"sip_ua: {{lines: [{raw}]}}\n"))
    (section,) = [one for key, one in desired.resources.items() if key.kind == "sip-ua"]
    assert list(CubeDialect((15, 6)).canonical(section).settings.values()) == ["transport tcp tls", raw]
