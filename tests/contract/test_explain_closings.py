"""Real handshakes of OpenSSL that are cut: each end is told that the other closed, though OpenSSL 3 then sends an alert."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.transcripts import CLIENT, MUTUAL, Broken, Printed, cut, write_certificates
from trunkline.health.transcript.explaining import explained
from trunkline.health.transcript.verdicts import Verdict

pytestmark = [
    pytest.mark.real_parts,
    pytest.mark.skipif(not shutil.which("openssl"), reason="the command openssl is not installed (Debian: openssl)"),
]
VERSIONS = pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
SHOWS = pytest.mark.parametrize("shows", ["-msg", "-trace"])
RESETS = pytest.mark.parametrize("is_reset", [False, True], ids=["end of stream", "reset"])
FLIGHT_ENDS = {"-tls1_2": "ServerHelloDone", "-tls1_3": "Finished"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cut")
    write_certificates(made)
    return made


def printed(folder: Path, version: str, shows: str, *, is_reset: bool, is_late: bool = False) -> Printed:
    return cut(folder, Broken(MUTUAL, (version, *CLIENT), shows), is_reset=is_reset, is_late=is_late)


def told(text: str) -> Verdict:
    found = explained(text, datetime.now(UTC))
    assert len(found) == 1, [one.verdict for one in found]
    return found[0].verdict


@RESETS
@SHOWS
@VERSIONS
def test_a_server_that_closes_after_the_client_hello(folder: Path, version: str, shows: str, is_reset: bool) -> None:
    one = told(printed(folder, version, shows, is_reset=is_reset).client)
    assert (one.outcome, one.refused_by, one.code, one.after) == ("refused", "server", "closed", "ClientHello")
    assert one.sentence == "the server (the far end) closed the connection without a word after ClientHello"
    assert "look in the log of the server (the far end)" in one.cure


@SHOWS
@VERSIONS
def test_a_client_that_closes_after_the_server_has_spoken(folder: Path, version: str, shows: str) -> None:
    one = told(printed(folder, version, shows, is_reset=False).server)
    assert (one.outcome, one.refused_by, one.code, one.after) == ("refused", "client", "closed", FLIGHT_ENDS[version])
    assert one.sentence.startswith("the client (the far end) closed the connection without a word after")


@SHOWS
@VERSIONS
def test_a_client_that_resets_is_not_blamed_by_a_server_that_says_only_error(folder: Path, version: str, shows: str) -> None:
    one = told(printed(folder, version, shows, is_reset=True).server)
    assert (one.outcome, one.refused_by) == ("incomplete", ""), "s_server does not print what it read"


@RESETS
@SHOWS
@VERSIONS
def test_a_server_that_closes_once_the_client_has_finished(folder: Path, version: str, shows: str, is_reset: bool) -> None:
    one = told(printed(folder, version, shows, is_reset=is_reset, is_late=True).client)
    assert (one.outcome, one.refused_by, one.code, one.after) == ("refused", "server", "closed", "Finished")
