"""What devices told is kept for a while, and only so much of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from support.fake import FakeWorld
from trunkline.journal.heard import KEPT, KEPT_FOR
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.event import Event, EventKind
from trunkline.model.handshake import Reason
from trunkline.views import document

NOW = datetime(2026, 11, 25, 12, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)


@pytest.fixture
def journal() -> SqlJournal:
    return SqlJournal(open_engine("sqlite://"), document.of_pass)


def event(number: int, kind: EventKind = EventKind.HANDSHAKE_FAILED, target: str = "cube/a") -> Event:
    return Event(target, NOW + timedelta(seconds=number), kind, f"line {number}")


def test_events_come_back_as_they_were_newest_last(journal: SqlJournal) -> None:
    told = (
        Event("cube/a", NOW, EventKind.HANDSHAKE_FAILED, "line", Reason.WRONG_NAME, "10.0.0.1:5061"),
        Event("cube/a", NOW, EventKind.TYPED, "line", user="u", command="no srtp"),
        Event("cube/a", NOW, EventKind.CONFIGURED, "line", user="u", via="vty0 (10.0.0.9)"),
    )
    journal.heard(told)
    journal.heard(())
    assert journal.events(("cube/a", "cube/b"), LONG_AGO) == told
    assert journal.events(("cube/b",), LONG_AGO) == ()
    assert journal.events(("cube/a",), NOW + timedelta(seconds=1)) == ()


def test_many_handshakes_do_not_push_out_who_configured(journal: SqlJournal) -> None:
    journal.heard([event(0, EventKind.CONFIGURED)])
    journal.heard([event(0, target="cube/b")])
    for batch in range(4):
        journal.heard(event(batch * 100 + number) for number in range(100))
    found = journal.events(("cube/a",), LONG_AGO)
    assert [one.kind for one in found].count(EventKind.CONFIGURED) == 1
    assert [one.line for one in found if one.kind is EventKind.HANDSHAKE_FAILED] == [
        f"line {n}" for n in range(400 - KEPT, 400)
    ]
    assert len(journal.events(("cube/b",), LONG_AGO)) == 1


def test_what_is_old_is_forgotten(journal: SqlJournal) -> None:
    journal.heard([event(0, EventKind.CONFIGURED, "cube/b")])
    journal.heard([event(int(KEPT_FOR.total_seconds()) + 60)])
    assert journal.events(("cube/b",), LONG_AGO) == ()


def test_a_journal_of_an_earlier_version_gets_the_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with open_engine(url).begin() as connection:
        connection.execute(text("DROP TABLE events"))
        connection.execute(text("UPDATE schema_version SET version = 2"))
    journal = SqlJournal(open_engine(url), document.of_pass)
    journal.heard([event(0)])
    assert len(journal.events(("cube/a",), LONG_AGO)) == 1


def test_when_a_cube_was_last_as_desired_is_the_newest_pass_that_left_nothing_to_do(journal: SqlJournal) -> None:
    world = FakeWorld(journal=journal)
    assert journal.last_converged("vg-yohur") is None
    journal.record(world.plan("vg-yohur"))
    assert journal.last_converged("vg-yohur") is None
    good = world.converge("vg-yohur")
    journal.record(good)
    recorded = journal.last_converged("vg-yohur")
    assert recorded
    assert document.settled(recorded).at == good.started_at
    assert document.settled(recorded).revision == "r1"
