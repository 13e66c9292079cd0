"""Laws of certificates: from any rung repeated passes reach the top, and at every instant each end accepts the other."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.fake import NOW
from support.fake_certificates import CertifiedWorld, signed
from support.ladders import ADDRESSES, AT_ONCE, EDGE, FIRST, SECOND, edge, near_its_end, sent, settled, trunk, wish
from trunkline.model.errors import DeviceRefused
from trunkline.model.key import Key, Kind, cube_target
from trunkline.model.passes import ConditionType, Status
from trunkline.model.plan import Action, Step
from trunkline.model.renewal.calendar import Policy, Window
from trunkline.model.renewal.memory import Holder, Order
from trunkline.model.renewal.standing import Rung


@pytest.fixture
def world() -> CertifiedWorld:
    return trunk()


def test_a_new_issuer_replaces_certificate_and_key(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    passes = world.climb(EDGE)
    assert settled(world, passes[-1]).serving == SECOND
    assert edge(world).identities[SECOND].issuer_common_name == "New CA"
    held = {
        one.common_name for cluster in world.clusters.values() for store in cluster.stores.values() for one in store.values()
    }
    assert held == {"New CA"}, "the trust of the earlier issuer went with it"


def test_a_leaf_renewed_under_the_same_ca_needs_nothing_of_the_cluster(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    near_its_end(world)
    before = len(sent(world))
    assert settled(world, world.climb(EDGE)[-1]).serving == SECOND
    assert sent(world)[before:] == [], "neither an upload nor a reset"


def test_a_change_of_name_is_announced_before_and_withdrawn_after(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world, "voice.example.net")
    profiles = []
    world.faults.before_step = lambda step: profiles.append(_named(world)) if step.key.kind is Kind.SIP_UA else None
    settled(world, world.climb(EDGE)[-1])
    assert profiles and {"voice.example.net", "vg-yohur.example.com"} <= profiles[0]
    assert _named(world) == {"voice.example.net"}


def _named(world: CertifiedWorld) -> set[str]:
    (cluster,) = world.clusters.values()
    return {
        name
        for key, settings in cluster.objects.items()
        if key.kind is Kind.SIP_SECURITY_PROFILE
        for name in settings["x509SubjectName"].split(",")
    }


def test_the_earlier_one_stays_as_long_as_policy_says(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world, policy=Policy(keep=timedelta(hours=24)))
    last = world.climb(EDGE)[-1]
    for _ in range(3):
        last = world.run(EDGE, last)
    assert [wait.code for wait in last.standings[0].waits] == ["keep"]
    assert set(edge(world).identities) == {FIRST, SECOND}
    world.clock.at += timedelta(hours=25)
    edge(world).clock_shown = edge(world).at = world.clock.at
    settled(world, last)


def test_what_can_be_felt_waits_for_a_window(world: CertifiedWorld) -> None:
    window = Window("0 2 * * *", timedelta(hours=1), "Asia/Seoul")  # 17:00 UTC
    world.wish_of[EDGE] = wish(world, policy=replace(AT_ONCE, windows=(window,)))
    before = len(sent(world))
    last = world.climb(EDGE)[-1]
    (standing,) = last.standings
    assert (standing.rung, standing.serving) == (Rung.INSTALLED, FIRST)
    assert [(wait.code, wait.until) for wait in standing.waits] == [("window", datetime(2026, 11, 24, 17, tzinfo=UTC))]
    assert sent(world)[before:] == [] and edge(world).bound() == {FIRST}
    world.clock.at = datetime(2026, 11, 24, 17, 1, tzinfo=UTC)
    edge(world).clock_shown = edge(world).at = world.clock.at
    settled(world, world.climb(EDGE)[-1])


def test_a_connection_with_a_call_is_left_alone(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    edge(world).call_legs, edge(world).busy = 2, frozenset({ADDRESSES[1]})
    busy_id = edge(world).ids[ADDRESSES[1]]
    last = world.climb(EDGE)[-1]
    for _ in range(2):
        last = world.run(EDGE, last)
    assert edge(world).ids[ADDRESSES[1]] == busy_id and edge(world).ids[ADDRESSES[0]] > 3
    assert [wait.code for wait in last.standings[0].waits] == ["calls"]
    assert FIRST in edge(world).identities, "it is in use still"
    edge(world).call_legs, edge(world).busy = 0, frozenset()
    settled(world, last)
    assert edge(world).ids[ADDRESSES[1]] != busy_id


@pytest.mark.parametrize("wrong", ["not authoritative", "years off"])
def test_nothing_is_done_while_a_clock_is_wrong(world: CertifiedWorld, wrong: str) -> None:
    world.wish_of[EDGE] = wish(world)
    world.run(EDGE)
    cube, before = edge(world), len(edge(world).sent)
    cube.is_clock_right, cube.clock_shown = wrong != "not authoritative", NOW + timedelta(days=2000 * (wrong == "years off"))
    last = world.climb(EDGE)[-1]
    assert len(cube.sent) == before
    assert [wait.code for wait in last.standings[0].waits] == ["clock"]
    cube.is_clock_right, cube.clock_shown = True, NOW
    settled(world, world.climb(EDGE)[-1])


def test_a_ca_of_a_name_that_is_taken_is_told_before_anything_is_touched(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    rival = signed("New CA", "Somebody else", edge(world).keys["first-key"].public_key(), NOW)
    (cluster,) = world.clusters.values()
    cluster.stores["cucm-sub1"][rival.sha256[:16]] = rival
    before = (len(edge(world).sent), len(sent(world)))
    last = world.climb(EDGE)[-1]
    assert [wait.code for wait in last.standings[0].waits] == ["cn-collision"]
    assert (len(edge(world).sent), len(sent(world))) == before


def test_an_issuer_that_needs_time_is_waited_for(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.waits = "the CA team has it until Friday"
    last = world.climb(EDGE)[-1]
    last = world.run(EDGE, last)
    assert last.result == "waiting" and last.failure is None
    assert [(wait.code, wait.reason) for wait in last.standings[0].waits] == [("issuer", world.issuer.waits)]
    said = {one.type: one.status for conditions in last.conditions.values() for one in conditions}
    assert said[ConditionType.IN_SYNC] is said[ConditionType.READY] is Status.TRUE, "calls are carried meanwhile"
    world.issuer.waits = ""
    settled(world, world.climb(EDGE)[-1])


def test_an_issuer_that_is_down_amid_a_climb_does_not_undo_it(world: CertifiedWorld) -> None:
    """Whether what was begun is still wished cannot be judged without its CA."""
    world.wish_of[EDGE] = wish(world)
    world.issuer.waits = "the CA team has it until Friday"
    world.climb(EDGE)
    key, world.issuer.is_down = edge(world).keys[SECOND], True
    for _ in range(2):
        last = world.run(EDGE)
    (wait,) = last.standings[0].waits
    assert wait.code == "issuer" and "connection refused" in wait.reason
    world.issuer.is_down, world.issuer.waits = False, ""
    settled(world, world.climb(EDGE)[-1])
    assert edge(world).keys[SECOND] is key


def test_an_issuer_that_is_down_is_told_although_nothing_is_due(world: CertifiedWorld) -> None:
    """Whether the certificate in use is one of its is not known then."""
    world.wish_of[EDGE] = wish(world)
    settled(world)
    world.issuer.is_down = True
    last = world.run(EDGE)
    assert last.is_converged and [wait.code for wait in last.standings[0].waits] == ["issuer"]


def test_where_the_probe_sees_nothing_a_connection_made_anew_is_proof(world: CertifiedWorld) -> None:
    world.wish_of[EDGE], world.is_shut_out = wish(world), True
    edge(world).connections, edge(world).ids = (), {}
    last = world.climb(EDGE)[-1]
    assert FIRST in edge(world).identities and [wait.code for wait in last.standings[0].waits] == ["wire"]
    edge(world).connect(*ADDRESSES)
    settled(world, world.run(EDGE, last))


def test_a_label_that_looks_like_a_revision_is_not_one(world: CertifiedWorld) -> None:
    """The key that somebody labelled with a year is that of the certificate in use: it is neither asked for again nor taken."""
    cube = edge(world)
    cube.keys[f"{FIRST}-2026"] = cube.keys.pop("first-key")
    cube.sections[Key(cube.target, Kind.TRUSTPOINT, FIRST)].clear()
    cube.write(Kind.TRUSTPOINT, FIRST, "enrollment terminal", "revocation-check none", f"rsakeypair {FIRST}-2026")
    before, world.wish_of[EDGE] = cube.keys[f"{FIRST}-2026"], wish(world)
    standing = settled(world, world.climb(EDGE)[-1])
    assert standing.serving == f"{FIRST}-2027", "a label is never given twice"
    assert cube.keys[standing.serving] is not before


def test_a_later_trustpoint_that_somebody_made_is_left_alone(world: CertifiedWorld) -> None:
    cube, theirs = edge(world), f"{FIRST}-7"
    cube.keys[theirs] = ec.generate_private_key(ec.SECP256R1())
    key = cube.write(Kind.TRUSTPOINT, theirs, "enrollment terminal", f"eckeypair {theirs}")
    world.wish_of[EDGE] = wish(world)
    for _ in range(3):
        last = world.climb(EDGE)[-1]
    assert last.is_converged and last.standings[0].serving == f"{FIRST}-8"
    assert theirs in cube.keys and key in cube.sections


def test_a_step_that_the_cube_refuses_leaves_the_link_ready(world: CertifiedWorld) -> None:
    """What the coming certificate lacks is nothing that calls lack."""

    def refuses(step: Step) -> None:
        if step.key.kind is Kind.TRUST_ANCHOR and step.key.name == SECOND:
            raise DeviceRefused("cannot authenticate: the CUBE says no")

    world.wish_of[EDGE], world.faults.before_step = wish(world), refuses
    last = world.climb(EDGE)[-1]
    assert last.failure and last.remaining
    said = {one.type: one.status for conditions in last.conditions.values() for one in conditions}
    assert said[ConditionType.TRUST_READY] is said[ConditionType.READY] is Status.TRUE


def test_a_refused_answer_leaves_what_works_alone(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.refuses = "the certificate is for another key"
    last = world.climb(EDGE)[-1]
    last = world.run(EDGE, last)
    assert last.failure and world.issuer.refuses in last.failure.message
    assert edge(world).bound() == {FIRST} and world.issuer.asked == 1, "it is not asked the same thing again"
    world.see_that_all_accept()


def test_an_order_begins_anew_what_was_refused(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.refuses = "the certificate is for another key"
    last = world.climb(EDGE)[-1]
    world.issuer.refuses = ""
    world.journal.order(Order(Holder(cube_target(EDGE), FIRST), "the CA was mended", world.clock.now()))
    assert settled(world, world.run(EDGE, last)).serving == f"{FIRST}-2"


def test_a_person_may_renew_now(world: CertifiedWorld) -> None:
    world.issuer.name = "Voice CA"
    world.wish_of[EDGE] = wish(world)
    near_its_end(world)
    settled(world, world.climb(EDGE)[-1])
    holder = Holder(cube_target(EDGE), FIRST)
    world.journal.order(Order(holder, "moved to another room", world.clock.now()))
    assert settled(world, world.climb(EDGE)[-1]).serving == f"{FIRST}-2"
    assert world.journal.memory([cube_target(EDGE)]).orders == {}


def test_a_compromised_key_goes_at_once_windows_or_not(world: CertifiedWorld) -> None:
    never = Window("0 2 29 2 *", timedelta(hours=1))
    world.wish_of[EDGE] = wish(world, policy=Policy(windows=(never,), keep=timedelta(days=30)))
    world.journal.order(Order(Holder(cube_target(EDGE), FIRST), "stolen laptop", world.clock.now(), is_compromised=True))
    assert settled(world, world.climb(EDGE)[-1]).serving == SECOND


def test_a_revision_that_documents_do_not_want_any_more_is_given_up(world: CertifiedWorld) -> None:
    for passes in range(4):
        world.wish_of[EDGE] = wish(world, f"name-{passes}.example.com")
        for _ in range(passes):
            world.run(EDGE)
    world.wish_of[EDGE] = wish(world, "at-last.example.com")
    settled(world)


def test_what_somebody_deleted_is_made_anew(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    settled(world)
    world.are_acts_watched = False
    cube = edge(world)
    cube.identities.pop(SECOND), cube.keys.pop(SECOND), cube.anchors.pop(SECOND)
    del cube.sections[Key(cube.target, Kind.TRUSTPOINT, SECOND)]
    assert settled(world).serving == f"{FIRST}-2"


class Killed(BaseException):
    """The process ends."""


def _dies_at(world: CertifiedWorld, number: int) -> Callable[[], bool]:
    """Let the process die after its n-th act or write; tells whether it did."""
    left = [number]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    watched = world.faults.after_step
    world.faults.after_step = lambda step: (watched(step), count())  # type: ignore[assignment]
    journal, real = world.journal, type(world.journal)
    for name in ("begin", "intend", "done", "bound", "forget_holder", "serve"):

        def write(*args: object, _name: str = name, **more: object) -> object:
            value = getattr(real, _name)(journal, *args, **more)
            count()
            return value

        setattr(journal, name, write)
    return lambda: left[0] <= 0


@pytest.mark.parametrize("number", range(1, 66))
def test_it_may_be_killed_after_any_act_or_write(world: CertifiedWorld, number: int) -> None:
    world.wish_of[EDGE] = wish(world)
    is_dead = _dies_at(world, number)
    with contextlib.suppress(Killed):
        settled(world)
    assert is_dead(), "there is no such moment: take the number out of the list"
    settled(world)


def test_the_dry_run_says_what_comes_next(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    plan = world.plan(EDGE).plan
    assert plan
    assert [(step.key.kind, step.change.action) for step in plan.steps] == [
        (Kind.KEY_PAIR, Action.CREATE),
        (Kind.TRUSTPOINT, Action.CREATE),
        (Kind.TRUST_ANCHOR, Action.CREATE),
        (Kind.CERTIFICATE_REQUEST, Action.CREATE),
    ]


def test_a_ca_that_was_rolled_over_signs_the_next_one_when_that_is_due(world: CertifiedWorld) -> None:
    """A fleet does not renew at once because its CA did; until then both CAs are trusted where they are needed."""
    world.wish_of[EDGE] = wish(world)
    assert settled(world, world.climb(EDGE)[-1]).serving == SECOND
    world.issuer.name = "Newer CA"
    assert settled(world).serving == SECOND
    world.clock.at += timedelta(days=70)
    edge(world).clock_shown = edge(world).at = world.clock.at
    assert settled(world, world.climb(EDGE)[-1]).serving == f"{FIRST}-2"
    assert edge(world).identities[f"{FIRST}-2"].issuer_common_name == "Newer CA"
