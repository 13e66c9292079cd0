"""Following git: the last good revision goes on, whatever the newest one is."""

import logging
from pathlib import Path

import pytest

from support.examples import examples
from support.fake import Clock
from support.repository import LINK, Repository
from trunkline.model.desired import Snapshot
from trunkline.model.errors import Stalled, Transient
from trunkline.service.following import Following
from trunkline.source.git import GitSource
from trunkline.source.place import GitPlace


class Moody:
    """A source that sometimes raises instead."""

    def __init__(self, source: GitSource) -> None:
        self.source = source
        self.trouble: Exception | None = None

    def fetch(self) -> Snapshot:
        if self.trouble:
            raise self.trouble
        return self.source.fetch()

    def at(self, revision: str) -> Snapshot:
        return self.source.at(revision)

    def read(self, blob_id: str) -> bytes:
        return self.source.read(blob_id)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "desired.git")


@pytest.fixture
def source(repository: Repository, tmp_path: Path) -> Moody:
    return Moody(GitSource(GitPlace(str(repository.path), folder="desired-state"), tmp_path / "cache"))


@pytest.fixture
def following(source: Moody) -> Following:
    return Following(source, Clock().now)


def broken(files: dict[str, bytes]) -> dict[str, bytes]:
    return {**files, "links/yohur-seoul.yaml": b"cube: nobody\n"}


def test_a_new_commit_is_taken_over_once(repository: Repository, following: Following) -> None:
    first = repository.commit(examples())
    assert following.poll()
    assert not following.poll()
    assert following.good and following.good.name == first
    second = repository.commit({**examples(), "estate.yaml": b"enforcement: observe\n"})
    assert following.poll()
    assert following.good.name == second
    assert following.parser.parse_count == len(examples()) + 1, "one changed document is one parse"


def test_a_broken_commit_is_told_and_the_last_good_one_goes_on(
    repository: Repository, following: Following, caplog: pytest.LogCaptureFixture
) -> None:
    good = repository.commit(examples())
    following.poll()
    bad = repository.commit(broken(examples()))
    with caplog.at_level(logging.ERROR, "trunkline"):
        assert not following.poll()
        told = len(caplog.records)
        following.poll()
        assert len(caplog.records) == told, "once, not at every look"
    assert following.good and following.good.name == good
    assert following.status.is_broken
    assert following.status.revision == good
    assert f"cannot use commit {bad[:10]}: links/yohur-seoul.yaml:1:1" in following.status.message
    assert "links/yohur-seoul.yaml:1:1" in caplog.text
    mended = repository.commit(examples())
    assert following.poll()
    assert following.good.name == mended
    assert (following.status.is_broken, following.status.message) == (False, "")


def test_back_to_the_last_good_commit_is_a_recovery(repository: Repository, following: Following) -> None:
    good = repository.commit(examples())
    following.poll()
    repository.commit(broken(examples()))
    following.poll()
    repository.move(good)
    assert not following.poll(), "nothing new is to be reconciled"
    assert not following.status.is_broken


def test_a_source_that_cannot_be_reached_is_not_a_broken_commit(
    repository: Repository, following: Following, source: Moody
) -> None:
    repository.commit(examples())
    following.poll()
    fetched_at = following.status.fetched_at
    source.trouble = Transient("cannot fetch it: no route")
    following.poll()
    assert (following.status.is_broken, following.status.message) == (False, "cannot fetch it: no route")
    assert following.status.fetched_at == fetched_at, "it was not fetched"
    source.trouble = None
    following.poll()
    assert following.status.message == ""
    assert following.status.fetched_at and fetched_at and following.status.fetched_at > fetched_at


def test_a_broken_commit_stays_broken_while_the_source_is_away(
    repository: Repository, following: Following, source: Moody
) -> None:
    repository.commit(examples())
    following.poll()
    repository.commit(broken(examples()))
    following.poll()
    source.trouble = Transient("cannot fetch it: no route")
    following.poll()
    assert following.status.is_broken


@pytest.mark.parametrize("trouble", [Stalled("cannot find branch main"), RuntimeError("a bug")])
def test_nothing_that_a_source_raises_stops_the_reconciling(
    repository: Repository, following: Following, source: Moody, trouble: Exception
) -> None:
    repository.commit(examples())
    following.poll()
    source.trouble = trouble
    assert not following.poll()
    assert following.good
    assert following.status.message
    assert following.status.is_broken is isinstance(trouble, Stalled)


def test_a_link_in_the_tree_is_a_broken_commit(repository: Repository, following: Following) -> None:
    repository.commit(examples(), odd={"links/x.yaml": LINK})
    assert not following.poll()
    assert following.good is None
    assert "links/x.yaml:1:1: error TL002: a symbolic link is not read" in following.status.message


def test_without_any_good_revision_there_is_nothing_to_reconcile(repository: Repository, following: Following) -> None:
    repository.commit(broken(examples()))
    following.poll()
    assert following.good is None
    assert following.status.is_broken


def test_a_process_that_starts_on_a_broken_commit_goes_on_with_the_last_good_one(
    repository: Repository, following: Following
) -> None:
    good = repository.commit(examples())
    repository.commit(broken(examples()))
    following.last_good = good
    assert following.poll()
    assert following.good and following.good.name == good
    assert following.status.is_broken
    assert following.status.revision == good
    mended = repository.commit(examples())
    assert following.poll()
    assert following.good.name == mended
    assert not following.status.is_broken


def test_a_process_that_starts_without_git_goes_on_with_the_last_good_one(
    repository: Repository, source: Moody, following: Following
) -> None:
    following.last_good = repository.commit(examples())
    source.trouble = Transient("cannot fetch: no route")
    assert following.poll()
    assert following.good
    assert following.status.message == "cannot fetch: no route"


def test_a_last_good_revision_that_is_gone_is_told(
    repository: Repository, following: Following, caplog: pytest.LogCaptureFixture
) -> None:
    repository.commit(broken(examples()))
    following.last_good = "0" * 40
    assert not following.poll()
    assert following.good is None
    assert "cannot find commit 0000000000" in caplog.text
