"""A renewal neither hurries for ever nor stops without a word: who is waited for is told, and nobody is asked too often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import NOW, allowing, documents, examples
from support.fake_certificates import CertifiedWorld, ca, signed
from support.ladders import (
    ADDRESSES,
    AT_ONCE,
    EDGE,
    FIRST,
    SECOND,
    edge,
    later,
    near_its_end,
    passes,
    sent,
    settled,
    trunk,
    wish,
)
from trunkline.model.errors import DeviceRefused
from trunkline.model.key import Key, Kind, cube_target
from trunkline.model.plan import Action
from trunkline.model.renewal.calendar import Policy, Window
from trunkline.model.renewal.memory import Holder, Order
from trunkline.model.renewal.standing import Rung

KEEPING = Policy(keep=timedelta(hours=24))


@pytest.fixture
def world() -> CertifiedWorld:
    return trunk()


def codes(world: CertifiedWorld, last: object) -> list[str]:
    return [wait.code for wait in last.standings[0].waits]  # type: ignore[attr-defined]


def test_a_call_is_waited_for_at_the_usual_pace(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    edge(world).call_legs, edge(world).busy = 2, frozenset({ADDRESSES[1]})
    found = world.climb(EDGE)
    assert codes(world, found[-1]) == ["calls"] and not found[-1].goes_on(found[-2])
    assert not world.run(EDGE, found[-1]).goes_on(found[-1])


def test_windows_that_are_rare_for_the_lifetime_do_not_renew_for_ever(world: CertifiedWorld) -> None:
    """A certificate of ten days that begins in a weekly window: no two windows are left after it is due."""
    window = Window("0 12 * * 2", timedelta(hours=3))
    world.wish_of[EDGE] = wish(world, policy=replace(AT_ONCE, windows=(window,)))
    world.issuer.days = 10
    last = passes(world, 10)
    for _ in range(28 * 4):
        later(world, hours=6)
        last = passes(world, 8, last)
    assert world.issuer.asked < 20
    assert min(edge(world).identities[name].not_after for name in edge(world).bound()) > world.clock.at


def test_an_answer_that_is_not_as_wished_is_told_and_not_asked_for_at_once_again(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.named = "somebody.example.com"
    last = passes(world, 20)
    assert codes(world, last) == ["bad-answer"] and world.issuer.asked == 1
    assert edge(world).bound() == {FIRST} and sent(world)[-1].change.action is not Action.DELETE
    later(world, hours=2)
    last = passes(world, 20, last)
    assert world.issuer.asked == 2
    world.issuer.named = ""
    holder = Holder(cube_target(EDGE), FIRST)
    world.journal.order(Order(holder, "the CA was mended", world.clock.now()))
    settled(world, last)


def test_connections_that_cannot_be_read_keep_the_earlier_one(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    edge(world).are_connections_readable = False
    last = passes(world, 20)
    assert edge(world).bound() == {SECOND} and FIRST in edge(world).identities
    assert codes(world, last) == ["wire"]
    edge(world).are_connections_readable = True
    settled(world, last)


def test_connections_that_cannot_be_read_any_more_keep_the_earlier_one(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world, policy=KEEPING)
    last = passes(world, 20)
    edge(world).are_connections_readable = False
    later(world, hours=25)
    last = passes(world, 3, last)
    assert FIRST in edge(world).identities and codes(world, last) == ["wire"]
    edge(world).are_connections_readable = True
    settled(world, last)


def test_a_connection_that_gets_the_number_of_the_one_before_is_ended_once(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    edge(world).are_ids_reused = True
    settled(world)
    recycled = [step for step in edge(world).sent if step.change.action is Action.RECYCLE]
    assert len(recycled) == len(ADDRESSES)


def test_a_profile_of_others_that_presents_the_earlier_one_is_named(world: CertifiedWorld) -> None:
    cube = edge(world)
    key = cube.write(Kind.TLS_PROFILE, "99", f"trustpoint {FIRST}")
    world.wish_of[EDGE] = wish(world)
    found = world.climb(EDGE)
    assert len(found) < 30 and cube.presented() == {SECOND} and FIRST in cube.identities
    (wait,) = found[-1].standings[0].waits
    assert wait.code == "wire" and "tls-profile 99" in wait.reason
    del cube.sections[key]
    settled(world, found[-1])


def test_what_ended_already_is_replaced_whatever_is_unproven(world: CertifiedWorld) -> None:
    """Nobody accepts it any more, so that nothing can be lost: neither a window nor a proof is waited for."""
    near_its_end(world)
    world.issuer.name = "New CA"
    never = Window("0 2 29 2 *", timedelta(hours=1))
    world.wish_of[EDGE] = wish(world, policy=replace(AT_ONCE, windows=(never,)))
    world.are_restarts_needed = True
    last = passes(world, 10)
    assert edge(world).bound() == {FIRST}
    later(world, days=2)
    last = passes(world, 10, last)
    assert edge(world).bound() == {SECOND}, last.standings


def test_a_node_that_needs_a_restart_is_waited_for_by_name(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.are_restarts_needed = True
    found = world.climb(EDGE)
    assert set(codes(world, found[-1])) == {"restart"} and len(found) < 20
    assert edge(world).bound() == {FIRST}
    world.are_restarts_needed = False
    settled(world, found[-1])


def test_what_waits_for_an_issuer_survives_a_reload(world: CertifiedWorld) -> None:
    """The key that the request is for is in memory only until the configuration is saved."""
    world.wish_of[EDGE] = wish(world)
    world.issuer.waits = "the CA team has it until Friday"
    passes(world, 8)
    assert SECOND in edge(world).keys and not edge(world).is_unsaved


def test_an_issuer_that_is_down_afterwards_is_not_missed(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    settled(world)
    world.issuer.is_down = True
    assert passes(world, 3).is_converged


def test_an_issuer_that_is_down_in_the_beginning_is_named(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.is_down = True
    last = passes(world, 3)
    assert codes(world, last) == ["issuer"] and len(edge(world).keys) == 1
    world.issuer.is_down = False
    settled(world, last)


def test_a_ca_that_is_rolled_over_on_the_way_begins_anew(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    last = passes(world, 2)
    world.issuer.name = "Newest CA"
    assert settled(world, last).identity.certificate.issued_by(ca("Newest CA"))  # type: ignore[union-attr]


def test_an_order_amid_a_renewal_is_served_with_a_new_key(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.waits = "the CA team has it"
    last = passes(world, 6)
    world.issuer.waits = ""
    world.journal.order(Order(Holder(cube_target(EDGE), FIRST), "it leaked", world.clock.now(), is_compromised=True))
    assert settled(world, last).serving == f"{FIRST}-2"
    assert world.journal.memory([cube_target(EDGE)]).orders == {}


def _observed_link(world: CertifiedWorld) -> None:
    files = {path: text for path, text in allowing(examples()).items() if "busan" not in path}
    path = next(path for path in files if path.startswith("links/"))
    world.says({**files, path: files[path] + b"enforcement: observe\n"}, "r2")
    assert documents


@pytest.mark.parametrize("number", range(0, 16, 3))
def test_nothing_is_done_for_links_that_are_only_observed(world: CertifiedWorld, number: int) -> None:
    world.wish_of[EDGE] = wish(world)
    last = passes(world, number) if number else None
    _observed_link(world)
    before = (len(edge(world).sent), len(sent(world)), world.issuer.asked)
    last = passes(world, 4, last)
    assert (len(edge(world).sent), len(sent(world)), world.issuer.asked) == before


@pytest.mark.parametrize("kind", [Kind.KEY_PAIR, Kind.TRUSTPOINT, Kind.TRUST_ANCHOR, Kind.CERTIFICATE_REQUEST, Kind.IDENTITY])
def test_what_the_router_refuses_is_told_and_an_order_tries_anew(world: CertifiedWorld, kind: Kind) -> None:
    world.wish_of[EDGE] = wish(world)

    def refuses(step: object) -> None:
        if step.key == Key(cube_target(EDGE), kind, SECOND):  # type: ignore[attr-defined]
            raise DeviceRefused("cannot do that on vg-yohur: the CUBE says `% no`; see why")

    world.faults.before_step = refuses
    last = passes(world, 6)
    assert last.failure and "the CUBE says" in last.failure.message and edge(world).bound() == {FIRST}
    world.faults.before_step = lambda step: None
    world.journal.order(Order(Holder(cube_target(EDGE), FIRST), "mended", world.clock.now()))
    last = passes(world, 2, last)
    assert settled(world, last).rung is Rung.ALONE


def test_a_certificate_that_ends_before_the_next_window_is_switched_now(world: CertifiedWorld) -> None:
    window = Window("0 2 1 1 *", timedelta(hours=1))
    cube = edge(world)
    cube.identities[FIRST] = signed("vg-yohur.example.com", "Voice CA", cube.keys["first-key"].public_key(), NOW, 20)
    world.wish_of[EDGE] = wish(world, policy=replace(AT_ONCE, windows=(window,)))
    assert settled(world).serving == SECOND
