"""One server of the cluster: its certificates, its trust, and whether it runs."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from trunkline.twin.ca import Held, pem_of
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.cucm.certificates.units import Unit
from trunkline.twin.cucm.service import STARTED, STARTING, STOPPING, Service
from trunkline.twin.cucm.trunks import RunningTrunk, SipSide
from trunkline.twin.network import Network
from trunkline.twin.wire import TlsSettings

CALLMANAGER, TOMCAT = "CallManager", "tomcat"


@dataclass(frozen=True)
class NodeSpec:
    """A server as an administrator knows it."""

    name: str
    fqdn: str
    address: str
    role: str = "subscriber"  # or "publisher"

    @property
    def is_publisher(self) -> bool:
        return self.role == "publisher"


@dataclass
class Node:
    """The state of one server.

    What is stored and what counts are two things: `loaded` is the trust that the CallManager process looks at, `served`
    the certificate that it presents, both read from the stores when it starts.
    """

    spec: NodeSpec
    units: dict[str, Unit]
    network: Network
    system_clock: Callable[[], datetime]
    ping_scale: float = 1.0
    clock_error: timedelta = timedelta(0)  # how far its clock is ahead
    is_down: bool = True
    is_cut_off: bool = False  # nothing is replicated to it or from it
    knows_its_name: bool = True  # PerfMon takes the FQDN for it, too
    service: Service = field(init=False)
    loaded: tuple[x509.Certificate, ...] = ()
    served: Held = field(init=False)
    _served_chain: tuple[x509.Certificate, ...] = ()
    sip: SipSide = field(init=False)

    def __post_init__(self) -> None:
        self.service = Service(self.clock)
        self.sip = SipSide(self.spec.address, self.loopback, self.network, self.clock, self.tls, self.ping_scale)
        self._read_stores()

    def clock(self) -> datetime:
        return self.system_clock() + self.clock_error

    @property
    def runs_callmanager(self) -> bool:
        return not self.is_down and self.service.status == STARTED

    def perfmon_names(self) -> tuple[str, ...]:
        """The hosts that PerfMon takes for this node, in lower case."""
        own = (self.spec.address,)
        return (*own, self.spec.name.lower(), self.spec.fqdn.lower()) if self.knows_its_name else own

    @property
    def callmanager(self) -> Unit:
        return self.units[CALLMANAGER]

    @property
    def stored(self) -> list[TrustEntry]:
        return self.callmanager.trust.entries

    @property
    def identity(self) -> Held:
        return self.callmanager.identity

    @property
    def loopback(self) -> str:
        address = self.network.loopback(self.spec.address)
        assert address  # noqa: S101 - the cluster attaches its nodes
        return address

    def load_trust(self) -> None:
        """The process reads the trust store."""
        self.loaded = self.callmanager.trust.certificates

    def _read_stores(self) -> None:
        self.load_trust()
        self.served, self._served_chain = self.identity, self.callmanager.chain

    async def start(self, trunks: dict[str, RunningTrunk]) -> None:
        """The CallManager process starts: it reads certificates, trust and trunks."""
        self.is_down = False
        self._read_stores()
        self.sip.counting.begin()
        self.service.begin()
        await self.sip.run(trunks)

    async def stop(self) -> None:
        """The process ends, and with it every connection."""
        self.service.end()
        await self.sip.stop()

    async def restart(self, trunks: Callable[[], dict[str, RunningTrunk]], seconds: float) -> None:
        """The service Cisco CallManager is restarted; so long it does not serve. It starts with the trunks as they are then."""
        self.service.end(STOPPING)
        await self.sip.stop()
        await asyncio.sleep(seconds / 2)
        self.service.end(STARTING)
        await asyncio.sleep(seconds / 2)
        if not self.is_down and self.service.status == STARTING:
            await self.start(trunks())

    def tls(self) -> TlsSettings:
        chain = (self.served.pem, *(pem_of(above) for above in self._served_chain))
        return TlsSettings(self.served.key_pem, chain, tuple(pem_of(anchor) for anchor in self.loaded), "v1.2", "v1.2")
