"""What a link says of what its ends present, and when it says that it does not know."""

from dataclasses import replace

import pytest

from support.fake import NOW, certificate
from trunkline.loop.on_wire import on_wire
from trunkline.model.desired import DesiredLink
from trunkline.model.key import Kind
from trunkline.model.observed import Gap, Identity, Observed, Shown, WireFacts, unreadable
from trunkline.model.passes import Status

CUBE, CLUSTER, WIRE = "cube/vg-yohur", "cluster/seoul", "wire/vg-yohur"
OWN, OF_NODE, OTHER = (certificate(name, "Voice CA") for name in ("cube.example.com", "node.example.com", "other.example.com"))


@pytest.fixture
def link() -> DesiredLink:
    from support.fake import FakeWorld

    return FakeWorld().converge("vg-yohur").links[0]


def seen(**changes: Observed) -> dict[str, Observed]:
    shown = {CUBE: Shown(OWN, NOW), f"{CLUSTER}/cucm-pub": Shown(OF_NODE, NOW)}
    found = {
        "cube": Observed(CUBE, NOW, {}, identities=(Identity(CUBE, "sip-trunk-cert", OWN),)),
        "cluster": Observed(CLUSTER, NOW, {}, identities=(Identity(CLUSTER, "cucm-pub", OF_NODE),)),
        "wire": Observed(WIRE, NOW, {}, facts=WireFacts(shown)),
    }
    return {one.target: one for one in (found | changes).values()}


def test_each_end_presents_what_it_holds(link: DesiredLink) -> None:
    assert on_wire(link, seen())[:2] == (Status.TRUE, "Presented")


@pytest.mark.parametrize("target", [CUBE, CLUSTER])
def test_of_an_end_that_cannot_be_read_nobody_knows_what_it_should_present(link: DesiredLink, target: str) -> None:
    name = target.partition("/")[0]
    found = on_wire(link, seen(**{name: unreadable(target, NOW, "cannot reach it")}))
    assert found == (Status.UNKNOWN, "NotSeen", f"{target}: cannot reach it")


def test_a_node_that_is_silent_leaves_it_open(link: DesiredLink) -> None:
    gap = Gap(CLUSTER, "cucm-sub1: it is down", Kind.CALLMANAGER_TRUST, "cucm-sub1/")
    found = on_wire(link, seen(cluster=replace(seen()[CLUSTER], gaps=(gap,))))
    assert found[:2] == (Status.UNKNOWN, "NotSeen")
    clock = Gap(CUBE, "no clock", Kind.GLOBAL, "`show clock`")
    assert on_wire(link, seen(cube=replace(seen()[CUBE], gaps=(clock,))))[0] is Status.TRUE, "that hides no certificate"


def test_another_certificate_on_one_end_is_enough_whatever_is_unread(link: DesiredLink) -> None:
    shown = {f"{CLUSTER}/cucm-pub": Shown(OTHER, NOW)}
    wire = Observed(WIRE, NOW, {}, facts=WireFacts(shown))
    found = on_wire(link, seen(cube=unreadable(CUBE, NOW, "cannot reach it"), wire=wire))
    assert found[:2] == (Status.FALSE, "AnotherPresented")
