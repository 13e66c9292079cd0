"""Stand-ins of certificates: everything of the real one but the key, the dates and the signature."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec
from cryptography.x509.oid import NameOID

from trunkline.health.rehearsal import keys
from trunkline.health.rehearsal.keys import SLOTS, STRANGER, CannotRehearseError, Part
from trunkline.health.rehearsal.rehearsal import InMemory
from trunkline.health.rehearsal.stand_ins import Dates, stand_in
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import End, Meeting, Met, Reason
from trunkline.twin.ca import Authority, Held, Wish, new_key, self_signed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EC, OTHER = Part("ec", 256, 0), Part("ec", 256, 1)


def _certificate(held: Held) -> Certificate:
    return Certificate.from_pem(held.pem)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority.create("Root", NOW)


def test_names_serial_and_extensions_are_the_real_ones(authority: Authority) -> None:
    real = _certificate(authority.issue(Wish("cube.example.com", NOW, names=("cube.example.com",)), new_key("ec", 256)))
    played = x509.load_der_x509_certificate(stand_in(real, EC, OTHER, Dates.VALID))
    assert (played.subject, played.issuer, played.serial_number) == (
        real.x509.subject,
        real.x509.issuer,
        real.x509.serial_number,
    )
    assert list(played.extensions) == list(real.x509.extensions)
    assert played.public_key() == keys.private(EC).public_key() != real.x509.public_key()
    keys.private(OTHER).public_key().verify(
        played.signature, played.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256())
    )  # raises where it is not


@pytest.mark.parametrize(("dates", "is_begun", "is_over"), [(Dates.VALID, True, False), (Dates.EXPIRED, True, True)])
def test_dates_are_what_they_look_like_to_the_judge(
    authority: Authority, dates: Dates, *, is_begun: bool, is_over: bool
) -> None:
    played = x509.load_der_x509_certificate(stand_in(_certificate(authority.issuer), EC, EC, dates))
    now = datetime.now(UTC)
    assert ((played.not_valid_before_utc <= now), (played.not_valid_after_utc < now)) == (is_begun, is_over)


def test_the_signer_may_have_a_key_of_another_kind(authority: Authority) -> None:
    for signer in (EC, Part("rsa", 1024, 0), Part("ed25519", 256, 0)):
        played = x509.load_der_x509_certificate(stand_in(_certificate(authority.issuer), EC, signer, Dates.VALID))
        assert played.signature_algorithm_oid is not None


def test_different_keys_have_different_parts_however_many_there_are() -> None:
    many = [_certificate(self_signed(Wish(f"n{number}", NOW), new_key("ec", 256))) for number in range(SLOTS + 4)]
    parts = keys.cast([*many, *many])
    assert len(parts) == len(set(parts.values())) == SLOTS + 4
    assert STRANGER not in {part.slot for part in parts.values()}


def test_one_key_in_two_certificates_is_one_part() -> None:
    key = new_key("ec", 256)
    two = [_certificate(self_signed(Wish(name, NOW), key)) for name in ("a", "b")]
    assert len(keys.cast(two)) == 1


def _end(name: str, chain: tuple[Certificate, ...], anchors: tuple[Certificate, ...] = (), **more: object) -> End:
    return End(name, chain, anchors, NOW, **more)  # type: ignore[arg-type]  # fields of an end


@pytest.fixture(scope="module")
def ends(authority: Authority) -> tuple[End, End]:
    ca = (_certificate(authority.issuer),)
    cube, node = (_certificate(authority.issue(Wish(name, NOW), new_key("ec", 256))) for name in ("cube", "node"))
    return _end("cube/edge", (cube,), ca), _end("cluster/seoul/pub", (node,), ca)


def test_an_obstacle_is_the_answer(ends: tuple[End, End]) -> None:
    obstacle = Met(None, text="a gap")
    assert InMemory().meet(Meeting("link", *ends, obstacle)) is obstacle


def test_an_end_without_a_certificate_is_refused(ends: tuple[End, End]) -> None:
    cube, node = ends
    met = InMemory().meet(Meeting("link", _end("cube/edge", (), cube.anchors), node))
    assert (met.is_ok, met.refused_by, met.reason) == (False, "cluster/seoul/pub", Reason.NO_CERTIFICATE)


def test_a_refusal_for_trust_that_was_not_read_is_no_verdict(ends: tuple[End, End]) -> None:
    cube, node = ends
    met = InMemory().meet(Meeting("link", cube, _end(node.name, node.chain, (), is_trust_known=False)))
    assert met.is_ok is None and "pub trusts could not be read whole" in met.text
    assert InMemory().meet(Meeting("link", cube, _end(node.name, node.chain, cube.anchors, is_trust_known=False))).is_ok


@pytest.mark.parametrize("suite", ["DHE_RSA_WITH_AES_128_CBC_SHA", "A_SUITE_OF_TOMORROW"])
def test_suites_of_which_nothing_is_known_are_no_verdict(suite: str, ends: tuple[End, End]) -> None:
    cube, node = ends
    only = _end(cube.name, cube.chain, cube.anchors, ciphers=(suite, "RSA_WITH_AES_128_CBC_SHA"))
    met = InMemory().meet(Meeting("link", only, node))
    assert met.is_ok is None and "cipher suites" in met.text


def test_a_key_of_a_kind_that_nobody_plays_is_no_verdict(ends: tuple[End, End]) -> None:
    private = dsa.generate_private_key(1024)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old")])
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), 7, NOW, NOW + timedelta(days=1))
        .sign(private, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    with pytest.raises(CannotRehearseError):
        keys.cast([Certificate(made)])
    met = InMemory().meet(Meeting("link", _end("cube/edge", (Certificate(made),)), ends[1]))
    assert met.is_ok is None and "cannot be rehearsed" in met.text


@pytest.mark.parametrize(
    ("expected", "is_ok"), [({"cube"}, True), ({"*.example.com"}, False), ({"other"}, False), (set(), False)]
)
def test_names_are_compared_after_the_handshake(expected: set[str], *, is_ok: bool, ends: tuple[End, End]) -> None:
    cube, node = ends
    picky = _end(node.name, node.chain, node.anchors, expected=frozenset(expected))
    met = InMemory().meet(Meeting("link", cube, picky))
    assert met.is_ok is is_ok
    assert is_ok or (met.reason, met.refused_by) == (Reason.WRONG_NAME, node.name)


def test_the_text_names_both_ends_the_certificate_and_a_ca_that_has_ended() -> None:
    old = Authority.create("Old CA", NOW - timedelta(days=3651))
    leaf = old.issue(Wish("cube.example.com", NOW), new_key("ec", 256))
    cube = _end("cube/edge", (_certificate(leaf),), (_certificate(old.issuer),))
    met = InMemory().meet(Meeting("link", cube, _end("cluster/seoul/pub", (_certificate(leaf),), cube.anchors)))
    assert met.reason is Reason.EXPIRED
    serial = _certificate(leaf).serial
    assert f"the CUBE edge would refuse the certificate of pub (CN cube.example.com, serial {serial}, until 2028-" in met.text
    assert "Old CA above it" in met.text and "by the clock of the CUBE edge (2026-11-24 12:00Z)" in met.text
    assert met.cure.startswith("get the renewed certificate of the CA Old CA")
