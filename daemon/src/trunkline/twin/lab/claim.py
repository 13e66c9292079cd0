"""One lab at a time in a directory and on an address: who comes second is told so, and destroys nothing."""

import errno
import fcntl
import os
import socket
from collections.abc import Iterable
from pathlib import Path

from trunkline.model.errors import Stalled

LOCK_FILE = "lab.lock"


class Claim:
    """A directory held by this process. The lock goes with the process, so a lab that was killed holds nothing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._descriptor: int | None = None

    def take(self) -> None:
        """Raises Stalled where another lab runs in the directory, or where it cannot be written."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.directory / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Stalled(
                f"cannot start the lab in {self.directory}: {error.strerror}; "
                "name a directory that can be written with --directory"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 20, 0).decode().strip()
            os.close(descriptor)
            raise Stalled(
                f"cannot start the lab in {self.directory}: one runs there already (process {holder or 'unknown'}); "
                "use that one, or stop it first"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next one in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def see_that_free(places: Iterable[tuple[str, int]]) -> None:
    """Look before anything is started or written. Raises Stalled for the first address and port that is taken."""
    for address, port in places:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as error:
                raise Stalled(_taken(address, port, error)) from error


def _taken(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"cannot start the lab on {address}:{port}: something listens there already, most likely another lab "
            "(`trunkline twin up`, `trunkline demo`); stop it first"
        )
    return f"cannot start the lab on {address}:{port}: {error.strerror}; every address of 127.0.0.0/8 must be this machine's"
