"""One server of the cluster: its certificates, its trust, and whether it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from trunkline.twin.ca import Held, pem_of
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.cucm.certificates.units import Unit
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
    clock: Callable[[], datetime]
    ping_scale: float = 1.0
    is_down: bool = True
    loaded: tuple[x509.Certificate, ...] = ()
    served: Held = field(init=False)
    _served_chain: tuple[x509.Certificate, ...] = ()
    sip: SipSide = field(init=False)

    def __post_init__(self) -> None:
        self.sip = SipSide(self.spec.address, self.loopback, self.network, self.clock, self.tls, self.ping_scale)
        self._read_stores()

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
        await self.sip.run(trunks)

    async def stop(self) -> None:
        """The process ends, and with it every connection."""
        await self.sip.stop()

    async def restart(self, trunks: dict[str, RunningTrunk]) -> None:
        """The service Cisco CallManager is restarted."""
        await self.stop()
        await self.start(trunks)

    def tls(self) -> TlsSettings:
        chain = (self.served.pem, *(pem_of(above) for above in self._served_chain))
        return TlsSettings(self.served.key_pem, chain, tuple(pem_of(anchor) for anchor in self.loaded), "v1.2", "v1.2")
