"""One server of the cluster: its CallManager certificate, its trust store, and its SIP side."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from trunkline.twin import sip, wire
from trunkline.twin.ca import Held, pem_of
from trunkline.twin.cucm.database import names_in
from trunkline.twin.network import Network
from trunkline.twin.wire import HandshakeResult, Secured, TlsSettings

AGENT = "Cisco-CUCM"


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


@dataclass(frozen=True)
class RunningTrunk:
    """A trunk as the node runs it since the last reset: not what is stored."""

    name: str
    port: int
    subjects: tuple[str, ...]
    destinations: tuple[tuple[str, int], ...]
    ping_seconds: int = 0  # 0: no OPTIONS ping


@dataclass
class TrustEntry:
    """A certificate of a trust store, under the file name that CUCM gives it."""

    certificate: x509.Certificate

    @property
    def filename(self) -> str:
        return f"{subject_cn(self.certificate).replace(' ', '_')}_{self.certificate.serial_number:x}.pem"


def subject_cn(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(x509.oid.NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def peer_names(certificate: x509.Certificate) -> set[str]:
    """CN and DNS names, in lower case."""
    names = {subject_cn(certificate).lower()}
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return names
    return names | {name.lower() for name in alternative.get_values_for_type(x509.DNSName)}


@dataclass
class Node:
    """The state of one server. `stored` is the trust store, `loaded` what the CallManager process looks at."""

    spec: NodeSpec
    identity: Held
    chain: tuple[x509.Certificate, ...]
    network: Network
    clock: Callable[[], datetime]
    port: int = 5061
    ping_scale: float = 1.0
    is_down: bool = False
    stored: list[TrustEntry] = field(default_factory=list)
    loaded: list[x509.Certificate] = field(default_factory=list)
    served: Held | None = None
    trunks: dict[str, RunningTrunk] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)  # by trunk: "in service" or the reason it is not
    connections: dict[tuple[str, int], Secured] = field(default_factory=dict)
    failures: int = 0
    _server: asyncio.Server | None = None
    _tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    @property
    def loopback(self) -> str:
        address = self.network.loopback(self.spec.address)
        assert address  # noqa: S101 - the cluster attaches its nodes
        return address

    def load_trust(self) -> None:
        """The process reads the trust store."""
        self.loaded = [entry.certificate for entry in self.stored]

    async def restart(self) -> None:
        """Restart the CallManager service: new identity, new trust, every connection closed."""
        self.load_trust()
        self.served = self.identity
        for connection in list(self.connections.values()):
            connection.close()
        self.connections.clear()
        await self.refresh()

    async def run_trunks(self, trunks: dict[str, RunningTrunk]) -> None:
        """What was applied or reset counts from now on."""
        for name in {*trunks, *self.trunks}:
            if trunks.get(name) != self.trunks.get(name):
                self._forget(name)
        self.trunks = trunks
        await self.refresh()

    def _forget(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task:
            task.cancel()
        self.status.pop(name, None)

    async def reset(self, name: str) -> None:
        """Reset a trunk: its connections are closed and opened anew."""
        self._forget(name)
        trunk = self.trunks.get(name)
        for remote in trunk.destinations if trunk else ():
            connection = self.connections.pop(remote, None)
            if connection:
                connection.close()
        await self.refresh()

    async def refresh(self) -> None:
        """Listen while a trunk wants it; ping where a trunk has pings."""
        wanted = bool(self.trunks) and not self.is_down
        if wanted and self._server is None:
            self._server = await wire.listen(self.loopback, self.port, self._accept)
        elif not wanted and self._server:
            self._server.close()
            self._server = None
        for name, trunk in self.trunks.items():
            if trunk.ping_seconds and name not in self._tasks and not self.is_down:
                self._tasks[name] = asyncio.get_running_loop().create_task(self._ping_for_ever(trunk))

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        for connection in list(self.connections.values()):
            connection.close()
        if self._server:
            self._server.close()
            self._server = None

    def tls(self) -> TlsSettings:
        held = self.served or self.identity
        chain = (held.pem, *(pem_of(above) for above in self.chain))
        return TlsSettings(held.key_pem, chain, tuple(pem_of(anchor) for anchor in self.loaded), "v1.2", "v1.2")

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made = wire.context(wire.settings_for_clock(self.tls(), self.clock), is_server=True)
        secured = await wire.secure(reader, writer, made, is_server=True, now=self.clock())
        if isinstance(secured, HandshakeResult):
            self.failures += 1
            return
        peer = secured.result.peer
        is_known = peer is not None and any(peer_names(peer) & set(trunk.subjects) for trunk in self.trunks.values())
        while (request := await sip.read(secured.reader)) is not None:
            if not request.method:
                continue
            status = 200 if is_known and request.method == "OPTIONS" else 403
            secured.writer.write(sip.answer(request, status, AGENT).encode())
            await secured.writer.drain()
            if status == 403:
                return

    async def try_handshake(self, address: str, port: int) -> HandshakeResult:
        """Dial, OPTIONS, and the answer; the connection is closed afterwards."""
        result, secured = await self._dial(address, port)
        if secured:
            secured.close()
        return result

    async def _dial(self, address: str, port: int) -> tuple[HandshakeResult, Secured | None]:
        remote = self.network.loopback(address)
        if remote is None:
            return HandshakeResult(False, "client", "no connection: no route"), None
        secured = await wire.connect(self.loopback, (remote, port), self.tls(), self.clock)
        if isinstance(secured, HandshakeResult):
            self.failures += 1
            return secured, None
        result = await self._ping(secured, address, port)
        if not result.is_ok:
            secured.close()
            return result, None
        return result, secured

    async def _ping(self, secured: Secured, address: str, port: int) -> HandshakeResult:
        good = secured.result
        subjects = {name for trunk in self.trunks.values() for name in trunk.subjects}
        peer = good.peer
        if peer is None or not peer_names(peer) & subjects:
            reason = "the peer's certificate bears no name of a security profile"
            return HandshakeResult(False, "client", reason, good.version, good.cipher, good.peer_der)
        try:
            secured.writer.write(sip.options(sip.Ends(self.spec.address, address, port, agent=AGENT)).encode())
            await secured.writer.drain()
            async with asyncio.timeout(wire.HANDSHAKE_TIMEOUT_SECONDS):
                answer = await sip.read(secured.reader)
        except (OSError, ValueError, TimeoutError) as error:
            return HandshakeResult(False, "client", wire.reason_of(error), good.version, good.cipher, good.peer_der)
        if answer is None or answer.status != 200:
            reason = f"answered {answer.status}" if answer else "closed without an answer"
            return HandshakeResult(False, "client", reason, good.version, good.cipher, good.peer_der)
        return good

    async def _ping_for_ever(self, trunk: RunningTrunk) -> None:
        """OPTIONS ping: one standing connection a destination."""
        while True:
            for remote in trunk.destinations:
                standing = self.connections.get(remote)
                result = await self._ping(standing, *remote) if standing else None
                if result is None or not result.is_ok:
                    if standing:
                        standing.close()
                    result, fresh = await self._dial(*remote)
                    if fresh:
                        self.connections[remote] = fresh
                    else:
                        self.connections.pop(remote, None)
                self.status[trunk.name] = "in service" if result.is_ok else result.reason
            await asyncio.sleep(trunk.ping_seconds * self.ping_scale)

    def certificate_pem(self) -> str:
        return self.identity.certificate.public_bytes(serialization.Encoding.PEM).decode()


def subjects_of(text: str) -> tuple[str, ...]:
    return tuple(names_in(text))
