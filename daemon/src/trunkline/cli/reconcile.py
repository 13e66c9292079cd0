"""Commands that run passes at once: plan and apply."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer

from trunkline.cli.app import (
    ERRORS,
    CubeOption,
    FormatOption,
    SettingsOption,
    app,
    counted,
    is_json,
    say,
    say_json,
)
from trunkline.cli.signals import Stopping, graceful
from trunkline.desired.documents import Documents
from trunkline.desired.parse import Parser
from trunkline.journal.lock import exclusive
from trunkline.model.errors import DesiredInvalid
from trunkline.model.outcome import Hold
from trunkline.model.passes import Pass
from trunkline.model.plan import Step
from trunkline.service.composing import source_of, world_of
from trunkline.service.following import usable
from trunkline.service.telling import leftover_message
from trunkline.service.world import PassOptions, World
from trunkline.settings import Settings, load
from trunkline.views import document, text

MOST_PASSES = 30
OnStep = Callable[[int, int, Step], None]


@dataclass
class Opened:
    """The newest revision with everything that a pass needs."""

    documents: Documents
    revision: str
    world: World
    cubes: list[str]


@contextmanager
def opened(settings: Settings, cubes: list[str] | None, *, acts: bool) -> Iterator[Opened]:
    """Raises DesiredInvalid for a revision that cannot be used, after printing every problem; Stalled where another
    process acts with the same journal and this one `acts` too.
    """
    documents, revision = newest_documents(settings)
    unknown = set(cubes or ()) - documents.cubes.keys()
    if unknown:
        raise DesiredInvalid(
            f"cannot plan for {', '.join(sorted(unknown))}: there is no such document in cubes/; "
            f"there are {', '.join(sorted(documents.cubes))}"
        )
    with ExitStack() as stack:
        world = world_of(settings)
        stack.callback(world.close)
        if acts:
            stack.enter_context(exclusive(world.journal.engine))
            world.journal.troubled("", datetime.now(UTC))  # this revision can be used
        for (cube, target), count in sorted(world.leftovers(documents).items()):
            ERRORS.print(f"trunkline: {leftover_message(cube, target, count)}", markup=False)
        yield Opened(documents, revision, world, sorted(set(cubes)) if cubes else sorted(documents.cubes))


def newest_documents(settings: Settings) -> tuple[Documents, str]:
    """Of the newest revision. Raises DesiredInvalid for one that cannot be used, after printing every problem."""
    source = source_of(settings)
    snapshot = source.fetch()
    documents, problems = usable(snapshot, source, Parser(), datetime.now(UTC).date())
    if documents is None:
        for line in text.problems(problems):
            ERRORS.print(line, markup=False)
        raise DesiredInvalid(
            f"cannot use revision {snapshot.revision[:10]}: {counted(len(problems), 'problem')}; correct and commit"
        )
    return documents, snapshot.revision


@app.command()
def plan(settings: SettingsOption = None, cube: CubeOption = None, chosen: FormatOption = "text") -> None:
    """Print exactly what would be sent. Exit 0: nothing to do; 1: changes; 2: error; 3: held, or only observed."""
    as_json = is_json(chosen)
    with opened(load(settings), cube, acts=False) as ready:
        passes = [
            ready.world.run_pass(ready.documents, ready.revision, name, PassOptions(is_dry=True, is_full=True))
            for name in ready.cubes
        ]
    if as_json:
        say_json([document.of_pass(finished) for finished in passes])
    else:
        for line in (line for finished in passes for line in text.plan(finished)):
            say(line)
    raise typer.Exit(plan_exit(passes))


def plan_exit(passes: list[Pass]) -> int:
    """An error before a hold of a whole plan, that before changes, these before what is held beside them."""
    if any(finished.failure for finished in passes):
        return 2
    if any(isinstance(finished.verdict, Hold) for finished in passes):
        return 3
    if any(finished.plan and finished.plan.steps for finished in passes):
        return 1
    return 0 if all(finished.is_converged for finished in passes) else 3


@app.command()
def apply(
    settings: SettingsOption = None,
    cube: CubeOption = None,
    chosen: FormatOption = "text",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress")] = False,
) -> None:
    """Run passes until nothing differs, or something holds. Exit 0: converged; 2: error; 3: held, or only observed."""
    as_json = is_json(chosen)

    def progress(number: int, of: int, step: Step) -> None:
        if not (quiet or as_json):
            say(f"  [{number}/{of}] {step.change.action} {step.key}")

    with graceful() as stopping:
        with opened(load(settings), cube, acts=True) as ready:
            passes = list(_passes(ready, progress, stopping))
        _print_outcome(passes, as_json=as_json)
        if stopping.is_set():
            ERRORS.print("trunkline: stopped after the step at hand; the next apply goes on from there")
            raise typer.Exit(stopping.exit_code)
    raise typer.Exit(apply_exit(passes))


def apply_exit(passes: list[Pass]) -> int:
    if any(finished.failure for finished in passes):
        return 2
    return 0 if all(finished.is_converged for finished in passes) else 3


def _print_outcome(passes: list[Pass], *, as_json: bool) -> None:
    if as_json:
        say_json([document.of_pass(finished) for finished in passes])
        return
    for line in (line for finished in passes for line in text.outcome(finished)):
        say(line)


def _passes(ready: Opened, progress: OnStep, stopping: Stopping) -> Iterator[Pass]:
    """The last pass of each CUBE."""
    for name in ready.cubes:
        if not stopping.is_set():
            yield _until_converged(ready, name, progress, stopping)


def _is_worth_another(finished: Pass) -> bool:
    return bool(finished.outcomes) and not finished.failure and not finished.is_converged and finished.result != "waiting"


def _until_converged(ready: Opened, name: str, progress: OnStep, stopping: Stopping) -> Pass:
    finished: Pass | None = None
    for _ in range(MOST_PASSES):
        previous = finished
        options = PassOptions(previous, is_full=True, is_stopping=stopping.is_set, on_step=progress)
        finished = ready.world.run_pass(ready.documents, ready.revision, name, options)
        ready.world.journal.record(finished)
        if stopping.is_set() or not (finished.goes_on(previous) or _is_worth_another(finished)):
            break
    assert finished is not None  # noqa: S101 - there is at least one pass
    return finished
