"""Commands that touch no device: check, schema, status, why."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.app import CONSOLE, ERRORS, FormatOption, SettingsOption, app, counted, is_json, say, say_json
from trunkline.desired.lint import check as lint_check
from trunkline.desired.parse import parse
from trunkline.desired.published.schemas import published, schemas
from trunkline.journal.sql import SqlJournal, open_engine
from trunkline.model.desired import Problem
from trunkline.model.errors import Stalled
from trunkline.settings import load
from trunkline.source.git import read_folder
from trunkline.views import document, text


@app.command()
def check(
    path: Annotated[Path | None, typer.Argument(help="The folder that holds estate.yaml", show_default=False)] = None,
    chosen: FormatOption = "text",
) -> None:
    """Find every problem of the documents. Exit 0: no error; 1: errors; 2: wrong usage."""
    as_json = is_json(chosen)
    if path is None:
        raise Stalled("cannot check: no folder is named; name the one that holds estate.yaml, such as desired-state")
    files = read_folder(path)
    inside = lint_check(parse(files), datetime.now(UTC).date())
    found = tuple(dataclasses.replace(problem, path=str(path / problem.path)) for problem in inside)
    if as_json:
        say_json([dataclasses.asdict(problem) for problem in found])
    else:
        for line in text.problems(found):
            say(line)
        say(_count(len(files), found))
    raise typer.Exit(int(any(problem.severity == "error" for problem in found)))


def _count(documents: int, found: tuple[Problem, ...]) -> str:
    errors = sum(problem.severity == "error" for problem in found)
    return ", ".join((counted(documents, "document"), counted(errors, "error"), counted(len(found) - errors, "warning")))


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="estate, cube, cluster or link; all of them without")] = "",
    directory: Annotated[Path | None, typer.Option("--write", help="Write KIND.schema.json files into this folder")] = None,
) -> None:
    """Print the JSON Schemas of the documents, for editors."""
    made = schemas()
    if kind and kind not in made:
        raise typer.BadParameter(f"there are {', '.join(made)}", param_hint="KIND")
    if directory is None:
        say_json(made[kind] if kind else made)
        return
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in published().items():
            (directory / name).write_text(content)
    except OSError as error:
        raise Stalled(f"cannot write {directory}: {error.strerror}; give another folder with --write") from error


def _journal(path: Path | None) -> SqlJournal:
    return SqlJournal(open_engine(load(path).journal, makes_file=False), document.of_pass)


def _tell(trouble: tuple[str, datetime] | None, *, as_json: bool) -> None:
    """Why git is not followed; beside what a program reads."""
    for line in text.trouble(trouble):
        (ERRORS if as_json else CONSOLE).print(line, markup=False)


@app.command()
def status(settings: SettingsOption = None, chosen: FormatOption = "text") -> None:
    """What the last pass of every CUBE saw, also while the daemon runs. Exit 1: a link is not Ready, a CUBE is held, or the
    newest state of git is not followed.
    """
    as_json = is_json(chosen)
    journal = _journal(settings)
    documents, trouble = journal.summaries(), journal.trouble()
    _tell(trouble, as_json=as_json)
    if as_json:
        say_json(documents)
    elif not documents:
        directory = load(settings).state_directory
        say(f"no pass was recorded yet in {directory}: start `trunkline run`, use `trunkline apply`, or name other settings")
    for line in [] if as_json else text.status(documents):
        say(line)
    conditions = [c for doc in documents for link in doc["links"] for c in link["conditions"] if c["type"] == "Ready"]
    is_stuck = any(doc["failure"] or doc["reasons"] for doc in documents)
    raise typer.Exit(int(is_stuck or trouble is not None or any(condition["status"] != "True" for condition in conditions)))


@app.command()
def why(
    link: Annotated[str, typer.Argument(help="The link's name")],
    settings: SettingsOption = None,
    chosen: FormatOption = "text",
) -> None:
    """Everything that is known of one link: its conditions, what differs, what holds it."""
    as_json = is_json(chosen)
    journal = _journal(settings)
    for found in journal.summaries():
        if any(entry["name"] == link for entry in found["links"]):
            _tell(journal.trouble(), as_json=as_json)
            if as_json:
                say_json(found)
            else:
                for line in text.why(found, link):
                    say(line)
            return
    directory = load(settings).state_directory
    raise Stalled(f"cannot explain link {link}: no pass in {directory} has seen it; `trunkline status` lists those that were")
