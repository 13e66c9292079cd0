"""What a line means."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trunkline.health.events.lines import read
from trunkline.health.events.meaning import event
from trunkline.model.event import Event, EventKind
from trunkline.model.handshake import Reason

NOW = datetime(2026, 11, 25, 12, 1, tzinfo=UTC)


def told(text: str) -> Event:
    line = read(f"<189>43: *Nov 25 03:52:36.123: {text}".encode())
    assert line
    return event(line, "cube/a", NOW)


@pytest.mark.parametrize(
    ("text", "reason", "remote"),
    [
        (
            "%SIP-2-TLS_HANDSHAKE_FAILED :Peer certificate identity check failed - remote_addr=10.0.0.2, remote_port=36233, "
            "local_addr=10.0.0.1, local_port=3000, vrf=, tenant=1",
            Reason.WRONG_NAME,
            "10.0.0.2:36233",
        ),
        (
            "%SIP-2-TLS_HANDSHAKE_FAILED: TLS handshake failure, Reason: tlsv1 alert protocol version, Connection ID: 8, "
            "local address : 10.0.0.1:5331 and remote address : 10.0.0.2:5061",
            Reason.VERSION,
            "10.0.0.2:5061",
        ),
        (
            "%SIP-2-TLS_HANDSHAKE_FAILED: Reason: certificate verify failed, Connection ID: 17, "
            "local address : [2001:db8::1]:24399 and remote address : [2001:db8::2]:5061",
            Reason.BAD_CERTIFICATE,
            "[2001:db8::2]:5061",
        ),
        (
            "%SIP-2-TLS_HANDSHAKE_FAILED: Reason: no shared cipher, Connection ID: 17, local address : 10.0.0.1:5061 and "
            "remote address : 10.0.0.2:5061",
            Reason.CIPHER,
            "10.0.0.2:5061",
        ),
        ("%SIP-2-TLS_HANDSHAKE_FAILED: in words of another release", Reason.OTHER, ""),
    ],
)
def test_failed_handshakes(text: str, reason: Reason, remote: str) -> None:
    found = told(text)
    assert (found.kind, found.reason, found.remote) == (EventKind.HANDSHAKE_FAILED, reason, remote)


@pytest.mark.parametrize(
    ("text", "user", "via"),
    [
        ("%SYS-5-CONFIG_I: Configured from console by jovalver on vty0 (10.10.100.6)", "jovalver", "vty0 (10.10.100.6)"),
        ("%SYS-5-CONFIG_I: Configured from console by user1 on console", "user1", "console"),
        ("%SYS-5-CONFIG_I: Configured from console by console ", "", "console"),
        ("%SYS-5-CONFIG_I: Configured from console by vty1 (10.1.1.9)", "", "vty1 (10.1.1.9)"),
        ("%SYS-5-CONFIG_I: Configured from memory by console", "", "console"),
        (
            "%SYS-5-CONFIG_P: Configured programmatically by process SEP_webui from console as admin on vty1",
            "admin",
            "vty1, process SEP_webui",
        ),
        (
            "%DMI-5-CONFIG_I: R0/0: dmiauthd: Configured from NETCONF/RESTCONF by admin, transaction-id 29",
            "admin",
            "NETCONF/RESTCONF",
        ),
        ("%SYS-5-CONFIG_I: something new", "", ""),
    ],
)
def test_who_configured(text: str, user: str, via: str) -> None:
    found = told(text)
    assert (found.kind, found.user, found.via) == (EventKind.CONFIGURED, user, via)


def test_what_was_typed() -> None:
    found = told("%PARSER-5-CFGLOG_LOGGEDCMD: User:jovalver  logged command:dial-peer voice 101 voip")
    assert (found.kind, found.user, found.command) == (EventKind.TYPED, "jovalver", "dial-peer voice 101 voip")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("%PKI-3-CERTIFICATE_INVALID_EXPIRED: Certificate chain validation has failed.", EventKind.CERTIFICATES),
        ("%SIP-2-LISTEN_SOCKET: Failed to open listen socket for ip_addr=10.0.0.1, port=5061", EventKind.LISTENER),
        ("%LINK-3-UPDOWN: Interface GigabitEthernet0/0, changed state to up", EventKind.OTHER),
        ("CRYPTO_PKI: something of a debug", EventKind.OTHER),
    ],
)
def test_the_rest(text: str, kind: EventKind) -> None:
    assert told(text).kind is kind


def test_what_is_kept_of_a_line_is_short_and_has_no_secret() -> None:
    found = told(f"%PARSER-5-CFGLOG_LOGGEDCMD: User:{'u' * 900}  logged command:username bob secret 0 hunter2 {'x' * 900}")
    assert len(found.line) <= 400
    assert len(found.user) <= 64
    assert "hunter2" not in repr(found)


@pytest.mark.samples
def test_samples_of_real_devices(samples: Path) -> None:
    def kinds(name: str) -> set[EventKind]:
        lines = [line for line in (samples / name).read_text().splitlines() if line.strip().startswith("%") or ": %" in line]
        return {told(line[line.index("%") :]).kind for line in lines}

    for path in samples.glob("syslog_SIP_TLS_HANDSHAKE_FAILED*"):
        assert kinds(path.name) == {EventKind.HANDSHAKE_FAILED}
    assert kinds("syslog_PKI_enroll_install__iosxe_17.txt") == {EventKind.CERTIFICATES}
    assert kinds("syslog_SIP_LISTEN_SOCKET__iosxe_17_8.txt") == {EventKind.LISTENER}
    text = (samples / "syslog_misc__pki_crypto_sys.txt").read_text()
    configured = [told(line[line.index("%") :]) for line in text.splitlines() if "CONFIG_I" in line]
    assert [(one.user, one.via) for one in configured] == [
        ("jovalver", "vty0 (10.10.100.6)"),
        ("user1", "console"),
        ("", "console"),
    ]
