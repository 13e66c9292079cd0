"""A git repository that tests write to, and servers that offer it as others would."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pygit2

AUTHOR = pygit2.Signature("Voice Team", "voice@example.com", 1_700_000_000, 60)
BLOB, LINK, SUBMODULE, TREE = 0o100644, 0o120000, 0o160000, 0o040000


@dataclass
class Repository:
    """A bare repository. `commit` takes the whole content of the folder desired-state."""

    path: Path
    folder: str = "desired-state"

    def __post_init__(self) -> None:
        self.git = pygit2.init_repository(str(self.path), bare=True, initial_head="main")

    def commit(self, files: Mapping[str, bytes], *, odd: Mapping[str, int] | None = None, subject: str = "a change") -> str:
        """A commit on top of main; `odd` are further entries that are no files, by path and mode."""
        tree = self._tree(files, odd or {})
        if self.folder:
            builder = self.git.TreeBuilder()
            builder.insert(self.folder, tree, TREE)
            tree = builder.write()
        name = "refs/heads/main"
        parents = [self.git.references[name].target] if name in self.git.references else []
        return str(self.git.create_commit(name, AUTHOR, AUTHOR, subject, tree, parents))

    def _tree(self, files: Mapping[str, bytes], odd: Mapping[str, int]) -> pygit2.Oid:
        builder = self.git.TreeBuilder()
        below: dict[str, tuple[dict[str, bytes], dict[str, int]]] = {}
        for path, content in files.items():
            first, _, rest = path.partition("/")
            if rest:
                below.setdefault(first, ({}, {}))[0][rest] = content
            else:
                builder.insert(first, self.git.create_blob(content), BLOB)
        for path, mode in odd.items():
            first, _, rest = path.partition("/")
            if rest:
                below.setdefault(first, ({}, {}))[1][rest] = mode
            else:
                builder.insert(first, pygit2.Oid(hex="1" * 40) if mode == SUBMODULE else self.git.create_blob(b"../x"), mode)
        for name, (inner, inner_odd) in below.items():
            builder.insert(name, self._tree(inner, inner_odd), TREE)
        return builder.write()

    def move(self, revision: str, branch: str = "main") -> None:
        """Force the branch to a revision."""
        self.git.references.create(f"refs/heads/{branch}", pygit2.Oid(hex=revision), force=True)

    def delete(self, branch: str = "main") -> None:
        self.git.references.delete(f"refs/heads/{branch}")


@contextmanager
def git_daemon(folder: Path, address: str) -> Iterator[str]:
    """Git's own server; yields the URL of what is in the folder."""
    port = 9418
    words = ["git", "daemon", "--export-all", f"--base-path={folder}", f"--listen={address}", f"--port={port}", "--reuseaddr"]
    environment = {**os.environ, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        _wait_for(address, port)
        yield f"git://{address}:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.communicate()


def _wait_for(address: str, port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address, port), 5).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"nothing listens on {address}:{port}")
