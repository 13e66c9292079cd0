"""`trunkline`: every command registered, logging set up, and a mistake of the user told in one line."""

import logging
import sys

from trunkline.cli import certificates, diagnose, explain, inspect, issuing, lab, reconcile, serve
from trunkline.cli.app import ERRORS, app
from trunkline.model.errors import TrunklineError

COMMANDS = (certificates, diagnose, explain, inspect, issuing, lab, reconcile, serve)
"""Imported so that their commands are registered."""
NOISY = ("paramiko", "apscheduler", "zeep")


def run() -> None:
    """Run a command. A mistake of the user ends in one line and exit code 2, never in a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("trunkline").setLevel(logging.INFO)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    try:
        app()
    except TrunklineError as error:
        ERRORS.print(f"trunkline: {error}", markup=False)
        sys.exit(2)
