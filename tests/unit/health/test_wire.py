"""The device that is only looked at: whom it asks, with what, how often, and what it makes of the answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from trunkline.health.probe import Place, Probed
from trunkline.health.tunnel import ProbeIdentity
from trunkline.health.wire import Ends, Looking, WireDevice
from trunkline.model.certificate import Certificate
from trunkline.model.errors import OurBug
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed, WireFacts
from trunkline.model.plan import Action, Change, Step
from trunkline.twin.ca import Wish, new_key, self_signed

START = datetime(2026, 6, 1, tzinfo=UTC)
CUBE, PUB, SUB = "cube/edge", "cluster/seoul/pub", "cluster/seoul/sub"
PLACES = {CUBE: Place("10.0.0.1"), PUB: Place("10.0.0.2"), SUB: Place("10.0.0.3")}
ISSUER, OTHER = "AA", "BB"


def certificate(name: str) -> Certificate:
    return Certificate.from_pem(self_signed(Wish(name, START), new_key("ec", 256)).pem)


@dataclass
class Scene:
    """A probe that answers what it is told to, and a clock that is set by hand."""

    identities: dict[str, ProbeIdentity] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    answers: dict[tuple[str, str], Probed] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    now: datetime = START

    def probe(self, place: Place, identity: ProbeIdentity | None, timeout_seconds: float) -> Probed:
        holder = next(name for name, known in PLACES.items() if known == place)
        issuer = identity.key_pem if identity else ""
        self.asked.append((holder, issuer))
        return self.answers.get((holder, issuer), Probed(problem="nothing listens there"))

    def may_present(self, *issuers: str) -> None:
        self.identities = {issuer: ProbeIdentity(issuer, ()) for issuer in issuers}

    def device(self, nodes: tuple[str, ...] = (PUB, SUB)) -> WireDevice:
        places = {node: PLACES[node] for node in nodes}
        ends = Ends("edge", PLACES[CUBE], places, lambda: self.identities, lambda: self.held)
        return WireDevice(ends, lambda: self.now, Looking(probe=self.probe))


def facts(seen: Observed) -> WireFacts:
    assert isinstance(seen.facts, WireFacts)
    return seen.facts


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_every_node_is_asked_with_every_identity_and_the_cube_with_one_that_it_welcomes(scene: Scene) -> None:
    scene.may_present(ISSUER, OTHER)
    scene.held = frozenset({OTHER, "CC"})
    scene.device().observe(())
    assert sorted(scene.asked) == sorted([(n, i) for n in (PUB, SUB) for i in (ISSUER, OTHER)] + [(CUBE, OTHER)])


def test_what_was_presented_counts_whatever_became_of_the_connection(scene: Scene) -> None:
    scene.may_present(ISSUER)
    leaf, above = certificate("pub"), certificate("ca")
    scene.answers[PUB, ISSUER] = Probed((leaf, above), is_accepted=False, problem="alert: unknown ca")
    seen = facts(scene.device().observe(()))
    assert seen.shown[PUB].certificate == leaf and seen.shown[PUB].chain == (leaf, above)
    assert not seen.accepted[PUB, ISSUER].is_accepted and seen.accepted[PUB, ISSUER].problem == "alert: unknown ca"


def test_who_cannot_be_reached_is_shown_with_the_reason_and_says_nothing_of_acceptance(scene: Scene) -> None:
    scene.may_present(ISSUER)
    seen = facts(scene.device().observe(()))
    assert seen.shown[SUB].certificate is None and seen.shown[SUB].problem == "nothing listens there"
    assert not seen.accepted


def test_it_looks_again_after_an_hour_or_when_all_is_read(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,))
    scene.held = frozenset({ISSUER})
    for minutes, full, looks in ((0, False, 1), (59, False, 1), (60, False, 2), (61, True, 3), (62, False, 3)):
        scene.now = START + timedelta(minutes=minutes)
        device.observe((), full=full)
        assert scene.asked.count((PUB, ISSUER)) == looks
        assert scene.asked.count((CUBE, ISSUER)) == looks


def test_a_cube_that_welcomes_nothing_is_asked_rarely_and_what_it_showed_is_remembered(scene: Scene) -> None:
    leaf = certificate("edge")
    scene.answers[CUBE, ""] = Probed((leaf,), problem="alert: handshake failure")
    device = scene.device()
    for hours in range(6):
        scene.now = START + timedelta(hours=hours)
        assert facts(device.observe((), full=True)).shown[CUBE].certificate == leaf
    assert scene.asked.count((CUBE, "")) == 1 and scene.asked.count((PUB, "")) == 6
    scene.now = START + timedelta(hours=6)
    device.observe((), full=True)
    assert scene.asked.count((CUBE, "")) == 2


def test_a_cube_is_asked_at_once_when_it_holds_the_ca_of_an_identity(scene: Scene) -> None:
    device = scene.device()
    device.observe(())
    scene.may_present(ISSUER)
    scene.held = frozenset({ISSUER})
    device.observe((), full=True)
    assert scene.asked[-1] == (CUBE, ISSUER) or (CUBE, ISSUER) in scene.asked


def test_the_fingerprint_changes_with_what_is_shown_or_accepted_and_with_nothing_else(scene: Scene) -> None:
    scene.may_present(ISSUER)
    device = scene.device(nodes=(PUB,))

    def look(answer: Probed) -> str:
        scene.answers[PUB, ISSUER] = answer
        return device.observe((), full=True).fingerprint

    first = certificate("one")
    accepted = look(Probed((first,), is_accepted=True))
    scene.now += timedelta(minutes=1)
    assert look(Probed((first,), is_accepted=True)) == accepted
    assert look(Probed((first,), is_accepted=False)) != accepted
    assert look(Probed((certificate("two"),), is_accepted=True)) != accepted


def test_nothing_can_be_done_there(scene: Scene) -> None:
    change = Change(Action.CREATE, Key("wire/edge", Kind.IDENTITY, "x"))
    acts: tuple[Callable[[], object], ...] = (
        lambda: scene.device().carry_out(Step(change, ())),
        lambda: scene.device().dialect().render(change),
    )
    for act in acts:
        with pytest.raises(OurBug, match="only looked at"):
            act()
