"""What a pass says of a link whose certificates, clock or connections are not as they must be."""

from datetime import timedelta

import pytest

from support.fake import NOW, FakeWorld, certificate
from trunkline.model.passes import Condition, ConditionType, Pass, Status
from trunkline.views import text

CUBE, LINK = "vg-yohur", "yohur-seoul"


@pytest.fixture
def world() -> FakeWorld:
    made = FakeWorld()
    made.converge(CUBE)
    made.cubes[CUBE].connections = ("10.72.86.74",)
    return made


def condition(finished: Pass, kind: ConditionType) -> Condition:
    (found,) = [each for each in finished.conditions[LINK] if each.type is kind]
    return found


def test_an_identity_that_ended_is_named_with_its_day_and_no_restart_is_blamed(world: FakeWorld) -> None:
    before = world.run(CUBE)
    assert condition(before, ConditionType.READY).status is Status.TRUE
    world.clock.at = NOW + timedelta(days=366)
    world.cubes[CUBE].clock_shown = world.clock.at
    world.cubes[CUBE].connections = ()
    after = world.run(CUBE, before)
    ready = condition(after, ConditionType.READY)
    assert (ready.status, ready.reason) == (Status.FALSE, "NotIdentityReady")
    assert ready.message.endswith(f" ended {certificate(CUBE).not_after:%Y-%m-%d}; issue a new one")
    assert "restart" not in condition(after, ConditionType.PROVEN).message
    assert list(text.turned(after, before)) == [(False, f"link {LINK} is not Ready: {ready.message}")]
    assert list(text.turned(after, after)) == []
    assert list(text.turned(before, after)) == [(True, f"link {LINK} is Ready")]


@pytest.mark.parametrize("off", [timedelta(days=400), timedelta(days=-400)])
def test_a_cube_whose_clock_is_off_would_refuse_what_is_valid(world: FakeWorld, off: timedelta) -> None:
    world.cubes[CUBE].clock_shown = NOW + off
    found = condition(world.run(CUBE), ConditionType.IDENTITY_READY)
    assert (found.status, found.reason) == (Status.FALSE, "ClockOff")
    assert f"the clock of the CUBE shows {NOW + off:%Y-%m-%d %H:%M}Z, " in found.message
    assert found.message.endswith("give it a working NTP server")


def test_a_clock_that_is_off_by_less_changes_nothing(world: FakeWorld) -> None:
    world.cubes[CUBE].clock_shown = NOW + timedelta(hours=3)
    assert condition(world.run(CUBE), ConditionType.IDENTITY_READY).status is Status.TRUE
