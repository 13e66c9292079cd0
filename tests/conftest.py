"""Fixtures that several kinds of tests share."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from support.octets import claimed_octet
from support.scene import ROOT, Scene, on_octet, write_scene
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import article_lab

hypothesis.settings.register_profile("patient", deadline=None)  # no test depends on being quick
hypothesis.settings.load_profile("patient")
SAMPLES = Path(os.environ.get("TRUNKLINE_SAMPLES", ROOT.parent / "shared" / "samples"))


SHARED_LABS = (
    "test_faults_devices.py",
    "test_faults_source.py",
    "test_daemon.py",
    "test_secrets.py",
    "test_moving_clusters.py",
    "test_syslog.py",
    "test_renewal_bad_answers.py",
    "test_renewal_refusals.py",
    "test_bundle.py",
    "test_certificates_move.py",
    "test_probe_moves.py",
    "test_killed_leaves_no_wrong_figure.py",
)
"""Modules whose tests share one costly fixture: each of them runs in one worker."""
SHARED_STORY = "tests/watched/"
"""A folder of which the same is so."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests one by one, but `SHARED_LABS` and `SHARED_STORY` whole; xdist's own groups are lost on pytest 9."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            if path.startswith(SHARED_STORY):
                return SHARED_STORY
            return path if path.endswith(SHARED_LABS) else nodeid

    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SAMPLES.is_dir():
        return
    missing = pytest.mark.skip(reason=f"captured output of real devices is not here ({SAMPLES}); it is not ours to publish")
    for item in items:
        if item.get_closest_marker("samples"):
            item.add_marker(missing)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of captured output of real devices."""
    return SAMPLES


@pytest.fixture
def octet() -> Iterator[int]:
    """The second octet of loopback addresses that are this test's own."""
    with claimed_octet() as claimed:
        yield claimed


@pytest.fixture
def lab(tmp_path: Path, octet: int) -> Iterator[Lab]:
    """The lab of the article, fresh."""
    with Lab(on_octet(article_lab(), octet), tmp_path / ".lab") as running:
        yield running


@pytest.fixture
def scene(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The lab with its documents in git; the secrets that they refer to are in the environment."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    return write_scene(lab, tmp_path)
