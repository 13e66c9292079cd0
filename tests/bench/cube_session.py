"""What a CUBE costs: the session beside a bare paramiko channel, and the CPU of looking at one that did not change.

The router runs in a process of its own, so that its work is not counted as ours; all that are compared ask the same router.
"""

import multiprocessing
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import paramiko
from netmiko import ConnectHandler
from tests.bench.row import Row, median_seconds

from support.cubes import running_cube
from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cube.session import CubeAccess, CubeSession
from trunkline.devices.cube.session.connecting import CIPHERS
from trunkline.devices.cube.signals import SIGNALS
from trunkline.twin.lab.spec import busan_cube

ROUNDS = 60
FRESH_ROUNDS = 25
STOCK_ROUNDS = 5
IDLE_SESSIONS, IDLE_SECONDS = 20, 5
LINES_OF_A_DIAL_PEER = 8
DIAL_PEER = """dial-peer voice {number} voip
 description peer {number}
 destination-pattern {number}
 session protocol sipv2
 session target ipv4:10.{high}.{low}.1:5061
 session transport tcp tls
 dtmf-relay rtp-nte
!
"""


def rows() -> Iterator[Row]:
    """Beside a bare channel of paramiko on the same router."""
    with router(0) as small:
        yield _held(small)
        yield _fresh(small)
        yield _cpu(small, "of 300 lines")
        yield _idle(small)
    with router(8000) as large:
        yield _cpu(large, "of 8,000 lines")


def _held(access: CubeAccess) -> Row:
    device, bare = _settled(access), Bare(access)
    stock = _stock(access)
    ours, theirs = _side_by_side(lambda: device.observe([]), lambda: bare.ask(SIGNALS), ROUNDS)
    slow = median_seconds(lambda: [stock.send_command(command) for command in SIGNALS], STOCK_ROUNDS)
    device.close()
    bare.close()
    stock.disconnect()
    return Row(
        "observing an unchanged CUBE on a held session",
        f"{ours * 1e3:.2f} ms",
        f"the same commands on a bare paramiko channel {theirs * 1e3:.2f} ms; stock netmiko {slow * 1e3:.0f} ms",
        ours / theirs,
        1.3,
    )


def _fresh(access: CubeAccess) -> Row:
    ours, theirs = _side_by_side(lambda: CubeSession(access).close(), lambda: Bare(access).close(), FRESH_ROUNDS)
    slow = median_seconds(lambda: _stock(access).disconnect(), STOCK_ROUNDS)
    return Row(
        "a fresh session, up to privileged mode without a pager",
        f"{ours * 1e3:.1f} ms",
        f"bare paramiko {theirs * 1e3:.1f} ms; stock netmiko {slow * 1e3:.0f} ms",
        ours / theirs,
        2.0,
    )


def _cpu(access: CubeAccess, size: str) -> Row:
    device = _settled(access)
    used = _cpu_seconds(lambda: device.observe([]), ROUNDS)
    device.close()
    return Row(f"CPU of observing an unchanged CUBE {size}, ms", f"{used * 1e3:.2f} ms", "no peer: absolute", used * 1e3, 5.0)


def _idle(access: CubeAccess) -> Row:
    sessions = [CubeSession(access) for _ in range(IDLE_SESSIONS)]
    started = time.process_time()
    time.sleep(IDLE_SECONDS)
    used = (time.process_time() - started) / IDLE_SECONDS * 1e3
    for session in sessions:
        session.close()
    return Row(
        f"CPU of {IDLE_SESSIONS} held sessions that idle, ms a second",
        f"{used:.3f} ms",
        "no peer: paramiko by itself wakes up ten times a second for each",
        used,
        0.5,
    )


def _cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    """Of all threads of this process, as a mean: the clock is too coarse for one round."""
    started = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - started) / rounds


def _side_by_side(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Medians of rounds that take turns, so that a neighbour of this machine disturbs both alike."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, list_ in zip((ours, theirs), taken, strict=True):
            started = time.perf_counter()
            work()
            list_.append(time.perf_counter() - started)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _settled(access: CubeAccess) -> CubeDevice:
    """A device that has read everything and knows that nothing is in doubt."""
    device = CubeDevice("cube/bench", access, lambda: datetime.now(UTC))
    while True:
        trips = device.round_trips
        device.observe([])
        if device.round_trips == trips + 1:
            return device
        time.sleep(0.5)


class Bare:
    """paramiko with our algorithms and nothing else: no pinning, no strictness, the least that can read answers."""

    def __init__(self, access: CubeAccess) -> None:
        sock = socket.create_connection((access.address, access.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.transport = paramiko.Transport(sock)
        security = self.transport.get_security_options()
        security.ciphers = (*CIPHERS, *(name for name in security.ciphers if name not in CIPHERS))
        self.transport.connect(username=access.username, password=access.password)
        self.channel = self.transport.open_session()
        self.channel.get_pty(width=511, height=1000)
        self.channel.invoke_shell()
        self._until(b">", 1)
        self.channel.sendall(b"enable\n")
        self._until(b"Password: ", 1)
        self.channel.sendall(f"{access.enable_password}\n".encode())
        self._until(b"#", 1)
        self.ask(("terminal length 0", "terminal width 511", "terminal no monitor"))

    def ask(self, commands: tuple[str, ...]) -> bytes:
        self.channel.sendall("".join(f"{command}\n" for command in commands).encode())
        return self._until(b"CUBE-BUSAN#", len(commands))

    def _until(self, prompt: bytes, times: int) -> bytes:
        received = b""
        while received.count(prompt) < times:
            received += self.channel.recv(65536)
        return received

    def close(self) -> None:
        self.transport.close()


def _stock(access: CubeAccess) -> ConnectHandler:
    connection = ConnectHandler(
        device_type="cisco_ios",
        host=access.address,
        port=access.port,
        username=access.username,
        password=access.password,
        secret=access.enable_password,
    )
    connection.enable()
    return connection


@contextmanager
def router(lines: int) -> Iterator[CubeAccess]:
    """A simulated CUBE in a process of its own, its configuration made longer by dial-peers."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, lines))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("end")
        process.join(60)


def _serve(pipe: Connection, lines: int) -> None:
    spec = busan_cube()
    peers = range(20000, 20000 + lines // LINES_OF_A_DIAL_PEER)
    more = "".join(DIAL_PEER.format(number=n, high=n // 256 % 256, low=n % 256) for n in peers)
    config = spec.config.replace("\nsip-ua", f"\n{more}sip-ua", 1)
    with tempfile.TemporaryDirectory() as directory, running_cube(Path(directory), replace(spec, config=config)) as bench:
        bench.router.lines_allowed = 100  # a session that was closed a moment ago may still hold its line
        pipe.send(bench.access)
        pipe.recv()
