"""A daemon that is killed with SIGKILL right before or after one of its writes to the journal, in a process of its own."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trunkline.desired.parse import parse
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.passes import Pass
from trunkline.service.composing import world_of
from trunkline.service.world import PassOptions, World
from trunkline.settings import Settings, SourceSettings
from trunkline.source.git import read_folder
from trunkline.views import document

WRITES = frozenset(
    {"begin", "intend", "done", "refused", "record", "claim", "adopt", "waits", "bound", "forget_holder", "serve", "order"}
)
MOST_PASSES = 40
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["support.killed"])
"""Children are forked from a process that has loaded everything and runs no threads: they cost little, and start clean."""


@dataclass(frozen=True)
class Death:
    """At the write of this number, from 1; before it is made or right after."""

    write: int
    is_before: bool

    def __str__(self) -> str:
        return f"{'before' if self.is_before else 'after'} write {self.write}"


class MortalJournal(SqlJournal):
    """A journal that ends its process."""

    death: Death | None = None
    writes: int = 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in WRITES:
            return found
        self.writes += 1
        return found if self.death is None or self.writes != self.death.write else _fatal(found, self.death)


def _fatal(write: Callable[..., Any], death: Death) -> Callable[..., Any]:
    def last(*words: Any, **more: Any) -> None:
        if not death.is_before:
            write(*words, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    return last


@dataclass(frozen=True)
class Life:
    """What a child does: passes until nothing is left to do, or it dies."""

    directory: Path
    environment: dict[str, str]
    cube: str
    death: Death | None = None


def live(life: Life) -> int:
    """Run it in a process of its own; the exit code: 0 where nothing is left to do, -9 where it was killed."""
    process = SERVER.Process(target=_child, args=(life,))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _child(life: Life) -> None:
    os.environ.update(life.environment)
    os.chdir(life.directory)
    raise SystemExit(0 if _passes(life) else 3)


def _passes(life: Life) -> bool:
    documents = parse(read_folder(life.directory / "desired-state")).documents
    assert documents
    world = _world(life)
    finished: Pass | None = None
    try:
        for _ in range(MOST_PASSES):
            options = PassOptions(finished, is_full=finished is None)  # as daemons look: fully at first
            finished = world.run_pass(documents, "r1", life.cube, options)
            world.journal.record(finished)
            if is_over(finished):
                return True
    finally:
        world.close()
    return False


def _world(life: Life) -> World:
    settings = Settings(
        source=SourceSettings(url=str(life.directory)),
        state_directory=life.directory / "state",
        secrets_directory=life.directory,
    )
    world = world_of(settings)
    journal = MortalJournal(open_engine(settings.journal), document.of_pass)
    journal.death = life.death
    world.journal = journal
    return world


def is_over(finished: Pass) -> bool:
    """Nothing differs, and every certificate is at the top of its ladder."""
    return finished.is_converged and all(one.rung.name == "ALONE" and not one.coming for one in finished.standings)
