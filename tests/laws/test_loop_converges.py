"""From any start: passes end, the second plan is empty, and what belongs to others is as it was."""

from hypothesis import given
from hypothesis import strategies as st

from laws.worlds import CUBES, LAW, cubes, examples, finished, foreign, worlds
from support.fake import FakeWorld, without_links
from trunkline.loop.ahead import forecast
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap


@LAW
@given(worlds(), st.permutations(CUBES))
def test_it_converges_and_the_second_plan_is_empty(world: FakeWorld, order: list[str]) -> None:
    for cube in order:
        assert world.converge(cube).is_converged
    for cube in order:
        again = world.plan(cube)
        assert again.plan is not None
        assert (again.plan.steps, again.plan.held, again.result) == ((), (), "converged")


@LAW
@given(worlds())
def test_every_start_leads_to_the_same_end(world: FakeWorld) -> None:
    for cube in CUBES:
        world.converge(cube)
    assert finished().picture().items() <= _without_others(world).items()


def _without_others(world: FakeWorld) -> dict[str, object]:
    """The picture, with foreign lines in shared sections and foreign certificates taken away."""
    shown = world.picture()
    for key, value in finished().picture().items():
        have = shown.get(key)
        if isinstance(value, dict) and isinstance(have, dict):
            shown[key] = {slot: have[slot] for slot in value if slot in have}
        elif isinstance(value, list) and isinstance(have, list):
            shown[key] = [entry for entry in have if entry in value]
    return shown


@LAW
@given(worlds())
def test_foreign_things_are_untouched_by_making_and_by_unmaking(world: FakeWorld) -> None:
    before = foreign(world)
    for cube in CUBES:
        world.converge(cube)
    assert foreign(world) == before
    world.says(without_links(examples(), "busan-seoul", "yohur-seoul"), "r2")
    for cube in CUBES:
        world.converge(cube)
    assert foreign(world) == before


@LAW
@given(worlds(), cubes)
def test_the_forecast_is_what_the_devices_show(world: FakeWorld, cube: str) -> None:
    planned = world.plan(cube)
    assert planned.plan is not None
    dialects = {target: device.dialect() for target, device in world.devices().items()}
    predicted = forecast.after(planned.plan, planned.observed, dialects)
    shown = world.run(cube).observed
    for target, seen in predicted.items():
        assert seen.resources.keys() == shown[target].resources.keys()
        for key, resource in seen.resources.items():
            # A cluster adds the fields that AXL wants of every new object.
            assert resource.settings.items() <= shown[target].resources[key].settings.items()
        assert {k: set(v) for k, v in seen.trusted.items()} == {k: set(v) for k, v in shown[target].trusted.items()}
    assert planned.forecast == (), "one pass is all it takes from here"


@LAW
@given(worlds(), cubes, st.sampled_from([Kind.DIAL_PEER, Kind.TRUSTPOINT, Kind.SIP_UA, Kind.TRUSTED_LIST]))
def test_a_gap_makes_no_change_and_no_deletion(world: FakeWorld, cube: str, kind: Kind) -> None:
    for name in CUBES:
        world.converge(name)
    device = world.cubes[cube]
    device.gaps = (Gap(device.target, "not understood", kind),)
    for key in device.sections:
        if key.kind is Kind.VOICE_SERVICE:
            device.sections[key] = {}
    device.sent.clear()
    world.says(without_links(examples(), "busan-seoul", "yohur-seoul"), "r2")
    done = world.run(cube)
    if any(key.kind is kind for key in world.journal.inventory(cube)):  # else somebody else made it all, and it is theirs
        assert not done.is_converged
        assert device.gaps[0] in done.gaps
    assert not any(step.key.kind is kind or step.change.action == "delete" for step in device.sent)


@LAW
@given(worlds(), cubes)
def test_an_unreadable_end_is_never_taken_for_an_empty_one(world: FakeWorld, cube: str) -> None:
    for name in CUBES:
        world.converge(name)
    before = world.picture()
    cluster = world.clusters["seoul"]
    cluster.gaps = (Gap(cluster.target, "no answer"),)
    done = world.run(cube)
    assert not done.is_converged
    assert world.picture() == before
    assert done.result in ("gaps", "held")
    assert Gap(cluster.target, "no answer") in done.gaps
    assert not any(Key(cluster.target, kind, "") == step.key for kind in Kind for step in done.plan.steps)  # type: ignore[union-attr]
