"""The process may be killed at any moment: passes after that reach the same end, and nothing is orphaned."""

from hypothesis import given
from hypothesis import strategies as st

from laws.worlds import CUBES, LAW, examples
from support.fake import FakeWorld, without_links
from trunkline.journal.sql import SqlJournal
from trunkline.model.plan import Step
from trunkline.views import document


class Killed(BaseException):
    """Nothing catches this, as nothing catches a kill."""


class Killer:
    """Kills at the n-th of the moments between journal and device."""

    def __init__(self, world: FakeWorld, moment: int) -> None:
        self.left = moment
        world.faults.before_step = self.pass_by  # intended, not sent
        world.faults.after_step = self.pass_by  # sent, not noted
        world.faults.before_look = lambda _: None

    def pass_by(self, _: Step) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


def run_until_killed(world: FakeWorld, moment: int) -> None:
    Killer(world, moment)
    try:
        for cube in CUBES:
            world.converge(cube)
    except Killed:
        pass
    world.faults.before_step = world.faults.after_step = lambda _: None
    world.journal = SqlJournal(world.journal.engine, document.of_pass)  # a new process


def settle(world: FakeWorld) -> dict[str, object]:
    for cube in CUBES:
        assert world.converge(cube).is_converged
    return world.picture()


@LAW
@given(st.integers(0, 110), st.integers(0, 80))
def test_a_kill_at_any_moment_costs_nothing_but_a_repeat(while_making: int, while_unmaking: int) -> None:
    undisturbed, world = FakeWorld(), FakeWorld()
    at_first = world.picture()
    run_until_killed(world, while_making)
    assert settle(world) == settle(undisturbed)
    for one in (undisturbed, world):
        one.says(without_links(examples(), "busan-seoul", "yohur-seoul"), "r2")
    run_until_killed(world, while_unmaking)
    assert settle(world) == settle(undisturbed)
    for cube in CUBES:
        assert world.journal.owed(cube) == frozenset()
    # What is left is what the documents of the CUBEs still state; nothing of the links.
    left = {key for key in world.picture().keys() - at_first.keys() if key.startswith("cluster/") or "TL-" in key}
    assert left == set()
    assert world.picture()["cluster/seoul store cucm-pub"] == []


@LAW
@given(st.integers(0, 110))
def test_a_kill_before_any_pass_is_recorded_leaves_every_reset_owed(moment: int) -> None:
    """A trunk that was edited is reset in the end, and the reset follows its last edit."""
    world = FakeWorld()
    run_until_killed(world, moment)
    settle(world)
    cluster = world.clusters["seoul"]
    for trunk in ("SIP-TRUNK-YOHUR", "SIP-TRUNK-BUSAN"):
        edits = [n for n, step in enumerate(cluster.sent) if trunk in {key.name for key in step.activates}]
        resets = [n for n, step in enumerate(cluster.sent) if step.key.kind == "activation" and step.key.name == trunk]
        assert max(resets) > max(edits)
