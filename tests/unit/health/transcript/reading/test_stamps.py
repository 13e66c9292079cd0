"""When a line was written, as far as it says so."""

from datetime import UTC, datetime

import pytest

from trunkline.health.transcript.reading.stamps import moment, parted, seconds

NOW = datetime(2026, 11, 28, 15, tzinfo=UTC)
IN_2012 = 0x50AF6F24
"""Nov 23 12:42:12 2012, as the hello of the article's handshake says."""


@pytest.mark.parametrize(
    ("line", "at", "text"),
    [
        ("*Nov 23 12:42:12.664: SSL_accept:x", "Nov 23 12:42:12.664", "SSL_accept:x"),
        ("<189>17: .Nov  3 2026 12:42:12.664 KST: text", "Nov  3 2026 12:42:12.664 KST", "text"),
        ("1w2d: text", "1w2d", "text"),
        ("    12 34", "", "    12 34"),
        ("16:03:01 is no time alone", "", "16:03:01 is no time alone"),
    ],
)
def test_a_line_and_its_time(line: str, at: str, text: str) -> None:
    assert parted(line) == (at, text)


def test_seconds_of_the_day() -> None:
    assert (seconds("Nov 23 12:42:12.5"), seconds("1w2d"), seconds("")) == (45732.5, None, None)


@pytest.mark.parametrize(
    ("at", "told", "day"),
    [
        ("Nov 23 12:42:12.664", (), "2026-11-23"),  # the latest
        ("Dec 24 12:42:12.664", (), "2025-12-24"),  # not one that is to come
        ("Nov 23 2019 12:42:12", (), "2019-11-23"),
        ("Nov 23 12:42:12.664", (7, IN_2012), "2012-11-23"),
        ("Nov 29 00:00:01", (), "2026-11-29"),  # the clock of another zone
        ("Feb 29 12:00:00", (), "2024-02-29"),
        ("1w2d", (), "2026-11-28"),
        ("Xyz 99 12:00:00", (), "2026-11-28"),
    ],
)
def test_the_day_that_a_time_means(at: str, told: tuple[int, ...], day: str) -> None:
    assert f"{moment(at, told, NOW):%Y-%m-%d}" == day
