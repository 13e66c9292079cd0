"""When what a device tells is worth a look."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from trunkline.model.event import Event, EventKind
from trunkline.service.hearing.news import News

NOW = datetime(2026, 11, 25, 12, 1, tzinfo=UTC)


@dataclass
class Desk:
    """A CUBE `a`, whose trunkline logs in as `robot`."""

    now: datetime = NOW
    looks: list[str] = field(default_factory=list)
    later: list[float] = field(default_factory=list)
    is_busy: bool = False
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        self.news = News(
            self.looks.append,
            lambda _name, seconds: self.later.append(seconds),
            lambda _name: "robot",
            lambda _name: self.is_busy,
            lambda _name: self.ended_at,
            lambda: self.now,
        )

    def hears(self, kind: EventKind, user: str = "", after_seconds: float = 0, target: str = "cube/a") -> None:
        self.now += timedelta(seconds=after_seconds)
        self.news.take(Event(target, self.now, kind, "line", user=user))


def test_somebody_s_change_is_looked_at_at_once_and_the_next_one_a_little_later() -> None:
    desk = Desk()
    desk.hears(EventKind.CONFIGURED, "jovalver")
    assert desk.looks == ["a"]
    desk.hears(EventKind.CONFIGURED, "jovalver", 2)
    assert (desk.looks, desk.later) == (["a"], [3.0])
    desk.hears(EventKind.CONFIGURED, "", 10)
    assert desk.looks == ["a", "a"]


def test_handshakes_that_go_on_failing_cause_a_look_a_minute() -> None:
    desk = Desk()
    for _ in range(121):
        desk.hears(EventKind.HANDSHAKE_FAILED, after_seconds=1)
    assert (desk.looks, desk.later) == (["a"] * 3, [])


def test_a_clock_that_is_put_back_makes_nobody_deaf() -> None:
    desk = Desk()
    desk.hears(EventKind.HANDSHAKE_FAILED)
    desk.hears(EventKind.HANDSHAKE_FAILED, after_seconds=-3600)
    assert desk.looks == ["a", "a"]


def test_what_else_is_told_causes_none() -> None:
    desk = Desk()
    for kind in (EventKind.TYPED, EventKind.CERTIFICATES, EventKind.OTHER):
        desk.hears(kind, "jovalver")
    desk.hears(EventKind.CONFIGURED, target="cluster/b")
    assert desk.looks == []


def test_trunkline_s_own_changes_cause_none() -> None:
    desk = Desk(is_busy=True)
    desk.hears(EventKind.CONFIGURED, "robot")
    desk.is_busy, desk.ended_at = False, desk.now
    desk.hears(EventKind.CONFIGURED, "robot", 5)
    assert (desk.looks, desk.later) == ([], [])


def test_somebody_who_uses_trunkline_s_account_causes_one_while_trunkline_does_nothing() -> None:
    desk = Desk(ended_at=NOW - timedelta(minutes=5))
    desk.hears(EventKind.CONFIGURED, "robot")
    assert desk.looks == ["a"]


def test_somebody_else_s_change_amid_a_pass_is_looked_at() -> None:
    desk = Desk(is_busy=True)
    desk.hears(EventKind.CONFIGURED, "jovalver")
    assert desk.looks == ["a"]
