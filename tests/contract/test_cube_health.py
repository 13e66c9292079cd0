"""What a CUBE tells of its health: dial-peers, unsaved changes, and counters that are reset in every way there is."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.cubes import TRAINS, Bench, running_cube
from support.waiting import eventually
from trunkline.devices.cube.device import CubeDevice
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, DialPeerState, Observed
from trunkline.twin.cube.siptls.table import Counters
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.spec import busan_cube
from trunkline.twin.lab.standby import Standby, switch_over
from trunkline.views import document

NOBODY = "10.72.86.99"  # where nothing answers
PINGED = (
    "dial-peer voice 900 voip",
    " session protocol sipv2",
    f" session target ipv4:{NOBODY}:5061",
    " session transport tcp tls",
    " voice-class sip options-keepalive up-interval 5 down-interval 5 retry 2",
    "dial-peer voice 901 voip",
    " session protocol sipv2",
    " shutdown",
)
KEYS = tuple(Key("cube/x", Kind.DIAL_PEER, tag) for tag in ("900", "901"))
DAY = timedelta(days=1)


def facts(observed: Observed) -> CubeFacts:
    assert isinstance(observed.facts, CubeFacts)
    return observed.facts


@pytest.mark.parametrize("train", TRAINS)
def test_a_dial_peer_whose_target_is_silent_is_busied_out_on_every_release(tmp_path: Path, train: str) -> None:
    with running_cube(tmp_path, busan_cube(train)) as bench:
        agent, device = bench.lab.cubes[bench.name].agent, bench.device()
        agent.keepalive_scale = 0.02
        bench.router.type_on_console(list(PINGED), "kim")
        bench.lab.call(_announce(bench))
        eventually(lambda: (facts(device.observe(KEYS)).dial_peers or {})[900].keepalive == "busyout")
        peers = facts(device.observe(KEYS)).dial_peers
        assert peers == {900: DialPeerState(bench.router.train.is_xe, "busyout"), 901: DialPeerState(False)}
        assert facts(device.observe([])).dial_peers is None, "nobody asked"
        device.close()


async def _announce(bench: Bench) -> None:
    bench.router.announce()
    await asyncio.sleep(0)


def test_a_table_of_dial_peers_that_may_not_be_shown_is_unknown_and_holds_nothing(bench: Bench, device: CubeDevice) -> None:
    bench.faults.refuse = {"^show dial-peer": "Command authorization failed."}
    seen = device.observe(KEYS)
    assert (facts(seen).dial_peers, seen.gaps) == (None, ())


def test_what_a_person_did_not_save_is_told_by_everybodys_stamp(bench: Bench, device: CubeDevice) -> None:
    assert facts(device.observe([])).unsaved_since is None, "after a boot there is a stamp, but nobody changed anything"
    bench.router.type_on_console(["dial-peer voice 100 voip", " preference 7"], "kim")
    bench.age()
    at = bench.router.last_change[0].replace(microsecond=0)
    assert facts(device.observe([])).unsaved_since == at, "the export of certificates moves the stamp, not the moment"
    assert facts(device.observe([], full=True)).unsaved_since == at
    for since in (at, None):  # a daemon that starts anew knows no more whether the stamp is that of an export
        later = bench.device()
        assert facts(later.observe([])).unsaved_since == since
        later.close()
    bench.router.left_configuration("kim")
    bench.age()
    assert facts(device.observe([])).unsaved_since == bench.router.last_change[0].replace(microsecond=0)
    bench.lab.call(_saved(bench))
    assert facts(device.observe([])).unsaved_since is None


async def _saved(bench: Bench) -> None:
    bench.router.save("kim")


class Totals:
    """The daemon's totals over its restarts."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.engine = bench, open_engine("sqlite://")
        self.device = bench.device()

    def look(self) -> int:
        seen = facts(self.device.observe([]))
        journal = SqlJournal(self.engine, document.of_pass)
        return journal.monotone("cube/x", seen.counters, seen.counting)["tls_server_handshake_failures"]

    def restart(self) -> None:
        self.device.close()
        self.device = self.bench.device()

    def clear(self) -> None:
        type_by_ssh(self.bench.lab, self.bench.name, ("do clear sip-ua statistics",))

    def fail(self, times: int) -> None:
        self.bench.lab.cubes[self.bench.name].agent.counters.server_handshake_failures += times


@pytest.fixture
def totals(bench: Bench) -> Iterator[Totals]:
    bench.router.started_at -= DAY
    made = Totals(bench)
    made.fail(16)
    yield made
    made.device.close()


@pytest.mark.parametrize("restarts", [False, True])
def test_counters_go_on_over_a_clear(totals: Totals, restarts: bool) -> None:
    assert totals.look() == 16
    totals.clear()
    totals.fail(2)
    if restarts:
        totals.restart()
    assert totals.look() == 18
    totals.clear()
    assert totals.look() == 18
    totals.fail(1)
    assert totals.look() == 19


def test_two_clears_between_looks_lose_what_was_between_them(totals: Totals) -> None:
    """That cannot be told: what is counted is never more than what was."""
    assert totals.look() == 16
    totals.clear()
    totals.fail(5)
    totals.clear()
    totals.fail(3)
    assert totals.look() == 19


@pytest.mark.parametrize("restarts", [False, True])
def test_counters_go_on_over_a_reload_also_where_they_are_beyond_the_earlier_ones(totals: Totals, restarts: bool) -> None:
    assert totals.look() == 16
    totals.bench.lab.call(_reload(totals.bench))
    eventually(lambda: _answers(totals.bench.lab, totals.bench.name))
    totals.fail(40)
    if restarts:
        totals.restart()
    assert totals.look() == 56


async def _reload(bench: Bench) -> None:
    bench.router.reload()


def _answers(lab: Lab, name: str) -> bool:
    try:
        type_by_ssh(lab, name, ())
    except OSError:
        time.sleep(0.2)
        return False
    return True


@pytest.mark.parametrize("counted", [3, 900])
@pytest.mark.parametrize("uptime", [timedelta(hours=3), 40 * DAY])
@pytest.mark.parametrize("restarts", [False, True])
def test_what_the_standby_counted_before_it_took_over_is_no_burst(
    totals: Totals, counted: int, uptime: timedelta, restarts: bool
) -> None:
    assert totals.look() == 16
    changed = datetime.now(UTC) - uptime
    standby = Standby("FTX0000B0BB", uptime, changed, changed + DAY / 24, counters=Counters(server_handshake_failures=counted))
    switch_over(totals.bench.lab, totals.bench.name, standby)
    if restarts:
        totals.restart()
    assert totals.look() == 16
    totals.fail(2)
    assert totals.look() == 18


def test_a_standby_with_the_very_same_stamps_is_read_anew(bench: Bench, device: CubeDevice) -> None:
    """Both were configured by one script: nothing but the serial number tells them apart."""
    device.observe([])
    bench.age()
    device.observe([])
    at, user = bench.router.last_change
    trips = device.round_trips
    device.observe([])
    assert device.round_trips == trips + 1
    switch_over(bench.lab, bench.name, Standby("FTX0000B0BB", DAY, at, at, user))
    assert facts(device.observe([])).counting.serial == "FTX0000B0BB"
    assert device.round_trips > trips + 4, "certificates and all"
