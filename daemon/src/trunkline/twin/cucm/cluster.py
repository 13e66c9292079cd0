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
from trunkline.twin.cucm.realtime.rates import Rates
from trunkline.twin.cucm.realtime.ris import Ris
from trunkline.twin.cucm.replication import Replication
from trunkline.twin.cucm.spec import KNOWN_NAMES, ClusterSpec
from trunkline.twin.cucm.trunks import RunningTrunk
from trunkline.twin.cucm.web import server
from trunkline.twin.cucm.web.access import AxlUser, AxlUsers, PlatformUser
from trunkline.twin.cucm.web.axl import AxlApp
from trunkline.twin.cucm.web.control import ControlApp
from trunkline.twin.cucm.web.platform import PlatformApp
from trunkline.twin.cucm.web.realtime import RealtimeApp
from trunkline.twin.cucm.web.server import Place
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
        self.faults, self.behaviour, self.rates = HttpFaults(), Behaviour(), Rates()
        self.release = spec.release
        axl_name, axl_password = spec.axl_user
        platform_name, platform_password = spec.platform_user
        self.axl_users = AxlUsers({axl_name: AxlUser(axl_password)})
        self.platform_users = {node.name: {platform_name: PlatformUser(platform_password)} for node in spec.nodes}
        self.nodes = {node.name: self._node(node) for node in spec.nodes}
        self.replication = Replication(self.nodes, spec.replication_seconds)
        self.restart_seconds = spec.restart_seconds
        self.ris = Ris(self.nodes.values)
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
        service = AxlService(
            self.database, self.release, self._rows(), self._on_write, is_publisher=node.spec.is_publisher, faults=self.faults
        )
        self.services[name] = service
        realtime = RealtimeApp(node, self.ris, self.rates, self.axl_users, self.faults)
        axl = AxlApp(service, self.axl_users, self.faults, [self._control(node).route, *realtime.routes]).made()
        rest = PlatformApp(self._api(node), self.platform_users[name], self.faults).made()
        self._listeners[name] = [
            await server.serve(app, Place(node.loopback, port, node.units[TOMCAT].identity, node.clock), self.directory)
            for app, port in ((axl, self.spec.axl_port), (rest, self.spec.platform_port))
        ]
        await node.start(self._trunks())
        self._later(self.replication.catch_up(node))

    def _rows(self) -> tuple[NodeRow, ...]:
        return tuple(NodeRow(n.spec.address, n.spec.role.capitalize(), n.spec.name) for n in self.nodes.values())

    def _trunks(self) -> dict[str, RunningTrunk]:
        return activation.all_running(self.database)

    def _control(self, node: Node) -> ControlApp:
        names = (node.spec.name.lower(), node.spec.fqdn.lower(), node.spec.address, node.loopback)

        def restart() -> None:
            self._later(self.restart_callmanager(node.spec.name, self.restart_seconds))

        return ControlApp(names, self.rates, node.service, self.axl_users, self.faults, restart)

    async def add_node(self, spec: NodeSpec) -> None:
        """A subscriber is installed: it has a certificate of its own, and gets the publisher's trust after a while."""
        if self.network.loopback(spec.address) is None:
            neighbour = next(iter(self.nodes.values())).loopback
            self.network.attach(spec.address, ".".join([*neighbour.split(".")[:2], *spec.address.split(".")[2:]]))
        users = next(iter(self.platform_users.values()))
        self.platform_users[spec.name] = dict(users)
        self.nodes[spec.name] = self._node(spec)
        for service in self.services.values():
            service.nodes = self._rows()
        await self.start_node(spec.name)

    def renew_by_hand(self, name: str, authority: Authority | None = None) -> Held:
        """Somebody renews the CallManager certificate of a node, self-signed or by an authority, which is put into trust
        first. It is stored at once and presented after a restart of the service.
        """
        node, now = self.nodes[name], self.clock()
        wish = Wish(node.spec.fqdn, now, 1825, names=(node.spec.fqdn,), organization=self.spec.organization)
        for certificate in authority.certificates if authority else ():
            node.callmanager.trust.put(TrustEntry(certificate))
            self._later(self.replication.spread(node, "trusted", CALLMANAGER, certificate))
        unit = node.callmanager
        unit.identity, unit.pending, unit.is_multi_server = (
            authority.issue(wish) if authority else self_signed(wish),
            None,
            False,
        )
        unit.chain = authority.certificates if authority else ()
        return unit.identity

    def _api(self, node: Node) -> CertificateApi:
        def tell(event: Event, unit: str, certificate: x509.Certificate) -> None:
            self._later(self.replication.spread(node, event, unit, certificate))

        def fqdns() -> tuple[str, ...]:
            return tuple(each.spec.fqdn for each in self.nodes.values())

        return CertificateApi(node.spec.fqdn, node.units, node.clock, tell, fqdns, self.behaviour)

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

    async def restart_callmanager(self, name: str, seconds: float = 0) -> None:
        """`utils service restart Cisco CallManager` on a node: now every stored thing counts there."""
        await self.nodes[name].restart(self._trunks, seconds)

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

    @property
    def replicates(self) -> bool:
        return self.replication.is_on

    @replicates.setter
    def replicates(self, is_on: bool) -> None:
        self.replication.is_on = is_on

    def _later(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_write(self, operation: str, name: str) -> None:
        affected = activation.affected_trunks(self.database, operation, name)
        if affected is not None:
            self._later(self._run(affected))

    async def _run(self, affected: list[str]) -> None:
        """Only now do edits count: trunk and profiles as stored are what runs."""
        stored = self._trunks()
        for node in self.nodes.values():
            if not node.runs_callmanager:
                continue
            kept = {name: trunk for name, trunk in node.sip.trunks.items() if name not in affected}
            renewed = {name: stored[name] for name in affected if name in stored}
            if not self.spec.trust_needs_restart:
                node.load_trust()
            for name in affected:
                await node.sip.reset(name)
            await node.sip.run({**kept, **renewed})
