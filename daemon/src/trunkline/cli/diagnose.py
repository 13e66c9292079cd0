"""`trunkline diagnose`: why a link does not work, from a fresh look at both ends."""

from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.app import CONSOLE, FormatOption, SettingsOption, app, is_json, say, say_json
from trunkline.cli.reconcile import newest_documents
from trunkline.service.composing import world_of
from trunkline.service.diagnosing import Examined, cube_of, examine
from trunkline.settings import load
from trunkline.views import diagnosis as view


@app.command()
def diagnose(
    link: Annotated[str, typer.Argument(help="The link's name")],
    settings: SettingsOption = None,
    chosen: FormatOption = "text",
) -> None:
    """Name the most probable causes why a link does not work, with evidence and cure. Reads both ends and looks at the wire,
    also beside a running daemon, and changes nothing. Exit 0: it works and nothing was found; 1: something was found; 2: error.
    """
    as_json = is_json(chosen)
    found = _examined(link, settings).diagnosis
    if as_json:
        say_json(view.document(found))
    for line in [] if as_json else view.text(found, CONSOLE.width):
        say(line)
    raise typer.Exit(int(not found.is_well and bool(found.findings or found.health != "unknown")))


def _examined(link: str, settings: Path | None) -> Examined:
    stated = load(settings)
    documents, revision = newest_documents(stated)
    cube_of(documents, link)  # before anything is opened
    world = world_of(stated)
    try:
        return examine(world, documents, revision, link)
    finally:
        world.close()
