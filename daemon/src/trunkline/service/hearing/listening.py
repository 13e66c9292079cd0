"""Syslog: received and counted on one thread, kept in the journal and acted upon on another, so that neither waits."""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from trunkline.desired.documents import Documents
from trunkline.health.events.intake import Intake
from trunkline.health.events.receiver import Receiver
from trunkline.model.errors import TrunklineError
from trunkline.model.event import Event, EventKind
from trunkline.service.hearing.resolving import Names, Resolving
from trunkline.views.metrics.background import Heard

LOG = logging.getLogger("trunkline")
AT_ONCE = 500  # events in one transaction
PAUSE_SECONDS = 0.5


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
    _is_stopping: bool = False
    _is_failing: bool = False  # the journal could not be written, and that was told

    def __post_init__(self) -> None:
        self._resolving = Resolving(self.hostnames, self.now)

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
        receiver, self._receiver = self._receiver, None
        if receiver:
            receiver.stop()
            self._is_stopping = True
            self._work.set()
            self._thread.join(10)

    def follow(self, documents: Documents) -> None:
        """The devices of a revision are those that are listened to."""
        self._documents = documents
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
        is_last = False
        while not is_last:
            self._work.wait(PAUSE_SECONDS)
            self._work.clear()
            is_last = self._is_stopping  # by then nothing comes in any more
            try:
                self._keep_up()
                self._pass_on()
            except Exception:  # the last resort: nothing that devices tell or documents state must end the listening
                LOG.exception("what devices tell could not be passed on")

    def _keep_up(self) -> None:
        """With the documents, with what CUBEs call themselves, and with DNS, which may take its time: nobody waits for it."""
        documents = self._documents
        if documents is None:
            return
        self._follow(documents)
        for name in self._resolving.due(documents):
            self._resolving.look_up(name)
            self._pass_on()
            if self._is_stopping or self._documents is not documents:
                return
        self._follow(documents)

    def _follow(self, documents: Documents) -> None:
        found = self._resolving.senders(documents, self._relays)
        if found:
            with self._lock:
                self._intake.follow(found)

    def _pass_on(self) -> None:
        """All that waits. Kept first: whoever is told of an event finds it in the journal."""
        waiting = self._intake.waiting
        while waiting:
            batch = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
            self._keep(event for event in batch if event.kind is not EventKind.OTHER)
            for event in batch:
                self._tell(event)

    def _keep(self, events: Iterable[Event]) -> None:
        """What cannot be kept is acted upon all the same, and told once until it goes well again."""
        try:
            self.keep(events)
        except Exception as error:  # whatever the journal's database thinks of
            if not self._is_failing:
                LOG.error("what devices told is not kept: %s", error, exc_info=not isinstance(error, TrunklineError))
            self._is_failing = True
            return
        if self._is_failing:
            LOG.info("what devices tell is kept again")
        self._is_failing = False

    def _tell(self, event: Event) -> None:
        try:
            self.told(event)
        except Exception:  # the last resort: what one line causes must not end the listening
            LOG.exception("an event of %s could not be acted upon", event.target)
