"""The CA that trunkline keeps: its files, what it signs, and what it never tells."""

import stat
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from support.requests import NAMES, NOW, csr_of, key_of, signing
from trunkline.issuer.judge import judged
from trunkline.issuer.local.authority import Authority, AuthorityWish
from trunkline.issuer.local.issuer import LocalCa
from trunkline.model.errors import AccessRefused, DeviceRefused, Stalled
from trunkline.model.public_key import KeyType

PASSPHRASE = "canary-passphrase-4711"
WISH = AuthorityWish("Voice CA 2026", timedelta(days=3650), KeyType("ec", 256))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority("voice", tmp_path, PASSPHRASE)


def issuer(authority: Authority, now: datetime = NOW) -> LocalCa:
    return LocalCa(authority, timedelta(days=365), lambda: now)


@pytest.mark.parametrize("ca_key", [KeyType("rsa", 2048), KeyType("ec", 256), KeyType("ec", 384)], ids=str)
@pytest.mark.parametrize("kind", [KeyType("rsa", 2048), KeyType("ec", 256)], ids=str)
def test_what_it_signs_is_judged_good(authority: Authority, ca_key: KeyType, kind: KeyType) -> None:
    authority.create(replace(WISH, key=ca_key), NOW)
    asked = signing(kind)
    answer = issuer(authority).sign(asked)
    verdict = judged(asked, answer, issuer(authority).chain(), NOW)
    assert verdict.finding is None
    assert verdict.chain == answer
    assert answer[0].names == NAMES
    assert answer[0].not_after == NOW + timedelta(days=200)


@pytest.mark.parametrize(("kind", "enciphers"), [(KeyType("rsa", 2048), True), (KeyType("ec", 256), False)], ids=str)
def test_extensions(authority: Authority, kind: KeyType, enciphers: bool) -> None:
    ca = authority.create(WISH, NOW).x509
    made = issuer(authority).sign(signing(kind))[0].x509
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.key_encipherment, usage.key_cert_sign) == (True, enciphers, False)
    identifier = made.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert identifier == ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert made.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    constraints = ca.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_serials_are_random_and_a_second_signature_does_no_harm(authority: Authority) -> None:
    authority.create(WISH, NOW)
    serials = {issuer(authority).sign(signing())[0].serial for _ in range(8)}
    assert len(serials) == 8
    assert min(len(serial) for serial in serials) > 20


def test_no_certificate_outlives_the_ca(authority: Authority) -> None:
    ca = authority.create(replace(WISH, lifetime=timedelta(days=100)), NOW)
    made = issuer(authority).sign(signing())[0]
    assert made.not_after == ca.not_after
    late = issuer(authority, NOW + timedelta(days=101))
    with pytest.raises(DeviceRefused, match=r"the CA has expired; roll it over with `trunkline ca roll voice`"):
        late.sign(signing())


def test_the_names_of_a_cubes_request_do_not_count_and_those_of_a_node_do(authority: Authority) -> None:
    authority.create(WISH, NOW)
    csr = csr_of(key_of("device"), (*NAMES, "example.com"))
    assert issuer(authority).sign(replace(signing(), csr_pem=csr))[0].names == NAMES
    of_node = replace(signing(), csr_pem=csr, target="cluster/seoul", holder="cucm-pub")
    assert issuer(authority).sign(of_node)[0].names == (*NAMES, "example.com")


def test_files_are_the_daemons_own_and_the_key_is_encrypted(authority: Authority) -> None:
    authority.create(WISH, NOW)
    files = sorted(path.name for path in authority.folder.iterdir())
    assert files == ["ca-1.key", "ca-1.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in authority.folder.iterdir()} == {0o600}
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700
    assert (authority.folder / "ca-1.key").read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_nothing_is_overwritten(authority: Authority) -> None:
    first = authority.create(WISH, NOW)
    with pytest.raises(Stalled, match="holds one already"):
        authority.create(WISH, NOW)
    assert authority.certificates() == (first,)


def test_a_rollover_has_a_new_name_and_key_and_keeps_the_earlier(authority: Authority) -> None:
    first = authority.create(WISH, NOW)
    with pytest.raises(Stalled, match="CUCM keeps one certificate for each"):
        authority.roll(replace(WISH, common_name="voice ca 2026"), NOW)
    second = authority.roll(replace(WISH, common_name="Voice CA 2036"), NOW)
    assert authority.certificates() == (second, first)
    assert issuer(authority).chain() == (second,)
    assert second.public_key_der != first.public_key_der
    assert issuer(authority).sign(signing())[0].issued_by(second)


def test_a_crash_between_key_and_certificate_leaves_the_ca_as_it_was(authority: Authority) -> None:
    first = authority.create(WISH, NOW)
    (authority.folder / "ca-2.key").write_text("half")
    assert authority.certificates() == (first,)
    authority.signer()
    third = authority.roll(replace(WISH, common_name="Voice CA 2036"), NOW)
    assert authority.certificates() == (third, first)
    authority.signer()


def test_a_wrong_passphrase_is_refused_and_told_nowhere(authority: Authority) -> None:
    authority.create(WISH, NOW)
    wrong = replace(authority, passphrase="canary-wrong-0815")
    with pytest.raises(AccessRefused) as caught:
        issuer(wrong).sign(signing())
    told = f"{caught.value!r} {caught.value.__cause__!r} {wrong!r} {issuer(authority)!r} {authority.signer()!r}"
    assert "canary" not in told
    assert "PRIVATE" not in told


def test_a_key_of_another_ca_is_noticed(authority: Authority, tmp_path: Path) -> None:
    authority.create(WISH, NOW)
    other = Authority("other", tmp_path, PASSPHRASE)
    other.create(WISH, NOW)
    (authority.folder / "ca-1.key").write_bytes((other.folder / "ca-1.key").read_bytes())
    with pytest.raises(Stalled, match="is not its key"):
        authority.signer()


def test_no_ca_yet_and_a_short_passphrase_say_what_to_do(authority: Authority) -> None:
    with pytest.raises(Stalled, match=r"make it with `trunkline ca init voice`"):
        issuer(authority).chain()
    with pytest.raises(Stalled, match="choose a longer one"):
        replace(authority, passphrase="short").create(WISH, NOW)
