"""Commands that run passes at once: plan and apply."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from trunkline.cli.app import ERRORS, CubeOption, FormatOption, SettingsOption, app, is_json, say, say_json, settings_of
from trunkline.desired.documents import Documents
from trunkline.desired.lint import blocking
from trunkline.desired.parse import Parser
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.errors import DesiredInvalid
from trunkline.model.passes import Pass
from trunkline.model.plan import Step
from trunkline.service.world import PassOptions, World
from trunkline.settings import Settings, resolve
from trunkline.source.git import GitPlace, GitSource
from trunkline.views import document, text

MOST_PASSES = 5


@dataclass
class Opened:
    """The newest revision with everything that a pass needs."""

    documents: Documents
    revision: str
    world: World
    cubes: list[str]


def source_of(settings: Settings) -> GitSource:
    stated = settings.source
    password = resolve(stated.password, settings.secrets_directory) if stated.password else ""
    place = GitPlace(stated.url, stated.branch, stated.folder, stated.username, password)
    return GitSource(place, settings.state_directory / "cache")


def world_of(settings: Settings) -> World:
    journal = SqlJournal(open_engine(settings.journal), document.of_pass)
    return World(journal, settings.secrets_directory, settings.state_directory / "cache")


@contextmanager
def opened(settings: Settings, cubes: list[str] | None) -> Iterator[Opened]:
    """Raises DesiredInvalid for a revision that cannot be used, after printing every problem."""
    source = source_of(settings)
    snapshot = source.fetch()
    parsed = Parser().parse(snapshot.files, source.read)
    problems = parsed.problems or blocking(parsed.documents, datetime.now(UTC).date())
    if parsed.documents is None or problems:
        for line in text.problems(problems):
            ERRORS.print(line, markup=False)
        raise DesiredInvalid(f"cannot use revision {snapshot.revision[:10]}: {len(problems)} problems; correct them and commit")
    unknown = set(cubes or ()) - parsed.documents.cubes.keys()
    if unknown:
        raise DesiredInvalid(f"cannot plan for {', '.join(sorted(unknown))}: there is no such document in cubes/")
    world = world_of(settings)
    try:
        yield Opened(parsed.documents, snapshot.revision, world, cubes or sorted(parsed.documents.cubes))
    finally:
        world.close()


@app.command()
def plan(settings: SettingsOption = None, cube: CubeOption = None, chosen: FormatOption = "text") -> None:
    """Print exactly what would be sent. Exit 0: nothing to do; 1: changes; 2: error; 3: held."""
    as_json = is_json(chosen)
    with opened(settings_of(settings), cube) as ready:
        passes = [
            ready.world.run_pass(ready.documents, ready.revision, name, PassOptions(is_dry=True, is_full=True))
            for name in ready.cubes
        ]
    if as_json:
        say_json([document.of_pass(finished) for finished in passes])
    else:
        for finished in passes:
            for line in text.plan(finished):
                say(line)
            if finished.failure:
                say(f"  {finished.failure.message}")
    raise typer.Exit(_plan_exit(passes))


def _plan_exit(passes: list[Pass]) -> int:
    if any(finished.failure for finished in passes):
        return 2
    plans = [finished.plan for finished in passes if finished.plan]
    if any(made.steps for made in plans):
        return 1
    return 3 if any(made.held for made in plans) else 0


@app.command()
def apply(
    settings: SettingsOption = None,
    cube: CubeOption = None,
    chosen: FormatOption = "text",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress")] = False,
) -> None:
    """Run passes until nothing differs, or something holds. Exit 0: converged; 2: error; 3: held."""
    as_json = is_json(chosen)

    def progress(number: int, of: int, step: Step) -> None:
        if not (quiet or as_json):
            say(f"  [{number}/{of}] {step.change.action} {step.key}")

    with opened(settings_of(settings), cube) as ready:
        passes = [_until_converged(ready, name, progress) for name in ready.cubes]
    if as_json:
        say_json([document.of_pass(finished) for finished in passes])
    else:
        for finished in passes:
            for line in text.outcome(finished):
                say(line)
    if any(finished.failure for finished in passes):
        raise typer.Exit(2)
    raise typer.Exit(0 if all(finished.is_converged for finished in passes) else 3)


def _until_converged(ready: Opened, name: str, progress: "object") -> Pass:
    finished: Pass | None = None
    for _ in range(MOST_PASSES):
        options = PassOptions(finished, is_full=True, on_step=progress)  # type: ignore[arg-type]  # the callback above
        finished = ready.world.run_pass(ready.documents, ready.revision, name, options)
        ready.world.journal.record(finished)
        if finished.failure or finished.is_converged or not finished.outcomes:
            break
    assert finished is not None  # noqa: S101 - there is at least one pass
    return finished
