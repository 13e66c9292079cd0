"""Exit codes and signals of plan and apply."""

import os
import signal
from dataclasses import replace

import pytest

from support.examples import examples
from support.fake import FakeWorld, allowing
from trunkline.cli.reconcile import apply_exit, plan_exit
from trunkline.cli.signals import graceful
from trunkline.model.observed import Gap
from trunkline.model.passes import Failure, Pass

CUBE = "vg-yohur"


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def test_changes_are_1_and_nothing_to_do_is_0(world: FakeWorld) -> None:
    assert plan_exit([world.plan(CUBE)]) == 1
    world.converge(CUBE)
    assert plan_exit([world.plan(CUBE)]) == 0
    assert plan_exit([world.plan(CUBE), world.plan("cube-busan")]) == 1


def test_a_plan_that_the_guard_holds_is_3_also_beside_changes(world: FakeWorld) -> None:
    world.converge(CUBE)
    world.says({path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}, "r2")
    assert plan_exit([world.plan(CUBE)]) == 3
    assert plan_exit([world.plan(CUBE), world.plan("cube-busan")]) == 3


def test_what_is_only_observed_or_could_not_be_read_is_3(world: FakeWorld) -> None:
    world.says(allowing(examples(), enforcement="observe"), "r1")
    assert plan_exit([world.plan(CUBE)]) == 3
    world.says(examples(), "r1")
    world.converge(CUBE)
    world.clusters["seoul"].gaps = (Gap("cluster/seoul", "no answer"),)
    assert plan_exit([world.plan(CUBE)]) == 3


def test_an_error_is_2_before_all(world: FakeWorld) -> None:
    failed = replace(world.plan(CUBE), failure=Failure("device_unreachable", "cannot"))
    assert plan_exit([world.plan(CUBE), failed]) == 2
    assert apply_exit([failed]) == 2


def test_apply_is_0_only_where_everything_is_as_wanted(world: FakeWorld) -> None:
    done: Pass = world.converge(CUBE)
    assert apply_exit([done]) == 0
    assert apply_exit([done, replace(done, gaps=(Gap("cluster/seoul", "no answer"),))]) == 3


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_the_first_signal_only_asks(number: signal.Signals, code: int) -> None:
    earlier = signal.getsignal(signal.SIGINT)
    with graceful() as stopping:
        assert not stopping.is_set()
        os.kill(os.getpid(), number)
        assert stopping.is_set()
        assert stopping.exit_code == code
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is earlier
