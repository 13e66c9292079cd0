"""`trunkline diagnose`: why a link does not work, from a fresh look at both ends; as a bundle for a support case, too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.app import CONSOLE, ERRORS, FormatOption, SettingsOption, app, is_json, say, say_json
from trunkline.cli.reconcile import newest_documents
from trunkline.desired.documents import Documents
from trunkline.service.bundling.secrecy import known_secrets
from trunkline.service.bundling.writing import Answers, Place, Surroundings, write_bundle
from trunkline.service.composing import source_of, world_of
from trunkline.service.diagnosing import Examined, cube_of, examine
from trunkline.service.world import World
from trunkline.settings import Settings, load
from trunkline.views import diagnosis as view
from trunkline.views.bundle.files import Bundle
from trunkline.views.bundle.readme import in_words


@dataclass(frozen=True)
class Done:
    """An examination, and what it was made with."""

    examined: Examined
    world: World
    documents: Documents
    answers: Answers
    settings: Settings

    def surroundings(self) -> Surroundings:
        """Secrets are resolved for a bundle only."""
        secrets = known_secrets(self.settings, self.documents)
        return Surroundings(self.world.journal, source_of(self.settings), self.documents, self.answers, secrets)


@app.command()
def diagnose(
    link: Annotated[str, typer.Argument(help="The link's name")],
    settings: SettingsOption = None,
    chosen: FormatOption = "text",
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="Write a zip for a support case, without secrets, to this new file")
    ] = None,
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="In the bundle: pseudonyms for names, addresses, numbers")
    ] = False,
    key: Annotated[Path | None, typer.Option("--key", help="Write what the pseudonyms stand for to this new file")] = None,
) -> None:
    """Name the most probable causes why a link does not work, with evidence and cure. Reads both ends and looks at the wire,
    also beside a running daemon, and changes nothing. Exit 0: it works and nothing was found; 1: something was found; 2: error.
    """
    as_json = is_json(chosen)
    place = _place(bundle, key, is_anonymous=anonymous)
    with _examined(link, settings) as done:
        found = done.examined.diagnosis
        if as_json:
            say_json(view.document(found))
        for line in [] if as_json else view.text(found, CONSOLE.width):
            say(line)
        if place:
            _say_where(place, write_bundle(place, done.examined, done.surroundings()), as_json=as_json)
        elif found.findings and not as_json:
            say(f"For a support case: trunkline diagnose {link} --bundle {link}.zip packs all of this, without secrets.")
    raise typer.Exit(int(not found.is_well and bool(found.findings or found.health != "unknown")))


def _place(bundle: Path | None, key: Path | None, *, is_anonymous: bool) -> Place | None:
    """Raises the usage error for options that need another one, and Stalled for files that cannot be made."""
    if bundle is None and (is_anonymous or key):
        raise typer.BadParameter(
            "it is about a bundle; add --bundle FILE.zip", param_hint="--anonymous" if is_anonymous else "--key"
        )
    if key and not is_anonymous:
        raise typer.BadParameter("there are no pseudonyms without --anonymous; add that", param_hint="--key")
    if bundle is None:
        return None
    if key and key.absolute() == bundle.absolute():
        raise typer.BadParameter("it would be the bundle itself; name another file", param_hint="--key")
    place = Place(bundle, is_anonymous, key)
    place.check()
    return place


def _say_where(place: Place, made: Bundle, *, as_json: bool) -> None:
    """JSON stays JSON: where the bundle is goes to the other stream."""
    told = f"The bundle is {place.path}: {len(made.files)} files. Secrets taken out: {in_words(made.taken)}. "
    if place.key:
        told += f"What its pseudonyms stand for is in {place.key}: keep that. "
    told += "Read the bundle before you send it."
    if as_json:
        ERRORS.print(f"trunkline: {told}", markup=False)
    else:
        say("")
        say(told)


@contextmanager
def _examined(link: str, settings: Path | None) -> Iterator[Done]:
    stated = load(settings)
    documents, revision = newest_documents(stated)
    cube_of(documents, link)  # before anything is opened
    answers = Answers()
    world = world_of(stated, answers.keep)
    try:
        yield Done(examine(world, documents, revision, link), world, documents, answers, stated)
    finally:
        world.close()
