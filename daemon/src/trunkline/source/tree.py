"""The documents in a tree of the object database: which files there are, and which must not be there. No work tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pygit2
from pygit2.enums import FileMode

from trunkline.model.desired import Problem

SUFFIXES = (".yaml", ".yml")
CERTIFICATES = "certificates/"
MOST_BYTES = 1024 * 1024
CODE = "TL002"


@dataclass(frozen=True)
class Listing:
    """Blob ids by path, and what is wrong with some of the entries."""

    files: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass
class TreeReader:
    """Remembers every folder that it has walked: one that did not change is not walked again."""

    _folders: dict[tuple[str, pygit2.Oid], Listing] = field(default_factory=dict)

    def read(self, tree: pygit2.Tree) -> Listing:
        seen: dict[tuple[str, pygit2.Oid], Listing] = {}
        listing = self._walk(tree, "", seen)
        self._folders = seen  # what is in no newer tree is forgotten
        return listing

    def _walk(self, tree: pygit2.Tree, prefix: str, seen: dict[tuple[str, pygit2.Oid], Listing]) -> Listing:
        known = self._folders.get((prefix, tree.id))
        if known is None:
            files: dict[str, str] = {}
            problems: list[Problem] = []
            for entry in tree:
                path = f"{prefix}{entry.name}"
                if entry.filemode == FileMode.TREE:
                    below = self._walk(entry, f"{path}/", seen)  # type: ignore[arg-type]  # its mode was asked
                    files.update(below.files)
                    problems += below.problems
                elif entry.filemode in (FileMode.LINK, FileMode.COMMIT):
                    problems.append(_no_file(path, is_link=entry.filemode == FileMode.LINK))
                elif is_document(path):
                    files[path] = str(entry.id)
            known = Listing(files, tuple(problems))
        else:
            seen.update(self._below(prefix))
        seen[prefix, tree.id] = known
        return known

    def _below(self, prefix: str) -> Iterator[tuple[tuple[str, pygit2.Oid], Listing]]:
        return ((key, listing) for key, listing in self._folders.items() if key[0].startswith(prefix) and key[0] != prefix)


def is_document(path: str) -> bool:
    """Whether a file of desired state is read: documents, and the certificates that people signed."""
    return path.endswith(SUFFIXES) or (path.startswith(CERTIFICATES) and path.endswith(".pem"))


def _no_file(path: str, *, is_link: bool) -> Problem:
    """A document behind a link would be missing in silence, and what it states would be deleted."""
    what = "a symbolic link" if is_link else "a submodule"
    cure = "Put the file itself there, or move this out of the folder of desired state"
    return Problem(path, 1, 1, CODE, f"{what} is not read", cure)
