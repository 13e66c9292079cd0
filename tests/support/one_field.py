"""One field of the documents of the law changed, and what that plans."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from support import puppets
from support.puppets import Stage
from support.scene import ROOT
from trunkline.desired.documents import Documents
from trunkline.desired.parse import parse
from trunkline.model.passes import Pass
from trunkline.model.plan import Action, Change
from trunkline.source.git import read_folder

FOLDER = ROOT / "tests" / "laws" / "documents"
CUBES = ("core", "edge")
Data = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """`path` of the document gets another value. `implies` are the differences, or nothing, and then `why`."""

    document: str
    path: str
    value: Any
    implies: tuple[str, ...] = ()
    why: str = ""

    def __str__(self) -> str:
        return f"{self.document}:{self.path}={str(self.value)[:20]}"

    @property
    def where(self) -> tuple[str | int, ...]:
        return tuple(int(part) if part.isdigit() else part for part in self.path.split("."))


def table() -> list[Edit]:
    """The edits of the law."""
    rows = yaml.safe_load((FOLDER.parent / "one_field.yaml").read_text())
    return [
        Edit(row["document"], row["path"], row["value"], tuple(row.get("implies", ())), row.get("nothing", "")) for row in rows
    ]


def load() -> Data:
    """The documents as plain data, by path."""
    return {path: yaml.safe_load(content) for path, content in read_folder(FOLDER).items()}


def edited(data: Data, edit: Edit) -> Data:
    """The same with one value changed."""
    copy: Data = yaml.safe_load(yaml.safe_dump(data))
    *above, last = edit.where
    at = copy[f"{edit.document}.yaml"]
    for part in above:
        at = at[part]
    at[last] = edit.value
    return copy


def documents(data: Data) -> Documents:
    parsed = parse({path: yaml.safe_dump(content).encode() for path, content in data.items()})
    assert parsed.documents, parsed.problems
    return parsed.documents


def fresh() -> Stage:
    """Devices on which nothing was done yet."""
    return Stage(
        (
            puppets.cube("edge", (15, 6), "edge-sip", "edge-2027"),
            puppets.cube("core", (17, 9), "core-sip", "core-2027"),
            puppets.cluster("seoul", "seoul-1", "seoul-2", "seoul-3"),
            puppets.cluster("daegu", "daegu-1"),
        ),
        puppets.journal(),
    )


def settled() -> Stage:
    """Devices as the documents want them."""
    stage = fresh()
    for finished in passes(stage, documents(load())):
        assert finished.is_converged, finished
    return stage


def passes(stage: Stage, wanted: Documents) -> list[Pass]:
    """One pass of every CUBE."""
    return [stage.run(wanted, cube) for cube in CUBES]


def said(finished: list[Pass]) -> list[str]:
    """The changes of some passes as the table of the law writes them: lines of a CUBE, fields of a cluster."""
    texts = [text for one in finished for change in one.changes for text in _said(change)]
    return sorted(re.sub(r"\bTL-[0-9A-F]{8}", "TL-…", re.sub(r"/[0-9A-F]{16}\b", "/…", text)) for text in texts)


def _said(change: Change) -> Iterator[str]:
    if change.action is not Action.UPDATE:
        yield f"{change.action} {change.key}"
        return
    for difference in change.differences:
        field = f" {difference.slot}" if change.key.target.startswith("cluster/") else ""
        yield f"{change.key}{field}: {difference.before or 'nothing'} → {difference.after or 'nothing'}"
