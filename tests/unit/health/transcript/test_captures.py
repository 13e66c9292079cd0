"""Folders of transcripts of our own that become tests by existing: `transcript.txt` is explained as `explained.txt` says."""

from datetime import UTC, datetime

import pytest

from support.examples import examples
from support.scene import ROOT
from trunkline.desired.parse import parse
from trunkline.health.transcript.explaining import as_text, explained

CAPTURES = ROOT / "tests" / "captures" / "transcripts"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def text_of(name: str) -> str:
    transcript = (CAPTURES / name / "transcript.txt").read_text()
    return "\n".join(as_text(explained(transcript, NOW, parse(examples()).readable))) + "\n"


@pytest.mark.parametrize("name", sorted(folder.name for folder in CAPTURES.iterdir()))
def test_a_transcript_is_explained_as_it_was(name: str) -> None:
    assert text_of(name) == (CAPTURES / name / "explained.txt").read_text()


def test_the_page_shows_what_is_printed() -> None:
    page = (ROOT / "docs" / "reference" / "explain.md").read_text()
    shown = "".join(f"    {line}\n" for line in text_of("unknown-ca").splitlines())
    assert shown in page
