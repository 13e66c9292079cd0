"""A cluster: one publisher, its subscribers, and what they share."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lxml import etree

from trunkline.twin.ca import Authority, Wish, self_signed
from trunkline.twin.cucm import http
from trunkline.twin.cucm.axl import AxlService, NodeRow
from trunkline.twin.cucm.certmgr import CertificateApi, put
from trunkline.twin.cucm.database import TYPES, Database, Record
from trunkline.twin.cucm.node import Node, NodeSpec, RunningTrunk, TrustEntry, subjects_of
from trunkline.twin.network import Network
from trunkline.twin.wire import HandshakeResult

KNOWN_NAMES = {
    "DevicePool": {"Default"},
    "Location": {"Hub_None"},
    "Css": {"PSTN-CSS"},
    "RoutePartition": {"PSTN"},
    "SipTrunkSecurityProfile": {"Non Secure SIP Trunk Profile"},
    "SipProfile": {"Standard SIP Profile"},
    "DigitDiscardInstruction": {"PreDot", "PreDot Trailing-#"},
    "DialPlan": {"NANP"},
}


@dataclass(frozen=True)
class ClusterSpec:
    """A cluster as an administrator knows it."""

    name: str
    nodes: tuple[NodeSpec, ...]
    axl_user: tuple[str, str] = field(repr=False)
    platform_user: tuple[str, str] = field(repr=False)
    version: str = "12.5.1.11900(146)"
    axl_port: int = 8443
    platform_port: int = 9443
    sip_tls_port: int = 5061
    certificates: str = "self-signed"  # or "ca-signed"
    trust_needs_restart: bool = False  # pessimistic: a new trust counts only after a restart of CallManager
    replication_seconds: float = 1.0
    ping_scale: float = 1.0


class Cluster:
    """A running cluster. All methods belong to the loop that started it."""

    def __init__(
        self, spec: ClusterSpec, network: Network, authority: Authority, directory: Path, clock: Callable[[], datetime]
    ) -> None:
        self.spec, self.network, self.authority, self.directory, self.clock = spec, network, authority, directory, clock
        self.database = Database({name: set(names) for name, names in KNOWN_NAMES.items()})
        self.faults = http.HttpFaults()
        self.replicates = True
        self.access = http.Access(dict([spec.axl_user]), dict([spec.platform_user]))
        self.nodes = {node.name: self._node(node) for node in spec.nodes}
        self._listeners: dict[str, list[http.Listener]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._tomcat = {
            node.name: authority.issue(Wish(node.fqdn, clock(), 1825, names=(node.fqdn,), organization="trunkline lab"))
            for node in spec.nodes
        }

    def _node(self, spec: NodeSpec) -> Node:
        wish = Wish(spec.fqdn, self.clock(), 1825, names=(spec.fqdn,), organization="trunkline lab")
        is_own = self.spec.certificates == "self-signed"
        identity = self_signed(wish) if is_own else self.authority.issue(wish)
        chain = () if is_own else self.authority.certificates
        node = Node(spec, identity, chain, self.network, self.clock, self.spec.sip_tls_port, self.spec.ping_scale)
        node.stored = [TrustEntry(certificate) for certificate in chain]
        node.load_trust()
        self.network.attach(spec.address) if self.network.loopback(spec.address) is None else None
        return node

    async def start(self) -> None:
        for name in self.nodes:
            await self.start_node(name)

    async def start_node(self, name: str) -> None:
        """Bring a node up, as after a power failure."""
        node = self.nodes[name]
        node.is_down = False
        rows = tuple(NodeRow(n.address, n.role.capitalize(), n.name) for n in self.spec.nodes)
        service = AxlService(self.database, self.spec.version, rows, self._activate)
        api = CertificateApi(node, lambda entry, is_new: self._replicate(node, entry, is_new))
        axl = http.axl_app(service, self.access, self.faults, is_publisher=node.spec.is_publisher)
        rest = http.platform_app(api, self.access, self.faults)
        tomcat, directory = self._tomcat[name], self.directory
        self._listeners[name] = [
            await http.serve(axl, node.loopback, self.spec.axl_port, tomcat, directory),
            await http.serve(rest, node.loopback, self.spec.platform_port, tomcat, directory),
        ]
        await node.refresh()

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

    async def try_handshake(self, node: str, address: str, port: int) -> HandshakeResult:
        return await self.nodes[node].try_handshake(address, port)

    async def _replicate(self, source: Node, entry: TrustEntry, is_new: bool) -> None:
        """From the publisher to the subscribers, after a while; removals likewise."""
        if source.spec.is_publisher and self.replicates:
            self._later(self._copy(source, entry, is_new))

    def _later(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _copy(self, source: Node, entry: TrustEntry, is_new: bool) -> None:
        await asyncio.sleep(self.spec.replication_seconds)
        for node in self.nodes.values():
            if node is source:
                continue
            if is_new:
                put(node, entry)
            else:
                node.stored = [held for held in node.stored if held.certificate != entry.certificate]

    def _activate(self, operation: str, name: str) -> None:
        """Only now do edits count: profile and trunk as stored are what runs."""
        if "Trunk" in operation and "Profile" not in operation:
            affected = [name]
        else:
            field_name = "sipProfileName" if "SipProfile" in operation else "securityProfileName"
            affected = [t.text("name") for t in self.database.listed(TYPES["SipTrunk"]) if t.text(field_name) == name]
        self._later(self._run(affected))

    async def _run(self, affected: list[str]) -> None:
        stored = {record.text("name"): record for record in self.database.listed(TYPES["SipTrunk"])}
        for node in self.nodes.values():
            trunks = {name: trunk for name, trunk in node.trunks.items() if name in stored}
            for name in affected:
                trunk = self._running(stored[name]) if name in stored else None
                trunks.pop(name, None)
                if trunk:
                    trunks[name] = trunk
            if not self.spec.trust_needs_restart:
                node.load_trust()
            await node.run_trunks(trunks)
            for name in affected:
                await node.reset(name)

    def _running(self, trunk: Record) -> RunningTrunk | None:
        """A trunk as it runs; None where its profile does not use TLS."""
        security = self.database.by_name(TYPES["SipTrunkSecurityProfile"], (trunk.text("securityProfileName"),))
        profile = self.database.by_name(TYPES["SipProfile"], (trunk.text("sipProfileName"),))
        if security is None or security.text("incomingTransport") != "TLS":
            return None
        is_pinging = profile is not None and profile.text("enableOutboundOptionsPing") in ("true", "t", "1")
        return RunningTrunk(
            trunk.text("name"),
            int(security.text("incomingPort") or 5061),
            subjects_of(security.text("x509SubjectName")),
            _destinations(trunk.values.get("destinations")),
            int(profile.text("optionsPingIntervalWhenStatusOK") or 60) if profile and is_pinging else 0,
        )


def _destinations(element: etree._Element | None) -> tuple[tuple[str, int], ...]:
    found = [] if element is None else [*element]
    return tuple((d.findtext("addressIpv4") or "", int(d.findtext("port") or 5060)) for d in found)
