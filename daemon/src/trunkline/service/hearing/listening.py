"""Syslog: received and counted on one thread, kept in the journal and acted upon on another, so that neither waits."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

from trunkline.desired import senders as stated
from trunkline.desired.documents import Documents
from trunkline.health.events.intake import Intake
from trunkline.health.events.receiver import Receiver
from trunkline.health.events.senders import Senders, unambiguous
from trunkline.model.errors import TrunklineError
from trunkline.model.event import Event, EventKind
from trunkline.views.metrics.background import Heard

LOG = logging.getLogger("trunkline")
AT_ONCE = 500  # events in one transaction
PAUSE_SECONDS = 0.5
RESOLVED_FOR = timedelta(minutes=10)
Names = Callable[[], Iterable[tuple[str, str]]]


@dataclass
class Listening:
    """`keep` writes events down, `told` gets each of them afterwards; `hostnames` are what devices call themselves."""

    keep: Callable[[Iterable[Event]], None]
    told: Callable[[Event], None]
    hostnames: Names
    now: Callable[[], datetime]
    _intake: Intake = field(default_factory=Intake)
    _lock: threading.Lock = field(default_factory=threading.Lock)  # of the intake
    _work: threading.Event = field(default_factory=threading.Event)
    _receiver: Receiver | None = None
    _relays: frozenset[str] = frozenset()
    _documents: Documents | None = None
    _resolved_at: datetime | None = None
    _is_stopping: bool = False
    _is_failing: bool = False  # the journal could not be written, and that was told

    def open(self, host: str, port: int, relays: Iterable[str]) -> int:
        """Begin to listen; returns the port. Raises Stalled where it cannot be had."""
        self._relays = frozenset(relays)
        self._receiver = Receiver((host, port), self._take, self._drop, self._knows)
        self._thread = threading.Thread(target=self._run, name="syslog events", daemon=True)
        self._thread.start()
        self._receiver.start()
        return self._receiver.port

    def stop(self) -> None:
        """What was received is still kept."""
        if self._receiver:
            self._receiver.stop()
            self._is_stopping = True
            self._work.set()
            self._thread.join(10)

    def follow(self, documents: Documents) -> None:
        """The devices of a revision are those that are listened to."""
        self._documents, self._resolved_at = documents, None
        self._work.set()

    def heard(self) -> Heard:
        with self._lock:
            return self._intake.heard(is_listening=self._receiver is not None)

    def _take(self, address: str, message: bytes) -> None:
        with self._lock:
            event = self._intake.take(address, message, self.now())
        if event:
            self._work.set()

    def _drop(self, why: str, count: int) -> None:
        with self._lock:
            self._intake.drop(why, count)

    def _knows(self, address: str) -> bool:
        return self._intake.senders.knows(address)

    def _run(self) -> None:
        while not self._is_stopping:
            self._work.wait(PAUSE_SECONDS)
            self._work.clear()
            self._resolve()
            while self._intake.waiting:
                self._pass_on()

    def _pass_on(self) -> None:
        """Kept first: whoever is told of an event finds it in the journal."""
        waiting = self._intake.waiting
        batch = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
        try:
            self.keep(event for event in batch if event.kind is not EventKind.OTHER)
            self._is_failing = False
        except TrunklineError as error:
            if not self._is_failing:
                LOG.error("what devices told is not kept: %s", error)
            self._is_failing = True
        for event in batch:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        try:
            self.told(event)
        except Exception:  # the last resort: what one line causes must not end the listening
            LOG.exception("an event of %s could not be acted upon", event.target)

    def _resolve(self) -> None:
        """Who the senders are, by documents; DNS names among them lead elsewhere from time to time."""
        documents, at = self._documents, self._resolved_at
        if documents is None or (at is not None and self.now() - at < RESOLVED_FOR):
            return
        self._resolved_at = self.now()
        found = Senders(
            unambiguous(resolved(stated.addresses(documents))),
            unambiguous((*stated.names(documents), *self.hostnames())),
            self._relays,
        )
        with self._lock:
            self._intake.follow(found)


def resolved(places: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Names become the addresses that they lead to now; one that leads nowhere is nobody's."""
    for place, target in places:
        try:
            yield str(ip_address(place)), target
        except ValueError:
            yield from ((address, target) for address in _addresses(place))


def _addresses(name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return sorted({str(entry[4][0]) for entry in found})
