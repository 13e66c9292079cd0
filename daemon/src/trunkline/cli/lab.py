"""The lab from the command line: twin up, demo."""

from pathlib import Path
from typing import Annotated

import typer

from trunkline.cli.app import app

twin = typer.Typer(help="The lab: a simulated CUCM cluster and two CUBEs on loopback.", no_args_is_help=True)
app.add_typer(twin, name="twin")

DirectoryOption = Annotated[Path, typer.Option("--directory", help="Where the lab writes host keys, the CA and addresses")]


@twin.command()
def up(directory: DirectoryOption = Path(".lab")) -> None:
    """Start the lab in the foreground; Ctrl-C stops it."""
    from trunkline.twin.lab.foreground import run_foreground

    run_foreground(directory)


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end")] = False,
    directory: DirectoryOption = Path(".lab"),
    documents: Annotated[Path, typer.Option("--desired-state", help="The documents to start from")] = Path("desired-state"),
) -> None:
    """The main job on simulated equipment, from a commit to established trunks."""
    from trunkline.cli.demo import run_demo

    raise typer.Exit(run_demo(directory, documents, keep=keep))
