"""The door: UDP and TCP on one port, bounded."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from support.waiting import eventually
from trunkline.health.events.framing import LONGEST_MESSAGE
from trunkline.health.events.receiver import MOST_OF_ONE, Receiver
from trunkline.model.errors import Stalled

LINE = b"<189>1: %LINK-3-UPDOWN: Interface up"


@dataclass
class Bench:
    is_known: bool = True
    messages: list[bytes] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.receiver = Receiver(
            ("127.0.0.1", 0),
            lambda _address, message: self.messages.append(message),
            lambda why, count: self.dropped.extend([why] * count),
            lambda _address: self.is_known,
        )
        self.receiver.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.receiver.port), timeout=60)

    def send(self, datagram: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
            channel.sendto(datagram, ("127.0.0.1", self.receiver.port))


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.receiver.stop()


def test_datagrams_and_both_framings_of_a_stream(bench: Bench) -> None:
    bench.send(LINE)
    with bench.connect() as stream:
        stream.sendall(LINE + b"\n  goes on here\n" + b"%d %s" % (len(LINE), LINE) + LINE)
        eventually(lambda: len(bench.messages) == 4)  # the last one is not ended, and nothing comes behind it
        stream.sendall(b"\n" + LINE + b" of the end")
    eventually(lambda: len(bench.messages) == 5)
    assert {message.strip() for message in bench.messages} == {LINE, LINE + b" of the end"}
    assert bench.dropped == []


def test_what_is_too_long_is_counted_on_either_way(bench: Bench) -> None:
    bench.send(b"<189>" + b"x" * LONGEST_MESSAGE)
    with bench.connect() as stream:
        stream.sendall(b"<189>" + b"x" * 2 * LONGEST_MESSAGE + b"\n" + LINE + b"\n")
        eventually(lambda: bench.messages == [LINE])
    eventually(lambda: bench.dropped == ["too_long"] * 2)


def test_a_stranger_is_not_talked_to(bench: Bench) -> None:
    bench.is_known = False
    with bench.connect() as stream:
        assert stream.recv(1) == b""
    eventually(lambda: bench.dropped == ["unknown_sender"])
    assert bench.messages == []


def test_one_sender_has_a_few_connections_and_the_most_silent_gives_way(bench: Bench) -> None:
    streams = [bench.connect() for _ in range(MOST_OF_ONE)]
    for stream in streams:
        stream.sendall(LINE + b"\n")
    eventually(lambda: len(bench.messages) == MOST_OF_ONE)
    with bench.connect() as one_more:
        assert streams[0].recv(1) == b"" or len(bench.receiver._peers) == MOST_OF_ONE
        one_more.sendall(LINE + b"\n")
        eventually(lambda: len(bench.messages) == MOST_OF_ONE + 1)
        assert len(bench.receiver._peers) == MOST_OF_ONE
    for stream in streams:
        stream.close()


def test_what_is_no_syslog_at_all_ends_the_connection(bench: Bench) -> None:
    with bench.connect() as stream:
        stream.sendall(b"999999999 <189>")
        assert stream.recv(1) == b""
    eventually(lambda: bench.dropped == ["unreadable"])


def test_a_port_that_is_taken_is_one_clear_error(bench: Bench) -> None:
    port = bench.receiver.port
    with pytest.raises(Stalled) as error:
        Receiver(("127.0.0.1", port), lambda *_: None, lambda *_: None, lambda _: True)
    assert str(error.value) == (
        f"cannot listen for syslog on 127.0.0.1 port {port}: Address already in use; correct syslog.host and syslog.port"
    )


def test_an_address_that_this_machine_does_not_have(bench: Bench) -> None:
    with pytest.raises(Stalled, match=r"cannot listen for syslog on 192\.0\.2\.1 port 0"):
        Receiver(("192.0.2.1", 0), lambda *_: None, lambda *_: None, lambda _: True)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_all_addresses_are_those_of_both_kinds_on_either_way() -> None:
    heard: list[tuple[str, bytes]] = []
    receiver = Receiver(("::", 0), lambda *told: heard.append(told), lambda *_: None, lambda _: True)
    receiver.start()
    try:
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, socket.SOCK_DGRAM) as channel:
                channel.sendto(LINE, (address, receiver.port))
            with socket.create_connection((address, receiver.port), timeout=60) as stream:
                stream.sendall(LINE + b"\n")
        eventually(lambda: sorted(heard) == [("127.0.0.1", LINE)] * 2 + [("::1", LINE)] * 2)
    finally:
        receiver.stop()
