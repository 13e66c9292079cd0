"""The probe against a TLS server that others wrote: `openssl s_server`, which asks for a certificate and judges it."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trunkline.health.probe import Place, probe
from trunkline.health.tunnel import ProbeIdentity
from trunkline.twin.ca import Authority, Held, Wish, new_key, self_signed

pytestmark = [
    pytest.mark.real_parts,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="the command openssl is not installed"),
]
NOW = datetime.now(UTC)
ROOT = Authority.create("root", NOW)
BELOW = ROOT.below("issuing", NOW)
NAME = "cucm.example.com"
VERSIONS = ("tls1_2", "tls1_3")


def presented_by(held: Held, *above: str) -> ProbeIdentity:
    return ProbeIdentity(held.key_pem, (held.pem, *above))


GOOD = presented_by(BELOW.issue(Wish("trunkline probe", NOW), new_key("ec", 256)), BELOW.issuer.pem)
ROGUE = presented_by(self_signed(Wish("rogue", NOW), new_key("ec", 256)))
ENDED = presented_by(BELOW.issue(Wish("ended", NOW, days=-1), new_key("ec", 256)), BELOW.issuer.pem)


@contextmanager
def serving(place: Place, directory: Path, *words: str, answer: bytes = b"", is_judging: bool = True) -> Iterator[None]:
    """An s_server that demands a certificate; `answer` is what it says to whoever got through."""
    server = BELOW.issue(Wish(NAME, NOW, names=(NAME,)))
    (directory / "server.pem").write_text(server.pem + server.key_pem)
    (directory / "above.pem").write_text(BELOW.issuer.pem)
    (directory / "ca.pem").write_text(ROOT.issuer.pem)
    files = ["-cert", "server.pem", "-cert_chain", "above.pem", "-CAfile", "ca.pem"]
    judging = ["-Verify", "3", "-verify_return_error"] if is_judging else []
    command = ["openssl", "s_server", "-accept", str(place), *files, *judging, "-quiet", *words]
    with subprocess.Popen(
        command, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin and process.stdout
        talk = threading.Thread(target=_answer, args=(process, answer), daemon=True)
        talk.start()
        try:
            _until_listening(place, process)
            yield
        finally:
            process.kill()
            talk.join(60)


def _answer(process: "subprocess.Popen[bytes]", answer: bytes) -> None:
    """What s_server prints is what came; what it reads is sent."""
    assert process.stdin and process.stdout
    for line in process.stdout:
        if line == b"\r\n" and answer:
            process.stdin.write(answer)
            process.stdin.flush()


def _until_listening(place: Place, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "s_server ended"
        with socket.socket() as look:
            if look.connect_ex((place.address, place.port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("s_server does not listen")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_answer_proves_that_the_identity_is_accepted(version: str, tmp_path: Path, octet: int) -> None:
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, f"-{version}", answer=b"SIP/2.0 403 Forbidden\r\n\r\n"):
        seen = probe(place, GOOD, 60)
    assert seen.is_accepted and not seen.problem
    assert seen.chain[0].common_name == NAME and seen.version == f"TLSv{version[3:].replace('_', '.')}" and seen.cipher


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("identity", "alert"), [(ROGUE, "unknown ca"), (ENDED, "certificate expired")], ids=["rogue", "ended"])
def test_a_refused_identity_is_told_by_the_name_of_the_alert(
    version: str, identity: ProbeIdentity, alert: str, tmp_path: Path, octet: int
) -> None:
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, f"-{version}"):
        seen = probe(place, identity, 60)
    assert seen.is_accepted is False and seen.problem == f"alert: {alert}"
    assert seen.chain[0].common_name == NAME, "it was presented before we were judged"


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_presented_is_seen_without_an_identity(version: str, tmp_path: Path, octet: int) -> None:
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, f"-{version}"):
        seen = probe(place, None, 60)
    assert seen.chain[0].common_name == NAME and seen.is_accepted is None


@pytest.mark.parametrize("version", VERSIONS)
def test_the_chain_is_told_as_it_was_sent(version: str, tmp_path: Path, octet: int) -> None:
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, f"-{version}"):
        assert [one.common_name for one in probe(place, None, 5).chain] == [NAME, "issuing"]


def test_who_accepts_and_does_not_answer_is_not_said_to_refuse(tmp_path: Path, octet: int) -> None:
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, "-tls1_2"):
        seen = probe(place, GOOD, 3)
    assert seen.is_accepted is None and "did not answer a SIP request in time" in seen.problem


def test_no_common_cipher_says_nothing_of_the_identity(tmp_path: Path, octet: int) -> None:
    """The server's certificate never came, so it cannot have been ours that was refused."""
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"):
        seen = probe(place, GOOD, 60)
    assert seen.is_accepted is None and seen.problem == "alert: handshake failure" and not seen.chain


def test_a_server_that_only_authenticates_is_seen(tmp_path: Path, octet: int) -> None:
    """As a CUCM trunk whose device security mode is "Authenticated"."""
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, "-tls1_2", "-cipher", "NULL-SHA:@SECLEVEL=0", answer=b"SIP/2.0 200 OK\r\n\r\n"):
        seen = probe(place, GOOD, 60)
    assert seen.is_accepted and seen.cipher == "NULL-SHA"


def test_who_answers_and_asks_for_no_certificate_is_no_success(tmp_path: Path, octet: int) -> None:
    """That is no mutual TLS, and says nothing of the CA."""
    place = Place(f"127.{octet}.0.9", 15061)
    with serving(place, tmp_path, "-tls1_2", answer=b"SIP/2.0 200 OK\r\n\r\n", is_judging=False):
        seen = probe(place, GOOD, 60)
    assert seen.is_accepted is None and seen.is_success is False and seen.problem == "it asked for no certificate"
