"""Every command of trunkline that a page for an alert tells somebody to enter, entered."""

import re

import pytest

from support.scene import ROOT, Scene

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
COMMAND = re.compile(r"^    trunkline (.+?)(?:\s+# .*)?$", re.MULTILINE)
TRANSCRIPT = ROOT / "tests" / "captures" / "transcripts" / "unknown-ca" / "transcript.txt"
STANDS_FOR = {
    "/etc/trunkline/trunkline.toml": "trunkline.toml",
    "LINK": "busan-seoul",
    "CUBE": "cube-busan",
    "DATE": "2027-03-15",
    "FILE": str(TRANSCRIPT),
}


def commands() -> list[str]:
    return sorted({command for page in PAGES for command in COMMAND.findall(page.read_text())})


@pytest.mark.slow
def test_each_is_taken_and_answered(scene: Scene) -> None:
    scene.write_settings()
    assert scene.trunkline("apply", "--settings", "trunkline.toml").returncode == 0
    assert len(commands()) >= 9
    for command in commands():
        words = [STANDS_FOR.get(word, word) for word in command.split()]
        done = scene.trunkline(*words)
        assert done.returncode in (0, 1), f"trunkline {command}: {done.stderr}"
        assert done.stdout, command
