"""Handshake messages byte by byte: hellos, requests in their three forms, alerts, what is cut."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from trunkline.health.transcript.records.messages import Facts, alert, decoded
from trunkline.model import der

RANDOM = "11" * 32
NAME = "30 0d 31 0b 30 09 06 03 55 04 03 0c 02 43 41"  # CN=CA


def message(body: str) -> bytes:
    data = bytes.fromhex(body)
    return b"\x00" + len(data).to_bytes(3, "big") + data


def extension(kind: int, body: str) -> str:
    return f"{kind:04x}{len(bytes.fromhex(body)):04x}{body}"


def block(*extensions: str) -> str:
    joined = "".join(extensions)
    return f"{len(bytes.fromhex(joined)):04x}{joined}"


def test_a_client_hello_with_all_that_is_read_of_it() -> None:
    extensions = block(
        extension(0, "0008 00 0005 612e622e63".replace(" ", "")),
        extension(10, "0004 001d 0017".replace(" ", "")),
        extension(13, "0004 0804 0403".replace(" ", "")),
        extension(43, "04 0304 0303".replace(" ", "")),
        extension(0x3A3A, ""),
    )
    facts = decoded("ClientHello", message(f"0303{RANDOM}00 0006 c02f 00ff 1a1a 0100{extensions}"), "")
    assert facts.server_name == "a.b.c"
    assert (facts.version, facts.versions) == ("TLS 1.2", ("TLS 1.3", "TLS 1.2"))
    assert facts.suites == ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "GREASE")
    assert facts.groups == ("x25519", "secp256r1")
    assert facts.signatures == ("rsa_pss_rsae_sha256", "ecdsa_secp256r1_sha256")
    assert facts.extensions[-1] == "GREASE"


def test_a_server_hello_of_tls_13_names_the_version_in_an_extension() -> None:
    extensions = block(extension(43, "0304"), extension(51, "001d0000"))
    facts = decoded("ServerHello", message(f"0303{RANDOM}00 1302 00{extensions}"), "")
    assert (facts.version, facts.suites, facts.groups) == ("TLS 1.3", ("TLS_AES_256_GCM_SHA384",), ("x25519",))


def test_a_hello_that_asks_for_another_is_known_by_its_random() -> None:
    random = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"
    assert decoded("ServerHello", message(f"0303{random}00 1301 00"), "").is_retry


@pytest.mark.parametrize(
    ("version", "body", "authorities", "takes_any"),
    [
        ("TLS 1.0", "01 01 0000", (), True),
        ("TLS 1.1", f"01 01 0011 000f {NAME}", ("CN=CA",), False),
        ("TLS 1.2", "01 01 0002 0401 0000", (), True),
        ("TLS 1.2", f"01 01 0002 0401 0011 000f {NAME}", ("CN=CA",), False),
        ("TLS 1.2", "01 01 0008 0401", (), False),  # cut in the list of signatures
        ("TLS 1.2", "01 01 0002 0401 0011", (), False),  # cut before the list of CAs
        ("TLS 1.3", "00 0009 000d 0004 0002", (), False),  # cut in its extensions
        ("TLS 1.3", "00 0008 000d 0004 0002 0401", (), True),
        ("TLS 1.3", f"00 001f 000d 0004 0002 0401 002f 0013 0011 000f {NAME}", ("CN=CA",), False),
    ],
)
def test_which_cas_a_request_names(version: str, body: str, authorities: tuple[str, ...], takes_any: bool) -> None:
    facts = decoded("CertificateRequest", message(body), version)
    assert (facts.authorities, facts.takes_any_authority) == (authorities, takes_any)


@pytest.mark.parametrize(("version", "body"), [("TLS 1.2", "000000"), ("TLS 1.3", "00000000")])
def test_an_empty_certificate_message(version: str, body: str) -> None:
    assert decoded("Certificate", message(body), version) == Facts(has_no_certificate=True)


def test_alerts_by_bytes_and_by_words() -> None:
    by_bytes, by_words = alert(bytes.fromhex("0230"), ""), alert(b"", "fatal unknown CA")
    assert (by_bytes.alert_level, by_bytes.alert) == ("fatal", "unknown_ca") == (by_words.alert_level, by_words.alert)
    assert alert(bytes.fromhex("02c8"), "").alert == "unknown (0x00C8)"


def test_a_number_without_a_name_is_told_as_number() -> None:
    facts = decoded("ClientHello", message(f"0303{RANDOM}00 0002 fefe 0100"), "")
    assert facts.suites == ("unknown (0xFEFE)",)


OF_TLS13 = {
    "ClientHello": "03 03" + "11" * 32 + "00 0004 1301 1302 0100 0007 002b 0003 02 0304",
    "ServerHello": "03 03" + "22" * 32 + "00 1302 00 0006 002b 0002 0304",
}


@pytest.mark.parametrize("name", OF_TLS13)
def test_a_hello_that_is_cut_never_names_another_version(name: str) -> None:
    body = bytes.fromhex(OF_TLS13[name].replace(" ", ""))
    data = bytes([1]) + len(body).to_bytes(3, "big") + body
    whole = decoded(name, data, "")
    assert "TLS 1.3" in (whole.version, *whole.versions)
    for present in range(len(data)):
        cut = decoded(name, data[:present], "")
        assert cut.version in ("", whole.version if name == "ServerHello" else "")
        assert cut.versions in ((), whole.versions)
        assert whole.suites[: len(cut.suites)] == cut.suites


def test_a_name_with_commas_is_written_like_that_of_a_whole_certificate() -> None:
    name = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, " Nexpert, Inc+"), x509.NameAttribute(NameOID.COMMON_NAME, "#1")]
    )
    assert der.name(name.public_bytes()) == name.rfc4514_string() == r"CN=\#1,O=\ Nexpert\, Inc\+"
