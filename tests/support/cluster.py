"""A cluster of the lab on its own, its clients, and a peer that speaks SIP over TLS."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, TypeVar

import requests
from lxml import etree

from support.octets import claimed_octet
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, Patience, pinned_session
from trunkline.devices.cucm.device import CucmDevice
from trunkline.devices.cucm.renewal.control import Pace
from trunkline.twin import sip, wire
from trunkline.twin.ca import Held, Wish, self_signed
from trunkline.twin.cucm.axl import schema
from trunkline.twin.cucm.cluster import Cluster
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import AXL_USER, PLATFORM_USER, LabSpec, seoul
from trunkline.twin.wire import HandshakeResult, Secured, TlsSettings

T = TypeVar("T")
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
CERTMGR = "/platformcom/api/v1/certmgr/config"
PEER_ADDRESS = "10.72.86.86"
PROFILE = """<name>yohur-profile</name><securityMode>Encrypted</securityMode><incomingTransport>TLS</incomingTransport>
<outgoingTransport>TLS</outgoingTransport><x509SubjectName>vg-yohur.example.com</x509SubjectName>
<incomingPort>5061</incomingPort>
<sipV150OutboundSdpOfferFiltering>Use Default Filter</sipV150OutboundSdpOfferFiltering>"""
TRUNK = f"""<name>yohur</name><product>SIP Trunk</product><class>Trunk</class><protocol>SIP</protocol>
<protocolSide>Network</protocolSide><devicePoolName>Default</devicePoolName><locationName>Hub_None</locationName>
<securityProfileName>yohur-profile</securityProfileName><sipProfileName>Standard SIP Profile</sipProfileName>
<presenceGroupName>Standard Presence group</presenceGroupName>
<destinations><destination><addressIpv4>{PEER_ADDRESS}</addressIpv4><port>5061</port><sortOrder>1</sortOrder>
</destination></destinations>
<callingAndCalledPartyInfoFormat>Deliver DN only in connected party</callingAndCalledPartyInfoFormat>"""


@dataclass(frozen=True)
class Answer:
    """What AXL said: a status, and where it is SOAP the fault or the values."""

    status: int
    text: str

    @property
    def tree(self) -> etree._Element:
        return etree.fromstring(self.text.encode())

    @property
    def fault(self) -> tuple[str, str, str]:
        """Fault code, axlcode and axlmessage, whatever their namespaces."""
        found = {etree.QName(each).localname: each.text or "" for each in self.tree.iter()}
        return found["faultcode"], found["axlcode"], found["axlmessage"]

    def values(self, name: str) -> list[str]:
        return [each.text or "" for each in self.tree.iter(name)]


@dataclass
class ClusterScene:
    """A cluster that runs."""

    lab: Lab
    directory: Path
    session: requests.Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.https("cucm-pub")

    @property
    def cluster(self) -> Cluster:
        return self.lab.clusters["seoul"]

    @property
    def ca_pem(self) -> str:
        return self.cluster.authority.issuer.pem

    def address(self, node: str) -> str:
        return self.cluster.nodes[node].loopback

    def https(self, node: str) -> requests.Session:
        fqdn = self.cluster.nodes[node].spec.fqdn
        return pinned_session(self.ca_pem, NodeAccess(node, fqdn, self.address(node)))

    def do(self, act: Callable[[], T]) -> T:
        """Run a plain function where the cluster lives."""

        async def work() -> T:
            return act()

        return self.lab.call(work())

    def post(self, body: str, action: str, node: str = "cucm-pub", **options: Any) -> requests.Response:
        options.setdefault("auth", AXL_USER)
        url = f"https://{self.address(node)}:8443/axl/"
        headers = {"SOAPAction": f'"{action}"', "Content-Type": "text/xml"}
        session = options.pop("session", None) or self.https(node)
        return session.post(url, body.encode(), headers=headers, timeout=60, **options)

    def axl(self, operation: str, inner: str = "", version: str = "12.5", **options: Any) -> Answer:
        """One operation, written by hand."""
        body = (
            f'<e:Envelope xmlns:e="{ENVELOPE}" xmlns:ns="http://www.cisco.com/AXL/API/{version}"><e:Body>'
            f"<ns:{operation}>{inner}</ns:{operation}></e:Body></e:Envelope>"
        )
        response = self.post(body, f"CUCM:DB ver={version} {operation}", **options)
        return Answer(response.status_code, response.text)

    def rest(self, method: str, path: str, node: str = "cucm-pub", **options: Any) -> requests.Response:
        options.setdefault("auth", PLATFORM_USER)
        return self.https(node).request(method, f"https://{self.address(node)}:9443{CERTMGR}{path}", timeout=60, **options)

    def trust(self, pem: str, node: str = "cucm-pub") -> requests.Response:
        return self.rest("POST", "/trust/certificates", node, json={"service": ["CallManager"], "certificates": [pem]})

    def make_trunk(self) -> None:
        """Security profile and trunk, stored and reset."""
        for operation, element, inner in (
            ("addSipTrunkSecurityProfile", "sipTrunkSecurityProfile", PROFILE),
            ("addSipTrunk", "sipTrunk", TRUNK),
        ):
            answer = self.axl(operation, f"<{element}>{inner}</{element}>")
            assert answer.status == 200, answer.text
        self.reset()

    def make_pinging_profile(self) -> None:
        """A SIP profile named "pinging" that has OPTIONS ping."""
        profile = _sip_profile({"name": "pinging", "enableOutboundOptionsPing": "true"})
        answer = self.axl("addSipProfile", f"<sipProfile>{profile}</sipProfile>")
        assert answer.status == 200, answer.text

    def reset(self) -> None:
        assert self.axl("resetSipTrunk", "<name>yohur</name>").status == 200

    def access(self, **changes: Any) -> ClusterAccess:
        nodes = tuple(
            NodeAccess(node.spec.name, node.spec.fqdn, node.loopback, node.spec.is_publisher, listed=node.spec.address)
            for node in self.cluster.nodes.values()
        )
        values: dict[str, Any] = {
            "nodes": nodes,
            "axl_username": AXL_USER[0],
            "axl_password": AXL_USER[1],
            "platform_username": PLATFORM_USER[0],
            "platform_password": PLATFORM_USER[1],
            "ca_pem": self.ca_pem,
            "cache_directory": self.directory / "cache",
            "platform_port": 9443,
        }
        return ClusterAccess(**{**values, **changes})

    @contextmanager
    def device(self, **changes: Any) -> Iterator[CucmDevice]:
        """The daemon's view; it insists, but does not sleep."""
        device = CucmDevice(
            "cluster/seoul",
            self.access(**changes),
            lambda: datetime.now(UTC),
            lambda: Patience(sleep=lambda _seconds: None),
            Pace(poll_seconds=0.05, deadline_seconds=60),
        )
        try:
            yield device
        finally:
            device.close()


@dataclass
class Peer:
    """What a CUBE would be: it dials the nodes and answers them, with one certificate."""

    scene: ClusterScene
    held: Held
    trusts: tuple[str, ...]
    ciphers: str = "HIGH:!eNULL:@SECLEVEL=1"
    failures: list[str] = field(default_factory=list)
    _server: asyncio.Server | None = None

    @property
    def _settings(self) -> TlsSettings:
        return TlsSettings(self.held.key_pem, (self.held.pem,), self.trusts, ciphers=self.ciphers)

    @property
    def loopback(self) -> str:
        return self.scene.lab.loopback(PEER_ADDRESS)

    def dial(self, node: str, port: int = 5061) -> str:
        """The status of an OPTIONS, or why there is none."""
        return self.scene.lab.call(self._dial(self.scene.address(node), port))

    async def _dial(self, address: str, port: int) -> str:
        secured = await wire.connect(self.loopback, (address, port), self._settings, lambda: datetime.now(UTC))
        if isinstance(secured, HandshakeResult):
            return secured.reason
        secured.writer.write(sip.options(sip.Ends(PEER_ADDRESS, address)).encode())
        answer = await sip.read(secured.reader)
        secured.close()
        return str(answer.status) if answer else "closed"

    async def open(self, node: str) -> Secured:
        """A connection that stays, after an answered OPTIONS."""
        address = self.scene.address(node)
        secured = await wire.connect(self.loopback, (address, 5061), self._settings, lambda: datetime.now(UTC))
        assert isinstance(secured, Secured), secured
        secured.writer.write(sip.options(sip.Ends(PEER_ADDRESS, address)).encode())
        assert await sip.read(secured.reader)
        return secured

    def serve(self) -> None:
        """Answer 200 to whoever comes."""
        self._server = self.scene.lab.call(wire.listen(self.loopback, 5061, self._accept))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made = wire.context(self._settings, is_server=True)
        secured = await wire.secure(reader, writer, made, is_server=True, now=datetime.now(UTC))
        if isinstance(secured, HandshakeResult):
            self.failures.append(secured.reason)
            return
        while (request := await sip.read(secured.reader)) is not None:
            secured.writer.write(sip.answer(request, 200, "peer").encode())

    def close(self) -> None:
        if self._server:
            self.scene.do(self._server.close)


def peer_of(scene: ClusterScene, name: str = "vg-yohur.example.com", *, is_self_signed: bool = False) -> Peer:
    """A peer whose certificate the lab's CA has issued; it trusts every node's CallManager certificate."""
    wish = Wish(name, datetime.now(UTC), names=(name,))
    held = self_signed(wish) if is_self_signed else scene.cluster.authority.issue(wish)
    if scene.lab.network.loopback(PEER_ADDRESS) is None:
        scene.lab.network.attach(PEER_ADDRESS, f"127.{scene.lab.spec.octet}.86.86")
    return Peer(scene, held, tuple(node.identity.pem for node in scene.cluster.nodes.values()))


@contextmanager
def running_cluster(directory: Path, **options: Any) -> Iterator[ClusterScene]:
    """`options` are those of ClusterSpec; replication and pings are quick unless stated."""
    wanted = {"replication_seconds": 0.05, "ping_scale": 0.005, **options}
    with claimed_octet() as octet, Lab(LabSpec((), (seoul(**wanted),), octet), directory / ".lab") as lab:
        yield ClusterScene(lab, directory)


def _sip_profile(given: Mapping[str, str]) -> str:
    """The fields that a SIP profile must have, in the order of the schema."""
    fields = schema.of("12.5").fields_of("XSipProfile")
    values = {field.name: given.get(field.name, field.default if field.is_required else None) for field in fields}
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items() if value is not None)


def until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for something to become so. Raises AssertionError."""
    deadline = monotonic() + seconds
    while not is_so():
        assert monotonic() < deadline, f"not within {seconds} s: {what}"
        sleep(0.02)
