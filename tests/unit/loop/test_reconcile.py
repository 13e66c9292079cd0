"""One pass: what it looks at, when it acts, what it remembers."""

from dataclasses import replace

import pytest

from support.examples import changed, examples
from support.fake import FakeWorld, allowing, without_links
from trunkline.loop.reconcile import reconcile
from trunkline.model.errors import (
    AccessRefused,
    DeviceBusy,
    DeviceRefused,
    DeviceUnreachable,
    JournalFailed,
    TrunklineError,
)
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.model.outcome import Hold, Proceed, Result
from trunkline.model.plan import Step

CUBE = "vg-yohur"
CLUSTER = "cluster/seoul"


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def refuse(key: Key, error: TrunklineError) -> object:
    def before(step: Step) -> None:
        if step.key == key:
            raise error

    return before


def dial_peer(number: str) -> Key:
    return Key(f"cube/{CUBE}", Kind.DIAL_PEER, number)


def lines_of(sent: list[Step], number: str = "100") -> list[str]:
    """Everything that was typed into a dial-peer."""
    steps = [step for step in sent if step.key == dial_peer(number)]
    return [line for step in steps for command in step.commands for line in command.lines]


def test_a_dry_pass_touches_neither_device_nor_journal(world: FakeWorld) -> None:
    before = world.picture()
    planned = world.plan(CUBE)
    assert isinstance(planned.verdict, Proceed)
    assert planned.result == "drifted"
    assert world.picture() == before
    assert world.journal.inventory(CUBE) == {}
    assert not world.cubes[CUBE].sent


def test_a_dry_pass_says_what_the_guard_would_say(world: FakeWorld) -> None:
    world.converge(CUBE)
    gone = {path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}
    world.says(gone, "r2")
    planned = world.plan(CUBE)
    assert isinstance(planned.verdict, Hold)
    assert {reason.code for reason in planned.verdict.reasons} == {"mass-deletion", "empty-desired"}
    assert planned.result == "held"


def test_a_pass_that_is_held_does_nothing(world: FakeWorld) -> None:
    world.converge(CUBE)
    before = world.picture()
    world.says({path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}, "r2")
    held = world.run(CUBE)
    assert (held.result, held.outcomes) == ("held", ())
    assert world.picture() == before


def test_a_device_that_was_changed_after_it_was_read_gets_a_plan_of_its_own(world: FakeWorld) -> None:
    device = world.cubes[CUBE]

    def somebody_types(target: str) -> None:
        if device.looks == 2 and target == device.target:  # between reading and acting
            device.write(Kind.DIAL_PEER, "100", "session protocol sipv2", "codec g711ulaw")

    world.faults.before_look = somebody_types
    finished = world.run(CUBE)
    assert finished.is_converged
    (made,) = [step for step in device.sent if step.key == dial_peer("100")]
    assert made.change.action == "update", "the plan was made anew, it did not create what is there"


def test_a_device_that_never_comes_to_rest_is_held(world: FakeWorld) -> None:
    device = world.cubes[CUBE]

    def somebody_types(target: str) -> None:
        device.write(Kind.DIAL_PEER, "9000", f"description look {device.looks}")

    world.faults.before_look = somebody_types
    finished = world.run(CUBE)
    assert isinstance(finished.verdict, Hold)
    assert {reason.code for reason in finished.verdict.reasons} == {"stale-plan"}
    assert not device.sent


def test_an_unchanged_device_is_read_once(world: FakeWorld) -> None:
    world.converge(CUBE)
    device = world.cubes[CUBE]
    device.looks = 0
    world.run(CUBE)
    assert device.looks == 1


def test_a_refused_step_skips_what_needs_it_and_nothing_else(world: FakeWorld) -> None:
    trunk = Key(CLUSTER, Kind.SIP_TRUNK, "SIP-TRUNK-YOHUR")
    world.faults.before_step = refuse(trunk, DeviceRefused("cannot addSipTrunk: no such device pool"))
    finished = world.run(CUBE)
    results = {str(outcome.key): outcome.result for outcome in finished.outcomes}
    assert results[str(trunk)] is Result.FAILED
    assert results[f"{CLUSTER} route-pattern 9.@@PSTN"] is Result.SKIPPED
    assert results[f"{CLUSTER} activation SIP-TRUNK-YOHUR"] is Result.SKIPPED
    assert results[str(dial_peer("100"))] is Result.APPLIED
    assert finished.failure and finished.failure.reason == "device_refused"
    assert not finished.is_saved


def test_a_refused_step_is_never_sent_again_for_the_same_revision(world: FakeWorld) -> None:
    asked = []

    def before(step: Step) -> None:
        if step.key == dial_peer("100"):
            asked.append(step)
            raise DeviceRefused("cannot configure dial-peer 100: % Invalid input detected")

    world.faults.before_step = before
    finished = world.run(CUBE)
    for _ in range(3):
        finished = world.run(CUBE, finished.precedent)
        assert finished.result == "device_refused", "it stays stalled, and visible"
        assert [held.code for held in finished.plan.held] == ["refused"]  # type: ignore[union-attr]
    assert len(asked) == 1
    world.revision = "r2"
    world.run(CUBE, finished)
    assert len(asked) == 2, "a new commit is a new chance"


def test_wrong_rights_are_not_tried_again_either(world: FakeWorld) -> None:
    trunk = Key(CLUSTER, Kind.SIP_TRUNK, "SIP-TRUNK-YOHUR")
    world.faults.before_step = refuse(trunk, AccessRefused("cannot addSipTrunk: the user lacks the role"))
    finished = world.run(CUBE)
    assert finished.outcomes[-1].result in (Result.SKIPPED, Result.APPLIED)
    again = world.run(CUBE, finished)
    assert again.plan and "refused" in again.codes


def test_a_line_that_the_device_stores_differently_stalls_with_both_forms(world: FakeWorld) -> None:
    device = world.cubes[CUBE]

    def rewrite(step: Step) -> None:
        if step.key == dial_peer("100"):
            device.sections[step.key]["codec"] = "codec g711ulaw bytes 160"

    world.faults.after_step = rewrite
    finished = world.run(CUBE)
    last = world.run(CUBE, world.run(CUBE, finished))
    assert last.failure and last.failure.reason == "stalled"
    assert "sent 'codec g711ulaw'" in last.failure.message
    assert "shows 'codec g711ulaw bytes 160'" in last.failure.message
    assert lines_of(device.sent).count("codec g711ulaw") == 1


def test_a_line_that_vanishes_is_sent_once(world: FakeWorld) -> None:
    device = world.cubes[CUBE]

    def forget(step: Step) -> None:
        if step.key == dial_peer("100"):
            device.sections[step.key].pop("vad", None)

    world.faults.after_step = forget
    finished = world.run(CUBE)
    finished = world.run(CUBE, finished)
    assert finished.failure and "sent 'no vad', it does not show it" in finished.failure.message
    assert lines_of(device.sent).count("no vad") == 1


@pytest.mark.parametrize(
    ("stamp", "is_stalled"), [("08:00:01 UTC by jovalver", False), ("08:00:01 UTC by robot", True), ("", True)]
)
def test_what_somebody_changes_back_at_once_is_no_refusal_of_the_device(world: FakeWorld, stamp: str, is_stalled: bool) -> None:
    world.converge(CUBE)
    cube = world.cubes[CUBE]
    cube.last_change = "08:00:00 UTC by jovalver"
    cube.write(Kind.DIAL_PEER, "100", "destination-pattern 7...")

    def change_back(step: Step) -> None:
        cube.write(Kind.DIAL_PEER, "100", "destination-pattern 7...")
        cube.last_change = stamp

    world.faults.after_step = change_back
    done = reconcile(replace(world.request(CUBE), own_user="robot"), world.hands())
    assert [change.key for change in done.remaining] == [dial_peer("100")]
    assert (done.failure is not None and done.failure.reason == "stalled") is is_stalled
    assert bool(done.refused) is is_stalled


def test_a_session_that_dies_ends_the_work_on_that_device_only(world: FakeWorld) -> None:
    world.faults.before_step = refuse(
        Key(f"cube/{CUBE}", Kind.SIP_UA, ""), DeviceUnreachable("cannot reach cube/vg-yohur: gone")
    )
    finished = world.run(CUBE)
    results = {str(outcome.key): outcome.result for outcome in finished.outcomes}
    assert results[f"cube/{CUBE} sip-ua"] is Result.UNKNOWN
    assert results[str(dial_peer("100"))] is Result.SKIPPED
    assert results[f"{CLUSTER} sip-trunk SIP-TRUNK-YOHUR"] is Result.APPLIED
    assert world.run(CUBE, finished).plan, "the next pass goes on"
    assert finished.refused == {}


def test_a_busy_device_is_tried_again(world: FakeWorld) -> None:
    world.faults.before_step = refuse(
        Key(f"cube/{CUBE}", Kind.VOICE_SERVICE_SIP, "voip"), DeviceBusy("cannot change a bind: 2 legs")
    )
    finished = world.run(CUBE)
    assert finished.result == "device_busy"
    world.faults.before_step = lambda step: None
    assert world.run(CUBE, finished).is_converged


def test_nothing_is_sent_that_could_not_be_written_down(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise JournalFailed("cannot use the journal: disk full")

    monkeypatch.setattr(world.journal, "intend", full)
    finished = world.run(CUBE)
    assert finished.result == "journal_failed"
    assert not world.cubes[CUBE].sent
    assert not world.clusters["seoul"].sent
    assert {outcome.result for outcome in finished.outcomes} == {Result.SKIPPED}


def test_stopping_finishes_the_step_at_hand(world: FakeWorld) -> None:
    device = world.cubes[CUBE]
    hands = world.hands()
    stopping = []
    world.faults.after_step = stopping.append
    finished = reconcile(world.request(CUBE), replace(hands, is_stopping=lambda: bool(stopping)))
    assert [outcome.result for outcome in finished.outcomes].count(Result.APPLIED) == 1
    assert finished.result == "incomplete"
    assert not finished.is_converged
    assert len(device.sent) + len(world.clusters["seoul"].sent) == 1
    assert world.converge(CUBE).is_converged


def test_the_configuration_is_saved_only_when_nothing_differs(world: FakeWorld) -> None:
    device = world.cubes[CUBE]
    world.faults.before_step = refuse(dial_peer("100"), DeviceBusy("cannot"))
    assert not world.run(CUBE).is_saved
    assert device.is_unsaved
    world.faults.before_step = lambda step: None
    assert world.run(CUBE).is_saved
    assert not device.is_unsaved


def test_an_older_change_that_was_not_saved_is_saved_although_a_node_is_down(world: FakeWorld) -> None:
    world.converge(CUBE)
    device, cluster = world.cubes[CUBE], world.clusters["seoul"]
    device.is_unsaved = True
    cluster.gaps = (Gap(CLUSTER, "cucm-sub2 is down", Kind.CALLMANAGER_TRUST),)
    finished = world.run(CUBE)
    assert finished.is_saved
    assert (finished.result, finished.is_converged) == ("gaps", False)


def test_observe_mode_reports_and_touches_nothing(world: FakeWorld) -> None:
    world.says(allowing(examples(), enforcement="observe"), "r1")
    before = world.picture()
    finished = world.run(CUBE)
    assert (finished.result, finished.plan.steps) == ("drifted", ())  # type: ignore[union-attr]
    assert {held.code for held in finished.plan.held} == {"observe-only"}  # type: ignore[union-attr]
    assert world.picture() == before


def test_a_reset_that_is_owed_waits_in_observe_mode(world: FakeWorld) -> None:
    activation = Key(CLUSTER, Kind.ACTIVATION, "SIP-TRUNK-YOHUR")
    world.faults.before_step = refuse(activation, DeviceUnreachable("cannot reset: gone"))
    world.run(CUBE)
    assert world.journal.owed(CUBE) == {activation}
    world.faults.before_step = lambda step: None
    world.says(allowing(examples(), enforcement="observe"), "r2")
    finished = world.run(CUBE)
    assert world.clusters["seoul"].resets == []
    assert activation in [held.change.key for held in finished.plan.held]  # type: ignore[union-attr]
    world.says(examples(), "r3")
    world.run(CUBE)
    assert world.clusters["seoul"].resets == ["SIP-TRUNK-YOHUR"]
    assert world.journal.owed(CUBE) == frozenset()


def test_a_reset_is_not_owed_by_a_trunk_that_is_gone(world: FakeWorld) -> None:
    activation = Key(CLUSTER, Kind.ACTIVATION, "SIP-TRUNK-YOHUR")
    world.faults.before_step = refuse(activation, DeviceUnreachable("cannot reset: gone"))
    world.run(CUBE)
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    world.converge(CUBE)
    assert world.journal.owed(CUBE) == frozenset()


def test_trust_that_another_cube_needs_stays_and_goes_with_that_one(world: FakeWorld) -> None:
    """Both routers' certificates come from one CA; whoever came first uploaded it."""
    world.converge(CUBE)
    world.converge("cube-busan")
    store = world.clusters["seoul"].stores["cucm-pub"]
    assert len(store) == 1
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    assert world.converge(CUBE).is_converged
    assert len(store) == 1
    assert world.run("cube-busan").is_converged, "nothing was taken away from it"
    world.says(without_links(examples(), "yohur-seoul", "busan-seoul"), "r3")
    world.converge("cube-busan")
    assert len(store) == 0


def test_trust_stays_while_nobody_knows_what_another_cube_needs(world: FakeWorld) -> None:
    for cube in (CUBE, "cube-busan"):
        world.converge(cube)
    world.cubes["cube-busan"].gaps = (Gap("cube/cube-busan", "no answer"),)
    world.run("cube-busan")
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    world.converge(CUBE)
    assert len(world.clusters["seoul"].stores["cucm-pub"]) == 1


def test_a_setting_that_a_document_drops_goes_back_to_its_default(world: FakeWorld) -> None:
    world.converge(CUBE)
    device = world.cubes[CUBE]
    assert device.sections[Key(device.target, Kind.VOICE_SERVICE, "voip")]["address-hiding"]
    world.says(changed(("cubes/vg-yohur.yaml", "  address_hiding: true\n", "")), "r2")
    assert world.converge(CUBE).is_converged
    assert "address-hiding" not in device.sections[Key(device.target, Kind.VOICE_SERVICE, "voip")]


def test_a_foreign_line_that_uses_a_section_keeps_it(world: FakeWorld) -> None:
    cube = "cube-busan"
    world.converge(cube)
    device = world.cubes[cube]
    device.write(Kind.SIP_UA, "", "crypto signaling remote-addr 192.0.2.0 255.255.255.0 tls-profile 10")
    world.says(without_links(examples(), "busan-seoul"), "r2")
    finished = world.run(cube)
    held = {held.change.key: held.code for held in finished.plan.held}  # type: ignore[union-attr]
    assert held[Key(device.target, Kind.TLS_PROFILE, "10")] == "foreign-dependent"
    assert Key(device.target, Kind.TLS_PROFILE, "10") in device.sections
    assert (
        "crypto signaling remote-addr 192.0.2.0 255.255.255.0 tls-profile 10"
        in device.sections[Key(device.target, Kind.SIP_UA, "")].values()
    )


def test_a_router_without_the_time_gets_no_trust_and_nothing_that_needs_it(world: FakeWorld) -> None:
    world.cubes[CUBE].is_clock_right = False
    finished = world.run(CUBE)
    codes = {held.change.key.kind: held.code for held in finished.plan.held}  # type: ignore[union-attr]
    assert codes[Kind.TRUST_ANCHOR] == "clock"
    assert codes[Kind.SIP_TRUNK] == "clock"
    assert codes[Kind.DIAL_PEER] == "clock"
    assert finished.result == "held"


def test_an_unreachable_cluster_holds_the_cube_too_and_is_asked_once(world: FakeWorld) -> None:
    def gone(target: str) -> None:
        if target == CLUSTER:
            raise DeviceUnreachable("cannot reach cluster/seoul: no route")

    world.faults.before_look = gone
    finished = world.run(CUBE)
    assert finished.result == "device_unreachable"
    assert world.clusters["seoul"].looks <= 2, "before the plan and, if anything was done, after it"
    assert not any(step.key.kind is Kind.DIAL_PEER for step in world.cubes[CUBE].sent)


def test_conditions_keep_since_while_their_status_stays(world: FakeWorld) -> None:
    first = world.converge(CUBE)
    again = world.run(CUBE, first.precedent)
    assert {one.type: one.since for one in again.conditions["yohur-seoul"]} == {
        one.type: one.since for one in first.conditions["yohur-seoul"]
    }


def test_what_vanished_and_is_not_wanted_is_remembered_no_more(world: FakeWorld) -> None:
    """A daemon was killed after it deleted and before it wrote that down: one of that name is somebody else's from now on."""
    world.converge(CUBE)
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    del world.cubes[CUBE].sections[dial_peer("100")]
    world.converge(CUBE)
    assert dial_peer("100") not in world.journal.inventory(CUBE)
    world.cubes[CUBE].write(Kind.DIAL_PEER, "100", "destination-pattern 9900")
    assert world.converge(CUBE).is_converged
    assert dial_peer("100") in world.cubes[CUBE].sections, "it is not taken for trunkline's"


def test_what_is_wanted_or_could_not_be_read_is_remembered(world: FakeWorld) -> None:
    world.converge(CUBE)
    del world.cubes[CUBE].sections[dial_peer("100")]
    world.faults.before_step = refuse(dial_peer("100"), DeviceBusy("cannot write"))
    world.run(CUBE)
    assert dial_peer("100") in world.journal.inventory(CUBE)
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    world.cubes[CUBE].gaps = (Gap(f"cube/{CUBE}", "not understood", Kind.DIAL_PEER),)
    world.run(CUBE)
    assert dial_peer("100") in world.journal.inventory(CUBE)
