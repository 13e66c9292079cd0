"""A running lab with everything the daemon needs to look after it: documents in git, settings, secrets."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pygit2

from trunkline.desired.documents import Documents
from trunkline.desired.parse import parse
from trunkline.model.passes import Pass
from trunkline.service.composing import world_of
from trunkline.service.world import PassOptions, World
from trunkline.settings import HttpSettings, Settings, SourceSettings
from trunkline.source.git import read_folder
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import LabSpec

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "desired-state"
AUTHOR = pygit2.Signature("Voice Team", "voice@example.com")


@dataclass
class Scene:
    """A lab, and a git repository with the examples' documents at the lab's addresses."""

    lab: Lab
    directory: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.directory / "desired-state"

    def rewrite(self, path: str, before: str, after: str) -> None:
        """Replace a text that stands once in a document. Nothing is committed yet."""
        text = (self.folder / path).read_text()
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {path}"
        (self.folder / path).write_text(text.replace(before, after))

    def commit(self, subject: str = "a change") -> str:
        """Commit everything; returns the revision."""
        repository = pygit2.Repository(str(self.directory))
        repository.index.add_all(["desired-state"])
        repository.index.write()
        tree = repository.index.write_tree()
        parents = [] if repository.head_is_unborn else [repository.head.target]
        return str(repository.create_commit("refs/heads/main", AUTHOR, AUTHOR, subject, tree, parents))

    def documents(self) -> Documents:
        """The documents as they lie in the folder, committed or not."""
        parsed = parse(read_folder(self.folder))
        assert parsed.documents, parsed.problems
        return parsed.documents

    def settings(self) -> Settings:
        return Settings(
            source=SourceSettings(url=str(self.directory)),
            http=HttpSettings(port=0),
            state_directory=self.directory / "state",
            secrets_directory=self.directory,
        )

    def world(self) -> World:
        """The daemon's devices and journal; the caller closes it."""
        return world_of(self.settings())

    def write_settings(self, **more: str) -> Path:
        """trunkline.toml for a daemon that runs as a process. `more` are further top-level lines."""
        lines = [f"{name} = {value}" for name, value in more.items()]
        lines += [f'state_directory = "{self.directory / "state"}"', f'secrets_directory = "{self.directory}"']
        lines += ["[source]", f'url = "{self.directory}"', "[http]", "port = 0"]
        path = self.directory / "trunkline.toml"
        path.write_text("\n".join(lines) + "\n")
        return path

    def trunkline(self, *words: str, timeout_seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """The command line as a process of its own, in the scene's directory."""
        return subprocess.run(
            [sys.executable, "-m", "trunkline", *words],
            cwd=self.directory,
            env=self.process_environment(),
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )

    def process_environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(ROOT / "daemon" / "src"), os.environ.get("PYTHONPATH", "")])
        return {**os.environ, **self.environment, "PYTHONPATH": path, "COLUMNS": "200"}


def converge(world: World, documents: Documents, cube: str, revision: str = "r1", most_passes: int = 5) -> Pass:
    """Passes until nothing is left to do or one cannot go on."""
    finished: Pass | None = None
    for _ in range(most_passes):
        finished = world.run_pass(documents, revision, cube, PassOptions(finished, is_full=True))
        world.journal.record(finished)
        if finished.failure or finished.is_converged:
            break
    assert finished
    return finished


def write_scene(lab: Lab, directory: Path) -> Scene:
    """The examples, moved to the addresses of a lab, in a fresh repository."""
    shutil.copytree(EXAMPLES, directory / "desired-state")
    if lab.spec.octet is not None:
        for path in (directory / "desired-state").rglob("*.yaml"):
            path.write_text(path.read_text().replace("127.72.", f"127.{lab.spec.octet}."))
    scene = Scene(lab, directory, lab.environment())
    pygit2.init_repository(str(directory), initial_head="main")
    scene.commit("the first trunk")
    return scene


def on_octet(spec: LabSpec, octet: int) -> LabSpec:
    return replace(spec, octet=octet)
