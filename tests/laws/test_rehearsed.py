"""Laws of the forecast: what is done for a link's sake is never held as if it broke one, and what is foretold comes true."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws.worlds import CUBES, LAW, worlds
from support.commits import EDITS
from support.examples import changed
from support.fake import FakeWorld, without_links
from support.fake_certificates import CertifiedWorld
from support.ladders import ADDRESSES, EDGE, near_its_end, settled, trunk, wish
from trunkline.health.rehearsal.rehearsal import InMemory
from trunkline.model.outcome import Hold
from trunkline.model.passes import Pass

SUITES = (
    "cubes/cube-busan.yaml",
    "[ECDHE_RSA_AES256_GCM_SHA384, ECDHE_RSA_AES128_GCM_SHA256]",
    "[ECDHE_ECDSA_AES256_GCM_SHA384]",
)
"""The world in memory has no RSA keys."""
RENEWALS: dict[str, Callable[[CertifiedWorld], None]] = {
    "another CA": lambda world: None,
    "the same CA": near_its_end,
    "another CA below a root": lambda world: setattr(world.issuer, "root", "Root"),
    "nodes that answer late": lambda world: setattr(world, "is_shut_out", True),
}


def _breaks(passes: list[Pass]) -> list[str]:
    verdicts = [finished.verdict for finished in passes]
    return [reason.text for verdict in verdicts if isinstance(verdict, Hold) for reason in verdict.reasons]


@pytest.mark.parametrize("name", ["vg-yohur.example.com", "voice.example.net"])
@pytest.mark.parametrize("story", RENEWALS)
def test_no_rung_of_a_renewal_is_held_and_every_handshake_is_foretold_to_go_well(story: str, name: str) -> None:
    world = trunk()
    world.rehearsal = InMemory()
    world.wish_of[EDGE] = wish(world, name)
    RENEWALS[story](world)
    passes = world.climb(EDGE)
    settled(world, passes[-1])
    assert _breaks(passes) == []
    ways = [way for finished in passes for of_link in finished.forecasts.values() for way in of_link]
    assert len(ways) >= 6, "at least the switch was rehearsed"
    assert {(way.before.is_ok, way.after.is_ok) for way in ways} == {(True, True)}


@LAW
@given(worlds(), st.sampled_from([(), ("busan-seoul",), ("yohur-seoul",)]))
def test_what_documents_add_and_remove_is_never_held_as_a_break(world: FakeWorld, removed: tuple[str, ...]) -> None:
    world.rehearsal = InMemory()
    passes: list[Pass] = []
    fitting = changed(SUITES)
    for files, revision in ((fitting, "r1"), (without_links(fitting, *removed), "r2"), (fitting, "r3")):
        world.says(files, revision)
        for cube in CUBES:
            passes.append(world.converge(cube))
            world.cubes[cube].connections = ADDRESSES
    assert [text for text in _breaks(passes) if "come up" in text] == []
    for planned in map(world.plan, CUBES):
        ways = [way for of_link in planned.forecasts.values() for way in of_link]
        assert not planned.is_converged or all(way.before.is_ok and way.after.is_ok for way in ways), ways


def test_what_is_foretold_after_a_plan_is_what_is_foretold_once_it_was_carried_out() -> None:
    world = FakeWorld(rehearsal=InMemory())
    for cube in CUBES:
        planned = world.plan(cube)
        world.converge(cube)
        done = world.plan(cube)
        then = {link: [replace(way, before=way.after) for way in ways] for link, ways in planned.forecasts.items()}
        assert then == {link: list(ways) for link, ways in done.forecasts.items()}


@LAW
@given(st.sampled_from(CUBES), st.lists(st.integers(0, 99), min_size=1, max_size=5))
def test_commit_after_commit_what_is_foretold_is_what_is_foretold_once_it_was_done(cube: str, choices: list[int]) -> None:
    world = FakeWorld(rehearsal=InMemory())
    world.converge(cube)
    edits = list(EDITS[cube].values())
    for number, chosen in enumerate(choices):
        edit = edits[chosen % len(edits)]
        world.says(changed((edit.path, edit.before, edit.after)), f"r{number}")
        foretold = {link: [way.after for way in ways] for link, ways in world.plan(cube).forecasts.items()}
        assert foretold
        world.converge(cube)
        assert foretold == {link: [way.before for way in ways] for link, ways in world.plan(cube).forecasts.items()}, edit


PORT = ("links/yohur-seoul.yaml", "  port: 5061", "  port: 5062")
PORT_OF_CUBE = (
    "cubes/vg-yohur.yaml",
    "  interface: GigabitEthernet0/0\n",
    "  interface: GigabitEthernet0/0\n  tls_port: 5062\n",
)
ONE_END = ("links/yohur-seoul.yaml", "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields: {incomingPort: 5062}\n")


@pytest.mark.parametrize(
    ("edit", "is_held"), [(PORT, False), (PORT_OF_CUBE, False), (ONE_END, True)], ids=["port", "port of the CUBE", "one end"]
)
def test_a_port_that_moves_on_both_ends_breaks_nothing(edit: tuple[str, str, str], *, is_held: bool) -> None:
    world = FakeWorld(rehearsal=InMemory())
    world.converge("vg-yohur")
    world.cubes["vg-yohur"].connections = ADDRESSES
    world.says(changed(edit), "r2")
    finished = world.run("vg-yohur")
    assert bool(_breaks([finished])) is is_held
    assert is_held or finished.is_converged


def test_a_link_without_a_connection_does_not_work_whatever_is_foretold_of_it() -> None:
    """It may be down for reasons that no configuration shows: the change may be the cure."""
    world = FakeWorld(rehearsal=InMemory())
    world.converge("vg-yohur")
    world.says(changed(ONE_END), "r2")
    assert _breaks([world.plan("vg-yohur")]) == []
