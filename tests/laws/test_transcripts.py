"""Whatever a transcript looks like, it is explained without an error, and nothing is said of bytes that are not there."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from support.certificates import made
from trunkline.health.transcript.explaining import as_data, as_text, explained
from trunkline.health.transcript.names.registries import HANDSHAKE_TYPES
from trunkline.health.transcript.records.certificates import shown
from trunkline.health.transcript.records.messages import decoded

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DER = made("cucm-pub.example.com").der
CHAIN = len(DER).to_bytes(3, "big") + DER
CERTIFICATE = b"\x0b" + (len(CHAIN) + 3).to_bytes(3, "big") + len(CHAIN).to_bytes(3, "big") + CHAIN
HELLO = bytes.fromhex("0100002b0303" + "11" * 32 + "000004c02f00ff0100")
VERSIONS = ("", "TLS 1.0", "TLS 1.2", "TLS 1.3")


def dumped(data: bytes) -> list[str]:
    return [f"*Nov 23 12:42:12.664:     {data[at : at + 16].hex(' ')}" for at in range(0, len(data), 16)]


LINES = [
    "VG_yohur#terminal monitor",
    "*Nov 23 12:42:12.664: Handshake start: before/accept initialization",
    "*Nov 23 12:42:12.664: SSL_accept:before/accept initialization",
    f"*Nov 23 12:42:12.664: <<< TLS 1.0 Handshake [length {len(HELLO):04X}], ClientHello",
    *dumped(HELLO),
    "--> CUBE는 CUCM으로 부터 TLS Hello 메세지를 수신합니다.",
    f"*Nov 23 12:42:12.664: >>> TLS 1.2, Handshake [length {len(CERTIFICATE):04X}], Certificate",
    *dumped(CERTIFICATE),
    "(중략)",
    "*Nov 23 12:42:12.664: SSL_accept:SSLv3 write certificate A",
    "depth=0 CN = stranger",
    "verify error:num=18:self-signed certificate",
    ">>> TLS 1.2, Alert [length 0002], fatal unknown_ca",
    "    02 30",
    "SSL3 alert write:fatal:unknown CA",
    "80:error:0A000086:SSL routines:tls_process_client_certificate:certificate verify failed:statem_srvr.c:3530:",
    "Sent Record",
    "  Content Type = Handshake (22)",
    "    ClientHello, Length=39",
    "        {0xC0, 0x2F} TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "        extension_type=supported_versions(43), length=9",
    "          TLS 1.3 (772)",
    "    Certificate, Length=1594",
    "        ASN.1Cert, length=808",
    "-----BEGIN CERTIFICATE-----",
    "-----END CERTIFICATE-----",
    "    Level=fatal(2), description=decode error(50)",
    "Dec 8 04:02:47.096: %SIP-2-TLS_HANDSHAKE_FAILED: Reason: tlsv1 alert protocol version, Connection ID: 8, local address : "
    "10.4.200.101:5331 and remote address : 10.4.200.102:5061",
    "%SIP-2-TLS_HANDSHAKE_FAILED :Peer certificate identity check failed - remote_addr=, remote_port=",
    "*Nov 23 12:42:13.756: Handshake done: SSL negotiation finished successfully",
]
DAMAGED = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=80)), max_size=60).map("\n".join)


def told(text: str) -> None:
    found = explained(text, NOW)
    assert list(as_text(found)) or not found
    json.dumps(as_data(found), default=str)


@given(DAMAGED)
def test_lines_in_any_order_with_anything_between(text: str) -> None:
    told(text)


@given(st.integers(0, len("\n".join(LINES))), st.integers(0, 400))
def test_a_transcript_with_a_piece_cut_out(at: int, length: int) -> None:
    text = "\n".join(LINES)
    told(text[:at] + text[at + length :])


@given(st.text(max_size=2000))
def test_garbage(text: str) -> None:
    told(text)


@given(st.sampled_from(sorted(HANDSHAKE_TYPES.values())), st.binary(max_size=300), st.sampled_from(VERSIONS))
def test_any_bytes_as_any_message(kind: str, data: bytes, version: str) -> None:
    decoded(kind, data, version)


@given(st.integers(0, len(CERTIFICATE)), st.integers(0, 255), st.sampled_from(("TLS 1.2", "TLS 1.3")))
def test_a_certificate_message_with_one_byte_changed(at: int, value: int, version: str) -> None:
    decoded("Certificate", CERTIFICATE[:at] + bytes([value]) + CERTIFICATE[at + 1 :], version)


@given(st.integers(0, len(DER) - 1))
def test_a_cut_certificate_says_only_what_its_bytes_say(present: int) -> None:
    whole, cut = shown(DER, len(DER)), shown(DER[:present], len(DER))
    assert not cut.is_whole
    assert cut.serial in ("", whole.serial)
    assert cut.issuer in ("", whole.issuer)
    assert (cut.subject, cut.not_after, cut.names) == ("", None, ())


def test_a_huge_transcript() -> None:
    told("\n".join(LINES * 1500))
    told("A" * 5_000_000)
    told("\n".join(LINES[3:8] * 5_000))  # hellos that nobody answers
    told("\n".join([">>> TLS 1.2, Handshake [length 80000], HelloRequest", *dumped(bytes(0x80000))]))
    told(">>> TLS 1.2, Alert [length 0002], warning close_notify\n    01 00\n" * 5_000)
    told(">>> TLS 1.2, Alert [length 0002], fatal unknown_ca\n    02 30\n" * 5_000)
    told("4A:error:0A000086:SSL routines:tls_process:certificate verify failed:a.c:1:\n" * 50_000)
    decoded("ClientHello", HELLO[:39] + b"\xff\xff" + b"\xc0\x2f" * 32767, "TLS 1.2")
    told("\n".join([">>> TLS 1.2, Handshake [length ffffffff], Certificate", *dumped(bytes(500_000))]))
