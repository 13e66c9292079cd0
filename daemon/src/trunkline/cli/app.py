"""`trunkline`: the commands and what they share."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from trunkline.model.errors import TrunklineError
from trunkline.settings import Settings, load

app = typer.Typer(
    name="trunkline",
    help="Keeps TLS trunks between Cisco CUBE and CUCM as a git repository says.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CONSOLE = Console(highlight=False, soft_wrap=True)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)

FormatOption = Annotated[str, typer.Option("--format", help="text or json")]
SettingsOption = Annotated[Path | None, typer.Option("--settings", help="The daemon's settings (trunkline.toml)")]
CubeOption = Annotated[list[str] | None, typer.Option("--cube", help="Only this CUBE; may be given more than once")]


def settings_of(path: Path | None) -> Settings:
    return load(path)


def say(text: str) -> None:
    """One line, as it is."""
    CONSOLE.print(text, markup=False)


def say_json(content: Any) -> None:
    CONSOLE.print(json.dumps(content, indent=2, sort_keys=True, default=str), markup=False)


def is_json(chosen: str) -> bool:
    """Raises the usage error for a format that does not exist."""
    if chosen not in ("text", "json"):
        raise typer.BadParameter("use text or json", param_hint="--format")
    return chosen == "json"


def main() -> None:
    """Run a command. A mistake of the user ends in one line and exit code 2, never in a traceback."""
    from trunkline.cli import inspect, lab, reconcile, serve  # noqa: F401 - they register their commands

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("trunkline").setLevel(logging.INFO)
    for noisy in ("paramiko", "apscheduler", "zeep"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    try:
        app()
    except TrunklineError as error:
        ERRORS.print(f"trunkline: {error}", markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
