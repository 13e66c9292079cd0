"""A running lab: every device in one asyncio loop on a thread of its own, driven from outside by plain calls."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from trunkline.twin.ca import Authority, Wish, new_key, self_signed
from trunkline.twin.cube.cli.server import serve
from trunkline.twin.cube.pki.store import Key, Store
from trunkline.twin.cube.router import Identity, Router
from trunkline.twin.cube.siptls import shows as sip_commands
from trunkline.twin.cube.siptls.agent import SipAgent
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.cucm.cluster import Cluster
from trunkline.twin.lab import files
from trunkline.twin.lab import spec as lab_spec
from trunkline.twin.lab.claim import Claim, see_that_free
from trunkline.twin.lab.spec import CubeSpec, LabSpec
from trunkline.twin.network import Network
from trunkline.twin.wire import HandshakeResult

T = TypeVar("T")
START_TIMEOUT_SECONDS = 120.0
GRACE_SECONDS, STOP_TIMEOUT_SECONDS = 0.2, 5.0


@dataclass
class LabCube:
    """A CUBE of the lab."""

    spec: CubeSpec
    router: Router
    agent: SipAgent
    store: Store
    host_key: asyncssh.SSHKey
    acceptor: asyncssh.SSHAcceptor | None = None

    @property
    def host_key_line(self) -> str:
        return str(self.host_key.export_public_key("openssh").decode()).strip()


class Lab:
    """`with Lab(spec, directory) as lab:` starts everything and stops it at the end."""

    def __init__(self, spec: LabSpec, directory: Path) -> None:
        self.spec, self.directory = spec, directory
        self.network = Network()
        self.cubes: dict[str, LabCube] = {}
        self.clusters: dict[str, Cluster] = {}
        self.authority = Authority(())  # the root, once it runs
        self._claim = Claim(directory)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lab", daemon=True)

    def __enter__(self) -> "Lab":
        self._claim.take()
        self._thread.start()
        try:
            self.call(self._start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self.call(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._claim.release()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in the lab's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the lab's loop and wait for what it returns."""
        return self.submit(work).result(START_TIMEOUT_SECONDS)

    def loopback(self, address: str) -> str:
        """Where a device-side address is reached."""
        found = self.network.loopback(address)
        assert found  # noqa: S101 - asked only for attached addresses
        return found

    def _attach(self, address: str) -> None:
        shifted = address.split(".")
        shifted[0] = "127"
        if self.spec.octet is not None:
            shifted[1] = str(self.spec.octet)
        self.network.attach(address, ".".join(shifted))

    async def _start(self) -> None:
        now = datetime.now(UTC)
        authority = self.authority = Authority.create("trunkline lab root", now)
        issuing = authority.below("trunkline lab issuing CA", now)
        for address in self._addresses():
            self._attach(address)
        see_that_free(self._places())
        for spec in self.spec.clusters:
            cluster = Cluster(spec, self.network, authority, self.directory, _utc_now)
            self.clusters[spec.name] = cluster
            await cluster.start()
        for cube_spec in self.spec.cubes:
            cube = self._cube(cube_spec, authority, issuing if cube_spec.has_issuing_ca else authority)
            self.cubes[cube_spec.name] = cube
            await self._open_ssh(cube)
            cube.router.restart = partial(self._restart, cube)
            await cube.agent.start()
        files.write(self.directory, self._devices(), authority)

    def _addresses(self) -> list[str]:
        nodes = [node.address for cluster in self.spec.clusters for node in cluster.nodes]
        return [*nodes, *(cube.address for cube in self.spec.cubes)]

    def _places(self) -> Iterator[tuple[str, int]]:
        """Where the lab will listen, as far as its own specification says."""
        for spec in self.spec.clusters:
            yield from ((self.loopback(node.address), spec.axl_port) for node in spec.nodes)
        yield from ((self.loopback(spec.address), spec.ssh_port) for spec in self.spec.cubes)

    def _cube(self, spec: CubeSpec, root: Authority, authority: Authority) -> LabCube:
        store = Store()
        users = dict([lab_spec.CUBE_USER, lab_spec.PERSON])
        identity = Identity(spec.name, TRAINS[spec.train], spec.address, users, lab_spec.ENABLE_PASSWORD)
        router = Router(identity, spec.config, self.network, store)
        for header in router.running.headers("crypto pki trustpoint "):
            store.on_trustpoint(header.split()[-1])
        _enroll(router, store, spec, authority)
        if spec.root_trustpoint and spec.has_issuing_ca:
            store.trustpoints[spec.root_trustpoint].ca = root.issuer.certificate
        router.keep_as_startup()
        agent = SipAgent(router, self.spec.keepalive_scale)
        sip_commands.register(agent)
        return LabCube(spec, router, agent, store, asyncssh.generate_private_key("ssh-ed25519"))

    async def _restart(self, cube: LabCube) -> None:
        """A reload as the network sees it: nothing answers until the router has booted."""
        if cube.acceptor:
            cube.acceptor.close()
        await cube.agent.stop()
        await asyncio.sleep(self.spec.boot_seconds)
        await self._open_ssh(cube)
        await cube.agent.start()

    async def _open_ssh(self, cube: LabCube) -> None:
        cube.acceptor = await serve(cube.router, cube.host_key, self.loopback(cube.spec.address), cube.spec.ssh_port)

    def open_ssh(self, name: str, *, has_new_host_key: bool = False) -> None:
        """Answer on the port again; with another host key, as after `crypto key zeroize` and a new key."""
        cube = self.cubes[name]
        if has_new_host_key:
            cube.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.call(self._open_ssh(cube))

    def close_ssh(self, name: str) -> None:
        """Nothing listens any more; the sessions that are open stay open."""

        async def close(acceptor: asyncssh.SSHAcceptor) -> None:
            acceptor.close()
            await acceptor.wait_closed()

        acceptor = self.cubes[name].acceptor
        if acceptor:
            self.call(close(acceptor))

    def environment(self) -> dict[str, str]:
        """The environment variables that the documents of the lab refer to."""
        return files.environment()

    def _devices(self) -> files.Devices:
        return files.Devices(
            {name: (self.loopback(cube.spec.address), cube.spec.ssh_port) for name, cube in self.cubes.items()},
            {name: cube.host_key_line for name, cube in self.cubes.items()},
            {
                name: [(self.loopback(node.address), cluster.spec.axl_port) for node in cluster.spec.nodes]
                for name, cluster in self.clusters.items()
            },
        )

    async def _stop(self) -> None:
        for cube in self.cubes.values():
            await cube.agent.stop()
            cube.router.stop()
            if cube.acceptor:
                cube.acceptor.close()
        for cluster in self.clusters.values():
            await cluster.stop()
        await _end_of_the_rest()

    def handshakes(self, cube_name: str, cluster_name: str) -> list[tuple[str, HandshakeResult]]:
        """Fresh connections of CUBE and every node, in both directions, each proven by an answered OPTIONS."""
        cube, cluster = self.cubes[cube_name], self.clusters[cluster_name]
        results = []
        for node in cluster.spec.nodes:
            port = cluster.spec.sip_tls_port
            results.append((f"{cube_name} → {node.name}", self.call(cube.agent.try_handshake(node.address, port))))
            back = self.call(cluster.try_handshake(node.name, cube.spec.address, 5061))
            results.append((f"{node.name} → {cube_name}", back))
        return results


def _enroll(router: Router, store: Store, spec: CubeSpec, authority: Authority) -> None:
    """The identity that an administrator gave the CUBE before the story begins."""
    now = datetime.now(UTC)
    wish = Wish(spec.common_name, now, spec.identity_days, names=(spec.common_name,))
    own = new_key(*spec.key_type)
    held = self_signed(wish, own) if spec.is_self_signed else authority.issue(wish, own)
    key = Key(spec.key_label, held.key, now)
    store.install(spec.identity_trustpoint, authority.issuer.certificate, held.certificate, key)
    trustpoint = f"crypto pki trustpoint {spec.identity_trustpoint}"
    entry = router.running.find((trustpoint,))
    assert entry is not None  # noqa: S101 - the configuration of the lab has it
    if spec.is_self_signed:
        store.trustpoints[spec.identity_trustpoint].ca = None
        router.running.enter(entry, "enrollment selfsigned")
    if key.kind == "ec":
        router.running.enter(entry, f"no rsakeypair {spec.key_label}")
        router.running.enter(entry, f"eckeypair {spec.key_label}")


async def _end_of_the_rest() -> None:
    """Connections that were served when the lab stopped end with it, not as warnings of the interpreter: most by
    themselves, since their other end is gone; those of others are cut.
    """
    for timeout_seconds in (GRACE_SECONDS, STOP_TIMEOUT_SECONDS):
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        if rest:
            _, rest = await asyncio.wait(rest, timeout=timeout_seconds)
        for task in rest:
            task.cancel()


def _utc_now() -> datetime:
    return datetime.now(UTC)
