"""The device that is only looked at: when it asks again."""

from collections import Counter
from datetime import timedelta

import pytest

from support.looks import CUBE, ISSUER, OTHER, PUB, START, Scene, accepted, certificate, facts, refused
from trunkline.health.memory import State
from trunkline.health.probe import Probed
from trunkline.model.handshake import Reason


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_it_looks_again_after_its_interval_or_when_all_is_read(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,))
    scene.held = {CUBE: frozenset({ISSUER})}
    asked = 0
    for minutes, full, looks in ((0, False, 1), (4, False, 1), (5, False, 2), (6, True, 3), (7, False, 3)):
        scene.after(minutes=minutes)
        seen = device.observe((), full=full)
        assert (seen.at == scene.now) is (scene.asked.count((PUB, ISSUER)) > asked), "an old look is no new observation"
        asked = scene.asked.count((PUB, ISSUER))
        assert asked == looks
        assert scene.asked.count((CUBE, ISSUER)) == looks


def test_who_turns_the_probe_away_is_asked_the_more_rarely_the_longer_it_lasts(scene: Scene) -> None:
    """Ten minutes, twenty, forty, then every hour; the others are looked at as ever, and an old look keeps its age."""
    scene.may_present(ISSUER, OTHER)
    leaf = certificate("pub")
    scene.answers = {(PUB, ISSUER): accepted(leaf), (PUB, OTHER): refused(leaf)}
    device = scene.device(nodes=(PUB,))
    asked: list[int] = []
    for minutes in range(0, 200, 5):
        scene.after(minutes=minutes)
        before = scene.asked.count((PUB, OTHER))
        seen = facts(device.observe(()))
        asked += [minutes] * (scene.asked.count((PUB, OTHER)) - before)
        assert seen.accepted[PUB, OTHER].at == START + timedelta(minutes=asked[-1])
        assert seen.looks[PUB].is_success and seen.looks[PUB].at == scene.now
    assert asked == [0, 10, 30, 70, 130, 190]
    assert scene.asked.count((PUB, ISSUER)) == 40


def test_an_end_is_looked_at_at_once_when_it_is_known_to_be_another(scene: Scene) -> None:
    """Somebody mended it: nobody shall be told for an hour that it fails. That it cannot be read now tells nothing."""
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    scene.answers = {(CUBE, ISSUER): refused(), (PUB, ISSUER): refused()}
    device = scene.device(nodes=(PUB,))
    asked: dict[str, list[int]] = {CUBE: [], PUB: []}
    for minutes in range(100):
        scene.after(minutes=minutes)
        decides = "mended" if minutes >= 42 else "" if minutes == 40 else "broken"
        scene.states = {CUBE: State(decides), PUB: State("as ever")}
        before = {end: scene.asked.count((end, ISSUER)) for end in asked}
        device.observe(())
        for end in asked:
            asked[end] += [minutes] * (scene.asked.count((end, ISSUER)) - before[end])
    assert asked[CUBE][:4] == [0, 10, 30, 42]
    assert 52 <= asked[CUBE][4] < 57, "the waiting begins anew, by rounds of five minutes"
    assert asked[PUB][:3] == [0, 10, 30] and len(asked[PUB]) == 4, "that another changed is no reason"


def test_what_was_looked_at_while_nobody_knew_it_is_looked_at_once_more_when_it_is_read(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,), cube_place=None)
    for minutes, decides, looks in ((0, "", 1), (1, "", 1), (2, "read", 2), (3, "read", 2)):
        scene.after(minutes=minutes)
        scene.states = {PUB: State(decides)}
        device.observe(())
        assert scene.asked.count((PUB, ISSUER)) == looks


def test_a_cube_that_would_count_the_look_is_not_looked_at_because_it_is_configured_otherwise(scene: Scene) -> None:
    device = scene.device(nodes=())
    for decides in ("one", "two"):
        scene.states = {CUBE: State(decides, "same")}
        device.observe(())
    assert scene.asked == [(CUBE, "")]


def test_who_accepts_again_is_asked_at_every_interval_again(scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.answers[PUB, ISSUER] = refused()
    device = scene.device(nodes=(PUB,))
    for minutes in (0, 10):
        scene.after(minutes=minutes)
        assert facts(device.observe(())).looks[PUB].reason is Reason.UNKNOWN_CA
    scene.answers[PUB, ISSUER] = accepted(certificate("pub"))
    for minutes, at in ((15, 10), (30, 30), (35, 35)):
        scene.after(minutes=minutes)
        look = facts(device.observe(())).looks[PUB]
        assert look.at == START + timedelta(minutes=at) and look.is_success is (at > 10)


def test_who_is_not_there_turned_nobody_away_and_is_asked_at_every_interval(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,))
    for minutes in (0, 5, 10):
        scene.after(minutes=minutes)
        look = facts(device.observe(())).looks[PUB]
        assert (look.is_success, look.reason, look.at) == (False, Reason.REFUSED, scene.now)
    assert scene.asked.count((PUB, ISSUER)) == 3


def test_a_cube_that_welcomes_nothing_is_asked_rarely_and_what_it_showed_is_remembered(scene: Scene) -> None:
    leaf = certificate("edge")
    scene.answers[CUBE, ""] = Probed((leaf,), problem="alert: handshake failure", reason=Reason.NO_CERTIFICATE)
    device = scene.device()
    for hours in range(6):
        scene.now = START + timedelta(hours=hours)
        seen = facts(device.observe((), full=True))
        assert seen.shown[CUBE].certificate == leaf and seen.shown[CUBE].at == START
        assert seen.looks[CUBE].is_success is None and seen.looks[CUBE].at == START
    assert scene.asked.count((CUBE, "")) == 1 and scene.asked.count((PUB, "")) == 6
    scene.now = START + timedelta(hours=6)
    device.observe((), full=True)
    assert scene.asked.count((CUBE, "")) == 2


def test_a_cube_that_binds_another_certificate_is_looked_at_at_once_and_once(scene: Scene) -> None:
    """What was seen hours ago is not what it presents now; a look that it turns away is a failed handshake to it."""
    scene.answers[CUBE, ""] = Probed((certificate("edge"),), reason=Reason.NO_CERTIFICATE)
    device, looked_at = scene.device(nodes=()), []
    for minutes, presents in enumerate(("one", "one", None, "two", "two", None, "two", "one")):
        scene.after(minutes=minutes)
        scene.states = {CUBE: State("as ever", presents)}
        seen = facts(device.observe(()))
        looked_at.append(round((seen.shown[CUBE].at - START).total_seconds() / 60))
    assert looked_at == [0, 0, 0, 3, 3, 3, 3, 7]
    assert len(scene.asked) == 3


def test_a_look_from_before_the_clock_was_put_back_is_repeated(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,))
    for minutes, looks in ((0, 1), (-60, 2), (-58, 2), (-55, 3)):
        scene.after(minutes=minutes)
        device.observe(())
        assert scene.asked.count((PUB, ISSUER)) == looks
    assert scene.asked.count((CUBE, "")) == 2


def test_what_another_cube_saw_of_a_node_that_both_have_links_to_is_taken_over_at_once(scene: Scene) -> None:
    """The node was restarted: whose pass comes first looks, and no other says still that it presents the former."""
    scene.may_present(ISSUER)
    former, new = certificate("former"), certificate("new")
    one, other = (scene.device(nodes=(PUB,), cube_place=None, cube=name) for name in ("one", "other"))
    scene.states = {PUB: State(presents="new")}
    scene.answers[PUB, ISSUER] = accepted(former)
    first, looks = one.observe(()), Counter[str]()
    assert facts(other.observe(())).shown[PUB].certificate == former
    scene.answers[PUB, ISSUER] = accepted(new)
    scene.states = {PUB: State(presents="new", began_at=START + timedelta(seconds=9))}
    for seconds in (10, 11, 60, 299):
        scene.after(seconds=seconds)
        for name, device in (("other", other), ("one", one)):
            asked, seen = len(scene.asked), device.observe(())
            looks[name] += len(scene.asked) - asked
            shown, looked_at = facts(seen).shown[PUB], START + timedelta(seconds=10)
            assert shown.certificate == new and shown.at == facts(seen).looks[PUB].at == seen.at == looked_at, (name, seconds)
            assert seen.fingerprint != first.fingerprint
    assert looks == {"other": 1, "one": 0}, "one look does for both"
    assert one.observe(()) is one.observe(()), "nothing is made anew while nothing is younger"


def test_looks_of_others_put_off_no_round(scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    one, other = scene.device(nodes=(PUB,)), scene.device(nodes=(PUB,), cube_place=None, cube="other")
    asked: list[int] = []
    for minutes in range(12):
        scene.after(minutes=minutes)
        before = scene.asked.count((CUBE, ISSUER))
        other.observe((), full=True)
        assert one.observe(()).at == scene.now, "the other has just looked"
        asked += [minutes] * (scene.asked.count((CUBE, ISSUER)) - before)
    assert asked == [0, 5, 10]


def test_a_cube_that_serves_others_only_is_looked_at_rarely_and_with_nothing_until_it_serves_us(scene: Scene) -> None:
    """Its turning the probe away is a counted failure and none of the trunk's; a switch is looked at all the same."""
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    scene.answers = {
        (CUBE, ""): Probed(problem="closed without an alert", reason=Reason.CLOSED),
        (CUBE, ISSUER): accepted(certificate("edge")),
    }
    device, looked = scene.device(nodes=()), []
    steps = [(0, "one", "for others"), (1, "one", "for others"), (30, "one", None), (40, "two", "for others"), (41, "two", "")]
    for minutes, presents, turns_away in steps:
        scene.after(minutes=minutes)
        scene.states = {CUBE: State("as ever", presents, turns_away=turns_away)}
        seen = facts(device.observe((), full=minutes == 30))
        looked.append((seen.looks[CUBE].is_success, seen.shown[CUBE].problem, seen.looks[CUBE].at))
    begun, switched = ((None, "for others", START + timedelta(minutes=minutes)) for minutes in (0, 40))
    assert looked == [begun, begun, begun, switched, (True, "", scene.now)]
    assert scene.asked == [(CUBE, ""), (CUBE, ""), (CUBE, ISSUER)]


def test_what_was_not_known_at_a_look_does_not_differ_later(scene: Scene) -> None:
    device = scene.device(nodes=())
    for presents in (None, "one", "two"):
        scene.states = {CUBE: State(presents=presents)}
        device.observe(())
    assert scene.asked == [(CUBE, "")]


def test_a_node_whose_service_began_since_is_looked_at_at_once_although_it_turned_the_probe_away(scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.answers[PUB, ISSUER] = refused(certificate("pub"))
    device = scene.device(nodes=(PUB,), cube_place=None)
    for minutes, begun, looks in ((0, -1, 1), (4, -1, 1), (6, 5, 2), (7, 5, 2), (8, 5, 2)):
        scene.after(minutes=minutes)
        scene.states = {PUB: State("as ever", "stored", START + timedelta(minutes=begun))}
        device.observe(())
        assert scene.asked.count((PUB, ISSUER)) == looks


def test_a_cube_is_asked_at_once_when_it_holds_the_ca_of_an_identity(scene: Scene) -> None:
    device = scene.device()
    device.observe(())
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    device.observe((), full=True)
    assert scene.asked[-1] == (CUBE, ISSUER) or (CUBE, ISSUER) in scene.asked
