"""Git as people use it: commits, branches that come and go, and repositories that are broken."""

import shutil
from pathlib import Path

import pygit2
import pytest

from support.repository import LINK, SUBMODULE, Repository, git_daemon
from trunkline.model.errors import DesiredInvalid, Stalled, Transient
from trunkline.source.git import GitSource
from trunkline.source.place import GitPlace
from trunkline.source.tree import MOST_BYTES

FILES = {"estate.yaml": b"{}\n", "cubes/a.yaml": b"a\n", "links/l.yaml": b"l\n", "README.md": b"no document\n"}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "desired.git")


def source_of(url: str, tmp_path: Path, **more: object) -> GitSource:
    return GitSource(GitPlace(url, folder="desired-state", **more), tmp_path / "cache")  # type: ignore[arg-type]


@pytest.fixture
def source(repository: Repository, tmp_path: Path) -> GitSource:
    return source_of(str(repository.path), tmp_path)


def test_a_snapshot_says_who_changed_what_and_when(repository: Repository, source: GitSource) -> None:
    revision = repository.commit(FILES, subject="the first\n\nmore words")
    snapshot = source.fetch()
    assert (snapshot.revision, snapshot.subject, snapshot.author) == (revision, "the first", "Voice Team <voice@example.com>")
    assert snapshot.committed_at.isoformat() == "2023-11-14T22:13:20+00:00"
    assert sorted(snapshot.files) == ["cubes/a.yaml", "estate.yaml", "links/l.yaml"]
    assert source.read(snapshot.files["cubes/a.yaml"]) == b"a\n"


def test_the_same_commit_is_the_same_object(repository: Repository, source: GitSource) -> None:
    repository.commit(FILES)
    assert source.fetch() is source.fetch()


def test_a_commit_that_changes_no_document_keeps_the_files(repository: Repository, source: GitSource) -> None:
    repository.commit(FILES)
    first = source.fetch()
    repository.commit(FILES, subject="nothing")
    second = source.fetch()
    assert second.revision != first.revision
    assert second.files is first.files


@pytest.mark.parametrize("prefix", ["", "file://", "file://localhost"])
def test_a_local_repository_is_read_where_it_lies(repository: Repository, tmp_path: Path, prefix: str) -> None:
    repository.commit(FILES)
    assert source_of(f"{prefix}{repository.path}", tmp_path).fetch().files
    assert not (tmp_path / "cache").exists()


def test_a_file_url_may_be_quoted(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "with blank")
    repository.commit(FILES)
    assert source_of(f"file://{tmp_path}/with%20blank", tmp_path).fetch().files


def test_only_the_folder_that_changed_is_walked_again(repository: Repository, source: GitSource) -> None:
    repository.commit(FILES)
    source.fetch()
    before = dict(source._trees._folders)
    repository.commit({**FILES, "links/m.yaml": b"m\n"})
    assert sorted(source.fetch().files) == ["cubes/a.yaml", "estate.yaml", "links/l.yaml", "links/m.yaml"]
    after = source._trees._folders
    (cubes,) = [key for key in before if key[0] == "cubes/"]
    assert after[cubes] is before[cubes]
    assert len(after) == len(before), "what is in no newer tree is forgotten"
    repository.commit(FILES)
    assert sorted(source.fetch().files) == ["cubes/a.yaml", "estate.yaml", "links/l.yaml"]


@pytest.mark.parametrize(("mode", "what"), [(LINK, "a symbolic link"), (SUBMODULE, "a submodule")])
def test_a_link_or_submodule_is_a_problem_never_an_absence(
    repository: Repository, source: GitSource, mode: int, what: str
) -> None:
    repository.commit(FILES, odd={"links/other.yaml": mode})
    snapshot = source.fetch()
    assert [(problem.path, problem.message) for problem in snapshot.problems] == [("links/other.yaml", f"{what} is not read")]


def test_a_huge_file_is_refused_by_name(repository: Repository, source: GitSource) -> None:
    repository.commit({**FILES, "links/big.yaml": b"#" * (MOST_BYTES + 1)})
    snapshot = source.fetch()
    with pytest.raises(DesiredInvalid, match=r"cannot use links/big\.yaml: a document has at most 1048576 bytes"):
        source.read(snapshot.files["links/big.yaml"])


def test_a_message_in_an_unknown_encoding_is_no_obstacle(repository: Repository, source: GitSource) -> None:
    repository.commit(FILES)
    tree = repository.git.revparse_single("main").tree.id
    raw = f"tree {tree}\nauthor M\xfcller <m@x> 1 +0000\ncommitter M\xfcller <m@x> 1 +0000\n\ngr\xfc\xdfe\n".encode("latin-1")
    repository.move(str(repository.git.odb.write(pygit2.enums.ObjectType.COMMIT, raw)))
    assert source.fetch().subject == "gr��e"


def test_where_nothing_is(tmp_path: Path, repository: Repository) -> None:
    with pytest.raises(Stalled, match=r"cannot open .*/nowhere: .*; name other settings, correct source\.url"):
        source_of(str(tmp_path / "nowhere"), tmp_path).fetch()
    with pytest.raises(Stalled, match="cannot find branch main"):
        source_of(str(repository.path), tmp_path).fetch()
    repository.commit({"x/README.md": b""})
    with pytest.raises(DesiredInvalid, match="there are no documents in desired-state"):
        source_of(str(repository.path), tmp_path).fetch()
    other = GitSource(GitPlace(str(repository.path), folder="elsewhere"), tmp_path)
    with pytest.raises(Stalled, match="cannot find folder elsewhere"):
        other.fetch()
    with pytest.raises(Stalled, match="it is not a folder"):
        GitSource(GitPlace(str(repository.path), folder="desired-state/x/README.md"), tmp_path).fetch()


def test_a_branch_that_is_deleted_is_told_and_found_again(repository: Repository, source: GitSource) -> None:
    revision = repository.commit(FILES)
    source.fetch()
    repository.delete()
    with pytest.raises(Stalled, match="cannot find branch main"):
        source.fetch()
    repository.move(revision)
    assert source.fetch().revision == revision


def test_a_damaged_repository_is_transient(repository: Repository, source: GitSource) -> None:
    repository.commit(FILES)
    source.fetch()
    revision = repository.commit({**FILES, "links/m.yaml": b"m\n"})
    loose = repository.path / "objects" / revision[:2] / revision[2:]
    loose.chmod(0o600)
    loose.write_bytes(b"not an object")
    with pytest.raises(Transient, match="see whether the repository is damaged"):
        source.fetch()


def test_a_missing_blob_is_transient(repository: Repository, source: GitSource) -> None:
    repository.commit(FILES)
    blob = source.fetch().files["cubes/a.yaml"]
    (repository.path / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(Transient, match=r"cannot read cubes/a\.yaml of .*: the repository is damaged"):
        source.read(blob)


def test_a_remote_repository_is_followed_through_a_mirror(repository: Repository, tmp_path: Path, octet: int) -> None:
    first = repository.commit(FILES)
    with git_daemon(tmp_path, f"127.{octet}.0.9") as url:
        source = source_of(f"{url}/desired.git", tmp_path)
        assert source.fetch().revision == first
        assert source.fetch() is source.fetch()
        second = repository.commit({**FILES, "links/m.yaml": b"m\n"})
        assert source.fetch().revision == second
        repository.move(first)
        assert source.fetch().revision == first, "the branch was forced backwards"
        (mirror,) = (tmp_path / "cache" / "git").iterdir()
        assert url not in (mirror / "config").read_text()
        shutil.rmtree(mirror / "objects")
        (mirror / "HEAD").write_text("rubbish")
        anew = source_of(f"{url}/desired.git", tmp_path)
        assert anew.fetch().revision == first, "a damaged mirror is made anew"
        repository.delete()
        with pytest.raises(Stalled, match="cannot find branch main"):
            source.fetch()
        repository.move(second)
        assert source.fetch().revision == second
    with pytest.raises(Transient, match=r"cannot fetch git://.*; see whether it is reachable"):
        source.fetch()


def test_a_mirror_that_breaks_under_way_is_made_anew_at_the_next_look(
    repository: Repository, tmp_path: Path, octet: int
) -> None:
    revision = repository.commit(FILES)
    with git_daemon(tmp_path, f"127.{octet}.0.9") as url:
        source = source_of(f"{url}/desired.git", tmp_path)
        blob = source.fetch().files["cubes/a.yaml"]
        (mirror,) = (tmp_path / "cache" / "git").iterdir()
        for path in (mirror / "objects").rglob("*"):
            if path.is_file():
                path.unlink()
        source._repository = None
        with pytest.raises(Transient):
            source.read(blob)
        assert source.fetch().revision == revision
        assert source.read(blob) == b"a\n"
