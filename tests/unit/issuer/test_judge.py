"""Every bad answer has one clear reason; what is merely unusual is used."""

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from support.requests import BOTH, ISSUING, NAMES, NOW, ROOT_CA, TestCa, csr_of, key_of, signing
from trunkline.issuer.judge import judged, refusal
from trunkline.model.certificate import Certificate
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.wish import Signing

DEVICE = key_of("device")
GOOD = ISSUING.certify(DEVICE)
CHAIN = ISSUING.chain
EC_256, EC_384, EC_521 = KeyType("ec", 256), KeyType("ec", 384), KeyType("ec", 521)
OTHER = TestCa("Other CA")
SHORT_LIVED = TestCa("Ending CA", ROOT_CA, NOW + timedelta(days=100))
ENDED = TestCa("Ended CA", ROOT_CA, NOW - timedelta(days=1))
NO_CA = TestCa("A server", ROOT_CA, is_ca=False)
SMALL = TestCa("Small CA", ROOT_CA, key_kind=KeyType("rsa", 1024))


def of(ca: TestCa, **changes: object) -> tuple[Certificate, ...]:
    return (ca.certify(DEVICE, **changes), *ca.chain)


def verdict(answer: tuple[Certificate, ...], stated: tuple[Certificate, ...] = CHAIN, asked: Signing | None = None) -> str:
    found = judged(asked or signing(), answer, stated, NOW)
    assert bool(found.chain) == (found.finding is None)
    return found.finding.code if found.finding else "good"


BAD = {
    "nothing": ((), "empty"),
    "another key": ((ISSUING.certify(key_of("another")), *CHAIN), "other-key"),
    "a CA certificate only": (CHAIN, "other-key"),
    "expired": (of(ISSUING, begins=NOW - timedelta(days=9), ends=NOW - timedelta(days=2)), "expired"),
    "ends at this moment": (of(ISSUING, ends=NOW), "expired"),
    "ends in minutes": (of(ISSUING, ends=NOW + timedelta(minutes=30)), "short"),
    "begins tomorrow": (of(ISSUING, begins=NOW + timedelta(days=1)), "not-yet"),
    "a name missing": (of(ISSUING, names=NAMES[:1]), "names"),
    "no names": (of(ISSUING, names=(), subject="somebody"), "names"),
    "clientAuth dropped": (of(ISSUING, usages=(ExtendedKeyUsageOID.SERVER_AUTH,)), "no-clientauth"),
    "serverAuth missing": (of(ISSUING, usages=(ExtendedKeyUsageOID.CLIENT_AUTH,)), "no-serverauth"),
    "neither": (of(ISSUING, usages=(ExtendedKeyUsageOID.EMAIL_PROTECTION,)), "no-clientauth"),
    "may not sign": (of(ISSUING, can_sign=False), "key-usage"),
    "a CA": (of(ISSUING, is_ca=True), "is-ca"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_has_its_reason(case: str) -> None:
    answer, code = BAD[case]
    assert verdict(answer) == code


BY_OTHERS = {
    "another CA than the pinned": (OTHER, "other-issuer"),
    "a CA under the same root": (TestCa("Second CA", ROOT_CA), "other-issuer"),
    "the root itself": (ROOT_CA, "other-issuer"),
}


@pytest.mark.parametrize("case", BY_OTHERS)
def test_only_the_stated_ca_may_have_signed(case: str) -> None:
    ca, code = BY_OTHERS[case]
    assert verdict(of(ca)) == code
    assert verdict(of(ca), stated=()) == "good"


@pytest.mark.parametrize(
    ("ca", "code"), [(SHORT_LIVED, "outlives-ca"), (ENDED, "ca-expired"), (NO_CA, "no-ca"), (SMALL, "weak-key")], ids=str
)
def test_the_cas_above_are_judged_too(ca: TestCa, code: str) -> None:
    assert verdict(of(ca), stated=ca.chain) == code


@pytest.mark.skipif(not shutil.which("openssl"), reason="only openssl still signs with SHA-1, and it is not installed")
def test_a_signature_with_sha_1_is_refused_whatever_the_release(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(ISSUING.certificate.pem)
    (tmp_path / "ca.key").write_bytes(ISSUING.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "csr.pem").write_text(signing().csr_pem)
    command = "openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -sha1 -days 20 -set_serial 5 -copy_extensions copyall"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True)
    weak = Certificate.from_pem(done.stdout)
    assert verdict((weak, *CHAIN), asked=signing(release=(15, 6))) == "weak-hash"


def test_a_self_signed_certificate_is_no_answer() -> None:
    itself = TestCa(NAMES[0]).certify(TestCa(NAMES[0]).key)
    csr = csr_of(TestCa(NAMES[0]).key)
    asked = replace(signing(), csr_pem=csr)
    assert verdict((itself,), asked=asked) == "self-signed"


def test_a_chain_out_of_order_with_strangers_between_is_put_in_order() -> None:
    mixed = (ROOT_CA.certificate, OTHER.certificate, ISSUING.certificate, GOOD)
    assert judged(signing(), mixed, CHAIN, NOW).chain == (GOOD, ISSUING.certificate, ROOT_CA.certificate)


def test_the_stated_chain_completes_the_answer() -> None:
    assert judged(signing(), (GOOD,), CHAIN, NOW).chain == (GOOD, *CHAIN)


def test_an_incomplete_chain_is_refused_unless_the_stated_one_ends_there() -> None:
    assert verdict((GOOD, ISSUING.certificate), stated=()) == "incomplete"
    assert verdict((GOOD,), stated=()) == "incomplete"
    assert verdict((GOOD,), stated=(ISSUING.certificate,)) == "good"


def test_names_are_compared_without_case_and_more_of_them_do_no_harm() -> None:
    assert verdict(of(ISSUING, names=("VG-Yohur.Example.com", *NAMES[1:], "more.example.com"))) == "good"


def test_no_extended_key_usage_allows_every_use_and_so_does_any() -> None:
    assert verdict(of(ISSUING, usages=())) == "good"
    assert verdict(of(ISSUING, usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,))) == "good"


def test_a_clock_that_is_a_little_ahead_is_forgiven() -> None:
    assert verdict(of(ISSUING, begins=NOW + timedelta(minutes=4))) == "good"


@pytest.mark.parametrize(
    ("kind", "release", "code"),
    [
        (EC_256, (17, 9), "good"),
        (EC_384, (26, 1), "good"),
        (EC_256, (15, 6), "good"),
        (EC_256, (15, 4), "ec-release"),
        (EC_256, (), "good"),
        (EC_521, (17, 9), "curve"),
        (KeyType("rsa", 1024), (15, 6), "weak-key"),
        (KeyType("rsa", 4096), (26, 1), "good"),
    ],
    ids=str,
)
def test_keys_by_release(kind: KeyType, release: tuple[int, ...], code: str) -> None:
    asked = signing(kind, release)
    answer = (ISSUING.certify(key_of("device", *kind)), *CHAIN)
    assert verdict(answer, asked=asked) == code


def test_a_request_of_another_kind_of_key_than_wished_is_told() -> None:
    assert verdict((GOOD, *CHAIN), asked=replace(signing(), key=KeyType("rsa", 3072))) == "key-type"


def test_the_newest_of_several_for_the_same_key_counts() -> None:
    earlier = ISSUING.certify(DEVICE, begins=NOW - timedelta(days=20), usages=BOTH)
    assert judged(signing(), (earlier, GOOD, *CHAIN), CHAIN, NOW).chain[0] == GOOD


def test_the_refusal_says_why_and_what_to_do_with_the_code_beside_it() -> None:
    answer = of(ISSUING, usages=(ExtendedKeyUsageOID.SERVER_AUTH,))
    finding = judged(signing(), answer, CHAIN, NOW).finding
    assert finding
    error = refusal("public-ca", finding)
    assert str(error) == (
        "cannot use the answer of issuer public-ca: it may not be used for clientAuth, which many public CAs do not give any "
        "more: a trunk could not open a connection with it; clientAuth is missing: choose a profile, or a private CA, that "
        "gives both serverAuth and clientAuth; a new commit or `trunkline renew` asks again"
    )
    assert error.lines == ("no-clientauth",)
    assert error.is_untouched
