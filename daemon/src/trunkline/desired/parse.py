"""YAML to documents: every problem at once, each with its place. Only files whose content changed are parsed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from trunkline.desired import cures, tree
from trunkline.desired.documents import Cluster, Cube, Document, Documents, Estate, Link, Placed
from trunkline.desired.documents.fields import NAME
from trunkline.desired.documents.walk import fields_at
from trunkline.desired.tree import Path, Position
from trunkline.model.certificate import Certificate, certificates_in
from trunkline.model.desired import Problem

ESTATE_PATH = "estate.yaml"
KINDS: Mapping[str, type[Document]] = {"cubes": Cube, "clusters": Cluster, "links": Link}


@dataclass(frozen=True)
class OneFile:
    """What one file holds: a document, or what is wrong with it."""

    path: str
    placed: Placed[Any] | None
    problems: tuple[Problem, ...] = ()
    certificates: tuple[Certificate, ...] = ()  # of a file in certificates/


@dataclass(frozen=True)
class Parsed:
    """All documents; none where anything is wrong with one of them. `readable` are those that can be used by themselves."""

    documents: Documents | None
    problems: tuple[Problem, ...]
    readable: Documents


@dataclass
class Parser:
    """Remembers what each blob meant, so that one changed document is one parse."""

    by_blob: dict[tuple[str, str], OneFile] = field(default_factory=dict)
    parse_count: int = 0
    last: tuple[Mapping[str, str], Parsed] | None = None

    def parse(self, files: Mapping[str, str], read: Callable[[str], bytes]) -> Parsed:
        """Documents of a snapshot: `files` maps path to blob id, `read` gives a blob's content."""
        if self.last and self.last[0] is files:
            return self.last[1]
        fresh: dict[tuple[str, str], OneFile] = {}
        for path, blob in files.items():
            known = self.by_blob.get((path, blob))
            if known is None:
                self.parse_count += 1
                known = parse_one(path, read(blob))
            fresh[path, blob] = known
        self.by_blob = fresh
        parsed = assemble(fresh.values())
        self.last = (files, parsed)
        return parsed


def parse(files: Mapping[str, bytes]) -> Parsed:
    """Documents from contents by path."""
    return assemble(parse_one(path, content) for path, content in files.items())


def assemble(files: Iterable[OneFile]) -> Parsed:
    """All documents together. Two files of one stem state the same object twice."""
    problems: list[Problem] = []
    found: dict[type, dict[str, Placed[Any]]] = {Estate: {}, Cube: {}, Cluster: {}, Link: {}}
    unread: set[str] = set()
    by_name: dict[str, str] = {}
    every = sorted(files, key=lambda one: one.path)
    for one in every:
        problems.extend(one.problems)
        if one.certificates:
            continue
        name = str(PurePosixPath(one.path).with_suffix(""))
        other = by_name.setdefault(name, one.path)
        if other != one.path:
            problems.append(Problem(one.path, 1, 1, "TL006", f"{other} states the same object", cures.DUPLICATE))
        elif one.placed:
            found[type(one.placed.value)][one.placed.name] = one.placed
        else:
            unread.add(name)
    below = _folder_below(one.path for one in every)
    if below:
        problems = [Problem(below, 1, 1, "TL001", f"the documents are in {below}", cures.HIGHER)]
    elif not every:
        problems = [Problem(ESTATE_PATH, 1, 1, "TL001", "there are no documents here", cures.NO_DOCUMENTS)]
    estate = next(iter(found[Estate].values()), Placed("estate", ESTATE_PATH, Estate()))
    answers = {one.path: one.certificates for one in every if one.certificates}
    readable = Documents(estate, found[Cube], found[Cluster], found[Link], frozenset(unread), answers)
    return Parsed(None if problems else readable, tuple(sorted(problems)), readable)


def _folder_below(paths: Iterable[str]) -> str | None:
    """The folder in which documents would have their place, where none has one here: a path that ends too early."""
    parts = [PurePosixPath(path).parts for path in paths]
    if any(model_of("/".join(one)) for one in parts):
        return None
    return next((one[0] for one in parts if len(one) > 1 and model_of("/".join(one[1:]))), None)


def model_of(path: str) -> type[Document] | None:
    """Which document a path holds; None where the path is none of ours."""
    parts = PurePosixPath(path).parts
    if len(parts) == 1 and PurePosixPath(path).stem == "estate":
        return Estate
    return KINDS.get(parts[0]) if len(parts) == 2 else None


def parse_one(path: str, content: bytes) -> OneFile:
    """One file."""
    if is_answer(path):
        return _answer(path, content)
    model = model_of(path)
    if model is None:
        return _refused(path, "TL002", "no document has its place here", cures.MISPLACED)
    if not re.fullmatch(NAME, PurePosixPath(path).stem):
        return _refused(path, "TL002", "the file's name cannot be an object's name", cures.MISNAMED)
    read = tree.read(content)
    flaws = tuple(Problem(path, flaw.line, flaw.column, flaw.code, flaw.message, flaw.cure) for flaw in read.flaws)
    if not read.is_readable:
        return OneFile(path, None, flaws)
    try:
        # Strict, but through JSON: there a list may become a tuple, and the digits of a key a number.
        document: Document = model.model_validate_json(to_json(read.value))
    except ValidationError as error:
        return OneFile(path, None, (*flaws, *_invalid(path, model, error, read.positions)))
    placed = Placed(PurePosixPath(path).stem, path, document, read.positions)
    return OneFile(path, None if flaws else placed, flaws)


def is_answer(path: str) -> bool:
    """Whether a file holds a certificate that a person signed."""
    return path.startswith("certificates/") and path.endswith(".pem")


def _answer(path: str, content: bytes) -> OneFile:
    """Names and folders below certificates/ are free: an answer is found by its public key."""
    try:
        found = certificates_in(content)
    except ValueError as error:
        return _refused(path, "TL007", str(error), cures.NO_CERTIFICATE)
    if not found or b"PRIVATE KEY-----" in content:
        what = "there is a private key in it" if found else "there is no certificate in it"
        return _refused(path, "TL007", what, cures.NO_CERTIFICATE)
    return OneFile(path, None, certificates=found)


def _refused(path: str, code: str, message: str, cure: str) -> OneFile:
    return OneFile(path, None, (Problem(path, 1, 1, code, message, cure),))


def _invalid(path: str, model: type[Document], error: ValidationError, positions: Mapping[Path, Position]) -> Iterable[Problem]:
    """Each finding of pydantic at the innermost place that stands in the file; of a union's branches the nearest."""
    by_place: dict[Path, list[Any]] = {}
    of_unions: set[Path] = set()
    for entry in error.errors(include_url=False, include_input=False):
        where, is_branch = _where(entry, positions)
        by_place.setdefault(where, []).append(entry)
        if is_branch:
            of_unions.add(where)
    for where, entries in by_place.items():
        if where in of_unions and any(
            len(other) > len(where) and other[: len(where)] == where for other in of_unions & by_place.keys()
        ):
            continue
        name = ".".join(map(str, where)) or "the document"
        is_union = where in of_unions and len(entries) > 1
        message, cure = (
            cures.of_union(name, entries) if is_union else cures.of_validation(name, entries[0], fields_at(model, where[:-1]))
        )
        at = next(positions[where[:end]] for end in range(len(where), -1, -1) if where[:end] in positions)
        yield Problem(path, *at, "TL005", message, cure)


def _where(entry: Any, positions: Mapping[Path, Position]) -> tuple[Path, bool]:
    """The path in the file, without the names that pydantic gives to the branches of a union, and whether it had any."""
    path: Path = ()
    is_branch = False
    for number, part in enumerate(entry["loc"], 1):
        if (*path, part) in positions or (entry["type"] == "missing" and number == len(entry["loc"])):
            path = (*path, part)
        elif part != "[key]":
            is_branch = True
    return path, is_branch
