"""Devices between passes: what is shared, what is asked anew, and what is not asked at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.fake import FakeCluster, FakeCube, issued
from trunkline.model.errors import AccessRefused, DesiredInvalid, DeviceUnreachable
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap, Observed
from trunkline.service.reaching import kept
from trunkline.service.reaching.kept import Kept, Shared, Unusable, Visit

TRUNK, OTHER = (Key("cluster/s", Kind.SIP_TRUNK, name) for name in ("T", "U"))


class Young(FakeCluster):
    """A cluster whose observations are as old as the clock says."""

    asked: tuple[Key, ...] = ()  # last

    def observe(self, keys: object, *, full: bool = False) -> Observed:
        self.asked = tuple(keys)  # type: ignore[arg-type]
        return replace(super().observe(keys, full=full), at=kept.CLOCK.now())  # type: ignore[arg-type]


@pytest.fixture
def cluster() -> Young:
    return Young("cluster/s", ("pub",))


@pytest.fixture
def shared(cluster: Young) -> Shared:
    return Shared(cluster, timedelta(minutes=10))


def visit(device: object, revision: str = "r1", holder: Kept | None = None) -> Visit:
    return Visit(holder or Kept("access", device), revision)  # type: ignore[arg-type]


def test_passes_that_follow_each_other_closely_share_one_look(cluster: Young, shared: Shared) -> None:
    first, second = visit(shared), visit(shared)
    assert first.observe([TRUNK]) is second.observe([TRUNK])
    assert cluster.looks == 1


@pytest.mark.parametrize("reason", ["another key", "full", "a gap"])
def test_a_look_that_lacks_something_is_not_shared(cluster: Young, shared: Shared, reason: str) -> None:
    if reason == "a gap":
        cluster.gaps = (Gap("cluster/s", "no answer", Kind.SIP_PROFILE),)
    visit(shared).observe([TRUNK])
    visit(shared).observe([OTHER] if reason == "another key" else [TRUNK], full=reason == "full")
    assert cluster.looks == 2


def test_the_second_look_of_a_pass_asks_the_device(cluster: Young, shared: Shared) -> None:
    """It is there to find out whether somebody changed it since the first."""
    one = visit(shared)
    one.observe([TRUNK])
    cluster.objects[TRUNK] = {"description": "typed meanwhile"}
    assert TRUNK in one.observe([TRUNK]).resources


def test_what_any_pass_asked_for_is_asked_for_until_no_document_states_it(cluster: Young, shared: Shared) -> None:
    visit(shared).observe([TRUNK])
    visit(shared).observe([OTHER])
    assert cluster.asked == (TRUNK, OTHER)
    shared.keep_only(frozenset({TRUNK}))
    visit(shared).observe([TRUNK], full=True)
    assert cluster.asked == (TRUNK,)
    visit(shared).observe([OTHER])
    assert cluster.asked == (TRUNK, OTHER), "it is still to be removed, and whose it was asks for it"


def test_nothing_is_shared_after_a_look_that_failed(cluster: Young, shared: Shared) -> None:
    visit(shared).observe([TRUNK])

    def gone(_: str) -> None:
        raise DeviceUnreachable("cannot reach it: gone")

    cluster.faults.before_look = gone
    with pytest.raises(DeviceUnreachable):
        visit(shared).observe([TRUNK], full=True)
    with pytest.raises(DeviceUnreachable):
        visit(shared).observe([TRUNK])


class Locked(FakeCube):
    """A CUBE that refuses the password."""

    def observe(self, keys: object, *, full: bool = False) -> Observed:
        self.looks += 1
        raise AccessRefused("cannot log in to cube/a: the password is wrong")


def test_a_wrong_password_is_not_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Locked("cube/a", "tp", issued("a.example.com"))
    holder = Kept("access", device)
    for _ in range(5):
        with pytest.raises(AccessRefused, match="the password is wrong"):
            visit(device, holder=holder).observe([])
    assert device.looks == 1
    with pytest.raises(AccessRefused):
        visit(device, "r2", holder).observe([])
    assert device.looks == 2, "a new commit is a new chance"
    monkeypatch.setattr(kept, "REFUSED_FOR", timedelta(0))
    with pytest.raises(AccessRefused):
        visit(device, "r2", holder).observe([])
    assert device.looks == 3, "and so is a quarter of an hour"


def test_a_device_that_cannot_even_be_asked_says_why() -> None:
    device = Unusable("cube/a", DesiredInvalid("cannot resolve env:X: the variable is not set"))
    with pytest.raises(DesiredInvalid, match="env:X"):
        device.observe([])
    with pytest.raises(DesiredInvalid, match="env:X"):
        device.dialect()
    device.close()


def test_what_was_seen_before_the_clock_was_put_back_is_not_young(
    cluster: Young, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.observe_shared([TRUNK])
    looks = cluster.looks
    shared.observe_shared([TRUNK])
    assert cluster.looks == looks
    later = kept.CLOCK.now()
    monkeypatch.setattr(kept.SystemClock, "now", lambda _self: later - timedelta(hours=1))
    shared.observe_shared([TRUNK])
    assert cluster.looks == looks + 1
