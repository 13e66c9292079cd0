"""The command line: each command is thin, and prints what the views make of a pass."""

from trunkline.cli.app import main

__all__ = ["main"]
