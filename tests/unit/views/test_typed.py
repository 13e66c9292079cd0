"""Who changed what, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from trunkline.model.event import Event, EventKind
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Difference
from trunkline.views import typed

NOW = datetime(2026, 11, 25, 12, 1, tzinfo=UTC)
PEER = Key("cube/a", Kind.DIAL_PEER, "100")
PATTERN = Difference("destination-pattern", "destination-pattern 7...", "destination-pattern 1...")


def left(user: str, via: str = "", minutes_ago: int = 0) -> Event:
    return Event("cube/a", NOW - timedelta(minutes=minutes_ago), EventKind.CONFIGURED, "line", user=user, via=via)


def command(text: str, user: str = "jovalver", minutes_ago: int = 0) -> Event:
    return Event("cube/a", NOW - timedelta(minutes=minutes_ago), EventKind.TYPED, "line", user=user, command=text)


def test_a_person_is_named_with_line_and_moment() -> None:
    assert (
        typed.changed_by((left("jovalver", "vty0 (10.10.100.6)"),), NOW)
        == "changed by jovalver on vty0 (10.10.100.6) at 12:01Z"
    )
    assert typed.changed_by((left("", "console"),), NOW) == "changed by somebody on console at 12:01Z"
    assert typed.changed_by((left("u", "", 24 * 60),), NOW) == "changed by u at 2026-11-24 12:01Z"
    assert typed.changed_by((), NOW) == ""


def test_a_person_who_typed_and_left_is_named_once() -> None:
    told = (command("no srtp", minutes_ago=2), left("jovalver", "vty0 (10.0.0.9)", 1), left("jovalver", "vty0 (10.0.0.9)"))
    assert typed.changed_by(told, NOW) == "changed by jovalver on vty0 (10.0.0.9) at 12:01Z"


def test_of_many_the_newest_are_named() -> None:
    told = tuple(left(f"u{number}", minutes_ago=9 - number) for number in range(6))
    assert typed.changed_by(told, NOW) == "changed by u5 at 11:57Z, u4 at 11:56Z, u3 at 11:55Z, 3 more"


def test_the_stamp_of_the_device_is_told_as_its_word() -> None:
    stamp = Event("cube/a", NOW, EventKind.OTHER, f"{typed.STAMP}18:18:53 UTC Fri Jun 6 2025", user="admin")
    assert typed.changed_by((stamp,), NOW) == "changed by admin at 18:18:53 UTC Fri Jun 6 2025, as the device itself says"


@pytest.mark.parametrize(
    ("commands", "difference", "found"),
    [
        (("dial-peer voice 100 voip", "destination-pattern 7..."), PATTERN, "destination-pattern 7..."),
        (("dial-p v 100 voip", "dest 7..."), PATTERN, "dest 7..."),
        (("destination-pattern 7...",), PATTERN, "destination-pattern 7..."),
        (("dial-peer voice 200 voip", "destination-pattern 7..."), PATTERN, ""),
        (("dial-peer voice 100 voip", "destination-pattern 8..."), PATTERN, ""),
        (
            ("dial-peer voice 100 voip", "no destination-pattern"),
            Difference("destination-pattern", None, "destination-pattern 1..."),
            "no destination-pattern",
        ),
        (
            ("dial-peer voice 100 voip", "no dest 1..."),
            Difference("destination-pattern", None, "destination-pattern 1..."),
            "no dest 1...",
        ),
        (("dial-peer voice 100 voip", "no shutdown"), PATTERN, ""),
    ],
)
def test_the_command_that_made_a_difference(commands: tuple[str, ...], difference: Difference, found: str) -> None:
    change = Change(Action.UPDATE, PEER, differences=(difference,))
    said = typed.hand(change, difference, tuple(command(text) for text in commands), NOW)
    assert said == (f"`{found}` by jovalver at 12:01Z" if found else "")


def test_a_command_of_another_device_is_none() -> None:
    change = Change(Action.UPDATE, Key("cube/b", Kind.DIAL_PEER, "100"), differences=(PATTERN,))
    assert typed.hand(change, PATTERN, (command("destination-pattern 7..."),), NOW) == ""
