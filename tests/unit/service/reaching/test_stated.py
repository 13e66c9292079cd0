"""The identity that an operator gives the probe: used, read anew, told where it will not do; its key is never told."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from trunkline.health.tunnel import looking
from trunkline.model.certificate import Certificate, certificates_in
from trunkline.service.reaching.stated import StatedIdentity
from trunkline.twin.ca import Authority, Held, Wish, new_key, self_signed

NOW = datetime.now(UTC)
ROOT = Authority.create("root", NOW)
BELOW = ROOT.below("issuing", NOW)
ABOVE = BELOW.issuer.pem + ROOT.issuer.pem
HELD = BELOW.issue(Wish("our probe", NOW, 90), new_key("ec", 256))


def stated(directory: Path, held: Held = HELD, above: str = ABOVE) -> StatedIdentity:
    made = StatedIdentity(directory / "probe.pem", directory / "probe.key")
    (directory / "probe.pem").write_text(held.pem + above)
    (directory / "probe.key").write_text(held.key_pem)
    (directory / "probe.key").chmod(0o600)
    return made


def sha256(held: Held) -> str:
    return Certificate.from_pem(held.pem).sha256


def test_it_is_told_by_the_ca_that_issued_it_and_sends_what_links_it_to_the_root(tmp_path: Path) -> None:
    ((issuer, identity),) = stated(tmp_path).identities(NOW).items()
    assert issuer == sha256(BELOW.issuer) and identity.above == (issuer, sha256(ROOT.issuer)) and identity.is_stated
    sent = certificates_in("".join(identity.chain_pems))
    assert [one.common_name for one in sent] == ["our probe", "issuing"]
    assert looking(identity)
    assert "PRIVATE" not in repr(identity)


def test_none_is_none() -> None:
    assert StatedIdentity().identities(NOW) == {}


def test_one_that_signs_itself_is_its_own_ca(tmp_path: Path) -> None:
    alone = self_signed(Wish("alone", NOW, 90), new_key("ec", 256))
    ((issuer, identity),) = stated(tmp_path, alone, "").identities(NOW).items()
    assert issuer == sha256(alone) and identity.above == (issuer,) and len(identity.chain_pems) == 1


def test_a_file_that_is_replaced_counts_without_a_restart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    identities = stated(tmp_path, BELOW.issue(Wish("ended", NOW, -1), new_key("ec", 256)))
    assert not identities.identities(NOW) and not identities.identities(NOW)
    assert len(caplog.records) == 1, "told once"
    stated(tmp_path)
    assert identities.identities(NOW)


OTHER = new_key("ec", 256)
PROTECTED = OTHER.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
).decode()
PLAIN = self_signed(Wish("other", NOW), OTHER).key_pem


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("probe.pem", None, "cannot use the probe's certificate {}: No such file or directory; put a PEM file there"),
        (
            "probe.pem",
            "",
            "cannot use the probe's certificate {}: there is no PEM certificate in it; put",
        ),
        ("probe.pem", HELD.pem, "{}: the certificate of the CA that issued it, issuing, is not in the file; append it"),
        ("probe.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "PEM block 1 is not a certificate"),
        ("probe.key", None, "cannot use the probe's key {}: No such file or directory; put a PEM file there"),
        ("probe.key", "nonsense", "cannot use the probe's key {}: it is no private key in PEM; put one there"),
        ("probe.key", PROTECTED, "cannot use the probe's key {}: it is protected by a passphrase; put it there without"),
        ("probe.key", PLAIN, "cannot use the probe's key {}: it belongs to no certificate in"),
    ],
)
def test_what_will_not_do_is_told_with_file_and_cure_and_the_probe_goes_on_without(
    file: str, text: str | None, said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    identities = stated(tmp_path)
    path = tmp_path / file
    path.unlink() if text is None else path.write_text(text)
    assert identities.identities(NOW) == {}
    (record,) = caplog.records
    assert record.levelno == logging.ERROR and said.format(path) in record.getMessage()
    assert "PRIVATE" not in caplog.text and PLAIN.splitlines()[1] not in caplog.text


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("x", NOW, -1), "it ended "),
        (Wish("x", NOW + timedelta(days=3), 30), "it begins "),
    ],
)
def test_what_is_not_valid_now_is_not_shown_to_anybody(
    wish: Wish, said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert stated(tmp_path, BELOW.issue(wish, new_key("ec", 256))).identities(NOW) == {}
    assert said in caplog.text and "put a valid one there" in caplog.text


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("x", NOW, 10), "put a newer one there, no restart is needed"),
        (Wish("x", NOW, 90, usages=(ExtendedKeyUsageOID.SERVER_AUTH,)), "lacks clientAuth"),
    ],
)
def test_what_will_not_do_for_long_is_used_and_warned_of(
    wish: Wish, said: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    identities = stated(tmp_path, BELOW.issue(wish, new_key("ec", 256)))
    assert identities.identities(NOW) and identities.identities(NOW)
    assert [record.levelno for record in caplog.records] == [logging.WARNING] and said in caplog.text


def test_a_key_that_everybody_may_read_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    identities = stated(tmp_path)
    (tmp_path / "probe.key").chmod(0o644)
    assert identities.identities(NOW) and "chmod o-r" in caplog.text
