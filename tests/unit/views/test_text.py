"""Words that several views use."""

from datetime import UTC, datetime, timedelta

import pytest

from trunkline.views.text import ago, trouble

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "said"), [(-3, "0 s ago"), (12, "12 s ago"), (200, "3 min ago"), (9000, "2 h ago")])
def test_how_old_something_is(seconds: int, said: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == said


def test_why_git_is_not_followed() -> None:
    assert list(trouble(None)) == []
    assert list(trouble(("cannot use commit abc", NOW))) == [
        "git is not followed since 2026-07-01 12:00:00Z: cannot use commit abc"
    ]
