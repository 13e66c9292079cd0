"""Lines of transcripts: stamps in their forms, headers of three OpenSSL generations, gaps between the bytes."""

import pytest

from trunkline.health.transcript.reading.entries import Entry, entries


def read(*lines: str) -> list[Entry]:
    return list(entries(lines))


@pytest.mark.parametrize(
    "header",
    [
        "<<< TLS 1.0 Handshake [length 0004], ServerHelloDone",
        "*Nov 23 12:42:12.664: <<< TLS 1.0 Handshake [length 0004], ServerHelloDone",
        "000963: .Nov  3 12:42:12.664 KST: <<< TLS 1.0 Handshake [length 0004], ServerHelloDone",
        "<189>57: vg-yohur: *Nov 23 2026 12:42:12.664: <<< TLS 1.0, Handshake [length 0004], ServerHelloDone\r",
    ],
)
def test_a_header_in_its_forms(header: str) -> None:
    (one,) = read(header, "    0e 00 00 00")
    assert (one.what, one.direction, one.content, one.version) == ("message", "received", "Handshake", "TLS 1.0")
    assert (one.text, one.data, one.is_cut) == ("ServerHelloDone", bytes.fromhex("0e000000"), False)


@pytest.mark.parametrize("name", ["TLS 1.2, RecordHeader", "???"])
def test_record_headers_give_the_version_of_the_record(name: str) -> None:
    (one,) = read(
        f">>> {name} [length 0005]", "    16 03 01 00 04", ">>> TLS 1.2, Handshake [length 0004], X", "    0e 00 00 00"
    )
    assert one.record_version == "0301"


def test_bytes_after_something_else_are_counted_and_not_read() -> None:
    (one,) = read("<<< TLS 1.0 Handshake [length 0009], Finished", "    14 00", "(중략)", "    01 02 03")
    assert (one.data, one.present, one.length, one.is_cut) == (bytes.fromhex("1400"), 5, 9, True)


def test_a_remark_between_bytes_that_are_all_there_is_no_gap() -> None:
    (one,) = read("<<< TLS 1.0 Handshake [length 0004], X", "    0e 00", "--> 인증서", "    00 00")
    assert (one.data, one.is_cut) == (bytes.fromhex("0e000000"), False)


def test_states_errors_and_verdicts() -> None:
    found = read(
        "*Nov 23 12:42:12.664: SSL_accept:SSLv3 read client hello A",
        "SSL3 alert read:fatal:unknown CA",
        "80FB:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:rec_layer_s3.c:1602:",
        "verify error:num=62:hostname mismatch",
        "a line of something else",
    )
    assert [(one.what, one.text) for one in found] == [
        ("state", "SSLv3 read client hello A"),
        ("state", "SSL3 alert read:fatal:unknown CA"),
        ("error", "sslv3 alert handshake failure"),
        ("verify", "hostname mismatch"),
    ]
    assert (found[0].content, found[0].at) == ("server", "Nov 23 12:42:12.664")


@pytest.mark.parametrize("stamp", ["1w2d: ", "00:05:23: ", "000123: 2d03h: ", "<191>41: 00:05:23.120: "])
def test_times_since_the_router_started(stamp: str) -> None:
    (one,) = entries([f"{stamp}>>> TLS 1.2 Alert [length 0002], fatal unknown_ca", f"{stamp}    02 30"])
    assert (one.data, one.at) == (b"\x02\x30", stamp.rstrip(": ").split(": ")[-1].split(">")[-1])


def test_a_blank_that_another_coding_spoiled_is_a_blank() -> None:
    (one,) = entries([">>> TLS 1.2 Alert [length 0002], fatal unknown_ca", "\ufffd\ufffd\ufffd 02 30"])
    assert one.data == b"\x02\x30"
