"""What kept a look of the probe from an answer, as a word of `model.handshake.Reason` and as a line for people."""

import errno
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.health.transcript.names.reasons import Finer, cause_of_alert, cause_of_words, coarse
from trunkline.health.tunnel import Tunnel
from trunkline.model.handshake import Reason

ALERT = re.compile(r"^(?:SSLV3|TLSV1|TLSV13)_ALERT_")
NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)

CONNECTING = frozenset((Reason.REFUSED, Reason.UNREACHABLE, Reason.TIMEOUT))
"""Nobody was met, so nobody refused anything."""

_PRESENTED_NONE: Mapping[str, Reason] = {
    # Alerts to a client that was asked for a certificate and has none: OpenSSL sends the first (up to TLS 1.2), Java and others
    # the second or third, RFC 8446 wants certificate_required.
    "handshake_failure": Reason.NO_CERTIFICATE,
    "bad_certificate": Reason.NO_CERTIFICATE,
    "certificate_unknown": Reason.NO_CERTIFICATE,
    "access_denied": Reason.NO_CERTIFICATE,
}


@dataclass(frozen=True)
class Fault:
    """Why, in one word and in one line."""

    reason: Reason
    problem: str


def unreached(place: object, error: OSError, timeout_seconds: float) -> Fault:
    """No connection came about. `place` is "10.2.2.2:5061"."""
    if isinstance(error, TimeoutError):
        return Fault(Reason.TIMEOUT, f"{place} does not answer within {timeout_seconds:g} s")
    if isinstance(error, ConnectionRefusedError):
        return Fault(Reason.REFUSED, f"{place} refuses connections: nothing listens there")
    if isinstance(error, ConnectionError):
        return Fault(Reason.CLOSED, f"{place} ended the connection at once")
    if isinstance(error, socket.gaierror):
        return Fault(Reason.UNREACHABLE, f"{str(place).rpartition(':')[0]} cannot be resolved")
    why = f"no route to {place}" if error.errno in NO_ROUTE else f"{place} cannot be reached: {error.strerror or error}"
    return Fault(Reason.UNREACHABLE, why)


def ended(tunnel: Tunnel, error: OSError, *, is_presenting: bool) -> Fault:
    """A connection that was there ended before an answer came. `is_presenting`: the probe had a certificate to show."""
    alert = alert_of(error)
    if alert:
        return Fault(_of_alert(alert, tunnel, is_presenting=is_presenting), f"alert: {alert.replace('_', ' ')}")
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return Fault(Reason.CLOSED, "the other end closed the connection")
    if not isinstance(error, ssl.SSLError):
        return Fault(Reason.OTHER, str(error))
    words = (error.reason or "").lower().replace("_", " ")
    reason = coarse(cause_of_words(words)) if tunnel.is_tls else Reason.NOT_TLS
    return Fault(reason, f"no TLS: {words or 'TLS failed'}")


def alert_of(error: OSError) -> str:
    """The registered name of the alert that ended a connection, as RFC 8446 §6 has it; empty where none did."""
    reason = str(getattr(error, "reason", None) or "")
    return ALERT.sub("", reason).lower() if ALERT.match(reason) else ""


def _of_alert(alert: str, tunnel: Tunnel, *, is_presenting: bool) -> Reason:
    """The best word, given what was asked for and shown before."""
    cause = cause_of_alert(alert)
    if not tunnel.is_answered:
        return Reason.CIPHER if cause is Finer.PARAMETERS else coarse(cause)
    if not is_presenting and (tunnel.is_asked or tunnel.is_open):
        return _PRESENTED_NONE.get(alert, coarse(cause))
    return Reason.BAD_CERTIFICATE if cause is Finer.PARAMETERS and tunnel.is_asked else coarse(cause)
