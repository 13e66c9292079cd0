"""What a configuration line does: slots, hidden defaults, rewritten lines, negation."""

import pytest

from trunkline.twin.cube.config import render
from trunkline.twin.cube.config.matching import Mismatch
from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.cube.trains import TRAINS


def after(*lines: str, train: str = "17.9") -> RunningConfig:
    """Lines typed from the top; indented ones go into the section entered last."""
    running = RunningConfig(TRAINS[train].numbers)
    path = [running.root]
    for line in lines:
        depth = len(line) - len(line.lstrip())
        path = path[: depth + 1]
        effect = running.enter(path[-1], line.strip())
        if effect.enters:
            path.append(effect.enters)
    return running


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("sess tar ipv4:1.2.3.4", "session target ipv4:1.2.3.4"),
        ("incoming called .T", "incoming called-number .T"),
        (
            "voice-class sip bind control source-interface gi0/0",
            "voice-class sip bind control source-interface GigabitEthernet0/0",
        ),
        ("no vad", "no vad"),
    ],
)
def test_lines_are_stored_written_out(typed: str, stored: str) -> None:
    assert after("dial-peer voice 1 voip", f" {typed}", train="15.6").section("dial-peer voice 1 voip") == (stored,)


@pytest.mark.parametrize("default", ["vad", "codec g729r8", "preference 0", "session protocol cisco"])
def test_defaults_are_hidden(default: str) -> None:
    assert after("dial-peer voice 1 voip", f" {default}").section("dial-peer voice 1 voip") == ()


def test_one_signalling_line_for_each_peer() -> None:
    running = after(
        "sip-ua",
        " crypto signaling default trustpoint A",
        " crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint A",
        " crypto signaling remote-addr 10.0.0.2 255.255.255.255 trustpoint A strict-cipher",
        " crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint B",
    )
    assert running.section("sip-ua") == (
        "crypto signaling default trustpoint A",
        "crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint B",
        "crypto signaling remote-addr 10.0.0.2 255.255.255.255 trustpoint A strict-cipher",
    )


def test_the_short_negation_takes_the_whole_line_away() -> None:
    running = after(
        "sip-ua",
        " crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint A",
        " no crypto signaling remote-addr 10.0.0.1 255.255.255.255",
    )
    assert running.section("sip-ua") == ()


@pytest.mark.parametrize("short", ["no session target", "no description", "no voice-class sip tenant", "no codec"])
def test_negation_needs_no_value(short: str) -> None:
    lines = ("description x", "session target ipv4:10.0.0.1", "voice-class sip tenant 1", "codec g711ulaw")
    left = after("dial-peer voice 1 voip", *(f" {line}" for line in lines), f" {short}").section("dial-peer voice 1 voip")
    assert len(left) == 3
    assert not any(line.startswith(short.removeprefix("no ")) for line in left)


def test_without_fallback_srtp_stays() -> None:
    assert after("voice service voip", " srtp fallback", " no srtp fallback").section("voice service voip") == ("srtp",)


def test_bind_all_is_stored_as_two_lines() -> None:
    running = after("voice service voip", " sip", "  bind all source-interface gi0/0")
    assert running.section("voice service voip", "sip") == (
        "bind control source-interface GigabitEthernet0/0",
        "bind media source-interface GigabitEthernet0/0",
    )


def test_a_host_is_trusted_without_a_mask_and_not_twice() -> None:
    running = after(
        "voice service voip",
        " ip address trusted list",
        "  ipv4 10.1.1.1 255.255.255.255",
        "  ipv4 10.1.1.1",
        "  ipv4 10.2.0.0 255.255.0.0",
    )
    assert running.section("voice service voip", "ip address trusted list") == ("ipv4 10.1.1.1", "ipv4 10.2.0.0 255.255.0.0")


def test_a_trustpoint_shows_what_nobody_typed() -> None:
    running = after("crypto pki trustpoint T", " enrollment terminal")
    shown = {name: list(render.body(running, TRAINS[name], ())) for name in ("16.12", "17.9", "17.15")}
    assert [shown[name][2:-1] for name in ("16.12", "17.9", "17.15")] == [
        ["crypto pki trustpoint T", " enrollment terminal", " revocation-check crl"],
        ["crypto pki trustpoint T", " enrollment terminal", " revocation-check crl", " hash sha256"],
        ["crypto pki trustpoint T", " enrollment terminal", " revocation-check crl", " hash sha512"],
    ]


def test_ios_15_prints_srtp_in_front_of_what_connections_are_allowed() -> None:
    running = after("voice service voip", " allow-connections sip to sip", " srtp fallback", " address-hiding")
    shown = {name: list(render.body(running, TRAINS[name], ()))[3:-1] for name in ("15.6", "16.12")}
    assert shown == {
        "15.6": [" address-hiding", " srtp fallback", " allow-connections sip to sip"],
        "16.12": [" address-hiding", " allow-connections sip to sip", " srtp fallback"],
    }


def test_a_tenant_shows_what_nobody_typed_two_blanks_deep() -> None:
    running = after("voice class tenant 1", " session transport tcp tls")
    assert list(render.body(running, TRAINS["17.9"], ()))[2:-1] == [
        "voice class tenant 1",
        "  no pass-thru content custom-sdp",
        "  session transport tcp tls",
    ]


@pytest.mark.parametrize(
    ("header", "train", "knows"),
    [
        ("voice class tls-cipher 1", "15.6", False),
        ("voice class tls-cipher 1", "17.6", False),
        ("voice class tls-cipher 1", "17.9", True),
        ("voice class tls-profile 1", "16.12", False),
        ("voice class tls-profile 1", "17.6", True),
        ("voice class dualtone-detect-params 1", "15.6", True),
    ],
)
def test_a_class_of_a_later_release_is_refused(header: str, train: str, knows: bool) -> None:
    if knows:
        assert after(header, train=train).headers(header)
        return
    with pytest.raises(Mismatch) as refused:
        after(header, train=train)
    assert (refused.value.kind, refused.value.column) == ("invalid", len("voice class "))


def test_codecs_are_written_out_and_what_is_none_is_refused() -> None:
    peer = after("dial-peer voice 1 voip", " codec g711u").section("dial-peer voice 1 voip")
    assert peer == ("codec g711ulaw",)
    peer = after("dial-peer voice 1 voip", " codec g729r8 bytes 40").section("dial-peer voice 1 voip")
    assert peer == ("codec g729r8 bytes 40",)
    with pytest.raises(Mismatch):
        after("dial-peer voice 1 voip", " codec foo")
    with pytest.raises(Mismatch):
        after("voice class codec 1", " codec preference 1 foo")


def test_an_interface_has_one_description() -> None:
    lines = (
        "interface gi0/1",
        " description a",
        " ip address 10.1.1.1 255.255.255.0",
        " shutdown",
        " description b c",
        " no shutdown",
    )
    assert set(after(*lines).section("interface GigabitEthernet0/1")) == {
        "description b c",
        "ip address 10.1.1.1 255.255.255.0",
    }


def test_networks_of_the_trusted_list_have_dotted_masks() -> None:
    lines = (
        "voice service voip",
        " ip address trusted list",
        "  ipv4 10.0.0.0/24",
        "  ipv4 192.168.20.2/16",
        "  ipv4 10.1.1.1/32",
    )
    assert after(*lines).section("voice service voip", "ip address trusted list") == (
        "ipv4 10.0.0.0 255.255.255.0",
        "ipv4 192.168.20.2 255.255.0.0",
        "ipv4 10.1.1.1",
    )


def test_a_wrong_pki_command_is_refused_not_stored() -> None:
    with pytest.raises(Mismatch):
        after("crypto pki autenticate T")
