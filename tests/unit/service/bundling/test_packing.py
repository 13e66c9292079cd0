"""The zip: private, whole, never over another file, and the same bytes for the same files."""

import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trunkline.model.errors import Stalled
from trunkline.service.bundling.packing import check_place, packed, unpacked, write

AT = datetime(2026, 11, 28, 12, 0, 1, tzinfo=UTC)
FILES = {"b.txt": b"two", "a/c.txt": b"one"}


def test_what_is_packed_comes_out_again_in_order_and_is_the_same_each_time(tmp_path: Path) -> None:
    archive = packed(FILES, "trunkline-x", AT)
    assert unpacked(archive) == {"trunkline-x/a/c.txt": b"one", "trunkline-x/b.txt": b"two"}
    assert list(unpacked(archive)) == sorted(unpacked(archive))
    assert archive == packed(dict(reversed(FILES.items())), "trunkline-x", AT)
    write(tmp_path / "x.zip", archive)
    assert (tmp_path / "x.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "x.zip") as opened:
        assert opened.testzip() is None
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"], "nothing half written is left"


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_text("mine")
    with pytest.raises(Stalled, match="it is there already; name another file"):
        check_place(path)
    with pytest.raises(Stalled, match="it is there already"):
        write(path, b"")
    assert path.read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_known_at_once(tmp_path: Path) -> None:
    check_place(tmp_path / "x.zip")
    with pytest.raises(Stalled, match="there is no directory"):
        check_place(tmp_path / "no" / "x.zip")
    with pytest.raises(Stalled, match="it is a directory"):
        check_place(tmp_path)
    (tmp_path / "gone.zip").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Stalled, match="it is there already"):
        check_place(tmp_path / "gone.zip")
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    if os.geteuid() != 0:  # root may write everywhere
        with pytest.raises(Stalled, match="you may not write"):
            check_place(shut / "x.zip")
