"""Commits that cannot be used: each is told in one line with its place, shown by /readyz and a metric, and the last good
revision goes on being reconciled until a commit heals it.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pygit2
import pytest

from support.daemon import Daemon, assert_no_traceback, wait_for
from support.estate import Estate, estate_lab, sites, write_estate
from support.moving import moves
from support.octets import claimed_octet
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

SITE = "seoul"
CUBE, LINK = f"cubes/{SITE}.yaml", f"links/{SITE}.yaml"


@dataclass(frozen=True)
class Broken:
    """A commit that cannot be used. `told` is what its line must contain."""

    name: str
    spoil: Callable[[Estate], None]
    told: tuple[str, ...]


def _append(path: str, text: str) -> Callable[[Estate], None]:
    def spoil(estate: Estate) -> None:
        file = estate.scene.folder / path
        file.write_text(file.read_text() + text)

    return spoil


def _rewrite(path: str, before: str, after: str) -> Callable[[Estate], None]:
    return lambda estate: estate.scene.rewrite(path, before, after)


def _no_documents(estate: Estate) -> None:
    shutil.rmtree(estate.scene.folder)
    estate.scene.folder.mkdir()
    (estate.scene.folder / "README.md").write_text("Nothing here yet.\n")


def _no_folder(estate: Estate) -> None:
    shutil.rmtree(estate.scene.folder)


def _binary(estate: Estate) -> None:
    (estate.scene.folder / LINK).write_bytes(b"cube: \xff\xfe\x00\n")


BROKEN = (
    Broken("yaml-that-is-none", _append(CUBE, "voice_classes: [unclosed\n"), ("cubes/seoul.yaml:",)),
    Broken("bytes-that-are-no-text", _binary, ("links/seoul.yaml:",)),
    Broken("an-unknown-field", _append(LINK, "dialpeers: {}\n"), ("links/seoul.yaml:", "dialpeers")),
    Broken("a-field-stated-twice", _append(LINK, "srtp: none\n"), ("links/seoul.yaml:", "srtp")),
    Broken("a-value-of-another-type", _rewrite(LINK, "port: 5061", "port: tls"), ("links/seoul.yaml:", "port")),
    Broken("a-cube-that-is-not-there", _rewrite(LINK, f"cube: {SITE}", "cube: busan"), ("links/seoul.yaml:", "busan")),
    Broken("no-documents", _no_documents, ("there are no documents in desired-state",)),
    Broken("no-folder", _no_folder, ("desired-state",)),
)
each_commit = pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)


@dataclass(frozen=True)
class Told:
    """What was seen of one commit."""

    lines: list[str]
    ready: dict[str, Any]
    status_code: int
    is_broken: float | None


@dataclass(frozen=True)
class Story:
    told: dict[str, Told]
    healed_while_broken: str
    after: Told
    log: str
    known: list[str]  # what `status` and `why` printed while the newest commit was broken
    known_after: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory = tmp_path_factory.mktemp("commits")
    members = sites([SITE], {})
    with claimed_octet() as octet, Lab(estate_lab(members, octet), directory / ".lab") as lab:
        estate = write_estate(lab, directory, members)
        good = directory / "good"
        shutil.copytree(estate.scene.folder, good)
        with estate.daemon as daemon:
            daemon.wait_ready(SITE)
            told = {broken.name: _tell(estate, broken) for broken in BROKEN}
            known = _known_to_the_journal(estate, told[BROKEN[-1].name].ready["problems"][0])
            healed = _heal_drift(estate)
            shutil.rmtree(estate.scene.folder, ignore_errors=True)
            shutil.copytree(good, estate.scene.folder)
            revision = _commit(estate, "as it was")
            daemon.wait_ready(SITE, revision=revision)
            after = _look(daemon, 0)
            assert daemon.stop() == 0
            known_after = estate.scene.trunkline("status", "--settings", str(daemon.settings)).stdout
        yield Story(told, healed, after, daemon.log(), known, known_after)


def _tell(estate: Estate, broken: Broken) -> Told:
    """Commit it on top of the last good one, and wait until the daemon says something new."""
    daemon, before = estate.daemon, len(estate.daemon.log())
    shutil.rmtree(estate.scene.folder)
    shutil.copytree(estate.scene.directory / "good", estate.scene.folder)
    broken.spoil(estate)
    revision = _commit(estate, broken.name)
    wait_for(f"the line about {broken.name}", lambda: revision[:10] in daemon.log()[before:])
    return _look(daemon, before)


def _known_to_the_journal(estate: Estate, problem: str) -> list[str]:
    """What `status` and `why` print, once the journal tells of this problem."""

    def look() -> list[str] | None:
        said = [
            estate.scene.trunkline(*words, "--settings", str(estate.daemon.settings)) for words in (("status",), ("why", SITE))
        ]
        return [one.stdout for one in said] if problem in said[0].stdout and said[0].returncode == 1 else None

    return wait_for("status that tells of the broken commit", look)


def _look(daemon: Daemon, since: int) -> Told:
    answer = daemon.get("/readyz")
    lines = daemon.log()[since:].splitlines()
    return Told(lines, answer.json(), answer.status_code, daemon.sample("trunkline_source_broken"))


def _commit(estate: Estate, subject: str) -> str:
    """Everything as it lies in the folder, also what is gone."""
    repository = pygit2.Repository(str(estate.scene.directory))
    repository.index.clear()
    return estate.scene.commit(subject)


def _heal_drift(estate: Estate) -> str:
    """A person changes the CUBE while the newest commit is broken; the line that shows after a while."""
    type_by_ssh(estate.lab, SITE, ("dial-peer voice 100 voip", "destination-pattern 7..."))
    text = estate.router(SITE).text_lines
    return wait_for("the drift healed", lambda: next((line for line in text() if line == " destination-pattern 1..."), None))


@each_commit
def test_a_broken_commit_is_told_with_its_place(story: Story, broken: Broken) -> None:
    lines = [line for line in story.told[broken.name].lines if all(part in line for part in broken.told)]
    assert lines, story.told[broken.name].lines
    assert all(" ERROR " in line for line in lines)


@moves("trunkline_source_broken")
@each_commit
def test_a_broken_commit_is_visible(story: Story, broken: Broken) -> None:
    told = story.told[broken.name]
    assert told.status_code == 503
    assert len(told.ready["problems"]) == 1
    assert all(part in told.ready["problems"][0] for part in broken.told)
    assert told.is_broken == 1.0


def test_status_and_why_tell_of_it_too_until_it_is_healed(story: Story) -> None:
    for said in story.known:
        assert said.startswith("git is not followed since ")
        assert said.count("git is not followed") == 1
    assert "git is not followed" not in story.known_after


def test_the_last_good_revision_goes_on_being_reconciled(story: Story) -> None:
    assert story.healed_while_broken


def test_a_good_commit_heals(story: Story) -> None:
    assert story.after.status_code == 200
    assert story.after.is_broken == 0.0


def test_no_commit_ends_in_a_traceback(story: Story) -> None:
    assert_no_traceback(story.log)
