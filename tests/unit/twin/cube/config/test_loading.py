"""A configuration text becomes the tree and is printed back, whatever it holds."""

import pytest

from trunkline.twin.cube.config import loading, render
from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.cube.trains import TRAINS

INDENTED = """Building configuration...

Current configuration : 12 bytes
!
! Last configuration change at 09:00:00 UTC Tue Nov 24 2026 by netops
!
version 17.9
hostname cube1
!
frobnicate globally
voice service voip
 ip address trusted list
  ipv4 10.72.86.0 255.255.255.0
  ipv4 10.72.86.0 255.255.255.0
 sip
  bind control source-interface GigabitEthernet0/0
!
class-map match-any SIG
 match ip dscp cs3
!
dial-peer voice 1 voip
 description two  blanks stay
 session target ipv4:10.1.1.1
 session target ras
 unheard-of option
!
end
"""
FLAT = """version 16.12
hostname cube1
!
boot-start-marker
boot-end-marker
!
vrf definition Mgmt
!
address-family ipv4
exit-address-family
!
no logging console
ip dhcp pool phones
network 10.0.0.0 255.0.0.0
!
voice service voip
ip address trusted list
ipv4 10.0.0.0 255.0.0.0
address-hiding
sip
early-offer forced
!
voice class uri 1 sip
host ipv4:10.1.1.1
!
interface GigabitEthernet0/0
ip address 10.1.1.2 255.255.255.0
!
ip route 0.0.0.0 0.0.0.0 10.1.1.1
line con 0
login local
end
"""


def loaded(text: str, train: str = "17.9") -> RunningConfig:
    config = RunningConfig(TRAINS[train].numbers)
    loading.load(text, config)
    return config


def test_every_line_is_printed_where_it_stood() -> None:
    printed = list(render.body(loaded(INDENTED), TRAINS["17.9"], ()))
    stored = [line.rstrip() for line in INDENTED.splitlines() if line.strip() and line[0] != "!"][2:-1]
    assert [line.rstrip() for line in printed if line != "!"] == stored


@pytest.mark.parametrize(
    ("path", "below"),
    [
        (("vrf definition Mgmt",), ("address-family ipv4", "exit-address-family")),
        (("ip dhcp pool phones",), ("network 10.0.0.0 255.0.0.0",)),
        (("voice service voip",), ("ip address trusted list", "address-hiding", "sip")),
        (("voice service voip", "ip address trusted list"), ("ipv4 10.0.0.0 255.0.0.0",)),
        (("voice service voip", "sip"), ("early-offer forced",)),
        (("voice class uri 1 sip",), ("host ipv4:10.1.1.1",)),
        (("interface GigabitEthernet0/0",), ("ip address 10.1.1.2 255.255.255.0",)),
        (("line con 0",), ("login local",)),
    ],
)
def test_without_indentation_the_grammar_says_what_stands_below(path: tuple[str, ...], below: tuple[str, ...]) -> None:
    assert loaded(FLAT, "16.12").section(*path) == below


def test_without_indentation_nothing_is_swallowed_by_what_stands_above() -> None:
    tops = [entry.line for entry in loaded(FLAT, "16.12").root.children]
    assert tops[:4] == ["hostname cube1", "boot-start-marker", "boot-end-marker", "vrf definition Mgmt"]
    assert {"no logging console", "ip route 0.0.0.0 0.0.0.0 10.1.1.1", "voice class uri 1 sip"} <= set(tops)


def test_blanks_between_keywords_do_not_count() -> None:
    text = "sip-ua \n  crypto signaling remote-addr 10.1.1.1 255.255.255.255  trustpoint T strict-cipher  \n"
    line = "crypto signaling remote-addr 10.1.1.1 255.255.255.255 trustpoint T strict-cipher"
    assert loaded(text).section("sip-ua") == (line,)
