"""A certificate's ladder on a simulated router of every train, by hand: from a key to the destruction of the earlier one."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.cubes import Bench, running_cube
from trunkline.devices.cube.acts.keys import zeroize
from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cube.session.dialogs import REMOVES_ALL_KEYS, REMOVES_KEYS, Answer
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceBusy, DeviceRefused, DeviceUnreachable, OurBug
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.plan import Action, Change, Command, Difference, Step
from trunkline.model.resource import Resource
from trunkline.twin.ca import Authority, Wish, certify
from trunkline.twin.cube.pki.store import Key as TwinKey
from trunkline.twin.lab.spec import article_cube

CUBE, NAME = "cube/x", "sip-trunk-cert-1"
CHALLENGE = "%PKI-6-CSR_FINGERPRINT: \r\n                      CSR Fingerprint MD5 : 00"


@dataclass
class Ladder:
    """A CUBE, the hand that climbs, and a CA that signs for it."""

    bench: Bench
    device: CubeDevice
    authority: Authority
    kind: str = "rsa 2048"

    @property
    def issuer(self) -> Certificate:
        return Certificate.from_pem(self.authority.issuer.pem)

    def look(self) -> Observed:
        return self.device.observe([], full=True)

    def do(self, action: Action, kind: Kind, settings: dict[str, str] | None, name: str = NAME) -> str:
        key = Key(CUBE, kind, name)
        dialect = self.device.dialect()
        before = self.look().resources.get(key) if action is not Action.CREATE else None
        after = dialect.canonical(Resource(key, settings)) if settings is not None else None
        has, wants = (one.settings if one else {} for one in (before, after))
        slots = dict.fromkeys([*wants, *(has if action is Action.DELETE else ())])
        differences = tuple(
            Difference(slot, has.get(slot), wants.get(slot)) for slot in slots if has.get(slot) != wants.get(slot)
        )
        change = Change(action, key, before, after, differences)
        return self.device.carry_out(Step(change, dialect.render(change)))

    def make_key(self) -> None:
        self.do(Action.CREATE, Kind.KEY_PAIR, {"type": self.kind})

    def make_trustpoint(self, *, enrollment: str = "terminal pem", is_asked: bool = False) -> None:
        has_alternative = self.bench.router.train.numbers >= (16,)
        lines = [
            f"enrollment {enrollment}",
            *([] if is_asked else ["serial-number none", "fqdn none", "ip-address none"]),
            "subject-name cn=vg-yohur.example.com,o=Example",
            *(["subject-alt-name vg-yohur.example.com"] if has_alternative else []),
            "revocation-check none",
            f"fingerprint {self.issuer.sha1}",
            f"{'rsa' if self.kind.startswith('rsa') else 'ec'}keypair {NAME}",
            "hash sha256",
        ]
        self.do(Action.CREATE, Kind.TRUSTPOINT, {line: line for line in lines})

    def trust(self) -> None:
        self.do(Action.CREATE, Kind.TRUST_ANCHOR, {"sha256": self.issuer.sha256, "pem": self.issuer.pem})

    def public(self) -> str:
        return self.look().resources[Key(CUBE, Kind.KEY_PAIR, NAME)].settings["public"]

    def ask(self) -> str:
        return self.do(Action.CREATE, Kind.CERTIFICATE_REQUEST, {"issuer": "lab", "public": self.public()})

    def sign(self, csr_pem: str, *, begins: datetime | None = None) -> Certificate:
        wish = Wish("vg-yohur.example.com", begins or datetime.now(UTC), 90, names=("vg-yohur.example.com",))
        public = x509.load_pem_x509_csr(csr_pem.encode()).public_key()
        return Certificate(certify(wish, public, self.authority.issuer).public_bytes(Encoding.DER))

    def install(self, certificate: Certificate) -> None:
        self.do(Action.CREATE, Kind.IDENTITY, {"sha256": certificate.sha256, "pem": certificate.pem})

    def ready(self) -> None:
        self.make_key()
        self.make_trustpoint()
        self.trust()

    def presented(self) -> Certificate | None:
        found = self.bench.lab.cubes[self.bench.name].agent.presented("10.72.86.74")
        return Certificate(found.public_bytes(Encoding.DER)) if found else None


def _climber(bench: Bench, kind: str = "rsa 2048") -> Ladder:
    device = bench.device()
    device.observe([])
    return Ladder(bench, device, Authority.create("new issuing CA", datetime.now(UTC)), kind)


@pytest.fixture(params=["17.9"])
def ladder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ladder]:
    with running_cube(tmp_path, article_cube(request.param)) as bench:
        climber = _climber(bench)
        yield climber
        assert " UTC " in climber.device.session().ask(["show clock"])[0]  # no half-open mode, whatever happened
        climber.device.close()


@pytest.mark.parametrize("kind", ["rsa 2048", "ec 256"])
@pytest.mark.parametrize("train", ["15.6", "16.12", "17.9", "17.15", "26.1"])
def test_the_whole_ladder(tmp_path: Path, train: str, kind: str) -> None:
    with running_cube(tmp_path, article_cube(train)) as bench:
        ladder = _climber(bench, kind)
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
            zeroize(ladder.device.session(), Command("zeroize", (line,), {"label": NAME}))
    assert "sip-trunk-key" in ladder.bench.lab.cubes[ladder.bench.name].store.keys
