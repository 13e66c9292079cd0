"""What every plan promises: its order, its repeatability, and that the guard never changes its mind for the worse."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from laws.worlds import CUBES, LAW, cubes, examples, worlds
from support.fake import FakeWorld, ca_certificate, own_signed, without_links
from support.scene import ROOT
from trunkline.loop import diff, guard, plan
from trunkline.loop.situation import Situation
from trunkline.model.desired import Desired, Policy
from trunkline.model.key import Key, Kind
from trunkline.model.outcome import Hold, Reason
from trunkline.model.plan import Action, Change, Plan, Step
from trunkline.model.resource import Resource

SECTIONS = frozenset({Kind.VOICE_CLASS_CODEC, Kind.SERVER_GROUP, Kind.TLS_PROFILE, Kind.TLS_CIPHER, Kind.TRUSTPOINT})


def dangling(world: FakeWorld) -> set[tuple[Key, Key]]:
    """References to what is not there."""
    found = set()
    for device in world.devices().values():
        seen = device.observe(_everything(world))
        for key, resource in seen.resources.items():
            found |= {(key, needed) for needed in resource.needs if needed not in seen.resources}
    return found


def _everything(world: FakeWorld) -> list[Key]:
    return [key for cluster in world.clusters.values() for key in cluster.objects]


def untrusting(world: FakeWorld) -> Iterator[str]:
    """Trunks that are there, and an end of them that does not trust the other."""
    for cluster in world.clusters.values():
        for cube, trunk in (("vg-yohur", "SIP-TRUNK-YOHUR"), ("cube-busan", "SIP-TRUNK-BUSAN")):
            if Key(cluster.target, Kind.SIP_TRUNK, trunk) not in cluster.objects:
                continue
            for node, store in cluster.stores.items():
                if ca_certificate().sha256[:16] not in store:
                    yield f"{node} does not trust {cube}"
                if own_signed(f"{node}.example.com") not in world.cubes[cube].anchors.values():
                    yield f"{cube} does not trust {node}"


@LAW
@given(
    worlds(), st.permutations(CUBES), st.sampled_from([(), ("busan-seoul",), ("yohur-seoul",), ("busan-seoul", "yohur-seoul")])
)
def test_every_prefix_leaves_no_dangling_reference_and_no_trunk_without_trust(
    world: FakeWorld, order: list[str], removed: tuple[str, ...]
) -> None:
    at_first = dangling(world)

    def check(step: Step) -> None:
        assert dangling(world) <= at_first, step.key
        assert list(untrusting(world)) == [], step.key

    world.faults.after_step = check
    for cube in order:
        world.converge(cube)
    world.says(without_links(examples(), *removed), "r2")
    for cube in order:
        world.converge(cube)


@LAW
@given(worlds(), cubes, st.randoms(use_true_random=False))
def test_a_plan_does_not_depend_on_the_order_of_what_it_is_made_from(world: FakeWorld, cube: str, random: object) -> None:
    request, hands = world.request(cube), world.hands()
    observed = {target: hands.devices[target].observe(keys) for target, keys in request.keys.items()}
    dialects = {target: hands.devices[target].dialect() for target in observed}
    desired = diff.canonical(request.compile(observed, ()), dialects)

    def made(wanted: Desired) -> Plan:
        changes = diff.between(wanted, observed, dialects, {})
        return plan.order(changes, Situation(wanted, observed, dialects))

    shuffled = list(desired.resources.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert made(desired) == made(replace(desired, resources=dict(shuffled)))


PROGRAM = """
from support.fake import FakeWorld
world = FakeWorld()
for cube in world.cubes:
    finished = world.plan(cube)
    print(finished.plan.digest, [(str(step.key), [command.lines for command in step.commands]) for step in finished.plan.steps])
"""


def test_a_plan_does_not_depend_on_the_hash_seed() -> None:
    made = {_run_with_seed(seed) for seed in ("0", "1", "4711")}
    assert len(made) == 1


def _run_with_seed(seed: str) -> str:
    path = os.pathsep.join([str(ROOT / "daemon" / "src"), str(ROOT / "tests")])
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "crypto signaling" in result.stdout
    return result.stdout


TARGET = "cube/a"
steps = st.builds(
    lambda action, name: Step(_change(action, name), ()),
    st.sampled_from([Action.CREATE, Action.UPDATE, Action.DELETE, Action.REPLACE]),
    st.integers(1, 30).map(str),
)


def _change(action: Action, name: str) -> Change:
    key = Key(TARGET, Kind.DIAL_PEER, name)
    resource = Resource(key, {})
    return Change(action, key, None if action is Action.CREATE else resource, None if action is Action.DELETE else resource)


policies = st.builds(Policy, max_deletions=st.integers(0, 5), allow_replace=st.booleans(), allow_empty=st.booleans())


breaks = st.lists(st.sampled_from([Reason("breaks-link", "one"), Reason("breaks-link", "other")]), max_size=2).map(tuple)


@settings(max_examples=300)
@given(st.lists(steps, max_size=12), steps, policies, st.sampled_from(["r1", "r2"]), breaks)
def test_adding_a_step_never_turns_hold_into_proceed(
    some: list[Step], one: Step, policy: Policy, revision: str, lost: tuple[Reason, ...]
) -> None:
    """Of the same links that would break; whether a link breaks is told of the whole plan, which a step may well mend."""
    desired = Desired("r1", "a", {}, policy=policy)
    smaller = Plan(revision, "a", {}, tuple(some))
    larger = replace(smaller, steps=(*some, one))
    if isinstance(guard.judge(smaller, desired, {}, lost), Hold):
        assert isinstance(guard.judge(larger, desired, {}, lost), Hold)


@settings(max_examples=100)
@given(st.lists(steps, max_size=12), policies, breaks)
def test_a_link_that_would_break_holds_a_plan_unless_policy_allows_it(
    some: list[Step], policy: Policy, lost: tuple[Reason, ...]
) -> None:
    made = Plan("r1", "a", {}, tuple(some))
    allowing, forbidding = (Desired("r1", "a", {}, policy=replace(policy, allow_break=allows)) for allows in (True, False))
    assert guard.judge(made, allowing, {}, lost) == guard.judge(made, allowing, {})
    verdict = guard.judge(made, forbidding, {}, lost)
    assert not lost or (isinstance(verdict, Hold) and set(lost) <= set(verdict.reasons))
