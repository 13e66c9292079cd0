"""The entry. Everything else is imported inside: it takes a second, and Ctrl-C must not end in a traceback there either."""

import sys


def main() -> None:
    """Run a command; exit code 130 where a person stopped it."""
    try:
        from trunkline.cli.program import run

        run()
    except KeyboardInterrupt:
        sys.exit(130)
