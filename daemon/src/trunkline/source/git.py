"""Desired state from git, read from the object database; the only door to pygit2."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from trunkline.model.desired import Snapshot
from trunkline.model.errors import DesiredInvalid, Stalled, Transient

SUFFIXES = (".yaml", ".yml")
REMOTE_REF = "refs/trunkline/fetched"


@dataclass(frozen=True)
class GitPlace:
    """Where desired state is: any URL or path, the branch, and the folder inside the tree."""

    url: str
    branch: str = "main"
    folder: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass
class GitSource:
    """Implements `trunkline.ports.Source`. A local repository is read where it lies; a remote one through a bare mirror."""

    place: GitPlace
    cache_directory: Path
    _repository: pygit2.Repository | None = None
    _latest: Snapshot | None = None
    _latest_tree: pygit2.Oid | None = None
    _folders: dict[tuple[str, pygit2.Oid], dict[str, str]] = field(default_factory=dict)

    def fetch(self) -> Snapshot:
        """The newest commit of the branch; the very same object while the commit is the same.

        Raises Transient where the repository cannot be reached, Stalled where branch or folder do not exist, and
        DesiredInvalid for a commit without documents.
        """
        repository = self._open()
        commit = self._commit(repository)
        if self._latest and self._latest.revision == str(commit.id):
            return self._latest
        tree = self._tree(commit)
        files = self._latest.files if self._latest and tree.id == self._latest_tree else dict(self._files(tree, ""))
        if not files:
            raise DesiredInvalid(
                f"cannot use commit {str(commit.id)[:10]} of {self.place.url}: there are no documents in "
                f"{self.place.folder or 'its root'}; point source.folder at them, or put them there"
            )
        author = f"{commit.author.name} <{commit.author.email}>"
        committed_at = datetime.fromtimestamp(commit.commit_time, UTC)
        self._latest = Snapshot(str(commit.id), committed_at, author, commit.message.split("\n")[0], files)
        self._latest_tree = tree.id
        return self._latest

    def read(self, blob_id: str) -> bytes:
        found = self._open()[blob_id]
        assert isinstance(found, pygit2.Blob)  # noqa: S101 - blob ids come from `fetch`
        return bytes(found.data)

    def _open(self) -> pygit2.Repository:
        if self._repository is not None:
            return self._repository
        local = Path(self.place.url.removeprefix("file://"))
        try:
            if local.is_dir():
                self._repository = pygit2.Repository(str(local))
            else:
                self._repository = self._mirror()
        except pygit2.GitError as error:
            raise Stalled(f"cannot open {self.place.url}: it is not a git repository; correct source.url ({error})") from error
        return self._repository

    def _is_remote(self) -> bool:
        return not Path(self.place.url.removeprefix("file://")).is_dir()

    def _mirror(self) -> pygit2.Repository:
        path = self.cache_directory / "git" / sha256(self.place.url.encode()).hexdigest()[:16]
        if path.exists():
            return pygit2.Repository(str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        repository = pygit2.init_repository(str(path), bare=True)
        repository.remotes.create("origin", self.place.url, f"+refs/heads/{self.place.branch}:{REMOTE_REF}")
        return repository

    def _commit(self, repository: pygit2.Repository) -> pygit2.Commit:
        name = f"refs/heads/{self.place.branch}"
        if self._is_remote():
            try:
                repository.remotes["origin"].fetch(callbacks=self._callbacks())
            except pygit2.GitError as error:
                raise Transient(
                    f"cannot fetch {self.place.url}: {error}; see whether it is reachable and the credentials are right"
                ) from error
            name = REMOTE_REF
        try:
            return repository.lookup_reference(name).peel(pygit2.Commit)
        except (KeyError, pygit2.GitError) as error:
            raise Stalled(
                f"cannot find branch {self.place.branch} in {self.place.url}; correct source.branch, or push it"
            ) from error

    def _callbacks(self) -> pygit2.RemoteCallbacks:
        if not self.place.username:
            return pygit2.RemoteCallbacks()
        return pygit2.RemoteCallbacks(credentials=pygit2.UserPass(self.place.username, self.place.password))

    def _tree(self, commit: pygit2.Commit) -> pygit2.Tree:
        if not self.place.folder.strip("/"):
            return commit.tree
        try:
            found = commit.tree[self.place.folder.strip("/")]
        except KeyError as error:
            raise Stalled(
                f"cannot find folder {self.place.folder} in commit {str(commit.id)[:10]}; correct source.folder, or add it"
            ) from error
        if not isinstance(found, pygit2.Tree):
            raise Stalled(f"cannot use {self.place.folder} of commit {str(commit.id)[:10]}: it is not a folder")
        return found

    def _files(self, tree: pygit2.Tree, prefix: str) -> Iterator[tuple[str, str]]:
        """Every document below a tree. A folder that did not change is not walked again."""
        known = self._folders.get((prefix, tree.id))
        if known is None:
            known = {}
            for entry in tree:
                path = f"{prefix}{entry.name}"
                if entry.type == ObjectType.TREE:
                    known.update(self._files(entry, f"{path}/"))  # type: ignore[arg-type]  # its type was asked
                elif path.endswith(SUFFIXES):
                    known[path] = str(entry.id)
            self._folders[prefix, tree.id] = known
        yield from known.items()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The documents of a folder in the file system, by path inside it. Raises Stalled where it is not one."""
    if not folder.is_dir():
        raise Stalled(f"cannot check {folder}: it is not a folder; give the folder that holds estate.yaml")
    found = {}
    for directory, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in sorted(files):
            if name.endswith(SUFFIXES):
                path = Path(directory, name)
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return dict(sorted(found.items()))
