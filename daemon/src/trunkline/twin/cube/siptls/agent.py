"""The router's SIP user agent over TLS: a real listener, a real client, and the counters that IOS keeps."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography import x509

from trunkline.twin import sip, wire
from trunkline.twin.cube.router import Router
from trunkline.twin.cube.siptls import keepalive, offers, settings, verdicts
from trunkline.twin.cube.siptls.keepalive import State
from trunkline.twin.cube.siptls.table import AGING_SECONDS, Counters, Row, age_out
from trunkline.twin.wire import HandshakeResult, Secured, TlsSettings

AGENT = "Cisco-SIPGateway/IOS"


@dataclass
class SipAgent:
    """SIP over TLS of one router. `keepalive_scale` shortens the intervals that the configuration states, for labs."""

    router: Router
    keepalive_scale: float = 1.0
    aging_seconds: float = AGING_SECONDS
    counters: Counters = field(default_factory=Counters)
    rows: dict[int, Row] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _next_id: int = 3
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _due: asyncio.Event = field(default_factory=asyncio.Event)
    targets: dict[tuple[str, int], State] = field(default_factory=dict)
    _listening_on: int = 0
    _warned_at: datetime | None = None
    endings: int = 0  # how often connections were ended that were well: by a reload, by a person

    @property
    def loopback(self) -> str:
        address = self.router.network.loopback(self.router.address)
        assert address  # noqa: S101 - the lab attaches every router
        return address

    @property
    def port(self) -> int:
        """Where it listens for TLS."""
        return settings.listen_port(self.router.running)

    async def start(self) -> None:
        """Follow the configuration from now on."""
        self.router.hooks.append(self._wake)
        self._spawn(self._follow())
        self._spawn(self._keep_alive())
        self._spawn(age_out(self.rows, lambda: self.counters, lambda: self.aging_seconds))
        await self._listen()

    async def stop(self) -> None:
        """One that lost its power stays as it is."""
        if self._wake not in self.router.hooks:
            return
        self.router.hooks.remove(self._wake)
        self.endings += 1
        for task in list(self._tasks):
            task.cancel()
        for row in list(self.rows.values()):
            row.secured.close()
        self.rows.clear()
        self.counters = Counters()
        await self._close_listener()

    def take_over(self, counters: Counters) -> None:
        """Another router goes on in the place of this one, with counters of its own and without its connections."""
        self.endings += 1
        for row in list(self.rows.values()):
            row.secured.close()
        self.rows.clear()
        self.counters = counters

    def _wake(self) -> None:
        """The configuration or a certificate changed: each follower has an event of its own, and clears it itself."""
        self._changed.set()
        self._due.set()

    def _spawn(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self._listen()

    async def _listen(self) -> None:
        wanted = settings.is_listening(self.router.running)
        if self._server and (not wanted or self._listening_on != self.port):
            await self._close_listener()
        if not wanted or self._server:
            return
        try:
            self._server = await wire.listen(self.loopback, self.port, self._accept)
            self._listening_on = self.port
        except OSError:
            self.router.syslog(
                f"%SIP-2-LISTEN_SOCKET: Failed to open listen socket for ip_addr={self.router.address}, "
                f"port={self.port}, vrf=, transport=TLS, tenant=0"
            )

    async def _close_listener(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    @property
    def is_listening(self) -> bool:
        return self._server is not None

    def tls_for(self, peer: str) -> TlsSettings | None:
        """The settings of a handshake with `peer`; None where no usable trustpoint is bound."""
        return offers.tls_for(self.router, peer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        remote = writer.get_extra_info("peername")
        peer = self.router.network.address(remote[0])
        tls = self.tls_for(peer)
        if tls is None:
            self._failed(HandshakeResult(False, "server", "no shared cipher"), peer, remote[1])
            return
        made = wire.context(wire.settings_for_clock(tls, self.router.clock), is_server=True)
        secured = self._judged(await wire.secure(reader, writer, made, is_server=True, now=self.router.clock()), peer)
        if isinstance(secured, HandshakeResult):
            self._failed(secured, peer, remote[1])
            return
        row = self._add(secured, peer)
        try:
            await self._answer(row, peer)
        finally:
            if self.rows.pop(row.connection_id, None):  # else this end closed it
                self.counters.remote_closures += 1

    def _judged(self, secured: Secured | HandshakeResult, peer: str) -> Secured | HandshakeResult:
        """A connection whose peer bears a wrong name is closed again; a weak one is remarked on."""
        meaning = settings.signalling(self.router.running, peer)
        if isinstance(secured, HandshakeResult) or meaning is None:
            return secured
        if verdicts.has_wrong_name(meaning, secured.result, peer):
            secured.close()
            return replace(secured.result, is_ok=False, reason=verdicts.WRONG_NAME)
        now = self.router.clock()
        if line := verdicts.weakness_line(self.router.train, secured.result, self._warned_at, now):
            self._warned_at = now
            self.router.syslog(line)
        return secured

    def _add(self, secured: Secured, peer: str) -> Row:
        local = (self.router.address, secured.local[1])
        row = Row(self._next_id, (peer, secured.remote[1]), local, secured, self._curve(secured, peer))
        self._next_id += 1
        self.rows[row.connection_id] = row
        return row

    def _curve(self, secured: Secured, peer: str) -> str:
        """Empty for a key exchange without a curve."""
        meaning = settings.signalling(self.router.running, peer)
        if meaning is None or not secured.result.cipher.startswith(("ECDHE", "TLS_")):
            return ""
        return settings.CURVE_NAMES[meaning.curve]

    async def _answer(self, row: Row, peer: str) -> None:
        """Answer requests until the peer leaves."""
        while (request := await sip.read(row.secured.reader)) is not None:
            row.used_at = time.monotonic()
            if not request.method:
                continue
            row.secured.writer.write(sip.answer(request, self._status(request, peer), AGENT).encode())
            await row.secured.writer.drain()

    def _status(self, request: sip.Message, peer: str) -> int:
        """The toll-fraud check comes first."""
        if not settings.is_trusted(self.router.running, peer, trusts_named=self.router.train.trusts_named_peers):
            return 403
        return 200 if request.method == "OPTIONS" else 405

    def _failed(self, result: HandshakeResult, peer: str, port: int) -> None:
        """Count and log a handshake that failed. An answer that is no 200 came over a handshake that did not."""
        if result.reason.startswith(("answered", "closed without")):
            return
        if result.side == "server":
            self.counters.server_handshake_failures += 1
        elif result.reason.startswith("no connection"):
            self.counters.connection_failures += 1
            return
        else:
            self.counters.client_handshake_failures += 1
        ends = ((self.router.address, self.port), (peer, port))
        if line := verdicts.failure_line(self.router.train, result, self._next_id, ends):
            self.router.syslog(line)

    async def try_handshake(self, address: str, port: int) -> HandshakeResult:
        """Place a call, as far as the answer to OPTIONS: on a connection of its own, closed afterwards."""
        result, row = await self._dial(address, port)
        if row:
            row.secured.close()
            self.rows.pop(row.connection_id, None)
        return result

    async def _dial(self, address: str, port: int) -> tuple[HandshakeResult, Row | None]:
        tls, remote = self.tls_for(address), self.router.network.loopback(address)
        if tls is None or remote is None:
            result = HandshakeResult(False, "client", "no connection: no route" if tls else "no certificate is bound")
            self._failed(result, address, port)
            return result, None
        secured = self._judged(await wire.connect(self.loopback, (remote, port), tls, self.router.clock), address)
        if isinstance(secured, HandshakeResult):
            self._failed(secured, address, port)
            return secured, None
        row = self._add(secured, address)
        result = await self._ping(row)
        if not result.is_ok:
            self._failed(result, address, port)
            secured.close()
            self.rows.pop(row.connection_id, None)
            return result, None
        return result, row

    async def _ping(self, row: Row) -> HandshakeResult:
        """OPTIONS on an open connection: only the answer proves that the peer accepted the certificate."""
        ends = sip.Ends(self.router.address, row.remote[0], row.remote[1], agent=AGENT)
        good = row.secured.result
        row.used_at = time.monotonic()
        try:
            row.secured.writer.write(sip.options(ends).encode())
            await row.secured.writer.drain()
        except OSError as error:
            self.counters.send_failures += 1
            return HandshakeResult(False, "client", wire.reason_of(error), good.version, good.cipher, good.peer_der)
        try:
            async with asyncio.timeout(wire.HANDSHAKE_TIMEOUT_SECONDS):
                answer = await sip.read(row.secured.reader)
        except (OSError, ValueError, TimeoutError) as error:
            return HandshakeResult(False, "client", wire.reason_of(error), good.version, good.cipher, good.peer_der)
        if answer is None:
            return HandshakeResult(False, "client", "closed without an answer", good.version, good.cipher, good.peer_der)
        if answer.status != 200:
            reason = f"answered {answer.status}"
            return HandshakeResult(False, "client", reason, good.version, good.cipher, good.peer_der)
        return good

    async def _keep_alive(self) -> None:
        """Out-of-dialog OPTIONS of dial-peers that have it, each on one standing connection."""
        loop = asyncio.get_running_loop()
        while True:
            is_woken = self._due.is_set()  # what failed may go well now
            self._due.clear()
            wanted = list(keepalive.targets(self.router.running))
            for address, port, timing in wanted:
                state = self.targets.setdefault((address, port), State())
                if state.next_at <= loop.time() or (is_woken and state.failures):
                    is_ok = await self._is_alive(address, port)
                    state.heard(timing, loop.time(), self.keepalive_scale, is_ok=is_ok)
            waits = [self.targets[(address, port)].next_at - loop.time() for address, port, _ in wanted]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.01, min(waits, default=60 * self.keepalive_scale))):
                    await self._due.wait()

    async def _is_alive(self, address: str, port: int) -> bool:
        standing = next((row for row in self.rows.values() if row.remote == (address, port)), None)
        if standing is None:
            return (await self._dial(address, port))[0].is_ok
        if (await self._ping(standing)).is_ok:
            return True
        standing.secured.close()
        self.rows.pop(standing.connection_id, None)
        self.counters.remote_closures += 1
        return False

    def presented(self, peer: str) -> x509.Certificate | None:
        """What a new handshake with `peer` would present."""
        tls = self.tls_for(peer)
        return x509.load_pem_x509_certificate(tls.chain_pems[0].encode()) if tls else None
