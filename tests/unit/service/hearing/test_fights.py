"""What is mended again and again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import FakeWorld
from trunkline.model.key import Key, Kind
from trunkline.model.outcome import Outcome, Result
from trunkline.model.passes import Pass
from trunkline.model.plan import Action
from trunkline.service.hearing.fights import Fights

CUBE = "vg-yohur"
PEER = Key(f"cube/{CUBE}", Kind.DIAL_PEER, "100")


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.converge(CUBE)
    return world


def spoiled(world: FakeWorld) -> Pass:
    """Somebody changed the dial-peer; trunkline mends it."""
    world.cubes[CUBE].sections[PEER]["destination-pattern"] = "destination-pattern 7..."
    done = world.run(CUBE)
    assert done.result == "applied"
    return done


def test_the_third_mending_within_six_hours_is_a_fight(world: FakeWorld) -> None:
    fights = Fights()
    assert [len(fights.count(spoiled(world))) for _ in range(4)] == [0, 0, 1, 1]
    (fight,) = fights.count(spoiled(world))
    assert (fight.step.key, fight.links, fight.times) == (PEER, ("yohur-seoul",), 5)


def test_passes_that_mend_nothing_are_none(world: FakeWorld) -> None:
    fights, done = Fights(), world.run(CUBE)
    assert [fights.count(done) for _ in range(5)] == [[]] * 5


def test_what_lies_far_apart_is_none(world: FakeWorld) -> None:
    fights = Fights()
    for number in range(6):
        done = spoiled(world)
        assert fights.count(replace(done, finished_at=done.finished_at + timedelta(hours=4 * number))) == []


def test_what_is_not_seen_afterwards_is_a_retry(world: FakeWorld) -> None:
    fights = Fights()
    for _ in range(5):
        done = spoiled(world)
        assert fights.count(replace(done, remaining=done.changes)) == []


def test_what_failed_is_none(world: FakeWorld) -> None:
    fights = Fights()
    for _ in range(5):
        done = spoiled(world)
        outcomes = tuple(Outcome(one.key, one.action, Result.FAILED, "no", 0.0) for one in done.outcomes)
        assert fights.count(replace(done, outcomes=outcomes)) == []


def test_another_commit_begins_anew(world: FakeWorld) -> None:
    fights = Fights()
    for number in range(6):
        assert fights.count(replace(spoiled(world), revision=f"r{number // 2}")) == []


@pytest.mark.parametrize("action", [Action.ACTIVATE, Action.RECYCLE, Action.RESTART])
def test_resets_and_restarts_are_none(world: FakeWorld, action: Action) -> None:
    fights = Fights()
    for _ in range(5):
        done = spoiled(world)
        assert done.plan
        steps = tuple(replace(step, change=replace(step.change, action=action)) for step in done.plan.steps)
        assert fights.count(replace(done, plan=replace(done.plan, steps=steps))) == []


def test_renewals_are_none(world: FakeWorld) -> None:
    fights = Fights()
    for _ in range(5):
        done = spoiled(world)
        assert done.plan
        key = Key(PEER.target, Kind.IDENTITY, "cube-1")
        steps = tuple(replace(step, change=replace(step.change, key=key)) for step in done.plan.steps)
        outcomes = tuple(replace(one, key=key) for one in done.outcomes)
        assert fights.count(replace(done, plan=replace(done.plan, steps=steps), outcomes=outcomes)) == []
