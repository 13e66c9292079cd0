"""What is handed out works: example settings, the unit, the lock, the links of the pages."""

import re
import subprocess
from pathlib import Path

import pytest

from support.scene import ROOT
from trunkline.settings import HttpSettings, ProbeSettings, Settings, SourceSettings, load

LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def test_the_example_settings_are_valid_and_name_every_setting() -> None:
    path = ROOT / "deploy" / "trunkline.toml"
    load(path, {})
    text = path.read_text()
    for model in (Settings, SourceSettings, HttpSettings, ProbeSettings):
        assert not {name for name in model.model_fields if name not in text}


def test_the_unit_is_one(tmp_path: Path) -> None:
    try:
        done = subprocess.run(
            ["systemd-analyze", "verify", str(ROOT / "deploy/systemd/trunkline.service")],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("systemd-analyze is not here")
    complaints = [line for line in done.stderr.splitlines() if "trunkline.service" in line and "is not executable" not in line]
    assert not complaints


def test_the_lock_is_hashed_and_names_no_place_to_fetch_from() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(r"^[\w.-]+==", lock, re.MULTILINE)
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock
    assert "--index" not in lock


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not dead
