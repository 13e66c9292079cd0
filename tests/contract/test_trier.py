"""The trier: it finds what would refuse a call, tells it from what nobody could have answered, and is cheap."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.cluster import until
from support.scene import Scene, converge
from trunkline.twin.lab.trier import Trier, Way, ways_between


@pytest.fixture
def trier(scene: Scene) -> Iterator[Trier]:
    """Both ends of the article's trunk, made by the daemon."""
    world = scene.world()
    finished = converge(world, scene.documents(), "vg-yohur")
    world.close()
    assert finished.is_converged, finished.failure
    cluster = scene.lab.clusters["seoul"]
    until(lambda: all(node.sip.trunks for node in cluster.nodes.values()), "the trunk runs on every node")
    until(lambda: all(result.is_ok for _, result in scene.lab.handshakes("vg-yohur", "seoul")), "handshakes succeed")
    with Trier(scene.lab, ways_between(scene.lab, "vg-yohur", "seoul")) as trying:
        yield trying


def settled(trier: Trier, more: int = 2) -> None:
    """Every way was tried so often once more."""
    tally = trier.tally
    seen = tally.accepted + tally.unavailable + tally.interrupted
    until(lambda: all(_tries(trier, way) >= seen[way] + more for way in _ways(trier)), "every way tried again")


def _ways(trier: Trier) -> list[Way]:
    return list(ways_between(trier.lab, "vg-yohur", "seoul"))


def _tries(trier: Trier, way: Way) -> int:
    tally = trier.tally
    refused = sum(refusal.way == way for refusal in tally.refusals)
    return tally.accepted[way] + tally.unavailable[way] + tally.interrupted[way] + refused


def test_a_trunk_that_is_well_is_never_refused_and_both_ends_are_known(trier: Trier) -> None:
    settled(trier, more=10)
    tally = trier.tally
    assert tally.attempts >= 60 and not tally.refusals and not tally.unavailable
    cube = trier.lab.cubes["vg-yohur"].agent.presented("10.72.86.74")
    assert cube
    for way in _ways(trier):
        node = trier.lab.clusters["seoul"].nodes[way.node].served.certificate
        assert tally.serials[way] == [f"{(node if way.is_from_cube else cube).serial_number:X}"]


def test_an_end_without_trust_is_found_in_its_direction_with_what_was_presented(trier: Trier) -> None:
    node = trier.lab.clusters["seoul"].nodes["cucm-sub1"]
    served = f"{node.served.certificate.serial_number:X}"

    async def forget() -> None:
        node.loaded = ()

    trier.lab.call(forget())
    until(lambda: len({refusal.way for refusal in trier.tally.refusals}) == 2, "refused both ways")
    for refusal in list(trier.tally.refusals):
        assert refusal.way.node == "cucm-sub1" and refusal.node_serial == served and refusal.cube_serial
        assert str(refusal.way) in str(refusal) and refusal.reason in str(refusal)
    assert sum(trier.tally.reasons.values()) == len(trier.tally.refusals)


def test_an_unbound_identity_is_a_refusal(trier: Trier) -> None:
    router = trier.lab.cubes["vg-yohur"].router

    async def unbind() -> None:
        lines = [line for line in router.running.section("sip-ua") if line.startswith("crypto signaling")]
        router.type_on_console(["sip-ua", *(f" no {line}" for line in lines)])

    trier.lab.call(unbind())
    until(lambda: {r.way.is_from_cube for r in trier.tally.refusals} == {True, False}, "refused both ways")
    assert "no certificate is bound" in trier.tally.reasons


def test_a_node_that_is_off_or_restarts_is_unavailable_and_refuses_nobody(trier: Trier) -> None:
    lab, cluster = trier.lab, trier.lab.clusters["seoul"]
    lab.call(cluster.stop_node("cucm-sub2"))
    until(lambda: len(trier.tally.unavailable) == 2, "unavailable both ways")
    lab.call(cluster.start_node("cucm-sub2"))
    for _ in range(5):
        lab.call(cluster.restart_callmanager("cucm-pub"))
    settled(trier)
    assert not trier.tally.refusals, [str(refusal) for refusal in trier.tally.refusals]
    assert all(way.node in ("cucm-sub2", "cucm-pub") for way in trier.tally.unavailable)


def test_a_reset_of_the_trunk_refuses_nobody(trier: Trier) -> None:
    cluster = trier.lab.clusters["seoul"]
    name = next(iter(cluster.nodes["cucm-pub"].sip.trunks))
    for _ in range(20):
        trier.lab.call(cluster.nodes["cucm-pub"].sip.reset(name))
        time.sleep(0.02)
    settled(trier)
    assert not trier.tally.refusals, [str(refusal) for refusal in trier.tally.refusals]
    assert not trier.tally.unavailable


def test_a_way_may_be_added_later(scene: Scene) -> None:
    """A node that no document names yet is not tried."""
    world = scene.world()
    converge(world, scene.documents(), "vg-yohur")
    world.close()
    lab = scene.lab
    with Trier(lab, ways_between(lab, "vg-yohur", "seoul", ["cucm-pub"])) as trier:
        until(lambda: trier.tally.attempts > 4, "tried")
        more = list(ways_between(lab, "vg-yohur", "seoul", ["cucm-sub1"]))
        assert not any(trier.tally.accepted[way] for way in more)
        trier.also(more)
        until(lambda: all(trier.tally.accepted[way] for way in more), "tried, too")
        assert trier.tally.accepted.keys() <= {*ways_between(lab, "vg-yohur", "seoul", ["cucm-pub", "cucm-sub1"])}
        assert replace(more[0], is_from_cube=False) == more[1]
