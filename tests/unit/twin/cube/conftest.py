"""What every test of the simulated CUBE has."""

from collections.abc import Iterator

import pytest

from support.console import OPEN


@pytest.fixture(autouse=True)
def consoles() -> Iterator[None]:
    """Closes the sessions that a test has opened."""
    yield
    for console in list(OPEN):
        console.close()
