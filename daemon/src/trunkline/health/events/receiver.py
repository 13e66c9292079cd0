"""The door for syslog: UDP and TCP on one port, one thread, everything bounded."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trunkline.health.events.framing import LONGEST_MESSAGE, Framer, NotSyslog
from trunkline.model.errors import Stalled

MOST_CONNECTIONS, MOST_OF_ONE = 128, 4
IDLE_SECONDS = 3600.0  # a router that has nothing to say keeps its connection open
UNENDED_SECONDS = 1.0  # how long a message waits for its end
PAUSE_SECONDS = 0.5
AT_ONCE = 200  # datagrams, or reads of one connection, before others get their turn
BUFFER_OCTETS = 1 << 20  # that the kernel may hold of datagrams while this thread is busy
TRIES = 20

Took = Callable[[str, bytes], object]
Dropped = Callable[[str, int], object]


@dataclass
class _Peer:
    """One connection."""

    channel: socket.socket
    address: str
    framer: Framer = field(default_factory=Framer)
    heard_at: float = field(default_factory=time.monotonic)


class Receiver:
    """`took` gets every message with the address that it came from, `dropped` why messages were thrown away and how many;
    `knows` says whether a connection of an address is wanted. All three are called on the receiver's own thread.

    Raises Stalled where the port cannot be listened on. `port` is the one that was chosen, where 0 was asked for.
    """

    def __init__(self, place: tuple[str, int], took: Took, dropped: Dropped, knows: Callable[[str], bool]) -> None:
        self._took, self._dropped, self._knows = took, dropped, knows
        self._datagrams, self._listener = _bound(*place)
        self.port = int(self._listener.getsockname()[1])
        self._selector = selectors.DefaultSelector()
        self._peers: list[_Peer] = []
        self._wake, self._woken = socket.socketpair()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="syslog", daemon=True)

    def start(self) -> None:
        self._selector.register(self._datagrams, selectors.EVENT_READ, self._read_datagrams)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._woken, selectors.EVENT_READ, lambda: None)
        self._thread.start()

    def stop(self) -> None:
        """Close everything. What the kernel still holds is lost."""
        self._is_stopping = True
        self._wake.send(b"x")
        if self._thread.is_alive():
            self._thread.join(10)
        for peer in list(self._peers):
            self._close(peer)
        for channel in (self._datagrams, self._listener, self._wake, self._woken):
            channel.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._is_stopping:
            for key, _ in self._selector.select(PAUSE_SECONDS):
                with contextlib.suppress(OSError):
                    key.data()
            self._look_at_silent(time.monotonic())

    def _read_datagrams(self) -> None:
        for _ in range(AT_ONCE):
            try:
                message, sender = self._datagrams.recvfrom(LONGEST_MESSAGE + 1)
            except BlockingIOError:
                return
            if len(message) > LONGEST_MESSAGE:
                self._dropped("too_long" if self._knows(_plain(sender[0])) else "unknown_sender", 1)
            else:
                self._took(_plain(sender[0]), message)

    def _accept(self) -> None:
        channel, sender = self._listener.accept()
        address = _plain(sender[0])
        own = [peer for peer in self._peers if peer.address == address]
        if not self._knows(address) or (len(self._peers) >= MOST_CONNECTIONS and not own):
            self._dropped("flood" if self._knows(address) else "unknown_sender", 1)
            channel.close()
            return
        if len(own) >= MOST_OF_ONE or len(self._peers) >= MOST_CONNECTIONS:  # one that was cut somewhere is never told of
            self._close(min(own, key=lambda peer: peer.heard_at))
        channel.setblocking(False)
        peer = _Peer(channel, address)
        self._peers.append(peer)
        self._selector.register(channel, selectors.EVENT_READ, lambda: self._read(peer))

    def _read(self, peer: _Peer) -> None:
        try:
            data = peer.channel.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._tell_rest(peer)
            self._close(peer)
            return
        peer.heard_at = time.monotonic()
        try:
            messages = peer.framer.take(data)
        except NotSyslog:
            self._dropped("unreadable", 1)
            self._close(peer)
            return
        if peer.framer.too_long:
            self._dropped("too_long", peer.framer.too_long)
        for message in messages:
            self._tell(peer, message)

    def _tell(self, peer: _Peer, message: bytes) -> None:
        """A line that begins with blanks goes on with the one before it, of which enough is known."""
        if not message[:1].isspace():
            self._took(peer.address, message)

    def _tell_rest(self, peer: _Peer) -> None:
        rest = peer.framer.flush()
        if rest:
            self._tell(peer, rest)

    def _look_at_silent(self, now: float) -> None:
        for peer in list(self._peers):
            if now - peer.heard_at > IDLE_SECONDS or not self._knows(peer.address):
                self._close(peer)
            elif now - peer.heard_at > UNENDED_SECONDS and peer.framer.holds_message:
                self._tell_rest(peer)

    def _close(self, peer: _Peer) -> None:
        self._peers.remove(peer)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(peer.channel)
        peer.channel.close()


def _plain(address: str) -> str:
    """An IPv4 address that came over an IPv6 socket, as itself; a zone is nothing of the sender's."""
    return address.removeprefix("::ffff:").partition("%")[0]


def _bound(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Sockets for datagrams and connections on one port; where any will do, one that is free for both."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for attempt in range(TRIES):
        try:
            return _pair(family, host, port)
        except OSError as error:
            if port == 0 and attempt < TRIES - 1:
                continue
            why = (error.strerror or str(error)).split(" (while", maxsplit=1)[0]
            raise Stalled(
                f"cannot listen for syslog on {host} port {port}: {why}; correct syslog.host and syslog.port"
            ) from error
    raise AssertionError  # the last attempt returned or raised


def _pair(family: socket.AddressFamily, host: str, port: int) -> tuple[socket.socket, socket.socket]:
    is_dual = host == "::" and socket.has_dualstack_ipv6()  # all addresses of this machine, those of IPv4 too
    listener = socket.create_server((host, port), family=family, backlog=64, dualstack_ipv6=is_dual)
    datagrams = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family is socket.AF_INET6:
            datagrams.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not is_dual)
        with contextlib.suppress(OSError):
            datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_OCTETS)
        datagrams.bind((host, listener.getsockname()[1]))
    except OSError:
        datagrams.close()
        listener.close()
        raise
    for channel in (listener, datagrams):
        channel.setblocking(False)
    return datagrams, listener
