"""The SIP side of one node: it listens, dials and pings with what runs, not with what is stored."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from trunkline.twin import sip, wire
from trunkline.twin.cucm.certificates.store import peer_names
from trunkline.twin.cucm.realtime.counting import Counting
from trunkline.twin.network import Network
from trunkline.twin.wire import HandshakeResult, Secured, TlsSettings

AGENT = "Cisco-CUCM"
Remote = tuple[str, int]


@dataclass(frozen=True)
class RunningTrunk:
    """A trunk as the node runs it since the last reset."""

    name: str
    port: int
    subjects: tuple[str, ...]  # in lower case
    destinations: tuple[Remote, ...]
    ping_seconds: int = 0  # 0: no OPTIONS ping
    is_encrypted: bool = True  # False: "Authenticated", which means TLS without encryption

    def knows(self, result: HandshakeResult) -> bool:
        """Whether the peer's certificate bears a name that the security profile names."""
        peer = result.peer
        return peer is not None and bool(peer_names(peer) & set(self.subjects))


@dataclass
class SipSide:
    """Trunks by name, and their connections. A trunk is identified by port and certificate name.

    A CUCM checks the names of a security profile against the certificate of whoever connects to it; whether it does so
    for connections that it opens is not documented: `checks_names_outgoing` models both.
    """

    address: str
    loopback: str
    network: Network
    clock: Callable[[], datetime]
    tls: Callable[[], TlsSettings]
    ping_scale: float = 1.0
    checks_names_outgoing: bool = True
    trunks: dict[str, RunningTrunk] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)  # by trunk: "in service" or the reason it is not
    reached: dict[str, dict[Remote, bool]] = field(default_factory=dict)  # by trunk: whether destinations answered a ping
    counting: Counting = field(default_factory=Counting)
    opened: dict[Remote, Secured] = field(default_factory=dict)
    accepted: dict[int, list[Secured]] = field(default_factory=dict)  # by port
    failures: int = 0
    endings: int = 0  # how often connections were ended that were well: by a reset, an edit that counts, a restart
    processes: int = 0  # how many of CallManager's have ended
    _servers: dict[int, asyncio.Server] = field(default_factory=dict)
    _tasks: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def run(self, trunks: Mapping[str, RunningTrunk]) -> None:
        """These trunks run from now on; those that changed start anew."""
        for name in {*trunks, *self.trunks}:
            if trunks.get(name) != self.trunks.get(name):
                self._forget(name)
        self.trunks = dict(trunks)
        await self._listen()
        for name, trunk in self.trunks.items():
            if trunk.ping_seconds and name not in self._tasks:
                self._tasks[name] = asyncio.get_running_loop().create_task(self._ping_for_ever(trunk))

    async def reset(self, name: str) -> None:
        """The trunk's connections are closed, those that the peer opened too, and made anew."""
        trunk = self.trunks.get(name)
        self._forget(name)
        if trunk:
            for connection in [c for c in self.accepted.get(trunk.port, ()) if trunk.knows(c.result)]:
                connection.close()
        await self.run(self.trunks)

    def _forget(self, name: str) -> None:
        self.endings += 1
        task = self._tasks.pop(name, None)
        if task:
            task.cancel()
        self.status.pop(name, None)
        self.reached.pop(name, None)
        trunk = self.trunks.get(name)
        for remote in trunk.destinations if trunk else ():
            connection = self.opened.pop(remote, None)
            if connection:
                connection.close()

    async def stop(self) -> None:
        """The process ends."""
        self.endings += 1
        self.processes += 1
        for name in list(self.trunks):
            self._forget(name)
        for connection in [*self.opened.values(), *(c for of_port in self.accepted.values() for c in of_port)]:
            connection.close()
        self.opened.clear()
        self.trunks = {}
        await self._listen()

    async def _listen(self) -> None:
        """On the incoming port of every trunk that runs, and on no other."""
        wanted = {trunk.port for trunk in self.trunks.values()}
        for port in self._servers.keys() - wanted:
            self._servers.pop(port).close()
        for port in sorted(wanted - self._servers.keys()):

            async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int = port) -> None:
                await self._accept(reader, writer, port)

            self._servers[port] = await wire.listen(self.loopback, port, accept)

    def _settings(self, trunks: list[RunningTrunk]) -> TlsSettings:
        """Authenticated trunks speak NULL-SHA and nothing else (security guide, "Device security mode")."""
        plain = any(not trunk.is_encrypted for trunk in trunks)
        if not plain:
            return self.tls()
        secret = any(trunk.is_encrypted for trunk in trunks)
        return replace(self.tls(), ciphers="ALL:eNULL:@SECLEVEL=0" if secret else "eNULL:@SECLEVEL=0")

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        trunks = [trunk for trunk in self.trunks.values() if trunk.port == port]
        if not trunks:  # who came in the moment in which the process ended
            return
        settings = self._settings(trunks)
        made, process = wire.context(wire.settings_for_clock(settings, self.clock), is_server=True), self.processes
        secured = await wire.secure(reader, writer, made, is_server=True, now=self.clock())
        if isinstance(secured, HandshakeResult):
            self.failures += 1
            return
        if process != self.processes:  # it ended meanwhile, and with it whatever it had begun
            secured.close()
            return
        connections = self.accepted.setdefault(port, [])
        connections.append(secured)
        try:
            await self._converse(secured, port)
        finally:
            connections[:] = [each for each in connections if each is not secured]

    async def _converse(self, secured: Secured, port: int) -> None:
        """Answer requests until one is refused. TLS has come up; a name that no profile names is refused by SIP."""
        while (request := await sip.read(secured.reader)) is not None:
            self.counting.received(request)
            if not request.method:
                continue
            is_known = any(trunk.port == port and trunk.knows(secured.result) for trunk in self.trunks.values())
            status = 200 if is_known and request.method == "OPTIONS" else 403
            answer = sip.answer(request, status, AGENT)
            secured.writer.write(answer.encode())
            self.counting.sent(answer)
            await secured.writer.drain()
            if status == 403:
                return

    def connected(self) -> frozenset[str]:
        """The trunks with a TLS connection that is up, whoever opened it."""
        return frozenset(name for name, trunk in self.trunks.items() if self._is_connected(trunk))

    def _is_connected(self, trunk: RunningTrunk) -> bool:
        opened = [self.opened[remote] for remote in trunk.destinations if remote in self.opened]
        accepted = [connection for connection in self.accepted.get(trunk.port, ()) if trunk.knows(connection.result)]
        return any(not connection.reader.at_eof() for connection in (*opened, *accepted))

    def statuses(self) -> dict[str, tuple[str, str]]:
        """As RIS shows them, and the first destination. Without OPTIONS ping nothing is known (Cisco document 214218)."""
        found = {}
        for name, trunk in self.trunks.items():
            answers = [self.reached.get(name, {}).get(remote) for remote in trunk.destinations]
            if not trunk.ping_seconds or not answers or None in answers:
                status = "Unknown"
            elif all(answers):
                status = "Registered"
            else:
                status = "PartiallyRegistered" if any(answers) else "UnRegistered"
            found[name] = (status, trunk.destinations[0][0] if trunk.destinations else "")
        return found

    async def try_handshake(self, address: str, port: int) -> HandshakeResult:
        """Dial, OPTIONS, and the answer; the connection is closed afterwards."""
        result, secured = await self._dial((address, port))
        if secured:
            secured.close()
        return result

    def _towards(self, remote: Remote) -> list[RunningTrunk]:
        """The trunks with that destination; a probe to somewhere else counts as any of them."""
        return [trunk for trunk in self.trunks.values() if remote in trunk.destinations] or [*self.trunks.values()]

    async def _dial(self, remote: Remote) -> tuple[HandshakeResult, Secured | None]:
        address, port = remote
        loopback = self.network.loopback(address)
        if loopback is None:
            return HandshakeResult(False, "client", "no connection: no route"), None
        settings, process = self._settings(self._towards(remote)), self.processes
        secured = await wire.connect(self.loopback, (loopback, port), settings, self.clock)
        if isinstance(secured, HandshakeResult):
            self.failures += 1
            return secured, None
        if process != self.processes:
            secured.close()
            return _failed(secured.result, "closed by the end of the process"), None
        result = await self._ping(secured, remote)
        if not result.is_ok:
            secured.close()
            return result, None
        return result, secured

    async def _ping(self, secured: Secured, remote: Remote) -> HandshakeResult:
        good = secured.result
        if self.checks_names_outgoing and not any(trunk.knows(good) for trunk in self._towards(remote)):
            return _failed(good, "the peer's certificate bears no name of a security profile")
        try:
            request = sip.options(sip.Ends(self.address, *remote, agent=AGENT))
            secured.writer.write(request.encode())
            self.counting.sent(request)
            await secured.writer.drain()
            async with asyncio.timeout(wire.HANDSHAKE_TIMEOUT_SECONDS):
                answer = await sip.read(secured.reader)
        except (OSError, ValueError, TimeoutError) as error:
            return _failed(good, wire.reason_of(error))
        if answer:
            self.counting.received(answer)
        if answer is None or answer.status != 200:
            return _failed(good, f"answered {answer.status}" if answer else "closed without an answer")
        return good

    async def _ping_for_ever(self, trunk: RunningTrunk) -> None:
        """OPTIONS ping: one standing connection a destination."""
        while True:
            for remote in trunk.destinations:
                standing = self.opened.get(remote)
                result = await self._ping(standing, remote) if standing else None
                if result is None or not result.is_ok:
                    result = await self._replace(remote)
                self.status[trunk.name] = "in service" if result.is_ok else result.reason
                self.reached.setdefault(trunk.name, {})[remote] = result.is_ok
            await asyncio.sleep(trunk.ping_seconds * self.ping_scale)

    async def _replace(self, remote: Remote) -> HandshakeResult:
        standing = self.opened.pop(remote, None)
        if standing:
            standing.close()
        result, fresh = await self._dial(remote)
        if fresh:
            self.opened[remote] = fresh
        return result


def _failed(good: HandshakeResult, reason: str) -> HandshakeResult:
    return replace(good, is_ok=False, side="client", reason=reason)
