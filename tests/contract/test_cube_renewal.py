"""A certificate's ladder on a simulated router of every train, by hand: from a key to the destruction of the earlier one."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.climbing import CUBE, NAME, Ladder, climber_of
from support.cubes import running_cube
from trunkline.devices.cube.acts import keys
from trunkline.devices.cube.session.dialogs import REMOVES_ALL_KEYS, REMOVES_KEYS, Answer
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceBusy, DeviceRefused, DeviceUnreachable, OurBug
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Command
from trunkline.twin.ca import Wish
from trunkline.twin.cube.pki.store import Key as TwinKey
from trunkline.twin.lab.spec import article_cube

CHALLENGE = "%PKI-6-CSR_FINGERPRINT: \r\n                      CSR Fingerprint MD5 : 00"


@pytest.fixture(params=["17.9"])
def ladder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ladder]:
    with running_cube(tmp_path, article_cube(request.param)) as bench:
        climber = climber_of(bench)
        yield climber
        assert " UTC " in climber.device.session().ask(["show clock"])[0]  # no half-open mode, whatever happened
        climber.device.close()


@pytest.mark.parametrize("kind", ["rsa 2048", "ec 256"])
@pytest.mark.parametrize("train", ["15.6", "16.12", "17.9", "17.15", "26.1"])
def test_the_whole_ladder(tmp_path: Path, train: str, kind: str) -> None:
    with running_cube(tmp_path, article_cube(train)) as bench:
        ladder = climber_of(bench, kind)
        ladder.make_key()
        pair = ladder.look().resources[Key(CUBE, Kind.KEY_PAIR, NAME)]
        assert pair.settings["type"] == kind
        ladder.make_trustpoint()
        assert Key(CUBE, Kind.KEY_PAIR, NAME) in ladder.look().resources[Key(CUBE, Kind.TRUSTPOINT, NAME)].needs
        ladder.trust()
        csr_pem = ladder.ask()
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        assert csr.is_signature_valid
        assert ladder.look().gaps == ()  # a request that is pending is nothing strange
        der = csr.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert hashlib.sha256(der).hexdigest().upper() == pair.settings["public"]
        assert csr.subject.rfc4514_string() == "O=Example,CN=vg-yohur.example.com"
        certificate = ladder.sign(csr_pem)
        ladder.install(certificate)
        shown = ladder.look()
        assert shown.resources[Key(CUBE, Kind.IDENTITY, NAME)].settings["sha256"] == certificate.sha256
        assert {one.holder for one in shown.identities} == {NAME, "sip-trunk-cert"}
        assert shown.gaps == ()
        assert ladder.presented() != certificate
        ladder.do(Action.UPDATE, Kind.SIP_UA, {"a": f"crypto signaling default trustpoint {NAME}"}, "")
        assert ladder.presented() == certificate
        ladder.do(Action.DELETE, Kind.TRUSTPOINT, None, "sip-trunk-cert")
        ladder.do(Action.DELETE, Kind.KEY_PAIR, None, "sip-trunk-key")
        left = ladder.look().resources
        assert {key.name for key in left if key.kind in (Kind.KEY_PAIR, Kind.IDENTITY)} == {NAME}
        ladder.device.close()


@pytest.mark.parametrize("ladder", ["15.6", "17.9", "26.1"], indirect=True)
def test_a_key_pair_that_is_there_is_never_made_anew(ladder: Ladder) -> None:
    ladder.make_key()
    public = ladder.public()
    with pytest.raises(DeviceRefused, match="there is a key pair sip-trunk-cert-1 already") as refused:
        ladder.make_key()
    assert refused.value.is_untouched
    ladder.kind = "ec 256"
    with pytest.raises(DeviceRefused):
        ladder.make_key()
    assert ladder.public() == public


@pytest.mark.parametrize(
    ("ladder", "said", "is_kept"),
    [("15.6", "really want to replace", True), ("17.9", "They will be replaced", False)],
    indirect=["ladder"],
)
def test_somebody_who_makes_the_key_meanwhile(
    ladder: Ladder, said: str, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Classic IOS asks and is told no; IOS XE has replaced it already, which is not passed over in silence."""
    ladder.make_key()
    public = ladder.public()
    monkeypatch.setattr(keys, "held", lambda _session: {})
    with pytest.raises(DeviceRefused, match=said):
        ladder.make_key()
    assert (ladder.public() == public) is is_kept


def test_a_long_key_is_waited_for_in_the_background(ladder: Ladder) -> None:
    ladder.bench.faults.seconds_per_key = 3600
    ladder.device.close()
    ladder.device = ladder.bench.device(key_timeout_seconds=0.1)
    ladder.device.observe([])
    ladder.kind = "rsa 4096"
    with pytest.raises(DeviceBusy, match="still making it"):
        ladder.make_key()
    wanted, store = Key(CUBE, Kind.KEY_PAIR, NAME), ladder.bench.lab.cubes[ladder.bench.name].store
    assert wanted not in ladder.device.observe([]).resources
    ladder.bench.age()
    assert wanted not in ladder.device.observe([]).resources
    store.keys[NAME] = TwinKey(NAME, store.keys["sip-trunk-key"].private, datetime.now(UTC))  # it has come; no stamp moves
    assert wanted in ladder.device.observe([]).resources


@pytest.mark.parametrize("ladder", ["15.6", "17.9"], indirect=True)
@pytest.mark.parametrize("enrollment", ["terminal", "terminal pem"])
def test_whatever_is_asked_is_answered(ladder: Ladder, enrollment: str) -> None:
    ladder.make_key()
    ladder.make_trustpoint(enrollment=enrollment, is_asked=True)
    ladder.trust()
    first = ladder.ask()
    ladder.install(ladder.sign(first))
    held = ladder.look().identities
    assert ladder.ask().startswith("-----BEGIN CERTIFICATE REQUEST-----\n")  # asks whether to enroll again
    assert ladder.look().identities == held


@pytest.mark.parametrize("position", [60, 260, 500, 900, 1300])
def test_a_log_line_amid_the_request(ladder: Ladder, position: int) -> None:
    ladder.ready()
    public = ladder.public()
    ladder.bench.faults.syslog_inside = (position, CHALLENGE)
    csr = x509.load_pem_x509_csr(
        ladder.do(Action.CREATE, Kind.CERTIFICATE_REQUEST, {"issuer": "lab", "public": public}).encode()
    )
    assert csr.is_signature_valid


def test_a_request_for_another_key_is_not_taken(ladder: Ladder) -> None:
    ladder.ready()
    with pytest.raises(DeviceRefused, match="is for another key"):
        ladder.do(Action.CREATE, Kind.CERTIFICATE_REQUEST, {"issuer": "lab", "public": "F" * 64})


def test_a_trustpoint_without_its_ca_asks_for_it_and_gets_nothing(ladder: Ladder) -> None:
    ladder.make_key()
    ladder.make_trustpoint()
    with pytest.raises(DeviceRefused, match="cannot do `crypto pki enroll"):
        ladder.ask()
    assert NAME not in ladder.look().trusted


@pytest.mark.parametrize("kind", [Kind.CERTIFICATE_REQUEST, Kind.IDENTITY])
def test_a_question_that_nobody_expects_is_left(ladder: Ladder, kind: Kind) -> None:
    ladder.ready()
    certificate = ladder.sign(ladder.ask())
    public = ladder.public()
    settings = {
        Kind.CERTIFICATE_REQUEST: {"issuer": "lab", "public": public},
        Kind.IDENTITY: {"sha256": certificate.sha256, "pem": certificate.pem},
    }
    ladder.bench.faults.unexpected_question = "Do you want to reload now? [yes/no]: "
    with pytest.raises(DeviceRefused, match="reload now"):
        ladder.do(Action.CREATE, kind, settings[kind])


@pytest.mark.parametrize("at", ["^crypto pki enroll", "^yes$", "^no$"])
def test_a_session_that_dies_amid_the_request(ladder: Ladder, at: str) -> None:
    ladder.ready()
    public = ladder.public()
    ladder.bench.faults.drop_at = at
    with pytest.raises(DeviceUnreachable):
        ladder.do(Action.CREATE, Kind.CERTIFICATE_REQUEST, {"issuer": "lab", "public": public})
    ladder.install(ladder.sign(ladder.ask()))
    assert Key(CUBE, Kind.IDENTITY, NAME) in ladder.look().resources


def test_a_certificate_for_another_key_is_refused_with_what_was_logged(ladder: Ladder) -> None:
    ladder.ready()
    ladder.ask()
    ladder.bench.router.syslog(f"%PKI-3-SOCKETSEND: Failed to send out message to CA server for {NAME}")  # of another day
    other = ladder.authority.issue(Wish("vg-yohur.example.com", datetime.now(UTC)))
    with pytest.raises(DeviceRefused, match="KEY_CMP_MISMATCH: Key in the certificate"):
        ladder.install(Certificate.from_pem(other.pem))
    assert Key(CUBE, Kind.IDENTITY, NAME) not in ladder.look().resources


def test_what_was_logged_before_is_not_blamed(ladder: Ladder) -> None:
    ladder.ready()
    certificate = ladder.sign(ladder.ask())
    ladder.bench.router.syslog(f"%PKI-3-KEY_CMP_MISMATCH: Key in the certificate and stored key for Trustpoint-{NAME}.")
    ladder.bench.faults.refuses_import = "% Failed to parse or verify imported certificate"
    with pytest.raises(DeviceRefused) as refused:
        ladder.install(certificate)
    assert "KEY_CMP_MISMATCH" not in str(refused.value)


def test_a_certificate_is_there_only_if_it_is_read_back(ladder: Ladder) -> None:
    """Whatever IOS says of it."""
    ladder.ready()
    certificate = ladder.sign(ladder.ask())
    for said in ("% Failed to parse or verify imported certificate", "% Router Certificate successfully imported"):
        ladder.bench.faults.refuses_import = said
        with pytest.raises(DeviceRefused, match=said):
            ladder.install(certificate)
    ladder.install(certificate)
    assert Key(CUBE, Kind.IDENTITY, NAME) in ladder.look().resources


def test_no_certificate_is_typed_where_none_was_asked_for(ladder: Ladder) -> None:
    certificate = ladder.authority.issue(Wish("x", datetime.now(UTC)))
    before = ladder.bench.router.text_lines()
    with pytest.raises(DeviceRefused, match="must authenticate"):
        ladder.install(Certificate.from_pem(certificate.pem))
    assert ladder.bench.router.text_lines() == before


def test_a_clock_that_is_years_off_refuses_what_is_valid_today(ladder: Ladder) -> None:
    ladder.ready()
    certificate = ladder.sign(ladder.ask())
    ladder.bench.router.clock_skew = timedelta(days=-3650)
    with pytest.raises(DeviceRefused):
        ladder.install(certificate)
    ladder.bench.router.clock_skew = timedelta()
    ladder.install(certificate)


def test_a_key_pair_whose_removal_is_refused_stays(ladder: Ladder) -> None:
    ladder.make_key()
    ladder.bench.faults.refuse["^crypto key zeroize"] = "% Key pair is in use"
    with pytest.raises(DeviceRefused, match="is in use"):
        ladder.do(Action.DELETE, Kind.KEY_PAIR, None)
    ladder.bench.faults.refuse.clear()
    ladder.do(Action.DELETE, Kind.KEY_PAIR, None)
    assert {key.name for key in ladder.look().resources if key.kind is Kind.KEY_PAIR} == {"sip-trunk-key"}


@pytest.mark.parametrize("ladder", ["15.6", "17.9"], indirect=True)
def test_a_removal_that_would_take_every_key_is_answered_with_no(ladder: Ladder) -> None:
    """The command with its label lost on the way."""
    ladder.make_key()
    answers = (Answer(REMOVES_ALL_KEYS, "no"), Answer(REMOVES_KEYS, "yes"))  # as in `zeroize`
    assert "will also be removed" in ladder.device.session().converse("crypto key zeroize rsa", answers)
    assert {key.name for key in ladder.look().resources if key.kind is Kind.KEY_PAIR} == {NAME, "sip-trunk-key"}


def test_a_command_that_names_no_label_is_not_sent(ladder: Ladder) -> None:
    for line in ("crypto key zeroize rsa", "crypto key zeroize rsa a b", "crypto key zeroize rsa other"):
        with pytest.raises(OurBug):
            keys.zeroize(ladder.device.session(), Command("zeroize", (line,), {"label": NAME}))
    assert "sip-trunk-key" in ladder.bench.lab.cubes[ladder.bench.name].store.keys
