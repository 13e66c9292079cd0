"""From an examined link to the files of a bundle: what the journal, the source and this process add to it."""

import json
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from re import match
from secrets import token_bytes

from trunkline.desired.documents import Documents
from trunkline.desired.parse import ESTATE_PATH
from trunkline.journal.sql import SqlJournal
from trunkline.model.errors import Stalled
from trunkline.model.key import cluster_target, cube_target
from trunkline.ports import Source
from trunkline.service.bundling import packing
from trunkline.service.diagnosing import Examined
from trunkline.views.bundle.files import Bundle, bundle
from trunkline.views.bundle.material import Material
from trunkline.views.redaction.known import holding, without

KEY_BYTES, MOST_NAMED = 32, 3
LOGGED_FOR, PASSES = timedelta(days=1), 10
"""How far back syslog goes into a bundle, and how many passes."""


@dataclass
class Answers:
    """What CUBEs printed, by target and command; of a command that was asked twice, what it said last."""

    by_target: dict[str, dict[str, str]] = field(default_factory=dict)

    def keep(self, target: str, command: str, answer: str) -> None:
        self.by_target.setdefault(target, {})[command] = answer

    def of(self, target: str) -> Mapping[str, str]:
        return self.by_target.get(target, {})


@dataclass(frozen=True)
class Place:
    """Where a bundle goes. `key` is the file for what its pseudonyms stand for; None: nobody will know."""

    path: Path
    is_anonymous: bool = False
    key: Path | None = None

    def check(self) -> None:
        """Raises Stalled where no new file can be made: before anybody is asked for minutes."""
        for path in filter(None, (self.path, self.key)):
            packing.check_place(path)


@dataclass(frozen=True)
class Surroundings:
    """What a bundle needs beside the examination."""

    journal: SqlJournal
    source: Source
    documents: Documents
    answers: Answers
    secrets: frozenset[str]  # every one that this process can resolve


def write_bundle(place: Place, examined: Examined, around: Surroundings) -> Bundle:
    """Write the zip, and say what is in it. Raises Stalled where it cannot be written, or would hold a known secret."""
    made = bundle(_material(examined, around), around.secrets, token_bytes(KEY_BYTES) if place.is_anonymous else b"")
    archive = packing.packed(made.files, made.folder, examined.diagnosis.at)
    _refuse_leaks(place.path, packing.unpacked(archive), around.secrets)
    packing.write(place.path, archive)
    if place.key:
        packing.write(place.key, json.dumps(made.meanings, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return made


def _refuse_leaks(path: Path, files: Mapping[str, bytes], secrets: frozenset[str]) -> None:
    """The last look, over every byte as somebody would unpack it. The name of a file may be the secret itself."""
    leaking = [without(name.partition("/")[2], secrets)[0] for name in holding(files, secrets)]
    if leaking:
        told = ", ".join(leaking[:MOST_NAMED]) + (", …" if len(leaking) > MOST_NAMED else "")
        raise Stalled(
            f"cannot write the bundle {path}: a secret that trunkline was given stands in {told} or in its name; "
            "choose a secret that is no name of anything"
        )


def _material(examined: Examined, around: Surroundings) -> Material:
    found, evidence = examined.diagnosis, examined.evidence
    ends = (cube_target(found.cube), cluster_target(found.cluster))
    return Material(
        found,
        evidence.finished,
        dict(_texts(around, found.revision, found.link)),
        around.answers.of(ends[0]),
        around.journal.events(ends, found.at - LOGGED_FOR),
        around.journal.summaries(PASSES, found.cube),
        dict(_versions()),
        evidence.counters_before,
        evidence.counted_at,
    )


def _texts(around: Surroundings, revision: str, link: str) -> Iterator[tuple[str, str]]:
    """The documents that the link is made from, as they were written."""
    stated = around.documents.links[link]
    paths = (
        ESTATE_PATH,
        around.documents.cubes[stated.value.cube].path,
        around.documents.clusters[stated.value.cluster].path,
        stated.path,
    )
    files = around.source.at(revision).files
    for path in paths:
        if path in files:  # an estate may be all defaults
            yield path, around.source.read(files[path]).decode(errors="replace")


def _versions() -> Iterator[tuple[str, str]]:
    yield "trunkline", version("trunkline")
    yield "Python", sys.version.split()[0]
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    for requirement in sorted(requires("trunkline") or ()):
        name = match(r"[\w.-]+", requirement)
        if name and "extra ==" not in requirement:
            with suppress(PackageNotFoundError):
                yield name[0], version(name[0])
