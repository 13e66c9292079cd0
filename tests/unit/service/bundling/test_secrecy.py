"""Every secret that this process can resolve is known, and nothing that is none."""

from pathlib import Path

import pytest

from support.examples import CUBE, ESTATE, changed, documents
from trunkline.service.bundling.secrecy import known_secrets
from trunkline.settings import ProbeSettings, Settings, SourceSettings

KEY_LINE = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2"
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY_LINE}\n-----END PRIVATE KEY-----\n"
EST = """issuers:
  est: {kind: est, url: "https://ca.example.com", ca: file:ca.pem, username: file:est-user, password: file:est-password,
    client_certificate: file:ca.pem, client_key: file:key.pem}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CUBE_USER", "CUBE_PASSWORD", "CUBE_ENABLE", "AXL_USER", "AXL_PASSWORD", "PLATFORM_USER"):
        monkeypatch.setenv(f"TRUNKLINE_LAB_{name}", f"value of {name}")
    monkeypatch.delenv("TRUNKLINE_LAB_PLATFORM_PASSWORD", raising=False)
    for name, content in (("est-user", "eve"), ("est-password", "est secret"), ("ca.pem", "a public thing"), ("key.pem", PEM)):
        (tmp_path / name).write_text(content)
    return tmp_path


def known(home: Path, **more: object) -> frozenset[str]:
    settings = Settings.model_validate({"secrets_directory": home, "state_directory": home / "state", **more})
    return known_secrets(settings, documents(changed((ESTATE, "", EST))))


def test_what_documents_refer_to(home: Path) -> None:
    found = known(home)
    assert {"value of CUBE_PASSWORD", "value of CUBE_ENABLE", "value of AXL_PASSWORD", "est secret"} <= found


def test_names_of_users_and_certificates_are_no_secrets(home: Path) -> None:
    assert not known(home) & {"value of CUBE_USER", "value of AXL_USER", "eve", "a public thing"}


def test_a_key_is_known_by_its_lines(home: Path) -> None:
    assert KEY_LINE in known(home)


def test_what_the_settings_hold(home: Path) -> None:
    (home / "git").write_text("git secret")
    (home / "probe.key").write_text(PEM.replace("evZzL1gd", "AAAAAAAA"))
    (home / "state" / "accounts").mkdir(parents=True)
    (home / "state" / "accounts" / "acme.key").write_text(PEM.replace("evZzL1gd", "BBBBBBBB"))
    source = SourceSettings(url="https://bob:in%20url@git.example.com/x.git", password="file:git")
    probe = ProbeSettings(certificate=home / "ca.pem", key=home / "probe.key")
    found = known(home, source=source, probe=probe, journal_url="postgresql://bob:journal-pw@db/x")
    assert {"git secret", "in url", "in%20url", "journal-pw"} <= found
    assert {KEY_LINE.replace("evZzL1gd", "AAAAAAAA"), KEY_LINE.replace("evZzL1gd", "BBBBBBBB")} <= found


def test_a_variable_that_documents_may_not_name_and_one_that_is_not_set_are_left_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME_SECRET", "of somebody else")
    settings = Settings(secrets_directory=home, state_directory=home / "state")
    stated = documents(changed((CUBE, "password: env:TRUNKLINE_LAB_CUBE_PASSWORD", "password: env:HOME_SECRET")))
    assert "of somebody else" not in known_secrets(settings, stated)
