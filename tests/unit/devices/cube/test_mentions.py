"""Whatever names a trustpoint or a key pair keeps it from being destroyed."""

import pytest

from trunkline.devices.cube.read.config import running_config
from trunkline.devices.cube.resources import sections
from trunkline.model.key import Key, Kind

TRUSTPOINT, KEY_PAIR = Key("cube/x", Kind.TRUSTPOINT, "sip-1"), Key("cube/x", Kind.KEY_PAIR, "sip-1")
FRAME = (
    "version 17.9\nhostname sip-1\n!\ncrypto pki trustpoint sip-1\n enrollment terminal pem\n subject-name cn=x\n"
    " rsakeypair sip-1\n!\ncrypto pki certificate chain sip-1\n!\n{}\nend\n"
)


def users(config: str, wanted: Key) -> set[tuple[Kind, str]]:
    read = running_config(FRAME.format(config))
    assert not read.problem
    return {(one.key.kind, one.key.name) for one in sections("cube/x", read.value, ["sip-1"]) if wanted in one.needs}


def test_its_own_lines_are_no_use_of_a_trustpoint() -> None:
    assert users("!", TRUSTPOINT) == set()
    assert users("!", KEY_PAIR) == {(Kind.TRUSTPOINT, "sip-1")}


@pytest.mark.parametrize(
    ("config", "user"),
    [
        ("ip http secure-trustpoint sip-1", (Kind.GLOBAL, "")),
        ("ip ssh server certificate profile\n server\n  trustpoint sign sip-1", (Kind.GLOBAL, "")),
        ("crypto pki certificate map sip-1 10\n subject-name co x", (Kind.GLOBAL, "")),
        ("telephony-service\n secure-signaling trustpoint sip-1", (Kind.GLOBAL, "")),
        ("sccp ccm group 1\n associate profile 1 register x\n trustpoint sip-1", (Kind.GLOBAL, "")),
        ("dspfarm profile 1 conference security\n trustpoint sip-1", (Kind.GLOBAL, "")),
        ('event manager applet x\n action 1 cli command "crypto pki enroll sip-1"', (Kind.GLOBAL, "")),
        ("crypto pki trustpoint other\n chain-validation continue sip-1", (Kind.TRUSTPOINT, "other")),
        ("voice class tls-profile 1\n trustpoint sip-1", (Kind.TLS_PROFILE, "1")),
        ("voice class tls-profile 1\n trustpoint other client sip-1", (Kind.TLS_PROFILE, "1")),
        ("voice class tls-profile 1\n client-vtp sip-1", (Kind.TLS_PROFILE, "1")),
        ("voice class tenant 1\n  some-command sip-1", (Kind.TENANT, "1")),
        ("voice service voip\n stun\n  trustpoint sip-1", (Kind.VOICE_SERVICE, "voip")),
        ("sip-ua \n crypto signaling default trustpoint sip-1 ", (Kind.SIP_UA, "")),
        ("sip-ua \n crypto signaling default trustpoint a client-vtp sip-1 ", (Kind.SIP_UA, "")),
    ],
)
def test_a_trustpoint_named_anywhere_is_in_use(config: str, user: tuple[Kind, str]) -> None:
    assert users(config, TRUSTPOINT) == {user}


@pytest.mark.parametrize(
    "config",
    [
        "dial-peer voice 1 voip\n description to sip-1",
        "username sip-1 privilege 15",
        "crypto pki trustpoint other\n fqdn sip-1",
        "ip domain name sip-1",
        "interface Loopback0\n description sip-1",
        "ip http secure-trustpoint sip-10",
    ],
)
def test_free_text_and_longer_names_are_no_use(config: str) -> None:
    assert users(config, TRUSTPOINT) == set()


@pytest.mark.parametrize(
    ("config", "user"),
    [
        ("ip ssh rsa keypair-name sip-1", (Kind.GLOBAL, "")),
        ("crypto pki trustpoint other\n rsakeypair sip-1 2048", (Kind.TRUSTPOINT, "other")),
        ("crypto pki trustpoint other\n eckeypair sip-1", (Kind.TRUSTPOINT, "other")),
    ],
)
def test_a_key_pair_named_anywhere_is_in_use(config: str, user: tuple[Kind, str]) -> None:
    assert users(config, KEY_PAIR) == {(Kind.TRUSTPOINT, "sip-1"), user}


def test_a_binding_to_a_trustpoint_is_not_taken_for_one_to_the_key_of_that_name() -> None:
    """Else no key could be destroyed in the pass that leads the binding elsewhere."""
    assert users("sip-ua \n crypto signaling default trustpoint sip-1", KEY_PAIR) == {(Kind.TRUSTPOINT, "sip-1")}
