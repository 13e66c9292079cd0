"""Windows across zones, midnight and changes of the clock; rules that are refused."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from trunkline.model.renewal import recurrence, windows
from trunkline.model.renewal.calendar import Window
from trunkline.model.renewal.windows import Opening

HOUR = timedelta(hours=1)


def starts(window: Window, since: datetime, until: datetime) -> list[str]:
    return [f"{one:%m-%d %H:%M}" for one in windows.occurrences(window, since, until)]


def day(month: int, number: int, hour: int = 0) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)


@pytest.mark.parametrize("rule", ["FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "30 2 * * *"])
def test_a_time_that_does_not_exist_is_moved_forward_and_one_that_comes_twice_counts_once(rule: str) -> None:
    berlin = Window(rule, HOUR, "Europe/Berlin")
    assert starts(berlin, day(3, 28), day(3, 30)) == ["03-28 01:30", "03-29 01:30"]  # 02:30 as if in winter is 03:30
    assert starts(berlin, day(3, 30), day(3, 31)) == ["03-30 00:30"]
    assert starts(berlin, day(10, 25), day(10, 26)) == ["10-25 00:30"]  # the first of two
    new_york = Window(rule, HOUR, "America/New_York")
    assert starts(new_york, day(3, 8), day(3, 10)) == ["03-08 07:30", "03-09 06:30"]


def test_a_window_lasts_its_time_over_midnight_and_over_a_change_of_the_clock() -> None:
    night = (Window("0 23 * * sat", timedelta(hours=6), "Europe/Berlin"),)
    assert windows.opening_at(night, day(3, 29, 3)) == Opening(day(3, 28, 22), day(3, 29, 4))  # 06:00 in summer time
    assert windows.opening_at(night, day(10, 25, 2)) == Opening(day(10, 24, 21), day(10, 25, 3))  # 04:00 in winter time
    assert not windows.is_open(night, day(3, 29, 4))
    assert windows.closing(night, day(3, 29, 4)) == day(4, 5, 3)


def test_windows_that_overlap_or_touch_are_one_opening() -> None:
    two = (Window("0 1 * * *", HOUR), Window("0 2 * * *", HOUR), Window("30 2 * * *", HOUR))
    found = list(windows.openings(two, day(5, 1), day(5, 2)))
    assert found == [Opening(day(5, 1, 1), day(5, 1, 3) + HOUR / 2)]


def test_every_second_week_keeps_its_phase_over_years() -> None:
    weeks = list(windows.occurrences(Window("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", HOUR), day(1, 1), day(1, 1) + 800 * 24 * HOUR))
    assert {after - before for before, after in pairwise(weeks)} == {timedelta(weeks=2)}
    assert (weeks[0].replace(tzinfo=None) - datetime(2024, 1, 7)).days % 14 == 0


def test_a_window_in_leap_years_only_is_found_within_the_horizon() -> None:
    leap = (Window("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", HOUR),)
    found = windows.opening_at_or_after(leap, day(3, 1))
    assert found is not None
    assert found.start == datetime(2028, 2, 29, tzinfo=UTC)
    assert windows.opening_at_or_after(leap, datetime(2096, 3, 1, tzinfo=UTC)) is None  # 2100 is no leap year


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("sundays", "is neither five cron fields"),
        ("", "is neither five cron fields"),
        ("61 2 * * *", "is no cron expression (Bad minute)"),
        ("0 0 2 * * *", "is neither five cron fields"),
        ("0 0 30 2 *", "is no cron expression"),
        ("* * * * *", "occurs more than 24 times a day"),
        ("FREQ=HOURLY", "must begin with FREQ= and one of YEARLY, MONTHLY, WEEKLY, DAILY"),
        ("BYDAY=SU", "must begin with FREQ="),
        ("FREQ=DAILY;COUNT=3", "must not say `COUNT`"),
        ("FREQ=DAILY;FREQ=DAILY", "says one part twice"),
        ("FREQ=DAILY;INTERVAL=0", "must have an INTERVAL between 1 and 99"),
        ("FREQ=DAILY;BYHOUR=24", "is no recurrence of RFC 5545"),
        ("FREQ=WEEKLY;BYDAY=XX", "is no recurrence of RFC 5545"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("FREQ=DAILY;BYSETPOS=5", "never occurs"),
        ("FREQ=WEEKLY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=30", "never occurs"),
        ("FREQ=DAILY\nRRULE:FREQ=DAILY", "must be one line"),
        ("FREQ=DAILY;BYDAY=SU\nEXRULE:FREQ=DAILY;INTERVAL=2", "must be one line"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_cure(rule: str, said: str) -> None:
    assert recurrence.flaw(rule).startswith(said)


@pytest.mark.parametrize("rule", ["0 2 * * sun", "0 2 * * 0#1", "0 2 L * *", "FREQ=MONTHLY;BYDAY=+1SU;BYHOUR=2", "FREQ=DAILY"])
def test_usual_rules_have_no_flaw(rule: str) -> None:
    assert recurrence.flaw(rule) == ""


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../etc/passwd", "/etc/passwd", "", "Europe", "asia seoul"])
def test_a_zone_that_there_is_not(zone: str) -> None:
    assert recurrence.flaw_of_zone(zone).startswith("is no time zone")
    assert recurrence.flaw_of_zone("Asia/Seoul") == ""
