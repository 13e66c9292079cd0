"""A bundle as a zip on disk: private, whole or not at all, and never over another file."""

import io
import os
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from trunkline.issuer.private_files import PRIVATE_FILE, write_new
from trunkline.model.errors import Stalled


def check_place(path: Path) -> None:
    """Raises Stalled where no new file can be made."""
    what = f"cannot write {path}"
    if path.is_dir():
        raise Stalled(f"{what}: it is a directory; name a file in it")
    if path.exists() or path.is_symlink():
        raise Stalled(f"{what}: it is there already; name another file, or remove that one")
    if not path.parent.is_dir():
        raise Stalled(f"{what}: there is no directory {path.parent}; make it, or name another")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Stalled(f"{what}: you may not write into {path.parent}; name a file in another directory")


def packed(files: Mapping[str, bytes], folder: str, at: datetime) -> bytes:
    """The same files make the same bytes: in order, stamped with the moment of the examination."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{folder}/{name}", at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = PRIVATE_FILE << 16
            archive.writestr(entry, content)
    return made.getvalue()


def unpacked(archive: bytes) -> dict[str, bytes]:
    """What somebody would find in it."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def write(path: Path, archive: bytes) -> None:
    """With mode 0600. Raises Stalled."""
    try:
        write_new(path, archive)
    except FileExistsError:
        raise Stalled(f"cannot write {path}: it is there already; name another file, or remove that one") from None
