"""Several CUBEs are changed at the same time, each by a plan of its own."""

from datetime import UTC, datetime
from pathlib import Path

from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Plan, Step
from trunkline.model.resource import Resource

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _plan(cube: str) -> Plan:
    key = Key(f"cube/{cube}", Kind.DIAL_PEER, "100")
    step = Step(Change(Action.CREATE, key, None, Resource(key, {"codec": "codec g711ulaw"}), ()), ())
    return Plan("r1", cube, {}, (step,), ())


def test_a_plan_that_begins_does_not_disturb_another_that_is_going_on(tmp_path: Path) -> None:
    journal = SqlJournal(open_engine(f"sqlite:///{tmp_path / 'journal.db'}"), lambda _: {})
    first, second = _plan("cube-a"), _plan("cube-b")
    first_id = journal.begin(first, NOW)
    journal.intend(first_id, first.steps[0], NOW)
    second_id = journal.begin(second, NOW)
    journal.done(first_id, first.steps[0], NOW)
    journal.intend(second_id, second.steps[0], NOW)
    assert set(journal.inventory("cube-a")) == {first.steps[0].key}
    assert set(journal.inventory("cube-b")) == {second.steps[0].key}
