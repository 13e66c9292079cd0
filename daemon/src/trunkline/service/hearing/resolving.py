"""Whose lines are whose: as the documents say, as CUBEs call themselves, and as DNS says of the names among the addresses."""

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address

from trunkline.desired import senders as stated
from trunkline.desired.documents import Documents
from trunkline.health.events.senders import Senders, unambiguous

RESOLVED_FOR = timedelta(minutes=10)
Names = Callable[[], Iterable[tuple[str, str]]]


def addresses_of(name: str) -> tuple[str, ...]:
    """What DNS says of a name; nothing where it says nothing. May take as long as the resolver does."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    except OSError:
        return ()
    return tuple(sorted({str(entry[4][0]) for entry in found}))


@dataclass
class Resolving:
    """`hostnames` are what CUBEs call themselves, with their targets: more of them with every first pass."""

    hostnames: Names
    now: Callable[[], datetime]
    ask: Callable[[str], tuple[str, ...]] = addresses_of
    _found: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by DNS name
    _asked_for: Documents | None = None
    _asked_at: datetime | None = None
    _made_from: tuple[Documents, tuple[tuple[str, str], ...], int] | None = None
    _answers: int = 0

    def senders(self, documents: Documents, relays: frozenset[str]) -> Senders | None:
        """By what is known now; nobody is asked. None where nothing changed since the last time."""
        made_from = documents, tuple(self.hostnames()), self._answers
        if self._made_from and documents is self._made_from[0] and made_from[1:] == self._made_from[1:]:
            return None
        names = unambiguous((*stated.names(documents), *made_from[1]))
        found = Senders(unambiguous(self._resolved(stated.addresses(documents))), names, relays)
        self._made_from = made_from
        return found

    def _resolved(self, places: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Names become the addresses that they lead to; one that leads nowhere is nobody's."""
        for place, target in places:
            literal = _literal(place)
            yield from ((address, target) for address in ((literal,) if literal else self._found.get(place, ())))

    def due(self, documents: Documents) -> Iterator[str]:
        """The DNS names that it is time to ask of: names lead elsewhere from time to time, and new documents have new ones."""
        is_young = self._asked_at is not None and timedelta(0) <= self.now() - self._asked_at < RESOLVED_FOR
        if is_young and documents is self._asked_for:
            return
        self._asked_at, self._asked_for = self.now(), documents
        wanted = sorted({place for place, _ in stated.addresses(documents) if not _literal(place)})
        self._found = {name: self._found[name] for name in wanted if name in self._found}
        yield from wanted

    def look_up(self, name: str) -> None:
        """What led somewhere and leads nowhere now is as it was: it is DNS that is down."""
        found = self.ask(name)
        if found and found != self._found.get(name):
            self._found[name], self._answers = found, self._answers + 1


def _literal(place: str) -> str:
    """An address in its shortest form; empty for a name."""
    try:
        return str(ip_address(place))
    except ValueError:
        return ""
