"""One message taken apart."""

from pathlib import Path

import pytest

from trunkline.health.events.lines import read

CONFIGURED = "%SYS-5-CONFIG_I: Configured from console by jovalver on vty0 (10.10.100.6)"


@pytest.mark.parametrize(
    ("head", "origin"),
    [
        ("<189>", ""),
        ("<189>43: ", ""),
        ("<189>43: *Nov 25 03:52:36.123: ", ""),
        ("<189>43: .Nov  5 03:52:36.123 UTC: ", ""),
        ("<189>43: Nov 25 2026 03:52:36 EST: ", ""),
        ("<189>43: 000044: *Nov 25 03:52:36.123: ", ""),
        ("<189>43: 2w3d: ", ""),
        ("<189>43: 1d04h: ", ""),
        ("<189>43: 00:01:23: ", ""),
        ("<189>43: cube-1: *Nov 25 03:52:36.123: ", "cube-1"),
        ("<189>43: cube-1: 000044: *Nov 25 03:52:36.123: ", "cube-1"),
        ("<189>43: cube-1: ", "cube-1"),
        ("<189>cube-1: ", "cube-1"),
        ("<189>43: 10.72.86.86: *Nov 25 03:52:36.123: ", "10.72.86.86"),
        ("<189>Nov 25 03:52:36 cube-1.example.com 43: *Nov 25 03:52:36.123: ", "cube-1.example.com"),
        ("<189>Nov  5 03:52:36 10.72.86.86 43: *Nov 25 03:52:36.123: ", "10.72.86.86"),
        ("<189>2026-11-25T03:52:36.123+09:00 cube-1 43: *Nov 25 03:52:36.123: ", "cube-1"),
        ("<189>Nov 25 03:52:36 relay 43: cube-1: *Nov 25 03:52:36.123: ", "cube-1"),
        ("<189>1 2026-11-25T03:52:36.123Z cube-1 - - - - ", "cube-1"),
        ("<189>1 2026-11-25T03:52:36.123Z - ios 7 ID1 - ", ""),
        ('<189>1 2026-11-25T03:52:36Z cube-1 - - - [a@1 b="c\\]d"][e f="g"] \ufeff43: *Nov 25 03:52:36: ', "cube-1"),
        ("", ""),
    ],
)
def test_whatever_stands_in_front_the_message_is_found(head: str, origin: str) -> None:
    line = read(f"{head}{CONFIGURED}\r\n".encode())
    assert line
    assert (line.origin, line.mnemonic, line.whole) == (origin, "SYS-CONFIG_I", CONFIGURED)
    assert line.text.startswith("Configured from")


def test_an_alarm_of_cucm_has_the_form_of_ios() -> None:
    line = read(
        b"<187>43: Nov 25 03:52:36 hq-pub.example.com local7 3 : 12: hq-pub: Nov 25 2026 03:52:36.1 UTC :  "
        b"%UC_CALLMANAGER-3-SIPTrunkOOS: %[DeviceName=TRUNK][UNKNOWN]: All remote peers are out of service"
    )
    assert line
    assert line.mnemonic == "UC_CALLMANAGER-SIPTrunkOOS"


@pytest.mark.parametrize("message", [b"", b"\x00\n", b"hello", b"<999>43: hello", b"<189>", b"GET / HTTP/1.1\r\n", b"<x>%"])
def test_what_is_no_syslog_is_none(message: bytes) -> None:
    assert read(message) is None


def test_a_line_without_a_mnemonic_is_a_line() -> None:
    line = read(b"<191>44: *Nov 25 03:52:36.123: CRYPTO_PKI:  Certificate Request Fingerprint")
    assert line
    assert line.mnemonic == ""


def test_nothing_of_it_moves_the_cursor_of_a_terminal() -> None:
    line = read(b"<189>1: %SYS-5-CONFIG_I: \x1b[2J evil \xff\x9b31m \x00 end")
    assert line
    assert line.whole.isprintable()


@pytest.mark.samples
def test_samples_of_real_devices(samples: Path) -> None:
    texts = [path.read_text() for path in sorted(samples.glob("syslog_*.txt"))]
    wanted = [line for text in texts for line in text.splitlines() if "%" in line]
    assert len(wanted) > 20
    for text in wanted:
        line = read(b"<189>" + text.encode())
        assert line
        assert line.mnemonic
        assert line.origin == ""
