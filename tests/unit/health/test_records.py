"""The Certificate message of a server's first flight: whole, over several records, cut at every byte."""

import pytest

from trunkline.health.records import certificate_asked, certificates_shown, handshake_began

LEAF, ISSUER = b"leaf certificate", b"issuer certificate"


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + sized(body)


def record(content: bytes, kind: int = 22) -> bytes:
    return bytes([kind, 3, 3]) + len(content).to_bytes(2, "big") + content


FLIGHT = message(2, b"hello") + message(11, sized(sized(LEAF) + sized(ISSUER))) + message(14, b"")


def test_certificates_are_told_in_the_order_in_which_they_were_sent() -> None:
    assert certificates_shown(record(FLIGHT)) == (LEAF, ISSUER)


@pytest.mark.parametrize("at", range(1, len(FLIGHT), 7))
def test_a_message_may_be_spread_over_records(at: int) -> None:
    assert certificates_shown(record(FLIGHT[:at]) + record(FLIGHT[at:])) == (LEAF, ISSUER)


def test_an_alert_in_between_is_no_certificate() -> None:
    assert certificates_shown(record(b"\x02\x28", kind=21) + record(FLIGHT)) == (LEAF, ISSUER)


def test_what_comes_encrypted_is_not_read() -> None:
    assert certificates_shown(record(message(2, b"hello")) + record(b"\x01", kind=20) + record(FLIGHT)) == ()


def test_what_was_cut_anywhere_is_left_out_and_never_raises() -> None:
    whole = record(FLIGHT)
    for length in range(len(whole)):
        assert set(certificates_shown(whole[:length])) <= {LEAF, ISSUER}
    assert certificates_shown(b"") == ()


def test_how_far_the_server_came() -> None:
    asking = message(2, b"hello") + message(11, sized(b"")) + message(13, b"x")
    assert handshake_began(record(asking)) and certificate_asked(record(asking))
    assert handshake_began(record(FLIGHT)) and not certificate_asked(record(FLIGHT))
    for heard in (b"", b"220 smtp.example.com ESMTP\r\n", record(b"\x02\x28", kind=21)):
        assert not handshake_began(heard) and not certificate_asked(heard)
