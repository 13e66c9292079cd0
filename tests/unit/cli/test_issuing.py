"""`trunkline ca` and `trunkline certificates submit`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from trunkline.cli.program import app
from trunkline.model.certificate import certificates_in
from trunkline.model.errors import DesiredInvalid, Stalled

PASSPHRASE = "canary-passphrase-4711"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRUNKLINE_STATE_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_CA_PASSPHRASE", PASSPHRASE)
    return tmp_path


def run(*words: str) -> str:
    done = CliRunner().invoke(app, words, catch_exceptions=True)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def test_a_ca_is_made_rolled_over_and_shown_with_the_newest_first() -> None:
    assert "CN=Voice CA 2026" in run("ca", "init", "voice", "--common-name", "Voice CA 2026", "--key", "ec")
    run("ca", "roll", "voice", "--common-name", "Voice CA 2036", "--key", "ec")
    shown = run("ca", "show", "voice")
    assert [one.common_name for one in certificates_in(shown)] == ["Voice CA 2036", "Voice CA 2026"]
    assert certificates_in(shown)[0].sha256 in shown
    assert PASSPHRASE not in shown


def test_a_second_ca_of_the_name_and_one_of_a_taken_common_name_are_refused() -> None:
    run("ca", "init", "voice", "--key", "ec")
    with pytest.raises(Stalled, match="holds one already"):
        run("ca", "init", "voice", "--key", "ec")
    with pytest.raises(Stalled, match="give another --common-name"):
        run("ca", "roll", "voice", "--key", "ec")


@pytest.mark.parametrize(
    "words",
    [("ca", "init", "../voice"), ("ca", "init", "voice", "--passphrase", PASSPHRASE), ("ca", "init", "v", "--key", "dsa")],
)
def test_wrong_usage_makes_nothing_and_repeats_no_secret(words: tuple[str, ...], state: Path) -> None:
    assert PASSPHRASE not in run(*words)
    assert list(state.iterdir()) == []


def test_what_is_submitted_must_be_a_certificate_of_an_open_request(state: Path) -> None:
    (state / "empty.pem").write_text("nothing")
    with pytest.raises(DesiredInvalid, match="ask the CA for PEM"):
        run("certificates", "submit", str(state / "empty.pem"))
    with pytest.raises(Stalled, match="name the file that the CA gave you"):
        run("certificates", "submit", str(state / "missing.pem"))
    run("ca", "init", "voice", "--key", "ec")
    with pytest.raises(DesiredInvalid, match="that of no request"):
        run("certificates", "submit", str(state / "authorities" / "voice" / "ca-1.pem"))
