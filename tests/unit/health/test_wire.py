"""The device that is only looked at: whom it asks, with what, how often, and what it makes of the answers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.odd import ODD
from trunkline.health.judging import Peer
from trunkline.health.memory import State
from trunkline.health.probe import Place, Probed
from trunkline.health.tunnel import ProbeIdentity
from trunkline.health.wire import Ends, Looking, WireDevice
from trunkline.model.certificate import Certificate
from trunkline.model.errors import OurBug
from trunkline.model.handshake import Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed, WireFacts
from trunkline.model.plan import Action, Change, Step
from trunkline.twin.ca import Wish, new_key, self_signed

START = datetime(2026, 6, 1, tzinfo=UTC)
CUBE, PUB, SUB = "cube/edge", "cluster/seoul/pub", "cluster/seoul/sub"
PLACES = {CUBE: Place("10.0.0.1"), PUB: Place("10.0.0.2"), SUB: Place("10.0.0.3")}
ISSUER, OTHER = "AA", "BB"


def nobody_there(*, is_asking: bool) -> Probed:
    return Probed(problem="nothing listens there", reason=Reason.REFUSED, is_asking=is_asking)


def accepted(*chain: Certificate) -> Probed:
    return Probed(chain, "TLSv1.2", "AES256-SHA", is_accepted=True, is_asking=True)


def refused(*chain: Certificate, reason: Reason = Reason.UNKNOWN_CA) -> Probed:
    return Probed(chain, is_accepted=False, problem=f"alert: {reason}", reason=reason, is_asking=True)


def certificate(name: str) -> Certificate:
    return Certificate.from_pem(self_signed(Wish(name, START), new_key("ec", 256)).pem)


@dataclass
class Scene:
    """A probe that answers what it is told to, and a clock that is set by hand."""

    identities: dict[str, ProbeIdentity] = field(default_factory=dict)
    held: dict[str, frozenset[str]] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    answers: dict[tuple[str, str], Probed] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    now: datetime = START

    def __post_init__(self) -> None:
        self.looking = Looking(probe=self.probe)

    def after(self, **time: float) -> None:
        self.now = START + timedelta(**time)

    def probe(self, place: Place, identity: ProbeIdentity | None, timeout_seconds: float) -> Probed:
        holder = next(name for name, known in PLACES.items() if known == place)
        issuer = identity.key_pem if identity else ""
        self.asked.append((holder, issuer))
        return self.answers.get((holder, issuer), nobody_there(is_asking=bool(identity)))

    def may_present(self, *issuers: str) -> None:
        self.identities = {issuer: ProbeIdentity(issuer, ()) for issuer in issuers}

    def device(self, nodes: tuple[str, ...] = (PUB, SUB), **more: Any) -> WireDevice:
        places = {node: PLACES[node] for node in nodes}
        ends = Ends("edge", PLACES[CUBE], places, lambda: self.identities, lambda: self.held, states=lambda: self.states)
        ends = replace(ends, **more)
        return WireDevice(ends, lambda: self.now, self.looking)


def facts(seen: Observed) -> WireFacts:
    assert isinstance(seen.facts, WireFacts)
    return seen.facts


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


def test_a_node_of_several_cubes_is_looked_at_for_all_of_them(scene: Scene) -> None:
    scene.may_present(ISSUER)
    scene.answers[PUB, ISSUER] = accepted(certificate("pub"))
    first, second = (scene.device(nodes=(PUB,), cube_place=None, cube=name) for name in ("one", "two"))
    first.observe(())
    scene.after(minutes=2)
    assert facts(second.observe(())).looks[PUB].at == START
    assert scene.asked == [(PUB, ISSUER)]


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


def test_a_cube_is_asked_at_once_when_it_holds_the_ca_of_an_identity(scene: Scene) -> None:
    device = scene.device()
    device.observe(())
    scene.may_present(ISSUER)
    scene.held = {CUBE: frozenset({ISSUER})}
    device.observe((), full=True)
    assert scene.asked[-1] == (CUBE, ISSUER) or (CUBE, ISSUER) in scene.asked


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
