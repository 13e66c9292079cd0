"""One look at what is presented on a TLS port, and whether what the probe presents is accepted there."""

import errno
import re
import secrets
import socket
import ssl
import time
from dataclasses import dataclass, replace

from trunkline.health.tunnel import Late, ProbeIdentity, Tunnel, looking
from trunkline.model.certificate import Certificate

TIMEOUT_SECONDS = 5.0
ALERT = re.compile(r"^(?:SSLV3|TLSV1|TLSV13)_ALERT_")
NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)


@dataclass(frozen=True)
class Place:
    """Where something listens. `source` is the address of ours that is called from; empty: whatever the kernel chooses."""

    address: str
    port: int = 5061
    source: str = ""

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True)
class Probed:
    """What was seen. `chain` is as sent, the certificate itself first; empty where nothing was presented.

    `problem` says why the connection failed or the identity was not accepted, in one line; `is_accepted` is None where
    that is not known: no identity was presented, nobody was reached, or no answer came in time.
    """

    chain: tuple[Certificate, ...] = ()
    version: str = ""
    cipher: str = ""
    is_accepted: bool | None = None
    problem: str = ""


def probe(place: Place, identity: ProbeIdentity | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> Probed:
    """Connect and look. Takes no longer than the timeout, decides nothing about trust, and does not raise.

    With TLS 1.3 a client's handshake succeeds before the server has judged the client (RFC 8446 §2): whether an identity is
    accepted is known when a SIP request is answered, with whatever status.
    """
    until = time.monotonic() + timeout_seconds
    source = (place.source, 0) if place.source else None
    try:
        made = looking(identity)
    except (OSError, ValueError) as error:
        return Probed(problem=f"the probe's own certificate cannot be used: {error}")
    try:
        raw = socket.create_connection((place.address, place.port), timeout_seconds, source)
    except OSError as error:
        return Probed(problem=_unreached(place, error, timeout_seconds))
    with raw:
        return _look(Tunnel(raw, made, until), place, raw, is_asking=identity is not None)


def _look(tunnel: Tunnel, place: Place, raw: socket.socket, *, is_asking: bool) -> Probed:
    try:
        tunnel.handshake()
    except Late:
        return _seen(tunnel, problem=f"{place} did not end the handshake in time")
    except OSError as error:
        return _seen(tunnel, is_accepted=False if is_asking and _is_verdict(tunnel, error) else None, problem=_reason(error))
    seen = _seen(tunnel)
    if is_asking:
        seen = _asked(tunnel, seen, place, raw)
    tunnel.close()
    return seen


def _asked(tunnel: Tunnel, seen: Probed, place: Place, raw: socket.socket) -> Probed:
    local = raw.getsockname()[:2]
    try:
        answer = tunnel.ask(_options(local, place))
    except Late:
        return replace(seen, problem=f"{place} did not answer a SIP request in time")
    except OSError as error:
        return replace(seen, is_accepted=False, problem=_reason(error))
    if answer.startswith(b"SIP/2.0 "):
        return replace(seen, is_accepted=True)
    return replace(seen, is_accepted=False, problem="closed without an answer" if not answer else "what answered is not SIP")


def _seen(tunnel: Tunnel, *, is_accepted: bool | None = None, problem: str = "") -> Probed:
    cipher = tunnel.tls.cipher() if tunnel.is_open else None
    chain = tuple(certificate for certificate in map(_readable, tunnel.shown()) if certificate)
    version = (tunnel.tls.version() or "") if tunnel.is_open else ""
    return Probed(chain, version, cipher[0] if cipher else "", is_accepted, problem)


def _readable(der: bytes) -> Certificate | None:
    """What cannot be read is not shown; a certificate is read here once, so that nothing raises later."""
    made = Certificate(der)
    try:
        _ = made.sha256, made.not_after
    except ValueError:
        return None
    return made


def _is_verdict(tunnel: Tunnel, error: OSError) -> bool:
    """Whether the end of a handshake was said of our certificate: the server's own had come, and then an alert or the end."""
    is_alert = isinstance(error, ssl.SSLError) and bool(ALERT.match(error.reason or ""))
    return bool(tunnel.shown()) and (is_alert or isinstance(error, ConnectionError))


def _reason(error: OSError) -> str:
    """An alert by its name of RFC 8446 §6, or what happened to the connection."""
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        words = ALERT.sub("", reason).lower().replace("_", " ") or "TLS failed"
        return f"alert: {words}" if ALERT.match(reason) else f"no TLS: {words}"
    return "the other end closed the connection" if isinstance(error, ConnectionError) else str(error)


def _unreached(place: Place, error: OSError, timeout_seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"{place} does not answer within {timeout_seconds:g} s"
    if isinstance(error, ConnectionRefusedError):
        return f"{place} refuses connections: nothing listens there"
    if isinstance(error, socket.gaierror):
        return f"{place.address} cannot be resolved"
    return f"no route to {place}" if error.errno in NO_ROUTE else f"{place} cannot be reached: {error.strerror or error}"


def _options(local: tuple[str, int], place: Place) -> bytes:
    """A SIP request that changes nothing (RFC 3261 §11)."""
    address, port = local
    lines = (
        f"OPTIONS sip:{place.address}:{place.port};transport=tls SIP/2.0",
        f"Via: SIP/2.0/TLS {address}:{port};branch=z9hG4bK{secrets.token_hex(8)}",
        "Max-Forwards: 70",
        f"From: <sip:trunkline@{address}>;tag={secrets.token_hex(4)}",
        f"To: <sip:{place.address}>",
        f"Call-ID: {secrets.token_hex(8)}@{address}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:trunkline@{address}:{port};transport=tls>",
        "User-Agent: trunkline probe",
        "Accept: application/sdp",
        "Content-Length: 0",
    )
    return "\r\n".join([*lines, "", ""]).encode()
