"""What dial-peers speak and call, and whom the trusted list holds: one reading for the forecast and for the diagnosis."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from support.fake import NOW
from trunkline.loop.ends import calls
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.resource import Resource

CUBE = "cube/x"
TLS, UDP, SYSTEM = "session transport tcp tls", "session transport udp", "session transport system"


def cube(**sections: tuple[str, ...]) -> Observed:
    """Sections by the value of their kind, `_` for a dash; a tenant, a server-group and a TLS profile have the tag 1."""
    found = {}
    for word, lines in sections.items():
        kind = Kind(word.replace("_", "-"))
        tagged = (Kind.TENANT, Kind.SERVER_GROUP, Kind.TLS_PROFILE)
        key = Key(CUBE, kind, "1" if kind in tagged else "" if kind is Kind.SIP_UA else "voip")
        found[key] = Resource(key, {line: line for line in lines})
    return Observed(CUBE, NOW, found)


@pytest.mark.parametrize(
    ("own", "of_tenant", "everywhere", "spoken"),
    [
        ((TLS,), (), (), "tcp tls"),
        ((UDP,), (TLS,), (TLS,), "udp"),
        ((), (TLS,), (UDP,), "tcp tls"),
        ((SYSTEM,), (TLS,), (), "tcp tls"),
        ((), (), (TLS,), "tcp tls"),
        ((), (SYSTEM,), (TLS,), "tcp tls"),
        ((), (), (), "udp"),
    ],
)
def test_the_narrowest_setting_says_what_is_spoken(
    own: tuple[str, ...], of_tenant: tuple[str, ...], everywhere: tuple[str, ...], spoken: str
) -> None:
    seen = cube(tenant=of_tenant, voice_service_sip=everywhere)
    assert calls.transport(seen, ("voice-class sip tenant 1", *own)) == spoken


def test_a_tenant_counts_for_who_names_it() -> None:
    assert calls.transport(cube(tenant=(TLS,)), ()) == "udp"


def test_targets_are_told_with_their_ports() -> None:
    seen = cube(server_group=("description all", "ipv4 10.2.2.2 port 5071 preference 1", "ipv6 2001:db8::2", "hunt-scheme x"))
    assert list(calls.targets(seen, ("session target ipv4:10.1.1.1",))) == [("10.1.1.1", "5061")]
    assert list(calls.targets(seen, ("session target dns:cucm.example.com:5062",))) == [("cucm.example.com", "5062")]
    assert list(calls.targets(seen, ("session server-group 1",))) == [("10.2.2.2", "5071"), ("2001:db8::2", "5061")]
    assert list(calls.targets(seen, ("session target sip-server",))) == []


def test_the_trusted_list_holds_networks_and_addresses() -> None:
    seen = cube(trusted_list=("ipv4 10.1.0.0 255.255.0.0", "ipv4 10.2.2.2", "ipv4 10.2.2.999", "ipv6 2001:db8::1"))
    assert list(calls.listed(seen)) == [IPv4Network("10.1.0.0/16"), IPv4Network("10.2.2.2/32")]


LISTED = {"trusted_list": ("ipv4 10.1.0.0 255.255.0.0",)}
OPEN = {"voice_service": ("no ip address trusted authenticate",)}


@pytest.mark.parametrize(
    ("sections", "is_trusted"),
    [
        ({}, False),
        (LISTED, True),
        (OPEN, True),
        ({"dial_peer": (UDP, "session target ipv4:10.1.1.1")}, True),  # whatever it speaks
        (
            {"dial_peer": (TLS, "session target ipv4:10.1.1.1:5061", "shutdown")},
            False,
        ),  # while it is down, it vouches for nobody
        ({"dial_peer": ("session server-group 1",), "server_group": ("ipv4 10.1.1.1",)}, True),
        ({"dial_peer": ("session server-group 1", "shutdown"), "server_group": ("ipv4 10.1.1.1",)}, False),
    ],
)
def test_whom_the_cube_answers(sections: dict[str, tuple[str, ...]], *, is_trusted: bool) -> None:
    assert calls.trusts(cube(**sections), "10.1.1.1") is is_trusted


@pytest.mark.parametrize(
    ("release", "validates", "is_trusted"),
    [((17, 9), "client", True), ((17, 9), "bidirectional", True), ((17, 9), "server", False), ((17, 6), "client", False)],
)
def test_whose_name_was_validated_is_trusted_from_17_8(release: tuple[int, ...], validates: str, *, is_trusted: bool) -> None:
    seen = cube(tls_profile=(f"cn-san validate {validates}",), sip_ua=("crypto signaling default tls-profile 1",))
    assert (
        calls.trusts(replace(seen, facts=CubeFacts(release, "", "x", NOW, clock_is_authoritative=True)), "10.1.1.1")
        is is_trusted
    )
