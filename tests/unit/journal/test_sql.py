"""The journal: what it remembers, what it forgets, and what it says when it cannot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.fake import FakeWorld
from trunkline.journal import history
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.errors import JournalFailed, Stalled
from trunkline.model.key import HELD_KINDS, Key, Kind
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Change, Difference, Plan, Step
from trunkline.model.resource import Ownership, Resource
from trunkline.views import document

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SIP_UA = Key("cube/a", Kind.SIP_UA, "")
TRUSTPOINT = Key("cube/a", Kind.TRUSTPOINT, "TL-1")
TRUST = Key("cluster/s", Kind.CALLMANAGER_TRUST, "pub/1")
TRUNK, RESET = Key("cluster/s", Kind.SIP_TRUNK, "T"), Key("cluster/s", Kind.ACTIVATION, "T")


@pytest.fixture
def journal() -> SqlJournal:
    return SqlJournal(open_engine("sqlite://"), document.of_pass)


def step(action: Action, key: Key, *differences: Difference, activates: frozenset[Key] = frozenset()) -> Step:
    wanted = {one.slot: one.after for one in differences if one.after is not None}
    after = None if action is Action.DELETE else Resource(key, wanted, Ownership.STATED, needs=frozenset({TRUST}))
    return Step(Change(action, key, None, after, differences), (), activates)


def carry_out(journal: SqlJournal, cube: str, *steps: Step, is_killed: bool = False) -> None:
    plan_id = journal.begin(Plan("r1", cube, {}, steps), NOW)
    for one in steps:
        journal.intend(plan_id, one, NOW)
        if not is_killed:
            journal.done(plan_id, one, NOW)


def test_what_is_about_to_be_made_is_remembered_before_it_is(journal: SqlJournal) -> None:
    carry_out(
        journal, "a", step(Action.CREATE, TRUSTPOINT, Difference("enrollment", None, "enrollment terminal")), is_killed=True
    )
    owned = journal.inventory("a")[TRUSTPOINT]
    assert owned.is_created
    assert owned.slots == {"enrollment"}
    assert owned.resource.settings == {"enrollment": "enrollment terminal"}
    assert owned.resource.needs == {TRUST}


def test_what_was_only_changed_was_not_made(journal: SqlJournal) -> None:
    carry_out(journal, "a", step(Action.UPDATE, SIP_UA, Difference("retry invite", None, "retry invite 2")))
    assert not journal.inventory("a")[SIP_UA].is_created
    carry_out(journal, "a", step(Action.CREATE, TRUNK, Difference("description", None, "x")))
    carry_out(journal, "a", step(Action.UPDATE, TRUNK, Difference("description", "x", "y")))
    assert journal.inventory("a")[TRUNK].is_created, "once made, always made"


def test_a_line_is_forgotten_when_it_is_gone_not_when_it_is_about_to_go(journal: SqlJournal) -> None:
    carry_out(journal, "a", step(Action.UPDATE, SIP_UA, Difference("retry invite", None, "retry invite 2")))
    back = step(Action.UPDATE, SIP_UA, Difference("retry invite", "retry invite 2", None))
    carry_out(journal, "a", back, is_killed=True)
    known = journal.inventory("a")[SIP_UA]
    assert (known.slots, dict(known.resource.settings)) == ({"retry invite"}, {"retry invite": "retry invite 2"})
    carry_out(journal, "a", back)
    assert journal.inventory("a") == {}


def test_a_deletion_is_forgotten_when_it_is_done_with_what_it_held(journal: SqlJournal) -> None:
    held = [TRUSTPOINT._replace(kind=kind) for kind in sorted(HELD_KINDS)]
    carry_out(journal, "a", *(step(Action.CREATE, key) for key in (TRUSTPOINT, *held)))
    carry_out(journal, "a", step(Action.DELETE, TRUSTPOINT), is_killed=True)
    kept = {key for key in held if key.kind is Kind.TRUST_ANCHOR}  # requests and identities are remembered of their holder
    assert set(journal.inventory("a")) == {TRUSTPOINT, *kept}
    carry_out(journal, "a", step(Action.DELETE, TRUSTPOINT))
    assert journal.inventory("a") == {}


@pytest.mark.parametrize(("action", "kind"), [(Action.RECYCLE, Kind.CONNECTION), (Action.RESTART, Kind.SERVICE_RESTART)])
def test_what_is_only_done_is_nothing_that_was_made(journal: SqlJournal, action: Action, kind: Kind) -> None:
    carry_out(journal, "a", step(action, Key("cube/a", kind, "7"), Difference("remote", None, "10.2.2.2:5061")))
    assert journal.inventory("a") == {}


def test_a_reset_is_owed_until_it_is_done_or_its_trunk_is_gone(journal: SqlJournal) -> None:
    edit = step(Action.CREATE, TRUNK, activates=frozenset({RESET}))
    carry_out(journal, "a", edit, is_killed=True)
    assert journal.owed("a") == {RESET}
    carry_out(journal, "a", Step(Change(Action.ACTIVATE, RESET), ()))
    assert journal.owed("a") == frozenset()
    carry_out(journal, "a", edit, step(Action.DELETE, TRUNK))
    assert journal.owed("a") == frozenset()


def test_what_one_cube_made_and_another_wants_goes_over_to_that_one(journal: SqlJournal) -> None:
    carry_out(journal, "a", step(Action.CREATE, TRUST))
    for cube in ("a", "b"):
        journal.claim(cube, frozenset({TRUST}), is_complete=True)
    assert journal.claimed("a", [TRUST, TRUNK]) == {TRUST}
    journal.claim("a", frozenset(), is_complete=True)
    assert journal.inventory("a") == {}
    assert journal.inventory("b")[TRUST].is_created
    journal.claim("b", frozenset(), is_complete=True)
    assert journal.inventory("b")[TRUST].is_created, "nobody else wants it: it is b's to delete"


def test_an_incomplete_claim_gives_nothing_up(journal: SqlJournal) -> None:
    journal.claim("b", frozenset({TRUST}), is_complete=True)
    journal.claim("b", frozenset(), is_complete=False)
    assert journal.claimed("a", [TRUST]) == {TRUST}


def test_leftovers_are_counted_by_cube_and_device(journal: SqlJournal) -> None:
    carry_out(journal, "a", step(Action.CREATE, TRUSTPOINT), step(Action.CREATE, TRUNK))
    assert journal.leftovers() == {"a": {"cube/a": 1, "cluster/s": 1}}


def test_totals_never_fall_when_a_device_counts_anew(journal: SqlJournal) -> None:
    assert journal.monotone("cube/a", {"failures": 16}) == {"failures": 16}
    assert journal.monotone("cube/a", {"failures": 20}) == {"failures": 20}
    assert journal.monotone("cube/a", {"failures": 3}) == {"failures": 23}
    assert journal.monotone("cube/a", {"failures": 3}) == {"failures": 23}
    assert journal.monotone("cube/b", {"failures": 1, "closures": 0}) == {"failures": 1, "closures": 0}
    assert SqlJournal(journal.engine, document.of_pass).monotone("cube/a", {"failures": 4}) == {"failures": 24}


@pytest.fixture
def passes() -> list[Pass]:
    """One that did something, and one that found nothing to do."""
    world = FakeWorld()
    return [world.run("vg-yohur"), world.run("vg-yohur")]


def test_the_history_keeps_what_happened_not_every_look(journal: SqlJournal, passes: list[Pass]) -> None:
    did, looked = passes
    for finished in (did, looked, looked, looked, did, did):
        journal.record(finished)
    assert [entry["result"] for entry in journal.summaries(10)] == ["applied", "applied", "converged", "applied"]
    assert journal.summaries()[0]["cube"] == "vg-yohur"
    assert journal.summaries(10, "vg-yohur") == journal.summaries(10) and journal.summaries(10, "another") == []


def test_the_history_has_an_end(journal: SqlJournal, passes: list[Pass], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT_PASSES", 3)
    for _ in range(7):
        journal.record(passes[0])
    assert len(journal.summaries(100)) == 3


def test_old_plans_go_with_their_steps(journal: SqlJournal, passes: list[Pass], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT_PLANS", 2)
    for number in range(5):
        plan_id = journal.begin(Plan("r1", "vg-yohur", {}), NOW + timedelta(seconds=number))
        journal.intend(plan_id, step(Action.CREATE, TRUSTPOINT), NOW)
    journal.record(passes[0])
    with journal.engine.connect() as connection:
        counts = [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in ("plans", "steps")]
    assert counts == [2, 2]


def test_a_recorded_pass_gives_the_next_process_its_precedent(journal: SqlJournal, passes: list[Pass]) -> None:
    journal.record(passes[0])
    assert document.precedent(journal.summaries()[0]) == passes[0].precedent


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            "sqlite:////proc/nowhere/journal.db",
            "cannot open the journal sqlite:////proc/nowhere/.*; correct journal_url",
        ),
        ("rubbish", "cannot open the journal URL: .*; correct journal_url"),
        ("nosuch://robot:canary@db/x", r"cannot open the journal nosuch://robot:\*\*\*@db/x: .*"),
        (
            "postgresql+nosuchdriver://robot:canary@db/x",
            r"cannot open the journal postgresql\+nosuchdriver://robot:\*\*\*@db/x",
        ),
    ],
)
def test_a_url_that_cannot_be_used_is_one_line_without_its_password(url: str, message: str) -> None:
    with pytest.raises(Stalled, match=message) as caught:
        open_engine(url)
    assert "canary" not in str(caught.value)


def test_a_damaged_database_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is not a database, and long enough to be told from one" * 20)
    with pytest.raises(Stalled, match="file is not a database"):
        open_engine(f"sqlite:///{path}")


def test_a_database_that_fails_under_way_is_transient_and_nothing_is_half_written(tmp_path: Path) -> None:
    journal = SqlJournal(open_engine(f"sqlite:///{tmp_path / 'journal.db'}"), document.of_pass)
    with journal.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE inventory")
    plan_id = journal.begin(Plan("r1", "a", {}), NOW)
    with pytest.raises(JournalFailed, match=r"cannot use the journal .*journal\.db: no such table: inventory; see whether"):
        journal.intend(plan_id, step(Action.CREATE, TRUSTPOINT), NOW)
    with journal.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM steps").scalar() == 0


def test_tables_of_another_version_are_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with open_engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE schema_version SET version = 99")
    with pytest.raises(Stalled, match="tables are of version 99"):
        open_engine(url)


def test_why_git_is_not_followed_is_known_since_it_began_until_it_ends(tmp_path: Path) -> None:
    journal = SqlJournal(open_engine(f"sqlite:///{tmp_path / 'journal.db'}"), document.of_pass)
    assert journal.trouble() is None
    journal.troubled("cannot use commit a", NOW)
    journal.troubled("cannot use commit a", NOW + timedelta(hours=1))
    assert journal.trouble() == ("cannot use commit a", NOW)
    journal.troubled("cannot use commit b", NOW + timedelta(hours=2))
    assert journal.trouble() == ("cannot use commit b", NOW + timedelta(hours=2))
    journal.troubled("", NOW)
    assert journal.trouble() is None


def test_a_journal_of_an_earlier_version_gets_the_tables_that_it_lacks(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    with open_engine(url).begin() as connection:
        connection.exec_driver_sql("DROP TABLE troubles")
        connection.exec_driver_sql("UPDATE schema_version SET version = 3")
    SqlJournal(open_engine(url), document.of_pass).troubled("cannot use commit a", NOW)


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    assert (tmp_path / "journal.db").stat().st_mode & 0o077 == 0
