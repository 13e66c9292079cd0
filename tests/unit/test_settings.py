"""The daemon's own settings, and how secrets are looked up."""

import logging
from pathlib import Path

import pytest

from trunkline.model.errors import DesiredInvalid, Stalled
from trunkline.settings import Settings, literal_or_file, load, resolve


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "trunkline.toml"
    path.write_text(text)
    return path


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert settings.http.host == "127.0.0.1", "there is no login, so nobody else is let in"
    assert settings.journal == "sqlite:///.trunkline/journal.db"


def test_a_file_that_is_named_must_be_there() -> None:
    with pytest.raises(Stalled, match=r"cannot read the settings /nowhere.toml: No such file .* TRUNKLINE_SETTINGS"):
        load(None, {"TRUNKLINE_SETTINGS": "/nowhere.toml"})


def test_the_environment_counts_more_than_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, 'workers = 4\n[source]\nurl = "a"\nbranch = "next"\n[http]\nport = 1\n')
    outside = {"SOURCE_URL": "b", "HTTP_PORT": "2", "WORKERS": "5", "OTHER": "x", "PROBE_KEY": "k", "PROBE_CERTIFICATE": "c"}
    settings = load(path, {f"TRUNKLINE_{name}": value for name, value in outside.items()})
    assert (settings.probe.certificate, settings.probe.key) == (Path("c"), Path("k"))
    assert (settings.source.url, settings.source.branch, settings.http.port, settings.workers) == ("b", "next", 2, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("workers = 0\n", "workers: Input should be greater than or equal to 1; correct it"),
        ("wrkers = 1\n", "wrkers: Extra inputs are not permitted; correct it"),
        ("workers = \n", "Invalid value.*; correct the TOML"),
        ('[probe]\nkey = "k.pem"\n', "probe: .*certificate and key go together; state both or none; correct it"),
        ('[source]\npassword = "canary"\n', "source.password: String should match pattern"),
    ],
)
def test_a_mistake_is_one_line_that_names_file_and_field(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Stalled, match=message) as caught:
        load(written(tmp_path, text), {})
    assert "trunkline.toml" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(Stalled, match=r"cannot read the settings .*/x\.toml: No such file"):
        load(tmp_path / "x.toml", {})
    path = tmp_path / "trunkline.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Stalled, match="correct the TOML"):
        load(path, {})


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    assert resolve("env:X", tmp_path, {"X": "from outside"}) == "from outside"
    assert resolve("file:secret", tmp_path) == "from a file"
    assert resolve(f"file:{tmp_path / 'secret'}", Path("/elsewhere")) == "from a file"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("env:X", "cannot resolve env:X: the variable is not set"),
        ("file:none", "cannot resolve file:none: No such file"),
        ("file:empty", "cannot resolve file:empty: .* is empty"),
        ("file:binary", "cannot resolve file:binary: it is not text"),
    ],
)
def test_a_secret_that_is_missing_is_named_by_its_reference(tmp_path: Path, reference: str, message: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(DesiredInvalid, match=message):
        resolve(reference, tmp_path, {})


def test_a_secret_that_everybody_can_read_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "secret"
    path.write_text("canary")
    path.chmod(0o644)
    with caplog.at_level(logging.WARNING, "trunkline"):
        for _ in range(3):
            resolve("file:secret", tmp_path)
        path.chmod(0o600)
    assert [record.getMessage() for record in caplog.records] == [
        f"{path} holds a secret and everybody on this machine may read it; chmod o-r it"
    ]
    assert "canary" not in caplog.text


def test_what_is_public_may_be_given_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "key").write_text("ssh-ed25519 AAAA\n")
    assert literal_or_file("ssh-ed25519 BBBB", tmp_path) == "ssh-ed25519 BBBB"
    assert literal_or_file("file:key", tmp_path) == "ssh-ed25519 AAAA"
    assert not caplog.records, "everybody may read a public key"
    with pytest.raises(DesiredInvalid, match="cannot resolve file:none"):
        literal_or_file("file:none", tmp_path)


def test_no_representation_shows_a_secret() -> None:
    assert "canary" not in repr(Settings(journal_url="postgresql://robot:canary@db/x"))


def test_the_variables_that_documents_may_name_are_stated_in_the_file_or_with_commas_in_the_environment(tmp_path: Path) -> None:
    path = written(tmp_path, 'secrets_environment = ["VOICE_*"]')
    assert load(path, {}).secrets_environment == ("VOICE_*",)
    assert load(path, {"TRUNKLINE_SECRETS_ENVIRONMENT": "A_*, B"}).secrets_environment == ("A_*", "B")
    assert Settings().secrets_environment == ("TRUNKLINE_*",)
    with pytest.raises(Stalled, match="secrets_environment"):
        load(written(tmp_path, 'secrets_environment = ["A B"]'), {})
