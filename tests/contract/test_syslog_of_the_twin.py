"""A simulated CUBE sends its log, and the receiver reads it: both ends over real sockets."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from support.cubes import Bench
from support.waiting import eventually
from trunkline.health.events.lines import read
from trunkline.health.events.meaning import event
from trunkline.health.events.receiver import Receiver
from trunkline.model.event import Event, EventKind
from trunkline.model.handshake import Reason
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.wire import HandshakeResult

COMMANDS = ("archive", "log config", "logging enable", "notify syslog", "exit", "exit")


@dataclass
class Heard:
    """Everything that came."""

    messages: list[tuple[str, bytes]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.receiver = Receiver(
            ("127.0.0.1", 0),
            lambda address, message: self.messages.append((address, message)),
            lambda why, count: self.dropped.extend([why] * count),
            lambda _address: True,
        )
        self.receiver.start()

    def events(self) -> list[Event]:
        lines = [read(message) for _, message in self.messages]
        return [event(line, "cube/x", datetime.now(UTC)) for line in lines if line]

    def of(self, kind: EventKind) -> list[Event]:
        return [told for told in self.events() if told.kind is kind]


@pytest.fixture
def heard() -> Iterator[Heard]:
    made = Heard()
    yield made
    made.receiver.stop()
    assert "syslog" not in {thread.name for thread in threading.enumerate()}


def configured(bench: Bench, heard: Heard, transport: str, *more: str) -> None:
    line = f"logging host 127.0.0.1 transport {transport} port {heard.receiver.port}"
    type_by_ssh(bench.lab, bench.name, (line, *more))


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_who_configured_and_what_was_typed(bench: Bench, heard: Heard, transport: str) -> None:
    configured(bench, heard, transport, "logging origin-id hostname", "service sequence-numbers", *COMMANDS)
    type_by_ssh(bench.lab, bench.name, ("dial-peer voice 900 voip", "preference 7"))
    eventually(lambda: len(heard.of(EventKind.CONFIGURED)) == 2)
    user = next(iter(bench.router.identity.users))
    assert {(one.user, one.via.partition(" ")[2]) for one in heard.of(EventKind.CONFIGURED)} == {(user, "(127.0.0.1)")}
    typed = [(one.user, one.command) for one in heard.of(EventKind.TYPED)]
    assert typed[-2:] == [(user, "dial-peer voice 900 voip"), (user, "preference 7")]
    assert {address for address, _ in heard.messages} == {bench.lab.loopback(bench.router.address)}
    assert {line.origin for _, message in heard.messages if (line := read(message))} == {bench.router.hostname}


def test_the_configuration_is_printed_as_ios_prints_it(bench: Bench, heard: Heard) -> None:
    configured(bench, heard, "udp", *COMMANDS, "logging trap informational", "logging origin-id hostname")
    lines = bench.router.text_lines()
    begin = lines.index("archive")
    assert lines[begin : begin + 4] == ["archive", " log config", "  logging enable", "  notify syslog contenttype plaintext"]
    assert f"logging host 127.0.0.1 transport udp port {heard.receiver.port}" in lines
    assert "logging origin-id hostname" in lines
    assert not [line for line in lines if line.startswith("logging trap")]
    type_by_ssh(bench.lab, bench.name, (f"no logging host 127.0.0.1 transport udp port {heard.receiver.port}",))
    assert not [line for line in bench.router.text_lines() if line.startswith("logging host")]


def test_less_severe_lines_stay_at_home(bench: Bench, heard: Heard) -> None:
    configured(bench, heard, "udp", "logging trap errors")
    bench.router.syslog("%SYS-5-CONFIG_I: Configured from console by console")
    bench.router.syslog("%SIP-2-LISTEN_SOCKET: Failed to open listen socket for ip_addr=10.0.0.1, port=5061")
    eventually(lambda: bool(heard.of(EventKind.LISTENER)))
    assert heard.messages[-1][1].startswith(b"<186>")
    assert len(heard.of(EventKind.CONFIGURED)) == 0


@pytest.mark.parametrize(
    ("train", "words", "reason"),
    [
        ("17.6", "certificate verify failed", None),
        ("17.6", "peer certificate identity check failed", None),
        ("17.9", "certificate verify failed", None),
        ("17.9", "peer certificate identity check failed", Reason.WRONG_NAME),
        ("17.15", "certificate verify failed", Reason.BAD_CERTIFICATE),
        ("17.15", "tlsv1 alert protocol version", Reason.VERSION),
        ("17.18", "no shared cipher", Reason.CIPHER),
    ],
)
def test_a_failed_handshake_is_told_in_the_form_of_the_release(
    bench: Bench, heard: Heard, train: str, words: str, reason: Reason | None
) -> None:
    configured(bench, heard, "udp")
    bench.router.train = TRAINS[train]
    agent = bench.lab.cubes[bench.name].agent
    before = agent.counters.server_handshake_failures
    agent._failed(HandshakeResult(False, "server", words), "10.72.86.74", 40000)
    assert agent.counters.server_handshake_failures == before + 1
    bench.router.syslog("%LINK-3-UPDOWN: the end")
    eventually(lambda: bool(heard.of(EventKind.OTHER)))
    found = [(one.reason, one.remote) for one in heard.of(EventKind.HANDSHAKE_FAILED)]
    assert found == ([(reason, "10.72.86.74:40000")] if reason else [])


def test_a_listener_that_went_away_and_came_back_is_found_again(bench: Bench, heard: Heard) -> None:
    configured(bench, heard, "tcp")
    eventually(lambda: len(heard.of(EventKind.CONFIGURED)) == 1)
    for peer in list(heard.receiver._peers):
        peer.channel.shutdown(2)

    def is_heard() -> bool:
        bench.router.syslog("%LINK-3-UPDOWN: once more")
        return bool(heard.of(EventKind.OTHER))

    eventually(is_heard)
