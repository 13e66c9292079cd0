"""Secrets that documents refer to: only those that lie where secrets lie, and variables that are meant for documents."""

from pathlib import Path

import pytest

from support.examples import CUBE, changed, documents
from trunkline.model.errors import DesiredInvalid
from trunkline.service.reaching.access import cube_access
from trunkline.settings import OWN_VARIABLES

KEY = "env:TRUNKLINE_LAB_CUBE_PASSWORD"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRUNKLINE_LAB_CUBE_USER", "trunkline")
    monkeypatch.setenv("TRUNKLINE_LAB_CUBE_ENABLE", "enable")
    (tmp_path / "outside").write_text("the key of the house")
    (tmp_path / "secrets" / "sub").mkdir(parents=True)
    (tmp_path / "secrets" / "sub" / "password").write_text("a password")
    return tmp_path


def password(reference: str, directory: Path, variables: tuple[str, ...] = OWN_VARIABLES) -> str:
    """What the article's CUBE would be given as the password."""
    cube = documents(changed((CUBE, f"password: {KEY}", f"password: {reference}"))).cubes["vg-yohur"].value
    host_key = cube.management.model_copy(update={"host_key": "ssh-ed25519 AAAA", "enable_password": None})
    return cube_access(cube.model_copy(update={"management": host_key}), directory, variables).password


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


@pytest.mark.parametrize(
    ("variable", "variables", "is_given"),
    [
        ("TRUNKLINE_VOICE_PASSWORD", OWN_VARIABLES, True),
        ("AWS_SECRET_ACCESS_KEY", OWN_VARIABLES, False),
        ("trunkline_password", OWN_VARIABLES, False),
        ("VOICE_PASSWORD", ("TRUNKLINE_*", "VOICE_*"), True),
        ("TRUNKLINE_VOICE_PASSWORD", ("VOICE_*",), False),
        ("TRUNKLINE_VOICE_PASSWORD", (), False),
    ],
)
def test_a_document_names_only_variables_that_are_meant_for_documents(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, variables: tuple[str, ...], is_given: bool
) -> None:
    monkeypatch.setenv(variable, "the keys of the cloud")
    users = (*variables, "TRUNKLINE_LAB_CUBE_USER")
    if is_given:
        assert password(f"env:{variable}", home, users) == "the keys of the cloud"
        return
    with pytest.raises(DesiredInvalid) as raised:
        password(f"env:{variable}", home, users)
    assert f"cannot resolve env:{variable}: documents must not refer to this variable; name one of" in str(raised.value)
    assert "secrets_environment of the settings" in str(raised.value)
    assert "keys of the cloud" not in str(raised.value)
