"""The probe against kamailio, an independent SIP server: what it says of success, and of every way in which it is refused."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.issuing_servers import free_port
from support.kamailio import Kamailio, kamailio, missing_parts
from trunkline.health.judging import Peer
from trunkline.health.memory import Pace
from trunkline.health.probe import Place, Probed, probe
from trunkline.health.tunnel import ProbeIdentity, looking
from trunkline.health.wire import Ends, Looking, WireDevice
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Reason
from trunkline.model.observed import WireFacts
from trunkline.twin.ca import Authority, Held, Wish, new_key, self_signed

pytestmark = [pytest.mark.real_parts, pytest.mark.skipif(bool(missing_parts()), reason=missing_parts())]
NOW = datetime.now(UTC)
ROOT = Authority.create("root", NOW)
BELOW = ROOT.below("issuing", NOW)
NAME, END = "cucm-pub.example.com", "cluster/seoul/cucm-pub"
VERSIONS = {"TLSv1.2": "TLSv1.2", "TLSv1.3": "TLSv1.2+"}  # as kamailio 5.6 names them: it cannot be held to 1.3 alone
PATIENT = 60.0


def identity(held: Held, *above: str) -> ProbeIdentity:
    return ProbeIdentity(held.key_pem, (held.pem, *above))


def client(wish: Wish) -> ProbeIdentity:
    return identity(BELOW.issue(wish, new_key("ec", 256)), BELOW.issuer.pem)


def server(name: str = NAME, **wish: Any) -> Held:
    return BELOW.issue(Wish(name, NOW, names=(name,), **wish))


GOOD = client(Wish("trunkline probe", NOW))
SERVER = server()


@contextmanager
def running(version: str = "TLSv1.2+", held: Held = SERVER, more: str = "") -> Iterator[Kamailio]:
    with kamailio(held, ROOT.issuer.pem, version, BELOW.issuer.pem, more) as made:
        yield made


@pytest.fixture(scope="module", params=VERSIONS)
def one(request: pytest.FixtureRequest) -> Iterator[tuple[str, Kamailio]]:
    """A server that speaks this version with the probe; shared by the tests that change nothing on it."""
    with running(VERSIONS[request.param]) as made:
        yield request.param, made


def test_an_answer_over_mutual_tls_is_success(one: tuple[str, Kamailio]) -> None:
    version, made = one
    seen = probe(made.place, GOOD, PATIENT)
    look = seen.look(NOW)
    assert look.is_success and look.reason is None and not look.problem
    assert look.version == version and look.cipher
    assert set(look.seconds) == {"connect", "handshake", "answer"} and all(0 < took < PATIENT for took in look.seconds.values())
    assert [shown.common_name for shown in seen.chain] == [NAME, "issuing"]


@pytest.mark.parametrize(
    ("presented", "reason"),
    [
        (identity(self_signed(Wish("rogue", NOW), new_key("ec", 256))), Reason.UNKNOWN_CA),
        (identity(Authority.create("other", NOW).issue(Wish("stranger", NOW), new_key("ec", 256))), Reason.UNKNOWN_CA),
        (client(Wish("ended", NOW, days=-1)), Reason.EXPIRED),
        (client(Wish("server only", NOW, usages=(ExtendedKeyUsageOID.SERVER_AUTH,))), Reason.PURPOSE),
    ],
    ids=["self-signed", "other CA", "expired", "no clientAuth"],
)
def test_what_it_refuses_is_told_in_one_word(presented: ProbeIdentity, reason: Reason, one: tuple[str, Kamailio]) -> None:
    """With TLS 1.3 the handshake was over before: only the request tells."""
    version, made = one
    seen = probe(made.place, presented, PATIENT)
    assert (seen.is_success, seen.is_accepted, seen.reason) == (False, False, reason), seen.problem
    assert ("handshake" in seen.seconds) is (version == "TLSv1.3") and "answer" not in seen.seconds
    assert seen.chain[0].common_name == NAME, "it was presented before we were judged"


def test_nothing_presented_is_told_as_that(one: tuple[str, Kamailio]) -> None:
    """TLS 1.2 says handshake_failure, TLS 1.3 certificate_required."""
    seen = probe(one[1].place, None, PATIENT)
    assert (seen.is_success, seen.is_accepted, seen.reason) == (None, None, Reason.NO_CERTIFICATE), seen.problem
    assert seen.chain[0].common_name == NAME


def test_one_that_is_not_valid_yet_is_refused_without_a_word_for_it(one: tuple[str, Kamailio]) -> None:
    """There is no alert for that: OpenSSL says bad_certificate."""
    seen = probe(one[1].place, client(Wish("early", NOW + timedelta(days=9))), PATIENT)
    assert (seen.is_success, seen.reason) == (False, Reason.BAD_CERTIFICATE), seen.problem


def test_versions_that_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe speaks all versions that its OpenSSL knows; here it is held to one that this server does not speak."""

    def only_new(presented: ProbeIdentity | None) -> ssl.SSLContext:
        made = looking(presented)
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        return made

    monkeypatch.setattr("trunkline.health.probe.looking", only_new)
    with running("TLSv1.2") as made:
        seen = probe(made.place, GOOD, PATIENT)
    assert (seen.is_success, seen.is_accepted, seen.reason) == (False, None, Reason.VERSION), seen.problem
    assert not seen.chain


def test_ciphers_that_do_not_meet() -> None:
    """Suites of ECDSA with a certificate of RSA: nothing that anybody could agree to."""
    with running("TLSv1.2", more="cipher_list = ECDHE-ECDSA-AES128-GCM-SHA256") as made:
        seen = probe(made.place, GOOD, PATIENT)
    assert (seen.is_success, seen.is_accepted, seen.reason) == (False, None, Reason.CIPHER), seen.problem


@dataclass
class Watched:
    """The wire's device, looking at one server as if it were a node."""

    made: Kamailio
    peer: Peer
    now: datetime = NOW

    def __post_init__(self) -> None:
        ca = Certificate.from_pem(BELOW.issuer.pem).sha256
        ends = Ends("edge", None, {END: self.made.place}, lambda: {ca: GOOD}, peers=lambda: {END: (self.peer,)})
        self.device = WireDevice(ends, lambda: self.now, Looking(timeout_seconds=PATIENT))

    def look(self) -> WireFacts:
        """The next one, an interval later."""
        self.now += Pace().every
        facts = self.device.observe(()).facts
        assert isinstance(facts, WireFacts) and facts.looks[END].at == self.now
        return facts


def trusting(*names: str) -> Peer:
    return Peer((Certificate.from_pem(ROOT.issuer.pem),), frozenset(names) or None)


def test_a_certificate_that_was_replaced_is_seen_once_it_counts() -> None:
    """The very case of "installed, and not in use": the file is another, and the former one is presented until the reload."""
    coming = server(days=365)
    with running() as made:
        watched = Watched(made, trusting(NAME))
        presented = [watched.look().shown[END].certificate]
        made.present(coming, BELOW.issuer.pem)
        presented.append(watched.look().shown[END].certificate)
        made.reload()
        presented.append(watched.look().shown[END].certificate)
    former, latter = (Certificate.from_pem(held.pem) for held in (SERVER, coming))
    assert presented == [former, former, latter]


@pytest.mark.parametrize(
    ("held", "doubts"),
    [
        (SERVER, ()),
        (server(days=-1), (Reason.EXPIRED,)),
        (server("other.example.com"), (Reason.WRONG_NAME,)),
        (self_signed(Wish(NAME, NOW, names=(NAME,))), (Reason.UNKNOWN_CA,)),
    ],
    ids=["good", "expired", "wrong name", "self-signed"],
)
def test_an_end_that_answers_well_and_presents_what_its_peer_refuses(held: Held, doubts: tuple[Reason, ...]) -> None:
    """The probe refuses nobody: that it answers is a success, and what it presented is told beside."""
    with running(held=held) as made:
        facts = Watched(made, trusting(NAME)).look()
    assert facts.looks[END].is_success and facts.looks[END].doubts == doubts
    shown = facts.shown[END].certificate
    assert shown and shown.serial == f"{held.certificate.serial_number:X}"


def test_trust_that_is_taken_away_and_given_back_is_seen() -> None:
    with running() as made:
        watched = Watched(made, trusting())
        assert watched.look().looks[END].is_success
        made.trust(Authority.create("other", NOW).issuer.pem)
        made.reload()
        refused = watched.look()
        assert refused.looks[END].reason is Reason.UNKNOWN_CA and not any(one.is_accepted for one in refused.accepted.values())
        made.trust(ROOT.issuer.pem)
        made.reload()
        watched.now += Pace().refused_first
        assert watched.look().looks[END].is_success


def test_who_is_not_there_any_more_is_refused_and_not_remembered_as_well() -> None:
    with running() as made:
        watched = Watched(made, trusting())
        assert watched.look().looks[END].is_success
    facts = watched.look()
    assert (facts.looks[END].is_success, facts.looks[END].reason) == (False, Reason.REFUSED)
    assert facts.shown[END].certificate is None and not facts.accepted


def seen_of(answer: bytes, octet: int, timeout_seconds: float) -> Probed:
    """What is seen of a port that says `answer` to whatever comes."""
    with socket.socket() as listener:
        listener.bind((f"127.{octet}.0.9", 0))
        listener.listen()

        def talk() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)
                connection.recv(4096)

        talker = threading.Thread(target=talk, daemon=True)
        talker.start()
        found = probe(Place(*listener.getsockname()), GOOD, timeout_seconds)
        talker.join(60)
        return found


@pytest.mark.parametrize("answer", [b"220 smtp.example.com ESMTP\r\n", b"SIP/2.0 400 Bad Request\r\n\r\n", b"\x00" * 64])
def test_what_does_not_speak_tls_is_told_as_that(answer: bytes, octet: int) -> None:
    seen = seen_of(answer, octet, PATIENT)
    assert (seen.is_success, seen.reason, seen.is_accepted) == (False, Reason.NOT_TLS, None), seen.problem


def test_tls_without_an_answer_of_sip_is_no_success(tmp_path: Path, octet: int) -> None:
    """`openssl s_server` takes the certificate and says nothing."""
    (tmp_path / "server.pem").write_text(SERVER.pem + SERVER.key_pem)
    (tmp_path / "ca.pem").write_text(ROOT.issuer.pem)
    place = Place(f"127.{octet}.0.9", free_port())
    words = ["openssl", "s_server", "-accept", str(place), "-cert", "server.pem", "-CAfile", "ca.pem", "-Verify", "3", "-quiet"]
    with subprocess.Popen(
        words, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        try:
            _until_listening(place)
            seen = probe(place, GOOD, 3)
        finally:
            run.kill()
    assert (seen.is_success, seen.reason, seen.is_accepted) == (False, Reason.NO_ANSWER, None), seen.problem
    assert set(seen.seconds) == {"connect", "handshake"}


def _until_listening(place: Place) -> None:
    from support.waiting import eventually

    def is_listening() -> bool:
        with socket.socket() as look:
            return look.connect_ex((place.address, place.port)) == 0

    eventually(is_listening, "s_server does not listen")
