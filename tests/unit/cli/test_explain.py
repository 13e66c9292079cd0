"""`trunkline explain` as a person calls it: files, standard input, formats, exit codes, one clear line for a mistake."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from support.scene import EXAMPLES, ROOT
from trunkline.cli.explain import _text
from trunkline.cli.program import app
from trunkline.model.errors import TrunklineError

REFUSED = ROOT / "tests" / "captures" / "transcripts" / "unknown-ca" / "transcript.txt"


def call(*words: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["explain", *words], input=stdin)


def mistake(*words: str) -> str:
    result = call(*words)
    assert isinstance(result.exception, TrunklineError), result.output
    return str(result.exception)


def test_a_refusal_exits_1_and_names_the_documents() -> None:
    result = call(str(REFUSED), "--documents", str(EXAMPLES))
    assert result.exit_code == 1
    assert "What happened: the server (vg-yohur) refused the certificate of the client (the far end)" in result.output
    assert "Documents: links/yohur-seoul.yaml, cubes/vg-yohur.yaml, clusters/seoul.yaml." in result.output


def test_standard_input_and_json() -> None:
    result = call("-", "--format", "json", stdin=REFUSED.read_bytes())
    assert result.exit_code == 1
    (one,) = json.loads(result.output)
    assert (one["verdict"]["code"], one["verdict"]["refused_by"]) == ("unknown_ca", "server")
    certificate = next(m for m in one["messages"] if m["name"] == "Certificate" and m["from"] == "client")["certificates"][0]
    assert (certificate["subject"], certificate["serial"]) == ("CN=stranger.example.com", "1008")


def test_a_text_without_a_handshake_exits_0_and_says_how_to_record_one() -> None:
    result = call("-", stdin=b"\xff\xfe\x00 nothing here")
    assert result.exit_code == 0
    assert "there is no TLS handshake in this text" in result.output


def test_control_characters_of_a_transcript_do_not_reach_the_terminal() -> None:
    line = b"%SIP-2-TLS_HANDSHAKE_FAILED: Reason: \x1b]0;gotcha\x07, Connection ID: 1, "
    result = call("-", stdin=line + b"local address : a:1 and remote address : b:2")
    assert "gotcha" in result.output
    assert "\x1b" not in result.output and "\x07" not in result.output


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    assert mistake(str(tmp_path / name)).startswith(f"cannot read {tmp_path / name}: ")


def test_a_folder_without_links(tmp_path: Path) -> None:
    assert "no link there can be read" in mistake(str(REFUSED), "--documents", str(tmp_path))


def test_another_format_is_a_usage_error() -> None:
    assert call(str(REFUSED), "--format", "xml").exit_code == 2


@pytest.mark.parametrize("coding", ["utf-16", "utf-8-sig"])
def test_a_transcript_as_windows_writes_it(coding: str) -> None:
    text = REFUSED.read_text().replace("\n", "\r\n")
    assert call("-", stdin=text.encode(coding)).output == call(str(REFUSED)).output


def test_a_terminal_that_returns_without_a_new_line() -> None:
    text = REFUSED.read_text().replace("\n", "\r")
    assert call("-", stdin=text.encode()).output == call(str(REFUSED)).output


def test_standard_input_that_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(TrunklineError, match="cannot read -: standard input is closed; name a file"):
        _text("-")
