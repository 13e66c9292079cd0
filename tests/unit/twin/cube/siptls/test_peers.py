"""Dial-peers and their keepalives, as they are shown."""

import re
from pathlib import Path

import pytest

from support.console import Console, make_router
from trunkline.twin.cube.siptls.keepalive import State, Timing
from trunkline.twin.cube.siptls.shows import AGENTS

CONFIG = """hostname cube1
voice class server-group 1
 ipv4 10.50.244.2
 ipv4 10.50.244.62
voice class sip-options-keepalive 1
 up-interval 5
 down-interval 5
dial-peer voice 1 voip
 destination-pattern ^1000$
 session protocol sipv2
 session server-group 1
 session transport tcp tls
 voice-class sip options-keepalive profile 1
dial-peer voice 2 voip
 destination-pattern 1......
 session protocol sipv2
 session target ipv4:10.104.45.253
 session transport tcp tls
 voice-class sip options-keepalive
dial-peer voice 101 voip
 destination-pattern 1......
 session protocol sipv2
 session target ipv4:10.104.45.31
 shutdown
"""
GROUP = (("10.50.244.2", 5061), ("10.50.244.62", 5061))


def busy(*targets: tuple[str, int]) -> None:
    AGENTS["127.250.86.86"].targets.update({target: State(failures=5) for target in targets})


@pytest.mark.samples
def test_summary_of_15(samples: Path) -> None:
    console = Console(make_router("15.6", CONFIG))
    busy(("10.104.45.253", 5061))
    shown = console.ask("show dial-peer voice summary")
    wanted = (samples / "show_dial-peer_voice_summary__ios15__busyout.txt").read_text().splitlines()
    assert [line.rstrip() for line in shown[1:3]] == [line.rstrip() for line in wanted[1:3]]
    assert shown[4:] == [wanted[4], wanted[6]]


@pytest.mark.samples
def test_summary_of_16(samples: Path) -> None:
    """A group is busy only when all its members are. The capture's first lines have blank ones between them."""
    wanted = (samples / "show_dial-peer_voice_summary__iosxe_16_17__server_group_vrf.txt").read_text().splitlines()
    rows = [line.replace("1000   voip", "1      voip") for line in wanted if line.startswith("1000 ")]
    console = Console(make_router("16.12", CONFIG))
    busy(*GROUP)
    shown = console.ask("show dial-peer voice summary")
    assert shown[1:3] == [wanted[2], wanted[4]]
    assert shown[3] == rows[0]
    AGENTS["127.250.86.86"].targets[GROUP[0]].failures = 0
    assert console.ask("show dial-peer voice summary")[3] == rows[1]


@pytest.mark.samples
def test_keepalive(samples: Path) -> None:
    wanted = (samples / "show_voice_class_sip-options-keepalive_N__iosxe__active.txt").read_text().splitlines()[1:]
    assert Console(make_router("17.9", CONFIG)).ask("show voice class sip-options-keepalive 1") == wanted


def test_a_busy_member_and_a_busy_group() -> None:
    console = Console(make_router("17.9", CONFIG))
    busy(GROUP[0])
    shown = "\n".join(console.ask("show voice class sip-options-keepalive 1"))
    assert re.search(r"^   1            Busy\n   2            Active$", shown, re.MULTILINE)
    assert "  Server Group: 1                OOD Stat: Active" in shown
    busy(*GROUP)
    assert "  Server Group: 1                OOD Stat: Busy" in "\n".join(
        console.ask("show voice class sip-options-keepalive 1")
    )


def test_a_target_counts_as_busy_after_so_many_failures_and_is_alive_again_with_one_answer() -> None:
    state, timing = State(), Timing(up_seconds=10, down_seconds=2, retry=3)
    for _ in range(3):
        assert state.is_active(timing)
        state.heard(timing, 100.0, 0.5, is_ok=False)
    assert not state.is_active(timing)
    assert state.next_at == 101.0
    state.heard(timing, 200.0, 0.5, is_ok=True)
    assert state.is_active(timing)
    assert state.next_at == 205.0
