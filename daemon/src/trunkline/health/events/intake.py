"""What becomes of a message: counted, understood, or dropped and why. Bounded whatever is sent. Pure; now is an argument."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime

from trunkline.health.events.lines import read
from trunkline.health.events.meaning import event
from trunkline.health.events.senders import Senders
from trunkline.model.event import Event
from trunkline.views.metrics.background import Heard

RATE_PER_SECOND, BURST = 100.0, 2000.0
"""A router that logs every line of a large paste stays below; a relay speaks for many and may send as much for each."""
MOST_WAITING = 5000  # events that nobody took yet


@dataclass
class Bucket:
    """A token for each message; `left` of them at `at`."""

    left: float
    at: datetime

    def takes(self, now: datetime, rate: float, burst: float) -> bool:
        gained = max(0.0, (now - self.at).total_seconds()) * rate
        self.left, self.at = min(burst, self.left + gained), now
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


@dataclass
class Intake:
    """Not thread-safe but for `waiting`, which one thread fills and another empties."""

    senders: Senders = field(default_factory=Senders)
    dropped: Counter[str] = field(default_factory=Counter)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    handshakes: Counter[tuple[str, str]] = field(default_factory=Counter)
    last: dict[str, datetime] = field(default_factory=dict)
    waiting: deque[Event] = field(default_factory=deque)
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _devices: frozenset[str] = frozenset()  # whose lines are known as theirs

    def __post_init__(self) -> None:
        self.follow(self.senders)

    def follow(self, senders: Senders) -> None:
        """The documents changed: nothing is kept of who is in them no more."""
        self.senders = senders
        targets = self._devices = frozenset((*senders.addresses.values(), *senders.names.values()))
        self._buckets = {address: bucket for address, bucket in self._buckets.items() if senders.knows(address)}
        self.last = {target: at for target, at in self.last.items() if target in targets}
        for counts in (self.messages, self.handshakes):
            for gone in [key for key in counts if key[0] not in targets]:
                del counts[gone]

    def drop(self, why: str, count: int = 1) -> None:
        self.dropped[why] += count

    def take(self, address: str, message: bytes, now: datetime) -> Event | None:
        """One message; its event, where it tells one."""
        told = self._understood(address, message, now)
        if isinstance(told, str):
            self.drop(told)
            return None
        self.messages[told.target, told.kind.value] += 1
        if told.reason:
            self.handshakes[told.target, told.reason.value] += 1
        self.last[told.target] = told.at
        self.waiting.append(told)
        return told

    def _understood(self, address: str, message: bytes, now: datetime) -> Event | str:
        """Or why it is dropped."""
        if not self.senders.knows(address):
            return "unknown_sender"
        if len(self.waiting) >= MOST_WAITING or not self._bucket(address, now):
            return "flood"
        line = read(message)
        if line is None:
            return "unreadable"
        target = self.senders.target(address, line.origin)
        return event(line, target, now) if target else "unknown_sender"

    def _bucket(self, address: str, now: datetime) -> bool:
        """There are as many buckets as known senders: what strangers send leaves nothing behind."""
        share = max(1, len(self._devices)) if address in self.senders.relays else 1
        rate, burst = RATE_PER_SECOND * share, BURST * share
        bucket = self._buckets.setdefault(address, Bucket(burst, now))
        return bucket.takes(now, rate, burst)

    def heard(self, *, is_listening: bool = True) -> Heard:
        """The counts as they are now."""
        messages, handshakes = dict(self.messages), dict(self.handshakes)
        return Heard(is_listening, messages, handshakes, dict(self.dropped), dict(self.last), self._devices)
