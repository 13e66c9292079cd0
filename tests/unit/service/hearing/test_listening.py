"""What becomes of lines between the socket and the daemon: kept, acted upon, whatever the journal and DNS do."""

import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from sqlalchemy import event as sql

from support.examples import changed, documents, examples
from support.waiting import eventually
from trunkline.desired.documents import Documents
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.errors import JournalFailed
from trunkline.model.event import Event, EventKind
from trunkline.service.hearing.listening import Listening
from trunkline.views import document

CONFIGURED = b"<189>1: %SYS-5-CONFIG_I: Configured from console by bob on vty0 (10.1.1.1)"
FAILED = b"<186>2: %SIP-2-TLS_HANDSHAKE_FAILED: Reason: no shared cipher, Connection ID: 5"
CUBE = "cube/vg-yohur"


def of_this_machine() -> Documents:
    """The CUBE is told by the address that a test sends from."""
    return documents(changed(("cubes/vg-yohur.yaml", "management:\n", "management:\n  syslog_address: 127.0.0.1\n")))


@dataclass
class Bench:
    """A listening whose journal fails as it is told to."""

    trouble: Exception | None = None
    kept: list[Event] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    hostnames: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listening = Listening(self.keep, self.told.append, lambda: self.hostnames, lambda: datetime.now(UTC))
        self.port = self.listening.open("127.0.0.1", 0, [])
        self.follow(of_this_machine())

    def follow(self, wanted: Documents) -> None:
        self.listening.follow(wanted)
        eventually(lambda: self.listening._knows("127.0.0.1"))

    def keep(self, events: Iterable[Event]) -> None:
        if self.trouble:
            raise self.trouble
        self.kept += events

    def send(self, *lines: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
            for line in lines:
                channel.sendto(line, ("127.0.0.1", self.port))

    def counted(self, kind: EventKind) -> int:
        return self.listening.heard().messages.get((CUBE, kind.value), 0)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.listening.stop()
    assert not {"syslog", "syslog events"} & {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("trouble", [JournalFailed("cannot use the journal: disk full"), ValueError("a bug")])
def test_a_journal_that_fails_hinders_neither_counts_nor_looks_and_is_told_once(
    bench: Bench, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bench.trouble = trouble
    with caplog.at_level(logging.INFO, "trunkline"):
        for number in range(1, 4):
            bench.send(CONFIGURED, FAILED)
            eventually(lambda number=number: len(bench.told) == 2 * number)
        bench.trouble = None
        bench.send(CONFIGURED)
        eventually(lambda: len(bench.kept) == 1)
    eventually(lambda: len(bench.told) == 7)
    assert bench.counted(EventKind.CONFIGURED) == 4 and bench.counted(EventKind.HANDSHAKE_FAILED) == 3
    lines = [record.message for record in caplog.records]
    assert lines == [f"what devices told is not kept: {trouble}", "what devices tell is kept again"]


def test_a_journal_on_a_full_disk_is_written_again_when_there_is_room(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite itself says that there is no room; nothing of the batch is kept then, and the next one is."""
    journal = SqlJournal(open_engine(f"sqlite:///{tmp_path_factory.mktemp('full') / 'journal.db'}"), document.of_pass)
    monkeypatch.setattr(bench.listening, "keep", journal.heard)
    with journal.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    journal.engine.dispose()

    def limited(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]  # a DBAPI connection

    sql.listen(journal.engine, "connect", limited)
    sent = 0

    def is_full() -> bool:
        nonlocal sent
        bench.send(*[CONFIGURED + b" " + b"x" * 300] * 20)
        sent += 20
        eventually(lambda: len(bench.told) == sent)
        return bench.listening._is_failing

    eventually(is_full, "the disk is full")
    sql.remove(journal.engine, "connect", limited)
    journal.engine.dispose()
    bench.send(FAILED)
    eventually(
        lambda: any(one.kind is EventKind.HANDSHAKE_FAILED for one in journal.events([CUBE], datetime(2020, 1, 1, tzinfo=UTC)))
    )
    journal.engine.dispose()


def test_one_event_that_cannot_be_acted_upon_ends_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def acts(event: Event) -> None:
        if event.kind is EventKind.CONFIGURED:
            raise RuntimeError("a bug")
        bench.told.append(event)

    monkeypatch.setattr(bench.listening, "told", acts)
    bench.send(CONFIGURED, FAILED)
    eventually(lambda: [event.kind for event in bench.told] == [EventKind.HANDSHAKE_FAILED])
    assert bench.counted(EventKind.CONFIGURED) == 1


def test_what_was_received_is_still_kept_when_it_stops(bench: Bench) -> None:
    for _ in range(20):
        bench.send(*[CONFIGURED] * 5)
    eventually(lambda: bench.counted(EventKind.CONFIGURED) > 0)
    bench.listening.stop()
    assert len(bench.kept) == len(bench.told) == bench.counted(EventKind.CONFIGURED)


def test_documents_are_followed_while_dns_does_not_answer(bench: Bench) -> None:
    """Lines are passed on, and a newer revision counts, however long a name takes."""
    asked, answer = threading.Event(), threading.Event()

    def slow(name: str) -> tuple[str, ...]:
        asked.set()
        assert answer.wait(60)
        return ("192.0.2.7",)

    bench.listening._resolving.ask = slow
    named = documents(
        changed(
            ("cubes/vg-yohur.yaml", "management:\n", "management:\n  syslog_address: 127.0.0.1\n"),
            ("cubes/cube-busan.yaml", "management:\n", "management:\n  syslog_address: busan.example.com\n"),
        )
    )
    bench.follow(named)
    assert asked.wait(60)
    assert bench.listening._knows("127.0.0.1") and not bench.listening._knows("192.0.2.7")
    bench.send(CONFIGURED)
    eventually(lambda: bench.counted(EventKind.CONFIGURED) == 1)
    answer.set()
    eventually(lambda: bench.listening._knows("192.0.2.7"))
    eventually(lambda: len(bench.told) == 1)
    bench.listening.follow(documents(examples()))
    eventually(lambda: not bench.listening._knows("192.0.2.7"))
