"""Waiting for what will be so: the machine may be slow, so the deadline is long."""

import time
from collections.abc import Callable

DEADLINE_SECONDS = 90.0


def eventually(is_so: Callable[[], object], what: str = "it did not come about") -> None:
    """Return as soon as `is_so` says yes."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
