"""YAML to documents: every problem at once, each with its place. Only files whose content changed are parsed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from trunkline.desired import cures
from trunkline.desired.documents import Cluster, Cube, Documents, Estate, Link, Path, Placed, Position
from trunkline.desired.fields import Document
from trunkline.model.desired import Problem

ESTATE_PATH = "estate.yaml"
KINDS: Mapping[str, type[Document]] = {"cubes": Cube, "clusters": Cluster, "links": Link}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Parsed1 = tuple[Placed[Any] | None, tuple[Problem, ...]]


@dataclass(frozen=True)
class Parsed:
    """All documents, or what is wrong with them."""

    documents: Documents | None
    problems: tuple[Problem, ...] = ()


@dataclass
class Parser:
    """Remembers what each blob meant, so that one changed document is one parse."""

    by_blob: dict[tuple[str, str], Parsed1] = field(default_factory=dict)
    parse_count: int = 0
    last: tuple[Mapping[str, str], Parsed] | None = None

    def parse(self, files: Mapping[str, str], read: Callable[[str], bytes]) -> Parsed:
        """Documents of a snapshot: `files` maps path to blob id, `read` gives a blob's content."""
        if self.last and self.last[0] is files:
            return self.last[1]
        fresh: dict[tuple[str, str], Parsed1] = {}
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


def assemble(parts: Iterator[Parsed1] | Any) -> Parsed:
    """All documents together, if each one is valid."""
    problems: list[Problem] = []
    found: dict[type, dict[str, Placed[Any]]] = {Estate: {}, Cube: {}, Cluster: {}, Link: {}}
    for placed, of_one in parts:
        problems.extend(of_one)
        if placed:
            found[type(placed.value)][placed.name] = placed
    if not any(found.values()) and not problems:
        problems.append(Problem(ESTATE_PATH, 1, 1, "TL001", "there are no documents here", cures.NO_DOCUMENTS))
    if problems:
        return Parsed(None, tuple(sorted(problems)))
    estate = next(iter(found[Estate].values()), Placed("estate", ESTATE_PATH, Estate()))
    return Parsed(Documents(estate, found[Cube], found[Cluster], found[Link]))


def model_of(path: str) -> type[Document] | None:
    """Which document a path holds; None where the path is none of ours."""
    parts = PurePosixPath(path).parts
    if path == ESTATE_PATH:
        return Estate
    return KINDS.get(parts[0]) if len(parts) == 2 else None


def parse_one(path: str, content: bytes) -> Parsed1:
    """One file."""
    model = model_of(path)
    if model is None:
        return None, (Problem(path, 1, 1, "TL002", "no document has its place here", cures.MISPLACED),)
    try:
        node = yaml.compose(content.decode("utf-8"), Loader=LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, (_not_yaml(path, error),)
    positions: dict[Path, Position] = {}
    problems: list[Problem] = []
    if node is None:
        return None, (Problem(path, 1, 1, "TL003", "the document is empty", cures.EMPTY),)
    value = _construct(node, (), positions, _Report(path, problems))
    if problems:
        return None, tuple(problems)
    return _validate(path, model, value, positions)


def _not_yaml(path: str, error: yaml.YAMLError | UnicodeDecodeError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(path, line, column, "TL003", f"this is not YAML: {what}", cures.NOT_YAML)


@dataclass(frozen=True)
class _Report:
    path: str
    problems: list[Problem]

    def add(self, node: yaml.Node, code: str, message: str, cure: str) -> None:
        mark = node.start_mark
        self.problems.append(Problem(self.path, mark.line + 1, mark.column + 1, code, message, cure))


_SCALARS = yaml.SafeLoader("")


def _construct(node: yaml.Node, where: Path, positions: dict[Path, Position], report: _Report) -> Any:
    """A node as plain data, remembering where each value stands. Duplicate keys are a problem, not a surprise."""
    positions[where] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(node, where, positions, report)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*where, i), positions, report) for i, item in enumerate(node.value)]
    if node.tag in ("tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"):
        return node.value
    try:
        return _SCALARS.construct_object(node)
    except (yaml.YAMLError, ValueError):
        report.add(node, "TL003", f"{node.value!r} cannot be read as {node.tag}", cures.NOT_YAML)
        return None


def _construct_mapping(node: yaml.MappingNode, where: Path, positions: dict[Path, Position], report: _Report) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if key is None:
            report.add(key_node, "TL003", "a key must be a word", cures.NOT_YAML)
        elif key in made:
            report.add(key_node, "TL004", f"{key!r} is stated twice", cures.DUPLICATE)
        else:
            made[key] = _construct(value_node, (*where, key), positions, report)
            positions[*where, key] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
    return made


def _validate(path: str, model: type[Document], value: Any, positions: dict[Path, Position]) -> Parsed1:
    try:
        document: BaseModel = model.model_validate_json(to_json(value))
    except ValidationError as error:
        return None, tuple(_invalid(path, entry, positions) for entry in error.errors(include_url=False))
    return Placed(PurePosixPath(path).stem, path, document, positions), ()


def _invalid(path: str, entry: Any, positions: Mapping[Path, Position]) -> Problem:
    """One finding of pydantic, at the innermost place that stands in the file."""
    where = tuple(str(part) if isinstance(part, str) else part for part in entry["loc"])
    named = [part for part in where if not (isinstance(part, str) and part.startswith(("function-", "constrained")))]
    at: Position = (1, 1)
    for end in range(len(named), -1, -1):
        found = positions.get(tuple(named[:end]))
        if found:
            at = found
            break
    field_name = ".".join(map(str, named)) or "the document"
    message, cure = cures.of_validation(field_name, entry)
    return Problem(path, *at, "TL005", message, cure)
