"""A simulated CUBE by itself, and the daemon's side of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cubes import Bench, running_cube
from trunkline.devices.cube.device import CubeDevice


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with running_cube(tmp_path) as running:
        yield running


@pytest.fixture
def device(bench: Bench) -> Iterator[CubeDevice]:
    opened = bench.device()
    yield opened
    opened.close()
