"""Documents of a folder in the file system, as `check` reads them before anything is committed."""

import os
from pathlib import Path

from trunkline.model.errors import Stalled
from trunkline.source.tree import is_document


def read_folder(folder: Path) -> dict[str, bytes]:
    """The documents, by path inside the folder. Raises Stalled where it cannot be read."""
    if not folder.is_dir():
        raise Stalled(f"cannot check {folder}: it is not a folder; give the folder that holds estate.yaml")
    found = {}
    for directory, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith(".")]
        for name in sorted(files):
            path = Path(directory, name)
            if is_document(path.relative_to(folder).as_posix()):
                try:
                    found[path.relative_to(folder).as_posix()] = path.read_bytes()
                except OSError as error:
                    raise Stalled(f"cannot check {path}: {error.strerror}; make it readable") from error
    return dict(sorted(found.items()))
