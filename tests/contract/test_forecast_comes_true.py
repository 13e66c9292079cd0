"""What a plan foretells of every handshake is what becomes of it once the plan is carried out, commit after commit."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.commits import BUSAN, CONTRADICT, EDITS, LINKS, Edit, tried, way
from support.patient import Body, patient
from support.scene import Scene, converge
from support.waiting import eventually
from trunkline.model.handshake import Met, Reason
from trunkline.model.key import cube_target
from trunkline.model.observed import CubeFacts
from trunkline.model.outcome import Hold
from trunkline.model.passes import Pass
from trunkline.service.world import PassOptions, World

TRUNKS = {"cube-busan": "SIP-TRUNK-BUSAN", "vg-yohur": "SIP-TRUNK-YOHUR"}
COMMITS = 10
LOOK = PassOptions(is_full=True, is_dry=True)


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    for node in scene.lab.clusters["seoul"].nodes.values():
        node.sip.checks_names_outgoing = False  # whether they do is not documented, and not forecast
    found = scene.world()
    yield found
    found.close()


def foretold(planned: Pass, cube: str) -> dict[tuple[str, str], Met]:
    return {way(one): one.after for one in planned.forecasts[link_of(cube)]}


def link_of(cube: str) -> str:
    return LINKS[cube].removeprefix("links/").removesuffix(".yaml")


def differences(scene: Scene, cube: str, foretold_of: dict[tuple[str, str], Met]) -> list[str]:
    real = tried(scene.lab, cube, "seoul", TRUNKS[cube])
    assert foretold_of.keys() <= real.keys()
    return [
        f"{' → '.join(key)}: foretold {met}, in fact {real[key].is_ok} {real[key].reason}"
        for key, met in foretold_of.items()
        if met.is_ok is not real[key].is_ok
    ]


@pytest.mark.parametrize("cube", sorted(EDITS))
@pytest.mark.parametrize("enforcement", ["enforce", "observe"])
def test_from_nothing(world: World, scene: Scene, cube: str, enforcement: str) -> None:
    scene.rewrite("estate.yaml", "enforcement: enforce", f"enforcement: {enforcement}")
    planned = world.run_pass(scene.documents(), "r1", cube, LOOK)
    expected = foretold(planned, cube)
    assert len(expected) == 6
    if enforcement == "observe":
        assert planned.plan is None or not planned.plan.steps
        scene.rewrite("estate.yaml", "enforcement: observe", "enforcement: enforce")
    assert converge(world, scene.documents(), cube).is_converged
    assert differences(scene, cube, expected) == []
    assert all(met.is_ok for met in expected.values())


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("cube", sorted(EDITS))
def test_commit_after_commit(world: World, scene: Scene, cube: str, seed: int) -> None:
    scene.rewrite("estate.yaml", "  allow_replace: false\n", "  allow_replace: true\n  allow_break: true\n")
    assert converge(world, scene.documents(), cube, "r0").is_converged
    choose, made, wrong, outcomes = random.Random(seed), list[str](), list[str](), set[bool | None]()
    for number in range(COMMITS):
        _another(scene, cube, made, choose)
        planned = world.run_pass(scene.documents(), f"r{number + 1}", cube, LOOK)
        expected = foretold(planned, cube)
        finished = converge(world, scene.documents(), cube, f"r{number + 1}")
        assert finished.is_converged, (made, finished.failure, finished.verdict)
        told = differences(scene, cube, expected)
        wrong += [f"{number} {made}: {one}" for one in told]
        outcomes |= {met.is_ok for met in expected.values()}
    assert not wrong, "\n".join(wrong)
    assert outcomes >= {True, False}


def _another(scene: Scene, cube: str, made: list[str], choose: random.Random) -> None:
    """One edit more, and the oldest less where it is of the same place or the third."""
    name = choose.choice(sorted(EDITS[cube].keys() - set(made)))
    rivals = {other for group in CONTRADICT if name in group for other in group} & set(made)
    for gone in rivals or set(made[: len(made) - 1]):
        edit = EDITS[cube][gone]
        scene.rewrite(edit.path, edit.after, edit.before)
        made.remove(gone)
    edit = EDITS[cube][name]
    scene.rewrite(edit.path, edit.before, edit.after)
    made.append(name)


@pytest.mark.parametrize("cube", sorted(EDITS))
def test_what_is_foretold_to_break_is_held_and_goes_on_working(world: World, scene: Scene, cube: str) -> None:
    assert converge(world, scene.documents(), cube, "r0").is_converged
    eventually(lambda: _is_connected(world, scene, cube), "no node is connected")
    held: dict[str, bool] = {}
    for name, edit in EDITS[cube].items():
        scene.rewrite(edit.path, edit.before, edit.after)
        planned = world.run_pass(scene.documents(), name, cube, LOOK)
        ways = planned.forecasts[link_of(cube)]
        held[name] = isinstance(planned.verdict, Hold) and any(one.code == "breaks-link" for one in planned.verdict.reasons)
        assert held[name] is any(one.before.is_ok and one.after.is_ok is False for one in ways), (name, planned.verdict)
        if held[name]:
            world.run_pass(scene.documents(), name, cube, PassOptions(is_full=True))
            assert all(result.is_ok for result in tried(scene.lab, cube, "seoul", TRUNKS[cube]).values()), name
        scene.rewrite(edit.path, edit.after, edit.before)
    assert set(held.values()) == {True, False}


def _is_connected(world: World, scene: Scene, cube: str) -> bool:
    seen = world.run_pass(scene.documents(), "r0", cube, LOOK).observed[cube_target(cube)]
    rows = seen.facts.connections if isinstance(seen.facts, CubeFacts) else None
    return any(row.state == "Established" for row in rows or ())


TLS13 = Edit(BUSAN, "  tls_version: v1.2\n", "  tls_version: v1.3\n")
LEAST = Edit(BUSAN, "  tls_version: v1.2\n", "  tls_version: v1.2\n  minimum: true\n")


@pytest.mark.parametrize(("edit", "reasons"), [(TLS13, {Reason.VERSION}), (LEAST, {None})], ids=["only 1.3", "1.2 or later"])
def test_a_release_that_speaks_tls_13_to_a_cluster_that_does_not(
    tmp_path: Path, edit: Edit, reasons: set[Reason | None]
) -> None:
    with patient(Body("cube-busan", "17.15"), tmp_path) as one:
        for node in one.cluster.nodes.values():
            node.sip.checks_names_outgoing = False
        one.scene.rewrite("estate.yaml", "  allow_replace: false\n", "  allow_replace: false\n  allow_break: true\n")
        one.scene.rewrite(edit.path, edit.before, edit.after)
        expected = foretold(one.world.run_pass(one.scene.documents(), "r2", "cube-busan", LOOK), "cube-busan")
        assert converge(one.world, one.scene.documents(), "cube-busan", "r2").is_converged
        assert differences(one.scene, "cube-busan", expected) == []
        assert {met.reason for met in expected.values()} == reasons
