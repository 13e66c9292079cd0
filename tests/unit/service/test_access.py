"""Secrets that documents refer to: only those that lie where secrets lie."""

from pathlib import Path

import pytest

from support.examples import CUBE, changed, documents
from trunkline.model.errors import DesiredInvalid
from trunkline.service.access import cube_access

KEY = "env:TRUNKLINE_LAB_CUBE_PASSWORD"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRUNKLINE_LAB_CUBE_USER", "trunkline")
    monkeypatch.setenv("TRUNKLINE_LAB_CUBE_ENABLE", "enable")
    (tmp_path / "outside").write_text("the key of the house")
    (tmp_path / "secrets" / "sub").mkdir(parents=True)
    (tmp_path / "secrets" / "sub" / "password").write_text("a password")
    return tmp_path


def password(reference: str, directory: Path) -> str:
    """What the article's CUBE would be given as the password."""
    cube = documents(changed((CUBE, f"password: {KEY}", f"password: {reference}"))).cubes["vg-yohur"].value
    host_key = cube.management.model_copy(update={"host_key": "ssh-ed25519 AAAA", "enable_password": None})
    return cube_access(cube.model_copy(update={"management": host_key}), directory).password


@pytest.mark.parametrize("reference", ["file:sub/password", "file:./sub/password", "file:{home}/secrets/sub/password"])
def test_below_the_secrets(home: Path, reference: str) -> None:
    assert password(reference.format(home=home), home / "secrets") == "a password"


@pytest.mark.parametrize(
    "reference", ["file:../outside", "file:{home}/outside", "file:sub/../../outside", "file:/etc/hostname"]
)
def test_a_document_sends_no_other_file_to_a_device(home: Path, reference: str) -> None:
    """Else whoever may write documents could have every file that the daemon reads sent to an address of their own."""
    with pytest.raises(DesiredInvalid, match="outside of secrets_directory"):
        password(reference.format(home=home), home / "secrets")
