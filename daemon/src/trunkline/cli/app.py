"""What the commands share: the application they register with, options, and how they print."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from trunkline.model.errors import Stalled

app = typer.Typer(
    name="trunkline",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"trunkline {version('trunkline')}")
        raise typer.Exit


@app.callback()
def _options(
    _is_asked: Annotated[
        bool, typer.Option("--version", help="Print the version and exit", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keeps TLS trunks between Cisco CUBE and CUCM as a git repository says."""


CONSOLE = Console(highlight=False, soft_wrap=True)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)

FormatOption = Annotated[str, typer.Option("--format", help="text or json")]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="The daemon's settings; else $TRUNKLINE_SETTINGS, else ./trunkline.toml")
]
CubeOption = Annotated[list[str] | None, typer.Option("--cube", help="Only this CUBE; may be given more than once")]


def say(text: str) -> None:
    """One line, as it is."""
    _print(text)


def say_json(content: Any) -> None:
    _print(json.dumps(content, indent=2, sort_keys=True, default=str))


def _print(text: str) -> None:
    """Raises Stalled where the output takes no more; that its reader has left is nobody's mistake, and ends the command."""
    try:
        CONSOLE.print(text, markup=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Stalled(f"cannot write the answer on standard output: {error.strerror}; lead it where there is room") from error


def counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def is_json(chosen: str) -> bool:
    """Raises the usage error for a format that does not exist."""
    if chosen not in ("text", "json"):
        raise typer.BadParameter("use text or json", param_hint="--format")
    return chosen == "json"
