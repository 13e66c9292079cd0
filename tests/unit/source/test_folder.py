"""The folder that `check` reads."""

from pathlib import Path

import pytest

from trunkline.model.errors import Stalled
from trunkline.source.folder import read_folder


def test_documents_are_read_by_their_path(tmp_path: Path) -> None:
    for name in ("estate.yaml", "cubes/a.yml", "cubes/notes.txt", ".git/config.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert read_folder(tmp_path) == {"cubes/a.yml": b"cubes/a.yml", "estate.yaml": b"estate.yaml"}


def test_what_is_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stalled, match=r"cannot check .*/nowhere: it is not a folder"):
        read_folder(tmp_path / "nowhere")


def test_a_document_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").symlink_to("nowhere")
    with pytest.raises(Stalled, match=r"cannot check .*estate\.yaml: No such file"):
        read_folder(tmp_path)
