"""Desired state from git, read from the object database; with `tree.py` and `remote.py` the only doors to pygit2."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pygit2

from trunkline.model.desired import Snapshot
from trunkline.model.errors import DesiredInvalid, Stalled, Transient
from trunkline.source.folder import read_folder
from trunkline.source.place import GitPlace
from trunkline.source.remote import MIRRORED, Mirror, branch_missing
from trunkline.source.tree import MOST_BYTES, TreeReader


@dataclass
class GitSource:
    """Implements `trunkline.ports.Source`. A local repository is read where it lies; a remote one through a bare mirror."""

    place: GitPlace
    cache_directory: Path
    _repository: pygit2.Repository | None = None
    _mirror: Mirror | None = None
    _latest: Snapshot | None = None
    _latest_tree: pygit2.Oid | None = None
    _trees: TreeReader = field(default_factory=TreeReader)

    def fetch(self) -> Snapshot:
        """The newest commit of the branch; the very same object while the commit is the same.

        Raises Transient where the repository cannot be reached or read, Stalled where repository, branch or folder do
        not exist, and DesiredInvalid for a commit without documents.
        """
        try:
            return self._fetch()
        except (pygit2.GitError, KeyError, ValueError, OSError) as error:
            self._drop_mirror()
            raise Transient(
                f"cannot read {self.place.shown}: {self.place.redacted(str(error))}; see whether the repository is damaged "
                "(git fsck)"
            ) from error

    def at(self, revision: str) -> Snapshot:
        """An earlier commit, without asking the network. Raises Transient where it is not here any more."""
        try:
            return self._snapshot(self._open()[revision].peel(pygit2.Commit), None)
        except (pygit2.GitError, KeyError, ValueError, OSError) as error:
            raise Transient(f"cannot find commit {revision[:10]} in what was fetched from {self.place.shown} before") from error

    def _fetch(self) -> Snapshot:
        commit = self._commit(self._open())
        if self._latest and self._latest.revision == str(commit.id):
            return self._latest
        tree = self._tree(commit)
        is_same_tree = tree.id == self._latest_tree
        self._latest, self._latest_tree = self._snapshot(commit, self._latest if is_same_tree else None), tree.id
        return self._latest

    def _snapshot(self, commit: pygit2.Commit, same_tree: Snapshot | None) -> Snapshot:
        """`same_tree` is an earlier commit with the very same documents: its mapping is used again."""
        if same_tree:
            files, problems = same_tree.files, same_tree.problems
        else:
            listing = self._trees.read(self._tree(commit))
            files, problems = listing.files, listing.problems
        if not files and not problems:
            raise DesiredInvalid(
                f"cannot use commit {str(commit.id)[:10]} of {self.place.shown}: there are no documents in "
                f"{self.place.folder or 'its root'}; point source.folder at them, or put them there"
            )
        zone = timezone(timedelta(minutes=commit.commit_time_offset))
        committed_at = datetime.fromtimestamp(commit.commit_time, zone).astimezone(UTC)
        author = f"{_text(commit.author.raw_name)} <{_text(commit.author.raw_email)}>"
        subject = _text(commit.raw_message).split("\n")[0]
        return Snapshot(str(commit.id), committed_at, author, subject, files, problems)

    def read(self, blob_id: str) -> bytes:
        """Raises DesiredInvalid for a file that is too large to be a document, Transient for one that cannot be read."""
        try:
            found = self._open()[blob_id]
        except (pygit2.GitError, KeyError, ValueError) as error:
            self._drop_mirror()
            raise Transient(f"cannot read {self._path_of(blob_id)} of {self.place.shown}: the repository is damaged") from error
        if not isinstance(found, pygit2.Blob) or found.size > MOST_BYTES:
            raise DesiredInvalid(
                f"cannot use {self._path_of(blob_id)}: a document has at most {MOST_BYTES} bytes; split it, or move it out of "
                "the folder of desired state"
            )
        return bytes(found.data)

    def _path_of(self, blob_id: str) -> str:
        files = self._latest.files if self._latest else {}
        return next((path for path, found in files.items() if found == blob_id), blob_id)

    def _open(self) -> pygit2.Repository:
        if self._repository is not None:
            return self._repository
        local = self.place.local_path
        if local is None:
            self._mirror = Mirror(self.place, self.cache_directory / "git" / self.place.mirror_name)
            self._repository = self._mirror.open()
            return self._repository
        try:
            self._repository = pygit2.Repository(str(local))
        except (pygit2.GitError, KeyError) as error:
            raise Stalled(
                f"cannot open {self.place.shown}: {self.place.redacted(str(error))}; "
                "name other settings, correct source.url, or make the repository"
            ) from error
        return self._repository

    def _drop_mirror(self) -> None:
        """A mirror is made anew at the next look; a repository of somebody else's is opened anew."""
        self._repository = None
        if self._mirror:
            shutil.rmtree(self._mirror.path, ignore_errors=True)

    def _commit(self, repository: pygit2.Repository) -> pygit2.Commit:
        if self._mirror:
            self._mirror.follow(repository)
        name = MIRRORED if self._mirror else f"refs/heads/{self.place.branch}"
        try:
            reference = repository.lookup_reference(name)
        except KeyError as error:
            raise branch_missing(self.place) from error
        return reference.peel(pygit2.Commit)

    def _tree(self, commit: pygit2.Commit) -> pygit2.Tree:
        folder = self.place.folder.strip("/")
        if folder in ("", "."):
            return commit.tree
        try:
            found = commit.tree[folder]
        except KeyError as error:
            raise Stalled(
                f"cannot find folder {folder} in commit {str(commit.id)[:10]}; correct source.folder, or add it"
            ) from error
        if not isinstance(found, pygit2.Tree):
            raise Stalled(f"cannot use {folder} of commit {str(commit.id)[:10]}: it is not a folder; correct source.folder")
        return found


def _text(raw: bytes) -> str:
    """Commits may be in any encoding, or in none."""
    return raw.decode("utf-8", "replace")


__all__ = ["GitPlace", "GitSource", "read_folder"]
