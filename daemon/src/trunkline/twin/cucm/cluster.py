"""A cluster: one publisher, its subscribers, and what they share."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography import x509

from trunkline.twin.ca import Authority, Held, Wish, self_signed
from trunkline.twin.cucm import activation
from trunkline.twin.cucm.axl.database import Database
from trunkline.twin.cucm.axl.facts import NodeRow
from trunkline.twin.cucm.axl.service import AxlService
from trunkline.twin.cucm.certificates.api import Behaviour, CertificateApi, Event
from trunkline.twin.cucm.certificates.store import TrustEntry, TrustStore
from trunkline.twin.cucm.certificates.units import Unit
from trunkline.twin.cucm.faults import HttpFaults
from trunkline.twin.cucm.node import CALLMANAGER, TOMCAT, Node, NodeSpec
from trunkline.twin.cucm.spec import KNOWN_NAMES, ClusterSpec
from trunkline.twin.cucm.web import server
from trunkline.twin.cucm.web.access import AxlUser, AxlUsers, PlatformUser
from trunkline.twin.cucm.web.axl import AxlApp
from trunkline.twin.cucm.web.platform import PlatformApp
from trunkline.twin.network import Network
from trunkline.twin.wire import HandshakeResult

__all__ = ["Cluster", "ClusterSpec"]


class Cluster:
    """A running cluster. All methods belong to the loop that started it."""

    def __init__(
        self, spec: ClusterSpec, network: Network, authority: Authority, directory: Path, clock: Callable[[], datetime]
    ) -> None:
        self.spec, self.network, self.authority, self.directory, self.clock = spec, network, authority, directory, clock
        self.database = Database({name: set(names) for name, names in KNOWN_NAMES.items()})
        self.faults, self.behaviour = HttpFaults(), Behaviour()
        self.replicates = True
        self.release = spec.release
        axl_name, axl_password = spec.axl_user
        platform_name, platform_password = spec.platform_user
        self.axl_users = AxlUsers({axl_name: AxlUser(axl_password)})
        self.platform_users = {node.name: {platform_name: PlatformUser(platform_password)} for node in spec.nodes}
        self.nodes = {node.name: self._node(node) for node in spec.nodes}
        self.services: dict[str, AxlService] = {}
        self._listeners: dict[str, list[server.Listener]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def _node(self, spec: NodeSpec) -> Node:
        self.network.attach(spec.address) if self.network.loopback(spec.address) is None else None
        wish = Wish(spec.fqdn, self.clock(), 1825, names=(spec.fqdn,), organization=self.spec.organization)
        is_own = self.spec.certificates == "self-signed"
        presented = replace(wish, days=self.spec.identity_days)
        identity = self_signed(presented) if is_own else self.authority.issue(presented)
        chain = () if is_own else self.authority.certificates
        units = {
            CALLMANAGER: Unit(identity, chain, TrustStore([TrustEntry(above) for above in chain])),
            TOMCAT: Unit(self.authority.issue(wish), (), TrustStore([TrustEntry(c) for c in self.authority.certificates])),
        }
        return Node(spec, units, self.network, self.clock, self.spec.ping_scale)

    async def start(self) -> None:
        for name in self.nodes:
            await self.start_node(name)

    async def start_node(self, name: str) -> None:
        """Bring a node up, as after a power failure; what it missed is replicated to it after a while."""
        node = self.nodes[name]
        rows = tuple(NodeRow(n.address, n.role.capitalize(), n.name) for n in self.spec.nodes)
        service = AxlService(
            self.database, self.release, rows, self._on_write, is_publisher=node.spec.is_publisher, faults=self.faults
        )
        self.services[name] = service
        axl = AxlApp(service, self.axl_users, self.faults).made()
        rest = PlatformApp(self._api(node), self.platform_users[name], self.faults).made()
        tomcat = node.units[TOMCAT].identity
        self._listeners[name] = [
            await server.serve(axl, node.loopback, self.spec.axl_port, tomcat, self.directory),
            await server.serve(rest, node.loopback, self.spec.platform_port, tomcat, self.directory),
        ]
        await node.start(activation.all_running(self.database))
        self._later(self._catch_up(node))

    def _api(self, node: Node) -> CertificateApi:
        def tell(event: Event, unit: str, certificate: x509.Certificate) -> None:
            self._later(self._spread(node, event, unit, certificate))

        fqdns = tuple(each.fqdn for each in self.spec.nodes)
        return CertificateApi(node.spec.fqdn, node.units, self.clock, tell, fqdns, self.behaviour)

    async def stop_node(self, name: str) -> None:
        """A node loses power."""
        self.nodes[name].is_down = True
        for listener in self._listeners.pop(name, []):
            await listener.stop()
        await self.nodes[name].stop()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for name in list(self._listeners):
            await self.stop_node(name)

    async def restart_callmanager(self, name: str) -> None:
        """`utils service restart Cisco CallManager` on a node: now every stored thing counts there."""
        await self.nodes[name].restart(activation.all_running(self.database))

    def restart_axl(self) -> None:
        """Cisco AXL Web Service is restarted: sessions and the change queue begin anew."""
        self.axl_users.end_sessions()
        self.database.changes.restart()

    def upgrade(self, release: str) -> None:
        """The cluster runs another release from now on."""
        self.release = release
        for service in self.services.values():
            service.release = release
        self.restart_axl()

    async def try_handshake(self, node: str, address: str, port: int) -> HandshakeResult:
        return await self.nodes[node].sip.try_handshake(address, port)

    def _later(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _spread(self, source: Node, event: Event, unit: str, certificate: x509.Certificate) -> None:
        """Uploads on the publisher reach the subscribers after a while, unless they were removed meanwhile; a removal on any
        node reaches all the others (since release 11.0); an upload on a subscriber stays there.
        """
        if not self.replicates or not (source.spec.is_publisher or event == "distrusted"):
            return
        await asyncio.sleep(self.spec.replication_seconds)
        is_gone = event == "trusted" and certificate not in [entry.certificate for entry in source.units[unit].trust.entries]
        for node in self.nodes.values():
            if node is source or node.is_down or is_gone:
                continue
            if event == "trusted":
                node.units[unit].trust.put(TrustEntry(certificate))
            elif event == "distrusted":
                node.units[unit].trust.remove(certificate)
            else:
                node.units[unit].identity, node.units[unit].chain = self._issued(source, unit)

    def _issued(self, source: Node, unit: str) -> tuple[Held, tuple[x509.Certificate, ...]]:
        """A multi-server certificate is one for all: key and all."""
        return source.units[unit].identity, source.units[unit].chain

    async def _catch_up(self, node: Node) -> None:
        """A node that was down gets the publisher's trust."""
        await asyncio.sleep(self.spec.replication_seconds)
        publisher = next(each for each in self.nodes.values() if each.spec.is_publisher)
        if node is publisher or node.is_down or not self.replicates:
            return
        for name, unit in publisher.units.items():
            for entry in unit.trust.entries:
                node.units[name].trust.put(entry)

    def _on_write(self, operation: str, name: str) -> None:
        affected = activation.affected_trunks(self.database, operation, name)
        if affected is not None:
            self._later(self._run(affected))

    async def _run(self, affected: list[str]) -> None:
        """Only now do edits count: trunk and profiles as stored are what runs."""
        stored = activation.all_running(self.database)
        for node in self.nodes.values():
            if node.is_down:
                continue
            kept = {name: trunk for name, trunk in node.sip.trunks.items() if name not in affected}
            renewed = {name: stored[name] for name in affected if name in stored}
            if not self.spec.trust_needs_restart:
                node.load_trust()
            for name in affected:
                await node.sip.reset(name)
            await node.sip.run({**kept, **renewed})
