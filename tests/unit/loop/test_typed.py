"""Whose doing a difference is said to be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import NOW, FakeWorld
from trunkline.loop.reconcile import reconcile
from trunkline.model.event import Event, EventKind
from trunkline.model.key import Key, Kind
from trunkline.model.passes import Pass, Settled

CUBE = "vg-yohur"
PEER = Key(f"cube/{CUBE}", Kind.DIAL_PEER, "100")
STAMP = "18:18:53 UTC Fri Jun 6 2025 by "


def event(user: str, *, seconds: int = 1, kind: EventKind = EventKind.CONFIGURED, target: str = f"cube/{CUBE}") -> Event:
    return Event(target, NOW + timedelta(seconds=seconds), kind, "line", user=user)


def looked(*events: Event, settled: Settled | None, last_change: str = "", is_spoiled: bool = True) -> Pass:
    """A dry pass of a CUBE that converged, and perhaps was changed afterwards; trunkline's user there is `robot`."""
    world = FakeWorld()
    world.converge(CUBE)
    world.journal.heard(events)
    if is_spoiled:
        world.cubes[CUBE].sections[PEER]["destination-pattern"] = "destination-pattern 7..."
    world.cubes[CUBE].last_change = last_change
    request = replace(world.request(CUBE, is_dry=True), settled=lambda: settled, own_user="robot")
    return reconcile(request, world.hands())


GOOD = Settled(NOW, "r1", f"{STAMP}robot")


@pytest.mark.parametrize(
    ("events", "settled", "named"),
    [
        ((event("jovalver"),), GOOD, ["jovalver"]),
        ((event("jovalver", seconds=-1),), GOOD, []),
        ((event("robot"), event("")), GOOD, [""]),
        ((event("jovalver", kind=EventKind.TYPED), event("x", kind=EventKind.HANDSHAKE_FAILED)), GOOD, ["jovalver"]),
        ((event("jovalver", target="cube/other"),), GOOD, []),
        ((event("jovalver"),), None, []),
    ],
)
def test_people_who_changed_it_since_it_was_as_desired(
    events: tuple[Event, ...], settled: Settled | None, named: list[str]
) -> None:
    done = looked(*events, settled=settled)
    assert [one.user for one in done.typed] == named
    (in_sync,) = [one for one in done.conditions["yohur-seoul"] if one.type == "InSync"]
    assert ("; changed by " in in_sync.message) is bool(named)


def test_where_nothing_differs_nobody_is_named() -> None:
    assert looked(event("jovalver"), settled=GOOD, is_spoiled=False).typed == ()


@pytest.mark.parametrize(
    ("settled", "last_change", "named"),
    [
        (GOOD, f"{STAMP}admin", ["admin"]),
        (GOOD, f"{STAMP}robot", []),
        (GOOD, STAMP.removesuffix(" by "), []),
        (Settled(NOW, "r1", f"{STAMP}admin"), f"{STAMP}admin", []),
        (Settled(NOW, "r0", f"{STAMP}robot"), f"{STAMP}admin", []),
    ],
)
def test_without_syslog_the_stamp_of_the_device_is_asked_unless_documents_changed(
    settled: Settled, last_change: str, named: list[str]
) -> None:
    assert [one.user for one in looked(settled=settled, last_change=last_change).typed] == named
