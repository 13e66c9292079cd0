"""The JSON of a pass: stable keys, and nothing secret."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from support.examples import examples
from support.fake import FakeWorld, allowing
from trunkline.model.errors import DeviceRefused
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.model.passes import Failure, Pass
from trunkline.model.plan import Action, Change, Command, Difference, Plan, Step
from trunkline.model.resource import Resource
from trunkline.views import document, text
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.samples import of

CUBE = "vg-yohur"
CANARY = "canary-7f3a"
KEYS = {
    "cube",
    "revision",
    "result",
    "started_at",
    "finished_at",
    "plan",
    "forecast",
    "once_enforced",
    "reasons",
    "outcomes",
    "remaining",
    "typed",
    "changed_by",
    "gaps",
    "refused",
    "failure",
    "is_saved",
    "links",
    "standings",
    "targets",
    "certificates",
}


def passes() -> list[Pass]:
    """One of every kind."""
    world = FakeWorld()
    planned = world.plan(CUBE)

    def refuse(step: Step) -> None:
        if step.key.kind is Kind.SIP_TRUNK:
            raise DeviceRefused("cannot addSipTrunk: no")

    world.faults.before_step = refuse
    failed = world.run(CUBE)
    world.faults.before_step = lambda step: None
    applied = world.converge(CUBE)
    world.clusters["seoul"].gaps = (Gap("cluster/seoul", "no answer", evidence="% what"),)
    gaps = world.run(CUBE)
    world.clusters["seoul"].gaps = ()
    world.says({path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}, "r2")
    return [planned, failed, applied, gaps, world.run(CUBE)]


def test_every_pass_has_the_same_keys_and_is_json() -> None:
    for finished in passes():
        made = document.of_pass(finished)
        assert made.keys() == KEYS
        assert json.loads(json.dumps(made)) == made


def test_results_are_told_apart() -> None:
    assert [finished.result for finished in passes()] == ["drifted", "device_refused", "applied", "gaps", "held"]


def test_what_the_next_pass_must_know_comes_back() -> None:
    for finished in passes():
        assert document.precedent(json.loads(json.dumps(document.of_pass(finished)))) == finished.precedent


def test_a_link_is_found_by_its_name() -> None:
    (link,) = document.of_pass(passes()[2])["links"]
    assert {key: link[key] for key in ("name", "cube", "cluster", "enforcement", "origin")} == {
        "name": "yohur-seoul",
        "cube": CUBE,
        "cluster": "seoul",
        "enforcement": "enforce",
        "origin": "links/yohur-seoul.yaml:3:1",
    }
    assert [condition["type"] for condition in link["conditions"]][-1] == "Ready"


@pytest.fixture
def secretive() -> Pass:
    """A pass whose commands carry a secret where secrets belong: in the payload, behind a placeholder."""
    key = Key("cube/a", Kind.SIP_UA, "")
    difference = Difference("pem", None, CANARY)
    change = Change(Action.CREATE, key, None, Resource(key, {"pem": CANARY}), (difference,))
    step = Step(change, (Command("configure", ("sip-ua", "authentication password <secret>"), {"secret": CANARY}),))
    plan = Plan("r1", "a", {}, (step,))
    at = datetime(2026, 11, 24, tzinfo=UTC)
    return Pass(
        "a", "r1", at, at, {}, (change,), plan, None, (), (change,), (), {}, Failure("stalled", "cannot"), forecast=(plan,)
    )


def test_no_secret_in_any_view(secretive: Pass) -> None:
    made = document.of_pass(secretive)
    shown = [
        json.dumps(made),
        "\n".join(text.plan(secretive)),
        "\n".join(text.outcome(secretive)),
        "\n".join(text.status([made])),
        repr(list(of([secretive], Background(), secretive.finished_at))),
        repr(secretive.plan.steps[0].commands),  # type: ignore[union-attr]
    ]
    for one in shown:
        assert CANARY not in one


def test_a_plan_shows_deletions_first_and_says_that_they_are_carried_out_last() -> None:
    world = FakeWorld()
    world.converge("cube-busan")
    world.says({path: content for path, content in examples().items() if path != "links/busan-seoul.yaml"}, "r2")
    lines = list(text.plan(world.plan("cube-busan")))
    assert lines[1] == "  (deletions are shown first and carried out last)"
    signs = [line.strip()[0] for line in lines if line.startswith("  ") and line.strip()[0] in "+~-" and line[2] != " "]
    assert signs == sorted(signs, key="-~".index)
    assert any("hold  [empty-desired]" in line for line in lines)


def test_what_follows_a_plan_is_shown(secretive: Pass) -> None:
    assert any(line.startswith("  then, in pass 2: 1 to create") for line in text.plan(secretive))


def test_a_plan_that_is_only_observed_prints_the_lines_of_one_that_is_enforced() -> None:
    enforced = list(text.plan(FakeWorld().plan(CUBE)))
    world = FakeWorld()
    world.says(allowing(examples(), enforcement="observe"), "r1")
    lines = list(text.plan(world.plan(CUBE)))
    assert lines[0].startswith(f"{CUBE}: 21 held   plan ")
    assert lines[1] == "  only observed; `enforcement: enforce` would send: 17 to create, 4 to update, 1 to activate"
    assert lines[2:] == enforced[1:]
    assert list(text.plan(world.run(CUBE)))[1].startswith("  held  create "), "a pass that acts does not plan what it may not"


def test_where_one_link_is_only_observed_its_lines_come_after_what_is_sent() -> None:
    world = FakeWorld()
    link = "links/yohur-seoul.yaml"
    world.says({**examples(), link: examples()[link] + b"enforcement: observe\n"}, "r1")
    lines = list(text.plan(world.plan(CUBE)))
    told = next(number for number, line in enumerate(lines) if line.startswith("  only observed; "))
    assert any(line.startswith("  ~ cube/vg-yohur voice-service voip") for line in lines[:told])
    assert not any("dial-peer 100" in line for line in lines[:told])
    assert any(line.startswith("  + cube/vg-yohur dial-peer 100 ") for line in lines[told:])
    assert "      dial-peer voice 100 voip" in lines[told:]


def test_what_could_not_be_read_is_told_before_what_follows_from_it() -> None:
    world = FakeWorld()
    world.clusters["seoul"].gaps = (Gap("cluster/seoul", "no answer"),)
    world.cubes[CUBE].gaps = (Gap("cube/vg-yohur", "no answer"),)
    planned = world.plan(CUBE)
    gaps = [line for line in text.plan(planned) if line.startswith("  gap ")]
    assert gaps[:2] == ["  gap   cluster/seoul: no answer", "  gap   cube/vg-yohur: no answer"]
    assert all("could not be read" in line for line in gaps[2:])
    assert len(gaps) > len(planned.observed)
    assert [line for line in text.why(document.of_pass(planned), "yohur-seoul") if line.startswith("  gap ")] == gaps


def test_where_nothing_could_be_read_no_plan_pretends_that_nothing_differs() -> None:
    world = FakeWorld()
    world.clusters["seoul"].gaps = (Gap("cluster/seoul", "no answer"),)
    world.cubes[CUBE].gaps = (Gap("cube/vg-yohur", "cannot reach it"),)
    lines = list(text.plan(replace(world.plan(CUBE), failure=Failure("device_unreachable", "cannot reach it"))))
    assert lines[0] == f"{CUBE}: nothing could be read"
    assert [line for line in lines if "cannot reach it" in line] == ["  gap   cube/vg-yohur: cannot reach it"]


def test_a_plan_without_steps_says_whether_everything_was_seen() -> None:
    world = FakeWorld()
    world.converge(CUBE)
    assert list(text.plan(world.plan(CUBE))) == [f"{CUBE}: nothing to do"]
    world.clusters["seoul"].gaps = (Gap("cluster/seoul", "no answer"),)
    lines = list(text.plan(world.plan(CUBE)))
    assert lines[0] != f"{CUBE}: nothing to do"
    assert "  gap   cluster/seoul: no answer" in lines


def test_why_tells_conditions_differences_and_obstacles() -> None:
    world = FakeWorld()
    planned = world.plan(CUBE)
    lines = list(text.why(document.of_pass(planned), "yohur-seoul"))
    assert lines[0] == "yohur-seoul: vg-yohur ↔ seoul, enforce   (links/yohur-seoul.yaml:3:1)"
    assert any("✗ InSync" in line for line in lines)
    assert any("differs: create cube/vg-yohur dial-peer 100  (links/yohur-seoul.yaml" in line for line in lines)


def test_why_counts_what_waits_for_the_enforcement_mode_alone() -> None:
    world = FakeWorld()
    world.says(allowing(examples(), enforcement="observe"), "r1")
    lines = list(text.why(document.of_pass(world.run(CUBE)), "yohur-seoul"))
    assert [line for line in lines if line.startswith("  held ")] == [
        "  held  21 of these changes  [observe-only] the enforcement mode is observe; "
        "`trunkline plan` prints what would be sent"
    ]


def test_status_says_why_a_whole_plan_is_held_also_where_no_link_is_left() -> None:
    world = FakeWorld()
    world.converge(CUBE)
    world.says({path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}, "r2")
    lines = list(text.status([document.of_pass(world.run(CUBE))]))
    assert lines[0].startswith("vg-yohur  held  revision r2")
    assert any(line.startswith("  hold  [empty-desired] no link of vg-yohur is left; ") for line in lines[1:])
