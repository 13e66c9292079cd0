"""The small things that the certificate API says beside its answers."""

from datetime import UTC, datetime

import pytest

from trunkline.devices.cucm.certificates import clock_in

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "clock"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", NOON),
        ("Tue, 24 Nov 2026 21:00:00 +0900", NOON),
        ("Tue, 24 Nov 2026 12:00:00 -0000", NOON),
        (None, None),
        ("", None),
        ("noon", None),
        ("Tue, 99 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_a_nodes_clock_is_the_date_of_its_answer(date: str | None, clock: datetime | None) -> None:
    assert clock_in(date) == clock
