"""The device that is only looked at: whom it asks, with what, and what it makes of the answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from support.looks import CUBE, ISSUER, OTHER, PUB, START, SUB, Scene, accepted, certificate, facts, refused
from support.odd import ODD
from trunkline.health.judging import Peer
from trunkline.health.memory import State
from trunkline.health.probe import Probed
from trunkline.health.tunnel import ProbeIdentity
from trunkline.model.certificate import Certificate
from trunkline.model.errors import OurBug
from trunkline.model.handshake import Reason
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Step


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_every_node_is_asked_with_every_identity_and_the_cube_with_one_that_it_welcomes(scene: Scene) -> None:
    scene.may_present(ISSUER, OTHER)
    scene.held = {CUBE: frozenset({OTHER, "CC"})}
    scene.device().observe(())
    assert sorted(scene.asked) == sorted([(n, i) for n in (PUB, SUB) for i in (ISSUER, OTHER)] + [(CUBE, OTHER)])


def test_what_was_presented_counts_whatever_became_of_the_connection(scene: Scene) -> None:
    scene.may_present(ISSUER)
    leaf, above = certificate("pub"), certificate("ca")
    scene.answers[PUB, ISSUER] = refused(leaf, above)
    seen = facts(scene.device().observe(()))
    assert seen.shown[PUB].certificate == leaf and seen.shown[PUB].chain == (leaf, above)
    assert not seen.accepted[PUB, ISSUER].is_accepted and seen.accepted[PUB, ISSUER].problem == "alert: unknown_ca"


def test_who_cannot_be_reached_is_shown_with_the_reason_and_says_nothing_of_acceptance(scene: Scene) -> None:
    scene.may_present(ISSUER)
    seen = facts(scene.device().observe(()))
    assert seen.shown[SUB].certificate is None and seen.shown[SUB].problem == "nothing listens there"
    assert not seen.accepted


def test_a_node_of_several_cubes_is_looked_at_for_all_of_them(scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.answers[PUB, ISSUER] = accepted(certificate("pub"))
    first, second = (scene.device(nodes=(PUB,), cube_place=None, cube=name) for name in ("one", "two"))
    first.observe(())
    scene.after(minutes=2)
    assert facts(second.observe(())).looks[PUB].at == START
    assert scene.asked == [(PUB, ISSUER)]


def test_a_cube_that_is_only_watched_is_looked_at_only_where_the_probe_is_welcome(scene: Scene) -> None:
    device = scene.device(is_only_welcome=True)
    assert CUBE not in facts(device.observe(())).looks and (CUBE, "") not in scene.asked
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    scene.answers[CUBE, ISSUER] = accepted(certificate("edge"))
    assert facts(device.observe((), full=True)).looks[CUBE].is_success
    scene.held = {CUBE: frozenset()}
    seen = facts(device.observe((), full=True))
    assert CUBE not in seen.looks and CUBE not in seen.shown, "nothing is left of what cannot be seen any more"


def test_a_cube_that_is_only_watched_and_serves_others_only_is_not_looked_at_and_that_is_told(scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    scene.answers[CUBE, ISSUER] = accepted(certificate("edge"))
    device = scene.device(is_only_welcome=True)
    for turns_away, is_success in (("for others", None), ("", True), ("for others", None), (None, None)):
        asked = scene.asked.count((CUBE, ISSUER))
        scene.states = {CUBE: State("read", turns_away=turns_away)}
        seen = device.observe(())
        look, shown = facts(seen).looks.get(CUBE), facts(seen).shown[CUBE]
        assert (look.is_success if look else None) is is_success
        assert scene.asked.count((CUBE, ISSUER)) - asked == bool(is_success)
        if not is_success:
            assert (look, shown.certificate, shown.problem, shown.at) == (None, None, "for others", seen.at)
    assert (CUBE, "") not in scene.asked


def test_a_cube_that_serves_others_only_and_is_not_there_at_all_fails(scene: Scene) -> None:
    scene.states = {CUBE: State(turns_away="for others")}
    seen = facts(scene.device(nodes=()).observe(()))
    assert seen.looks[CUBE].is_success is False and seen.shown[CUBE].problem == "nothing listens there"


def test_whoever_trusts_a_ca_above_welcomes_the_probe(scene: Scene) -> None:
    scene.identities = {ISSUER: ProbeIdentity(ISSUER, (), above=(ISSUER, "ROOT"))}
    scene.held = {CUBE: frozenset({"ROOT"})}
    scene.device().observe(())
    assert (CUBE, ISSUER) in scene.asked


def test_what_an_operator_gave_is_not_shown_to_nodes_that_are_known_not_to_trust_it(scene: Scene) -> None:
    scene.identities = {ISSUER: ProbeIdentity(ISSUER, (), above=(ISSUER,), is_stated=True), OTHER: ProbeIdentity(OTHER, ())}
    scene.held = {PUB: frozenset({ISSUER}), SUB: frozenset({"CC"})}
    scene.device(cube_place=None).observe(())
    assert sorted(scene.asked) == sorted([(PUB, ISSUER), (PUB, OTHER), (SUB, OTHER)])


@pytest.mark.parametrize(
    ("reason", "says"), [(Reason.UNKNOWN_CA, True), (Reason.EXPIRED, False), (Reason.PURPOSE, False), (Reason.CLOSED, False)]
)
def test_an_operators_identity_that_is_refused_for_its_own_sake_says_nothing_of_trust(
    reason: Reason, says: bool, scene: Scene
) -> None:
    scene.identities = {ISSUER: ProbeIdentity(ISSUER, (), is_stated=True)}
    scene.answers[PUB, ISSUER] = refused(certificate("pub"), reason=reason)
    assert bool(facts(scene.device(nodes=(PUB,)).observe(())).accepted) is says
    scene.identities = {ISSUER: ProbeIdentity(ISSUER, ())}
    assert facts(scene.device(nodes=(PUB,)).observe(())).accepted, "the issuer's own was made for nothing else"


def test_what_is_presented_is_judged_by_what_its_peer_expects(scene: Scene) -> None:
    scene.may_present(ISSUER)
    leaf = certificate("pub")
    scene.answers = {(PUB, ISSUER): accepted(leaf), (SUB, ISSUER): accepted(leaf)}
    peers = {PUB: (Peer((), frozenset({"other"})),), SUB: (Peer((leaf,)),)}
    looks = facts(scene.device(peers=lambda: peers).observe(())).looks
    assert looks[PUB].is_success and looks[PUB].doubts == (Reason.WRONG_NAME, Reason.UNKNOWN_CA)
    assert looks[SUB].doubts == ()


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_certificate_is_shown_and_doubted_as_any_other(odd: Certificate, scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.answers[PUB, ISSUER] = accepted(odd)
    peers = {PUB: (Peer((odd,), frozenset({"other"})),)}
    seen = facts(scene.device(nodes=(PUB,), peers=lambda: peers).observe(()))
    assert seen.shown[PUB].certificate == odd and Reason.WRONG_NAME in seen.looks[PUB].doubts


def test_the_fingerprint_changes_with_what_is_shown_or_accepted_and_with_nothing_else(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,))

    def look(answer: Probed) -> str:
        scene.answers[PUB, ISSUER] = answer
        return device.observe((), full=True).fingerprint

    first = certificate("one")
    before = look(accepted(first))
    scene.now += timedelta(minutes=1)
    assert look(accepted(first)) == before
    assert look(refused(first)) != before
    assert look(accepted(certificate("two"))) != before


def test_nothing_can_be_done_there(scene: Scene) -> None:
    change = Change(Action.CREATE, Key("wire/edge", Kind.IDENTITY, "x"))
    acts: tuple[Callable[[], object], ...] = (
        lambda: scene.device().carry_out(Step(change, ())),
        lambda: scene.device().dialect().render(change),
    )
    for act in acts:
        with pytest.raises(OurBug, match="only looked at"):
            act()
