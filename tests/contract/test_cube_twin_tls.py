"""Handshakes of a simulated CUBE that was configured so or so, with a peer of our own, over real sockets."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.octets import claimed_octet
from trunkline.twin import wire
from trunkline.twin.ca import Authority, Wish, new_key
from trunkline.twin.cube.pki.store import Key, Store
from trunkline.twin.cube.router import Identity, Router, Session
from trunkline.twin.cube.siptls.agent import SipAgent
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.network import Network
from trunkline.twin.wire import HandshakeResult, Secured, TlsSettings

CONFIG = """hostname cube1
crypto pki trustpoint T
 enrollment terminal
sip-ua
 crypto signaling default trustpoint T
voice service voip
 ip address trusted list
  ipv4 10.0.0.0 255.0.0.0
voice class tls-cipher 1
 cipher 1 ECDHE_RSA_AES128_GCM_SHA256
voice class tls-profile 1
 trustpoint T
 cipher 1
voice class tls-profile 2
 trustpoint T
 cn-san validate bidirectional
 cn-san 1 *.example.com
"""
CUBE, PEER = "10.0.0.1", "10.0.0.2"


@dataclass
class Bench:
    """One router with its agent in a loop of its own, and the CA that both ends trust."""

    octet: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    root: Authority = field(default_factory=lambda: Authority.create("root", datetime.now(UTC)))
    log: list[str] = field(default_factory=list)
    agents: list[SipAgent] = field(default_factory=list)

    def router(self, train: str, *lines: str) -> SipAgent:
        """Started; `lines` are typed into sip-ua."""
        network = Network()
        network.attach(CUBE, f"127.{self.octet}.0.11")
        network.attach(PEER, f"127.{self.octet}.0.12")
        store = Store()
        router = Router(Identity("cube1", TRAINS[train], CUBE, {}), CONFIG, network, store)
        held = self.root.issue(Wish("cube1.example.com", datetime.now(UTC)))
        store.install("T", self.root.issuer.certificate, held.certificate, Key("T", held.key, router.clock()))
        router.sessions.append(Session(self.log.append, self.log.append, lambda: None))
        agent = SipAgent(router)
        self.agents.append(agent)
        self.run(agent.start())
        if lines:
            router.type_on_console(["sip-ua", *(f" {line}" for line in lines)])
            self.run(asyncio.sleep(0))
        return agent

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 120))

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let the loop turn until something is so."""

        async def work() -> None:
            while not is_so():
                await asyncio.sleep(0.001)

        self.run(work())

    def peer(self, **changes: Any) -> TlsSettings:
        """A peer with a good certificate that accepts everything, but for `changes`."""
        held = self.root.issue(Wish("cucm.example.com", datetime.now(UTC)), changes.pop("key", None))
        usual = TlsSettings(held.key_pem, (held.pem,), (self.root.issuer.pem,), "v1.0", "v1.3", "ALL:@SECLEVEL=0")
        return replace(usual, **changes)

    def call(self, peer: TlsSettings, port: int = 5061) -> HandshakeResult:
        """The peer opens a connection; its own view, once the CUBE has made up its mind as well."""
        agent = self.agents[-1]

        def judged() -> int:
            return agent.counters.server_handshake_failures + agent._next_id

        async def work() -> HandshakeResult:
            before = judged()
            remote = (f"127.{self.octet}.0.11", port)
            secured = await wire.connect(f"127.{self.octet}.0.12", remote, peer, lambda: datetime.now(UTC))
            result = secured.result if isinstance(secured, Secured) else secured
            while judged() == before and not result.reason.startswith("no connection"):
                await asyncio.sleep(0.001)
            if isinstance(secured, Secured):
                secured.close()
            return result

        return self.run(work())


@pytest.fixture
def bench() -> Iterator[Bench]:
    with claimed_octet() as octet:
        made = Bench(octet)
        yield made
        for agent in made.agents:
            made.run(agent.stop())
        for task in asyncio.all_tasks(made.loop):
            task.cancel()
        made.loop.run_until_complete(asyncio.sleep(0.01))
        made.loop.close()


pytestmark = pytest.mark.filterwarnings("ignore:ssl.TLSVersion")


def test_with_nothing_special_every_version_meets(bench: Bench) -> None:
    agent = bench.router("17.15")
    assert bench.call(bench.peer(maximum="v1.2")).version == "TLSv1.2"
    assert bench.call(bench.peer(maximum="v1.3")).version == "TLSv1.3"
    assert agent.counters.server_handshake_failures == 0


@pytest.mark.parametrize(
    ("train", "line", "peer_versions", "version"),
    [
        ("15.6", "transport tcp tls v1.2", ("v1.2", "v1.2"), "TLSv1.2"),
        ("15.6", "transport tcp tls v1.2", ("v1.0", "v1.1"), ""),
        ("15.6", "transport tcp tls v1.0", ("v1.0", "v1.2"), "TLSv1"),
        ("17.9", "transport tcp tls v1.2", ("v1.2", "v1.3"), "TLSv1.2"),
        ("17.15", "transport tcp tls v1.2", ("v1.3", "v1.3"), ""),
        ("17.15", "transport tcp tls v1.2 minimum", ("v1.3", "v1.3"), "TLSv1.3"),
        ("17.15", "transport tcp tls v1.3", ("v1.2", "v1.2"), ""),
    ],
)
def test_versions(bench: Bench, train: str, line: str, peer_versions: tuple[str, str], version: str) -> None:
    agent = bench.router(train, line)
    result = bench.call(bench.peer(minimum=peer_versions[0], maximum=peer_versions[1]))
    assert (result.is_ok, result.version) == (bool(version), version)
    assert agent.counters.server_handshake_failures == (0 if version else 1)
    if not version:
        assert result.reason == "tlsv1 alert protocol version"  # what OpenSSL makes of the CUBE's alert


@pytest.mark.parametrize(
    ("train", "peer_version", "is_met"),
    [
        ("15.6", "v1.0", True),
        ("16.12", "v1.0", False),
        ("16.12", "v1.1", True),
        ("17.18", "v1.1", True),
        ("26.1", "v1.1", False),
        ("26.1", "v1.3", True),
    ],
)
def test_versions_where_none_is_stated(bench: Bench, train: str, peer_version: str, is_met: bool) -> None:
    bench.router(train)
    assert bench.call(bench.peer(minimum=peer_version, maximum=peer_version)).is_ok is is_met


@pytest.mark.parametrize(
    ("train", "line", "offered", "cipher"),
    [
        ("15.6", "crypto signaling default trustpoint T strict-cipher", "ALL", "AES128-SHA"),
        ("15.6", "crypto signaling default trustpoint T strict-cipher", "ECDHE-RSA-AES256-GCM-SHA384", ""),
        (
            "17.9",
            "crypto signaling default trustpoint T strict-cipher",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
        ),
        ("17.9", "crypto signaling default tls-profile 1", "ALL", "ECDHE-RSA-AES128-GCM-SHA256"),
        ("17.9", "crypto signaling default tls-profile 1", "AES128-SHA", ""),
    ],
)
def test_ciphers(bench: Bench, train: str, line: str, offered: str, cipher: str) -> None:
    bench.router(train, line)
    result = bench.call(bench.peer(maximum="v1.2", ciphers=f"{offered}:@SECLEVEL=0"))
    assert result.cipher == cipher


def test_a_peer_of_an_unknown_ca_is_told_so(bench: Bench) -> None:
    agent = bench.router("17.15")
    stranger = Authority.create("another", datetime.now(UTC)).issue(Wish("x", datetime.now(UTC)))
    result = bench.call(bench.peer(maximum="v1.2", key_pem=stranger.key_pem, chain_pems=(stranger.pem,)))
    assert result.reason == "tlsv1 alert unknown ca"
    assert agent.counters.server_handshake_failures == 1
    assert any(
        "%SIP-2-TLS_HANDSHAKE_FAILED: TLS handshake failure, Reason: certificate verify failed" in line for line in bench.log
    )


def test_an_expired_peer_is_refused(bench: Bench) -> None:
    agent = bench.router("17.9")
    old = bench.root.issue(Wish("cucm.example.com", datetime.now(UTC), days=-1))
    result = bench.call(bench.peer(maximum="v1.2", key_pem=old.key_pem, chain_pems=(old.pem,)))
    assert result.reason == "sslv3 alert certificate expired"
    assert agent.counters.server_handshake_failures == 1


def test_client_vtp_narrows_trust(bench: Bench) -> None:
    agent = bench.router("17.9", "crypto signaling default trustpoint T client-vtp OTHER")
    assert bench.call(bench.peer()).is_ok  # no such trustpoint: all count
    assert isinstance(agent.router.pki, Store)
    agent.router.pki.on_trustpoint("OTHER")
    agent.router.pki.trustpoints["OTHER"].ca = Authority.create("other", datetime.now(UTC)).issuer.certificate
    assert bench.call(bench.peer(maximum="v1.2")).reason == "tlsv1 alert unknown ca"


@pytest.mark.parametrize(("name", "is_let_in"), [("sub.example.com", True), ("example.org", False), ("a.b.example.com", False)])
def test_names(bench: Bench, name: str, is_let_in: bool) -> None:
    agent = bench.router("17.9", "crypto signaling default tls-profile 2")
    held = bench.root.issue(Wish("x", datetime.now(UTC), names=(name,)))
    bench.call(bench.peer(key_pem=held.key_pem, chain_pems=(held.pem,)))
    assert agent.counters.server_handshake_failures == (0 if is_let_in else 1)
    line = "%SIP-2-TLS_HANDSHAKE_FAILED :Peer certificate identity check failed - remote_addr=10.0.0.2"
    assert any(line in one for one in bench.log) is not is_let_in


def test_the_listener_follows_the_configuration(bench: Bench) -> None:
    agent = bench.router("17.9")
    agent.router.type_on_console(["sip-ua", " no transport tcp tls"])
    bench.until(lambda: not agent.is_listening)
    assert bench.call(bench.peer()).reason.startswith("no connection")
    agent.router.type_on_console(["sip-ua", " transport tcp tls v1.2"])
    bench.until(lambda: agent.is_listening)
    assert bench.call(bench.peer()).is_ok
    agent.router.running.enter(agent.router.running.root, "voice service voip")
    voice = agent.router.running.find(("voice service voip",))
    assert voice
    sip = agent.router.configure(voice, "sip").enters
    assert sip
    agent.router.configure(sip, "listen-port secure 5071")
    bench.until(lambda: agent.is_listening and agent._listening_on == 5071)
    assert bench.call(bench.peer(), port=5071).is_ok
    assert bench.call(bench.peer()).reason.startswith("no connection")


def test_a_trustpoint_without_its_key_answers_nobody(bench: Bench) -> None:
    agent = bench.router("17.9")
    assert isinstance(agent.router.pki, Store)
    agent.router.pki.keys.clear()
    assert not bench.call(bench.peer()).is_ok
    assert agent.counters.server_handshake_failures == 1


def test_a_new_trustpoint_serves_new_connections_only(bench: Bench) -> None:
    """Established connections keep the certificate that they began with."""
    agent = bench.router("17.9")
    store = agent.router.pki
    assert isinstance(store, Store)
    fresh = bench.root.issue(Wish("fresh.example.com", datetime.now(UTC)))
    store.install("F", bench.root.issuer.certificate, fresh.certificate, Key("F", fresh.key, agent.router.clock()))

    async def open_connection() -> Secured:
        secured = await wire.connect(
            f"127.{bench.octet}.0.12", (f"127.{bench.octet}.0.11", 5061), bench.peer(), lambda: datetime.now(UTC)
        )
        assert isinstance(secured, Secured)
        return secured

    first = bench.run(open_connection())
    bench.until(lambda: len(agent.rows) == 1)
    agent.router.type_on_console(["sip-ua", " crypto signaling default trustpoint F"])
    second = bench.run(open_connection())
    bench.until(lambda: len(agent.rows) == 2)
    assert first.result.peer.subject.rfc4514_string() == "CN=cube1.example.com"
    assert second.result.peer.subject.rfc4514_string() == "CN=fresh.example.com"
    first.close()
    second.close()


def test_a_weak_connection_is_remarked_on_once_an_hour(bench: Bench) -> None:
    bench.router("17.18")
    weak = bench.peer(maximum="v1.2", ciphers="AES256-SHA:@SECLEVEL=0")
    for _ in range(2):
        assert bench.call(weak).is_ok
    found = [line for line in bench.log if "%SIP-5-TLS_CONNECTION: TLS insecure handshake detected: version TLSv1.2" in line]
    assert len(found) == 1


def test_the_clock_that_counts_is_the_routers_own(bench: Bench) -> None:
    from datetime import timedelta

    agent = bench.router("17.9")
    agent.router.clock_skew = timedelta(days=4000)
    result = bench.call(bench.peer(maximum="v1.2"))
    assert agent.counters.server_handshake_failures == 1, result


def test_an_ecdsa_key_works_as_well(bench: Bench) -> None:
    agent = bench.router("17.9")
    assert isinstance(agent.router.pki, Store)
    key = new_key("ec", 256)
    held = bench.root.issue(Wish("cube1.example.com", datetime.now(UTC)), key)
    agent.router.pki.install("T", bench.root.issuer.certificate, held.certificate, Key("T", key, agent.router.clock()))
    assert bench.call(bench.peer(maximum="v1.2")).cipher.startswith("ECDHE-ECDSA")


def test_a_client_that_sends_no_certificate_is_told_so(bench: Bench, tmp_path: Path) -> None:
    agent = bench.router("17.9")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2

    async def work() -> str:
        try:
            await asyncio.open_connection(f"127.{bench.octet}.0.11", 5061, ssl=made)
        except ssl.SSLError as error:
            return error.reason
        return "connected"

    assert bench.run(work()) == "SSLV3_ALERT_HANDSHAKE_FAILURE"
    assert agent.counters.server_handshake_failures == 1
