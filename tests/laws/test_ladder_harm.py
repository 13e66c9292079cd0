"""What a renewal must never take away: trust in use, what others made, and what a person needs to get in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import allowing, ca_certificate, certificate, documents, examples
from support.fake_certificates import CertifiedWorld, ca, signed
from support.ladders import ADDRESSES, AT_ONCE, EDGE, FIRST, NODES, SECOND, edge, later, passes, sent, settled, trunk, wish
from trunkline.model.errors import DeviceUnreachable
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.model.plan import Action
from trunkline.model.renewal.calendar import Policy, Window
from trunkline.model.renewal.standing import Rung

KEEPING = Policy(keep=timedelta(hours=24))


@pytest.fixture
def world() -> CertifiedWorld:
    return trunk()


def _nodes_of_the_voice_ca(world: CertifiedWorld) -> None:
    (cluster,) = world.clusters.values()
    for node in NODES:
        cluster.renewed[node] = certificate(f"{node}.example.com", "Voice CA")
        cluster.issuers[node] = (ca_certificate(),)


def test_the_ca_of_the_nodes_stays_when_the_trustpoint_goes_that_held_it() -> None:
    """One CA signed everything: the CUBE's first trustpoint held it, so that none was made for the nodes."""
    world = trunk(_nodes_of_the_voice_ca)
    world.wish_of[EDGE] = wish(world)
    settled(world)
    assert ca_certificate() in edge(world).anchors.values()


def test_a_root_stays_when_the_trustpoint_goes_that_held_it(world: CertifiedWorld) -> None:
    world.issuer.root = "Voice CA"
    world.wish_of[EDGE] = wish(world)
    settled(world)
    (cluster,) = world.clusters.values()
    assert all({"New CA", "Voice CA"} == {one.common_name for one in store.values()} for store in cluster.stores.values())


def test_a_chain_that_is_shown_in_part_withdraws_nothing(world: CertifiedWorld) -> None:
    world.issuer.root = "Some Root"
    world.wish_of[EDGE] = wish(world)
    last, cube = passes(world, 30), edge(world)
    holder = next(name for name, anchor in cube.anchors.items() if anchor == ca("Some Root"))
    before = len(sent(world))
    cube.gaps = (Gap(cube.target, "busy", Kind.TRUST_ANCHOR, holder),)
    world.run(EDGE, last)
    assert len(sent(world)) == before
    cube.gaps = ()
    settled(world)


def _hidden(world: CertifiedWorld, *names: str) -> tuple[Gap, ...]:
    kinds = (Kind.TRUST_ANCHOR, Kind.IDENTITY)
    return tuple(Gap(edge(world).target, "somebody else configures it", kind, name) for name in names for kind in kinds)


@pytest.mark.parametrize("hidden", [(SECOND,), (FIRST,), (FIRST, SECOND)])
def test_what_cannot_be_read_is_presented_still(world: CertifiedWorld, hidden: tuple[str, ...]) -> None:
    world.wish_of[EDGE] = wish(world, policy=KEEPING)
    last, cube = passes(world, 20), edge(world)
    assert cube.bound() == {SECOND} and FIRST in cube.identities
    before = (len(cube.sent), len(sent(world)))
    cube.gaps = _hidden(world, *hidden)
    last = passes(world, 3, last)
    assert (len(cube.sent), len(sent(world))) == before and last.standings[0].serving == SECOND
    cube.gaps = ()
    later(world, hours=25)
    assert settled(world, world.run(EDGE, last)).serving == SECOND


@pytest.mark.parametrize("number", range(1, 14))
def test_a_gap_at_any_moment_delays_and_harms_nothing(world: CertifiedWorld, number: int) -> None:
    """Each trustpoint in turn cannot be exported, from the n-th pass on, for some passes."""
    world.wish_of[EDGE] = wish(world)
    last = passes(world, number)
    for name in (FIRST, SECOND):
        edge(world).gaps = _hidden(world, name)
        last = passes(world, 2, last)
    edge(world).gaps = ()
    settled(world, world.run(EDGE, last))


@pytest.mark.parametrize("number", range(1, 14))
def test_a_node_may_be_away_at_any_moment(world: CertifiedWorld, number: int) -> None:
    world.wish_of[EDGE] = wish(world)
    last = passes(world, number)
    (cluster,) = world.clusters.values()
    cluster.gaps = (Gap(cluster.target, "it does not answer", Kind.CALLMANAGER_TRUST, "cucm-sub2/"),)
    last = passes(world, 3, last)
    cluster.gaps = ()
    settled(world, world.run(EDGE, last))


def test_what_others_made_under_such_a_name_is_theirs(world: CertifiedWorld) -> None:
    cube, theirs = edge(world), f"{FIRST}-7"
    cube.write(Kind.TRUSTPOINT, theirs, f"rsakeypair {theirs}")
    cube.keys[theirs] = cube.keys["first-key"]
    cube.identities[theirs], cube.anchors[theirs] = cube.identities[FIRST], cube.anchors[FIRST]
    cube.write(Kind.TLS_PROFILE, "99", f"trustpoint {theirs}")
    world.wish_of[EDGE] = wish(world)
    last = passes(world, 40)
    assert (last.standings[0].rung, last.standings[0].serving) == (Rung.ALONE, f"{FIRST}-8")
    assert cube.bound() == {f"{FIRST}-8", theirs} and set(cube.keys) == {f"{FIRST}-8", theirs}
    assert {theirs, f"{FIRST}-8"} == set(cube.identities)


@pytest.mark.parametrize("user", ["another trustpoint", "ssh"])
def test_a_key_that_is_used_elsewhere_stays(world: CertifiedWorld, user: str) -> None:
    cube = edge(world)
    label = "vg-yohur.example.com" if user == "ssh" else "first-key"
    cube.keys[label] = cube.keys.pop("first-key")
    cube.sections[Key(cube.target, Kind.TRUSTPOINT, FIRST)]["keypair"] = f"rsakeypair {label}"
    if user != "ssh":
        cube.write(Kind.TRUSTPOINT, "other", f"rsakeypair {label}")
    world.wish_of[EDGE] = wish(world)
    last = passes(world, 40)
    assert last.is_converged and last.standings[0].rung is Rung.ALONE, last.plan
    assert set(cube.keys) == {label, SECOND} and FIRST not in cube.identities


def test_a_window_that_closes_midway_undoes_nothing(world: CertifiedWorld) -> None:
    window = Window("0 13 * * *", timedelta(hours=1))
    world.wish_of[EDGE] = wish(world, "voice.example.net", policy=replace(AT_ONCE, windows=(window,)))
    last = passes(world, 12)
    later(world, hours=1, minutes=30)

    def dies(step: object) -> None:
        if getattr(step, "key", Key("", Kind.GLOBAL, "")).name.startswith("cucm-sub2/"):
            raise DeviceUnreachable("cannot reach cucm-sub2: no answer; see to its network")

    world.faults.before_step = dies
    last = passes(world, 2, last)
    world.faults.before_step = lambda step: None
    before = len(sent(world))
    assert before and edge(world).bound() == {FIRST}
    later(world, hours=1)
    last = passes(world, 3, last)
    assert [wait.code for wait in last.standings[0].waits] == ["window"]
    assert [step for step in sent(world)[before:] if step.change.action in (Action.DELETE, Action.UPDATE)] == []
    later(world, hours=23)
    settled(world, world.run(EDGE, last))


@pytest.mark.parametrize("trouble", ["clock", "issuer"])
def test_trust_that_was_given_is_not_withdrawn_meanwhile(world: CertifiedWorld, trouble: str) -> None:
    world.wish_of[EDGE] = wish(world, "voice.example.net")
    world.are_restarts_needed = True
    last, cube, before = passes(world, 15), edge(world), len(sent(world))
    assert before and cube.bound() == {FIRST}
    cube.is_clock_right, world.issuer.is_down = trouble != "clock", trouble == "issuer"
    last = passes(world, 3, last)
    assert sent(world)[before:] == []
    cube.is_clock_right, world.are_restarts_needed = True, False
    settled(world, world.run(EDGE, last))


def test_documents_without_an_issuer_give_up_what_was_begun(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.waits = "the CA team has it"
    last = passes(world, 8)
    assert SECOND in edge(world).keys
    world.wish_of[EDGE] = replace(wish(world), issuer="")
    passes(world, 3, last)
    assert edge(world).bound() == {FIRST} == set(edge(world).identities) and set(edge(world).keys) == {"first-key"}


def test_documents_without_an_issuer_keep_what_is_in_use(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world, policy=KEEPING)
    last = passes(world, 20)
    world.wish_of[EDGE] = replace(wish(world), issuer="")
    passes(world, 3, last)
    assert edge(world).bound() == {SECOND} and set(edge(world).identities) == {FIRST, SECOND}


def test_a_person_who_binds_the_earlier_one_again_does_no_harm(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world, policy=KEEPING)
    last, cube = passes(world, 20), edge(world)
    cube.sections[Key(cube.target, Kind.SIP_UA, "")]["crypto signaling default"] = (
        f"crypto signaling default trustpoint {FIRST}"
    )
    ids = dict(cube.ids)
    last = passes(world, 8, last)
    assert cube.bound() == {SECOND} and not set(ids.values()) & set(cube.ids.values()), "they may present the earlier one"
    later(world, hours=25)
    settled(world, last)


def test_two_routers_of_one_cluster_leave_each_other_their_trust() -> None:
    world = CertifiedWorld(documents(allowing(examples())))
    for name in world.cubes:
        assert world.converge(name).is_converged
    world.are_acts_watched = True
    world.see_that_all_accept()
    world.wish_of[EDGE] = wish(world)
    last = passes(world, 30)
    (cluster,) = world.clusters.values()
    assert last.standings[0].rung is Rung.ALONE
    assert all("Voice CA" in {one.common_name for one in store.values()} for store in cluster.stores.values())
    world.see_that_all_accept()


def test_another_certificate_put_in_by_hand_is_not_presented(world: CertifiedWorld) -> None:
    world.wish_of[EDGE] = wish(world)
    world.issuer.waits = "the CA team has it"
    last, cube = passes(world, 8), edge(world)
    cube.identities[SECOND] = signed("somebody.example.com", "New CA", cube.keys[SECOND].public_key(), world.clock.at)
    world.issuer.waits = ""
    later(world, hours=2)
    assert settled(world, passes(world, 2, last)).identity.certificate.common_name == "vg-yohur.example.com"


def test_a_router_without_any_certificate_gets_its_first() -> None:
    files = {path: text for path, text in allowing(examples()).items() if "busan" not in path}
    world = CertifiedWorld(documents(files))
    cube = edge(world)
    for held in (cube.identities, cube.keys, cube.anchors):
        held.clear()
    del cube.sections[Key(cube.target, Kind.TRUSTPOINT, FIRST)]
    world.wish_of[EDGE] = wish(world)
    assert settled(world).serving == SECOND


@pytest.mark.parametrize("refused", [Kind.TLS_PROFILE, Kind.SIP_UA, None])
def test_a_profile_is_switched_as_well_as_the_default(refused: Kind | None) -> None:
    """`crypto signaling` leads to a TLS profile, and that to the trustpoint; the switch is refused at first."""
    files = {path: text for path, text in allowing(examples()).items() if "busan" not in path}
    path = next(path for path in files if path.startswith("links/"))
    files[path] = files[path].replace(b"  signalling: default\n", b"  signalling: default\n  profile: {tag: 10}\n")
    world = CertifiedWorld(documents(files))
    assert world.converge(EDGE).is_converged
    edge(world).connect(*ADDRESSES)
    world.are_acts_watched = True
    assert edge(world).presented() == {FIRST} and Key(edge(world).target, Kind.TLS_PROFILE, "10") in edge(world).sections
    world.wish_of[EDGE] = wish(world)

    def busy(step: object) -> None:
        if getattr(step, "key", None) and step.key.kind is refused:  # type: ignore[attr-defined]
            raise DeviceUnreachable("cannot reach vg-yohur: the session died; it is tried again")

    world.faults.before_step = busy
    last = passes(world, 12)
    world.faults.before_step = lambda step: None
    settled(world, last)
