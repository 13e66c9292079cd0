"""What kept a look from an answer, in one word: no connection, an alert, a silent end, something that is no TLS."""

import errno
import socket
import ssl
from dataclasses import dataclass
from typing import Any, cast

import pytest

from trunkline.health.faults import Fault, alert_of, ended, unreached
from trunkline.health.probe import Probed
from trunkline.health.tunnel import Tunnel
from trunkline.model.handshake import Reason

PLACE = "10.2.2.2:5061"


@dataclass
class Heard:
    """How far a handshake came, as a tunnel tells it."""

    is_answered: bool = True
    is_asked: bool = True
    is_open: bool = False
    is_tls: bool = True


def failed(reason: str) -> ssl.SSLError:
    """As OpenSSL reports it."""
    made = ssl.SSLError(1, reason)
    made.reason = reason
    return made


def fault(error: OSError, *, is_presenting: bool = True, **heard: bool) -> Fault:
    return ended(cast(Tunnel, Heard(**heard)), error, is_presenting=is_presenting)


@pytest.mark.parametrize(
    ("error", "reason", "said"),
    [
        (TimeoutError(), Reason.TIMEOUT, f"{PLACE} does not answer within 5 s"),
        (ConnectionRefusedError(), Reason.REFUSED, f"{PLACE} refuses connections: nothing listens there"),
        (ConnectionResetError(), Reason.CLOSED, f"{PLACE} ended the connection at once"),
        (socket.gaierror(), Reason.UNREACHABLE, "10.2.2.2 cannot be resolved"),
        (OSError(errno.EHOSTUNREACH, "x"), Reason.UNREACHABLE, f"no route to {PLACE}"),
        (OSError(errno.EACCES, "Permission denied"), Reason.UNREACHABLE, f"{PLACE} cannot be reached: Permission denied"),
    ],
)
def test_no_connection(error: OSError, reason: Reason, said: str) -> None:
    assert unreached(PLACE, error, 5) == Fault(reason, said)


@pytest.mark.parametrize(
    ("alert", "presenting", "not_presenting"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", Reason.UNKNOWN_CA, Reason.UNKNOWN_CA),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", Reason.EXPIRED, Reason.EXPIRED),
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", Reason.BAD_CERTIFICATE, Reason.BAD_CERTIFICATE),
        ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", Reason.BAD_CERTIFICATE, Reason.NO_CERTIFICATE),
        ("SSLV3_ALERT_BAD_CERTIFICATE", Reason.BAD_CERTIFICATE, Reason.NO_CERTIFICATE),
        ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", Reason.PURPOSE, Reason.PURPOSE),
        ("TLSV1_ALERT_ACCESS_DENIED", Reason.WRONG_NAME, Reason.NO_CERTIFICATE),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", Reason.BAD_CERTIFICATE, Reason.NO_CERTIFICATE),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", Reason.NO_CERTIFICATE, Reason.NO_CERTIFICATE),
        ("TLSV1_ALERT_PROTOCOL_VERSION", Reason.VERSION, Reason.VERSION),
        ("TLSV1_ALERT_INSUFFICIENT_SECURITY", Reason.CIPHER, Reason.CIPHER),
        ("TLSV1_ALERT_INTERNAL_ERROR", Reason.OTHER, Reason.OTHER),
    ],
)
def test_an_alert_after_a_certificate_was_asked_for(alert: str, presenting: Reason, not_presenting: Reason) -> None:
    assert fault(failed(alert)).reason is presenting
    assert fault(failed(alert), is_presenting=False).reason is not_presenting
    assert fault(failed(alert)).problem == f"alert: {alert_of(failed(alert)).replace('_', ' ')}"


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", Reason.CIPHER),
        ("TLSV1_ALERT_PROTOCOL_VERSION", Reason.VERSION),
        ("TLSV1_ALERT_ACCESS_DENIED", Reason.WRONG_NAME),
    ],
)
def test_an_alert_to_the_very_first_message_cannot_be_for_want_of_a_certificate(alert: str, reason: Reason) -> None:
    for is_presenting in (True, False):
        assert fault(failed(alert), is_presenting=is_presenting, is_answered=False, is_asked=False).reason is reason


@pytest.mark.parametrize(
    ("error", "heard", "reason"),
    [
        (ConnectionResetError(), {}, Reason.CLOSED),
        (ssl.SSLEOFError(), {}, Reason.CLOSED),
        (failed("WRONG_VERSION_NUMBER"), {"is_tls": False}, Reason.NOT_TLS),
        (failed("WRONG_VERSION_NUMBER"), {}, Reason.NOT_TLS),
        (failed("UNSUPPORTED_PROTOCOL"), {}, Reason.VERSION),
        (failed("RECORD_LAYER_FAILURE"), {"is_tls": False}, Reason.NOT_TLS),
        (failed("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), {}, Reason.OTHER),
        (OSError("something"), {}, Reason.OTHER),
    ],
)
def test_other_ends_of_a_connection(error: OSError, heard: dict[str, Any], reason: Reason) -> None:
    assert fault(error, **heard).reason is reason


@pytest.mark.parametrize(
    ("probed", "is_success", "is_refusal"),
    [
        (Probed(is_accepted=True, is_asking=True), True, False),
        (Probed(is_accepted=False, reason=Reason.UNKNOWN_CA, is_asking=True), False, True),
        (Probed(reason=Reason.NO_ANSWER, is_asking=True), False, False),
        (Probed(reason=Reason.REFUSED, is_asking=True), False, False),
        (Probed(reason=Reason.TIMEOUT), False, False),
        (Probed(reason=Reason.NOT_TLS), False, True),
        (Probed(reason=Reason.NO_CERTIFICATE), None, True),
        (Probed(), None, True),
    ],
)
def test_what_counts_as_success_and_what_the_other_end_counts_as_a_failure(
    probed: Probed, is_success: bool | None, is_refusal: bool
) -> None:
    assert (probed.is_success, probed.is_refusal) == (is_success, is_refusal)
