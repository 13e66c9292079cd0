"""Somebody who tries the trunks all the time: a fresh handshake each way, ten times a second; who refused whom, when, why."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

from trunkline.twin.cucm.node import Node
from trunkline.twin.lab.lab import Lab, LabCube
from trunkline.twin.wire import HandshakeResult

EVERY_SECONDS = 0.1
CUT = ("closed", "connection closed", "[errno")  # how an attempt ends whose connection somebody ended


@dataclass(frozen=True)
class Way:
    """One direction between a CUBE and a node of a cluster."""

    cube: str
    cluster: str
    node: str
    is_from_cube: bool

    def __str__(self) -> str:
        return f"{self.cube} → {self.node}" if self.is_from_cube else f"{self.node} → {self.cube}"


@dataclass(frozen=True)
class Refusal:
    """One end did not accept what the other presented, or presented nothing. Serials in upper-case hex; empty: nothing."""

    at: datetime
    way: Way
    reason: str
    cube_serial: str
    node_serial: str

    def __str__(self) -> str:
        presented = f"{self.way.cube} presents {self.cube_serial or 'nothing'}, {self.way.node} {self.node_serial}"
        return f"{self.at:%H:%M:%S.%f} {self.way}: {self.reason} ({presented})"


@dataclass
class Tally:
    """What came of it. `attempts` are those that met two running ends: accepted, refused, or `interrupted`, which is an open
    connection ended by a reset or a restart before the answer came. `unavailable` are the others: nobody listened.
    """

    attempts: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    interrupted: Counter[Way] = field(default_factory=Counter)
    unavailable: Counter[Way] = field(default_factory=Counter)
    accepted: Counter[Way] = field(default_factory=Counter)
    serials: dict[Way, list[str]] = field(default_factory=dict)  # that the called end presented, in order, each once

    def presented(self, way: Way, certificate_serial: str) -> None:
        known = self.serials.setdefault(way, [])
        if certificate_serial not in known:
            known.append(certificate_serial)

    @property
    def reasons(self) -> Counter[str]:
        return Counter(refusal.reason for refusal in self.refusals)


def ways_between(lab: Lab, cube: str, cluster: str, nodes: Iterable[str] | None = None) -> Iterator[Way]:
    """Both directions with every node, or with those named."""
    for node in nodes if nodes is not None else lab.clusters[cluster].nodes:
        yield Way(cube, cluster, node, is_from_cube=True)
        yield Way(cube, cluster, node, is_from_cube=False)


class Trier:
    """`with Trier(lab, ways) as trier:` tries until the end; `trier.tally` may be read at any time."""

    def __init__(self, lab: Lab, ways: Iterable[Way], every_seconds: float = EVERY_SECONDS) -> None:
        self.lab, self.every_seconds = lab, every_seconds
        self.tally = Tally()
        self._ways = list(ways)
        self._tasks: list[Future[None]] = []
        self._is_ending = False

    def __enter__(self) -> "Trier":
        self.also(self._ways)
        return self

    def __exit__(self, *_exception: object) -> None:
        """The attempts under way are ended properly: one that was cut would count."""
        self._is_ending = True
        for task in self._tasks:
            task.result()

    def also(self, ways: Sequence[Way]) -> None:
        """Try these ways, too, from now on."""
        for number, way in enumerate(ways):
            delay_seconds = self.every_seconds * number / len(ways)  # not all in the same moment
            self._tasks.append(self.lab.submit(self._try_for_ever(way, delay_seconds)))

    async def _try_for_ever(self, way: Way, delay_seconds: float) -> None:
        loop = asyncio.get_running_loop()
        next_at = loop.time() + delay_seconds
        while not self._is_ending:
            await asyncio.sleep(max(0.0, next_at - loop.time()))
            next_at = max(next_at + self.every_seconds, loop.time())  # what was missed is not made up for
            await self._try(way)

    async def _try(self, way: Way) -> None:
        cube, node = self.lab.cubes[way.cube], self.lab.clusters[way.cluster].nodes[way.node]
        if not _is_up(cube, node):
            self.tally.unavailable[way] += 1
            return
        before = (cube.agent.endings, node.sip.endings)
        result = await self._handshake(way, cube, node)
        is_disturbed = before != (cube.agent.endings, node.sip.endings)
        self._count(way, result, is_disturbed=is_disturbed, is_up=_is_up(cube, node))

    async def _handshake(self, way: Way, cube: LabCube, node: Node) -> HandshakeResult:
        if way.is_from_cube:
            return await cube.agent.try_handshake(node.spec.address, self.lab.clusters[way.cluster].spec.sip_tls_port)
        return await node.sip.try_handshake(cube.spec.address, cube.agent.port)

    def _count(self, way: Way, result: HandshakeResult, *, is_disturbed: bool, is_up: bool) -> None:
        tally, is_cut = self.tally, result.reason.lower().startswith(CUT)
        if not result.is_ok and (result.reason.startswith("no connection") or (is_cut and not is_up)):
            tally.unavailable[way] += 1
            return
        tally.attempts += 1
        if result.peer:
            tally.presented(way, f"{result.peer.serial_number:X}")
        if result.is_ok:
            tally.accepted[way] += 1
        elif is_cut and is_disturbed:
            tally.interrupted[way] += 1
        else:
            tally.refusals.append(self._refusal(way, result))

    def _refusal(self, way: Way, result: HandshakeResult) -> Refusal:
        cube, node = self.lab.cubes[way.cube], self.lab.clusters[way.cluster].nodes[way.node]
        own = cube.agent.presented(node.spec.address)
        served = f"{node.served.certificate.serial_number:X}"
        return Refusal(datetime.now(UTC), way, result.reason, f"{own.serial_number:X}" if own else "", served)


def _is_up(cube: LabCube, node: Node) -> bool:
    """Whether both ends run, and the node has a trunk at all."""
    return cube.agent.is_listening and not node.is_down and bool(node.sip.trunks)
