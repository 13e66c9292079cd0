"""Idle connections end, those with calls stay: on a simulated router of every layout, with a peer over real sockets."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.cubes import Bench, running_cube
from trunkline.devices.cube.device import CubeDevice
from trunkline.model.errors import DeviceBusy, DeviceRefused
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Connection, CubeFacts
from trunkline.model.plan import Action, Change, Step
from trunkline.model.resource import Resource
from trunkline.twin import wire
from trunkline.twin.ca import pem_of
from trunkline.twin.lab.spec import article_cube
from trunkline.twin.wire import Secured, TlsSettings

ONE, OTHER = "10.72.86.74", "10.72.86.75"


@dataclass
class Line:
    """A CUBE that peers are connected to: they bear its own certificate, which it trusts."""

    bench: Bench
    device: CubeDevice
    peers: list[Secured] = field(default_factory=list)

    def connect(self, address: str) -> None:
        lab, cube = self.bench.lab, self.bench.lab.cubes[self.bench.name]
        if lab.network.loopback(address) is None:
            lab._attach(address)
        identity = cube.store.identity_pems("sip-trunk-cert")
        assert identity
        anchors = tuple(pem_of(one) for one in cube.store.anchors())
        settings = TlsSettings(identity[0], identity[1], anchors, "v1.2", "v1.2", "ALL:@SECLEVEL=0")
        places = (lab.loopback(address), (lab.loopback(cube.spec.address), 5061))
        secured = lab.call(wire.connect(*places, settings, lambda: datetime.now(UTC)))
        assert isinstance(secured, Secured), secured
        self.peers.append(secured)
        lab.call(_until(lambda: any(row.remote[0] == address for row in cube.agent.rows.values())))

    def facts(self) -> CubeFacts:
        seen = self.device.observe([])
        assert seen.gaps == ()
        assert isinstance(seen.facts, CubeFacts)
        return seen.facts

    def rows(self) -> dict[str, Connection]:
        return {row.remote_address: row for row in self.facts().connections or ()}

    def recycle(self, row: Connection) -> None:
        key = Key("cube/x", Kind.CONNECTION, str(row.connection_id))
        change = Change(Action.RECYCLE, key, Resource(key, {"remote": row.remote}))
        self.device.carry_out(Step(change, self.device.dialect().render(change)))


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


@pytest.fixture(params=["17.15"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    with running_cube(tmp_path, article_cube(request.param)) as bench:
        opened = Line(bench, bench.device())
        opened.connect(ONE)
        opened.connect(OTHER)
        yield opened
        opened.device.close()
        for peer in opened.peers:
            bench.lab.call(_close(peer))


async def _close(peer: Secured) -> None:
    peer.close()


@pytest.mark.parametrize("line", ["15.6", "16.12", "17.9", "17.15", "26.1"], indirect=True)
def test_idle_connections_end_while_others_carry_calls(line: Line) -> None:
    assert line.facts().busy_addresses == frozenset()
    line.bench.faults.live_calls = {OTHER: 3}
    seen = line.facts()
    assert (seen.active_call_legs, seen.busy_addresses) == (3, {OTHER})
    rows = line.rows()
    assert set(rows) == {ONE, OTHER}
    line.recycle(rows[ONE])
    assert set(line.rows()) == {OTHER}
    with pytest.raises(DeviceBusy, match="a call with that address is up"):
        line.recycle(rows[OTHER])
    assert set(line.rows()) == {OTHER}
    line.bench.faults.live_calls = {}
    line.recycle(rows[OTHER])
    assert line.rows() == {}


def test_a_connection_that_is_gone_is_done(line: Line) -> None:
    row = line.rows()[ONE]
    line.recycle(row)
    line.recycle(row)
    assert set(line.rows()) == {OTHER}


def test_an_identifier_that_was_given_to_another_one_ends_nobody(line: Line) -> None:
    rows = line.rows()
    stale = Connection(ONE, 1, rows[OTHER].connection_id, "Established")
    line.recycle(stale)
    assert set(line.rows()) == {ONE, OTHER}


def test_calls_that_cannot_be_told_keep_every_connection(line: Line) -> None:
    line.bench.faults.live_calls = {OTHER: 1}
    line.bench.faults.refuse["^show sip-ua calls"] = "Command authorization failed."
    assert line.facts().busy_addresses is None
    with pytest.raises(DeviceBusy, match="is not known"):
        line.recycle(line.rows()[ONE])
    assert set(line.rows()) == {ONE, OTHER}


def test_a_refusal_is_told(line: Line) -> None:
    line.bench.faults.refuse["^clear sip-ua"] = "% Invalid input detected at '^' marker."
    with pytest.raises(DeviceRefused, match="Invalid input"):
        line.recycle(line.rows()[ONE])
