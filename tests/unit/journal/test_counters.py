"""By how much a total grows: who counts, and since when."""

from datetime import timedelta

import pytest

from trunkline.journal.counters import Since, growth, since
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.observed import Counting
from trunkline.views import document

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("earlier", "now", "how"),
    [
        (Counting("A", DAY), Counting("A", DAY), Since.GOING_ON),
        (Counting("A", HOUR), Counting("A", DAY), Since.GOING_ON),
        (Counting("A", DAY), Counting("A", HOUR), Since.RELOADED),
        (Counting("A", DAY), Counting("B", HOUR), Since.TAKEN_OVER),
        (Counting("A", HOUR), Counting("B", DAY), Since.TAKEN_OVER),
        (Counting(), Counting("B", DAY), Since.GOING_ON),
        (Counting("A", DAY), Counting(), Since.GOING_ON),
        (Counting("A", DAY), Counting("", HOUR), Since.RELOADED),
    ],
)
def test_what_is_not_known_says_nothing(earlier: Counting, now: Counting, how: Since) -> None:
    assert since(earlier, now) is how


@pytest.mark.parametrize(
    ("last", "reading", "how", "more"),
    [
        (None, 16, Since.GOING_ON, 16),
        (None, 16, Since.TAKEN_OVER, 16),
        (16, 20, Since.GOING_ON, 4),
        (16, 3, Since.GOING_ON, 3),
        (16, 20, Since.RELOADED, 20),
        (16, 16, Since.RELOADED, 16),
        (16, 900, Since.TAKEN_OVER, 0),
        (16, 2, Since.TAKEN_OVER, 0),
    ],
)
def test_growth(last: int | None, reading: int, how: Since, more: int) -> None:
    assert growth(last, reading, how) == more


def test_a_takeover_is_told_over_a_restart_of_the_daemon_and_back_again() -> None:
    engine = open_engine("sqlite://")
    story = [("A", DAY, 16, 16), ("A", DAY, 18, 18), ("B", HOUR, 900, 18), ("B", HOUR, 903, 21), ("A", 2 * DAY, 18, 21)]
    for serial, uptime, reading, total in story:
        journal = SqlJournal(engine, document.of_pass)
        assert journal.monotone("cube/a", {"failures": reading}, Counting(serial, uptime)) == {"failures": total}


def test_what_is_not_known_for_a_while_is_remembered() -> None:
    journal = SqlJournal(open_engine("sqlite://"), document.of_pass)
    for counting, reading, total in ((Counting("A", DAY), 16, 16), (Counting(), 17, 17), (Counting("B", DAY), 900, 17)):
        assert journal.monotone("cube/a", {"failures": reading}, counting) == {"failures": total}
