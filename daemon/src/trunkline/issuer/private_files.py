"""Files that only the daemon's user may read, written whole or not at all, and never over another."""

import os
import tempfile
from pathlib import Path

from trunkline.model.errors import Stalled

PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


def write_new(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Raises FileExistsError where something is there already, Stalled where it cannot be written."""
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, path)  # unlike a rename, this fails where the name is taken
        finally:
            Path(temporary).unlink()
    except FileExistsError:
        raise
    except OSError as error:
        raise Stalled(f"cannot write {path}: {error.strerror}; make the folder writable for the daemon") from error


def replace(path: Path, content: bytes, mode: int = PRIVATE_FILE, folder_mode: int = PRIVATE_FOLDER) -> None:
    """The same, in place of what was there."""
    try:
        path.parent.mkdir(mode=folder_mode, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        raise Stalled(f"cannot write {path}: {error.strerror}; make the folder writable for the daemon") from error
