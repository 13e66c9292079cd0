"""One look at what is presented on a TLS port, and whether what the probe presents is accepted there."""

import secrets
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from ipaddress import ip_address

from trunkline.health.faults import CONNECTING, Fault, alert_of, ended, unreached
from trunkline.health.tunnel import Late, ProbeIdentity, Tunnel, looking
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Look, Reason

TIMEOUT_SECONDS = 5.0
WHOEVER_ASKS = CONNECTING | {Reason.NOT_TLS, Reason.VERSION}
"""Reasons that do not depend on what the probe presents."""


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

    `problem` says why the connection failed or the identity was not accepted, in one line, `reason` in one word;
    `is_accepted` is None where that is not known: no identity was presented, nobody was reached, or no answer came in time.
    `is_asking` tells whether there was an identity to present. `seconds` is by phase, as in `Look`.
    """

    chain: tuple[Certificate, ...] = ()
    version: str = ""
    cipher: str = ""
    is_accepted: bool | None = None
    problem: str = ""
    reason: Reason | None = None
    is_asking: bool = False
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_success(self) -> bool | None:
        """As in `Look`."""
        if self.is_asking:
            return bool(self.is_accepted)
        return False if self.reason in WHOEVER_ASKS else None

    @property
    def is_refusal(self) -> bool:
        """Whether the far end was met and turned the probe away: it counts that as a failed handshake."""
        if self.reason is None:
            return not self.is_asking
        return self.reason not in CONNECTING | {Reason.NO_ANSWER}

    def look(self, at: datetime, doubts: tuple[Reason, ...] = ()) -> Look:
        """What health makes of it."""
        return Look(at, self.is_success, self.reason, self.problem, self.version, self.cipher, self.seconds, doubts)


@dataclass
class _Watch:
    """How long the phases take."""

    begun: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)

    def ended(self, phase: str) -> None:
        now = time.monotonic()
        self.seconds[phase], self.begun = now - self.begun, now


def probe(place: Place, identity: ProbeIdentity | None = None, timeout_seconds: float = TIMEOUT_SECONDS) -> Probed:
    """Connect and look. Takes no longer than the timeout, decides nothing about trust, and does not raise.

    With TLS 1.3 a client's handshake succeeds before the server has judged the client (RFC 8446 §2): whether an identity is
    accepted is known when a SIP request is answered, with whatever status.
    """
    try:
        made = looking(identity)
    except (OSError, ValueError) as error:
        return Probed(problem=f"the probe's own certificate cannot be used: {error}", reason=Reason.OTHER)
    watch, source = _Watch(), (place.source, 0) if place.source else None
    until = watch.begun + timeout_seconds
    is_asking = identity is not None
    try:
        raw = socket.create_connection((place.address, place.port), timeout_seconds, source)
    except OSError as error:
        fault = unreached(place, error, timeout_seconds)
        return Probed(problem=fault.problem, reason=fault.reason, is_asking=is_asking)
    watch.ended("connect")
    with raw:
        seen = _look(Tunnel(raw, made, until), place, watch, is_asking=is_asking)
    return replace(seen, is_asking=is_asking, seconds=watch.seconds)


def own_address(place: Place) -> str:
    """The address of ours that a place would be called from; empty where that is not known. Nothing is sent."""
    if place.source:
        return place.source
    try:
        kind = socket.AF_INET6 if ip_address(place.address).version == 6 else socket.AF_INET
        with socket.socket(kind, socket.SOCK_DGRAM) as chosen:
            chosen.connect((place.address, place.port))
            return str(chosen.getsockname()[0])
    except (OSError, ValueError):  # a name is not resolved for this: it would wait
        return ""


def _look(tunnel: Tunnel, place: Place, watch: _Watch, *, is_asking: bool) -> Probed:
    try:
        tunnel.handshake()
    except Late:
        return _seen(tunnel, Fault(Reason.TIMEOUT, f"{place} did not end the handshake in time"))
    except OSError as error:
        is_accepted = False if is_asking and _is_verdict(tunnel, error) else None
        return _seen(tunnel, ended(tunnel, error, is_presenting=is_asking), is_accepted=is_accepted)
    watch.ended("handshake")
    seen = _asked(tunnel, _seen(tunnel), place, watch, is_asking=is_asking)
    tunnel.close()
    return seen if is_asking else replace(seen, is_accepted=None)


def _asked(tunnel: Tunnel, seen: Probed, place: Place, watch: _Watch, *, is_asking: bool) -> Probed:
    """Whoever has no certificate asks too: with TLS 1.3 only then it is told that one is wanted."""
    try:
        answer = tunnel.ask(_options(tunnel.local, place))
    except Late:
        return replace(seen, problem=f"{place} did not answer a SIP request in time", reason=Reason.NO_ANSWER)
    except OSError as error:
        fault = ended(tunnel, error, is_presenting=is_asking)
        return replace(seen, is_accepted=False, problem=fault.problem, reason=fault.reason)
    if answer.startswith(b"SIP/2.0 "):
        watch.ended("answer")
        if is_asking and seen.version != "TLSv1.3" and not tunnel.is_asked:  # of TLS 1.3 that is encrypted
            return replace(seen, problem="it asked for no certificate", reason=Reason.OTHER)
        return replace(seen, is_accepted=True)
    if not answer:
        return replace(seen, is_accepted=False, problem="closed without an answer", reason=Reason.CLOSED)
    return replace(seen, is_accepted=False, problem="what answered is not SIP", reason=Reason.NO_ANSWER)


def _seen(tunnel: Tunnel, fault: Fault | None = None, *, is_accepted: bool | None = None) -> Probed:
    cipher = tunnel.tls.cipher() if tunnel.is_open else None
    chain = tuple(_chain(tunnel.shown()))
    version = (tunnel.tls.version() or "") if tunnel.is_open else ""
    problem, reason = (fault.problem, fault.reason) if fault else ("", None)
    return Probed(chain, version, cipher[0] if cipher else "", is_accepted, problem, reason)


def _chain(shown: Iterable[bytes]) -> Iterator[Certificate]:
    """Up to the first that cannot be read: the next is not the end's own. Each is read here once, so nothing raises later."""
    for der in shown:
        made = Certificate(der)
        try:
            _ = made.sha256, made.not_after
        except ValueError:
            return
        yield made


def _is_verdict(tunnel: Tunnel, error: OSError) -> bool:
    """Whether the end of a handshake was said of our certificate: the server's own had come, and then an alert or the end."""
    is_end = isinstance(error, ConnectionError | ssl.SSLEOFError)
    return bool(tunnel.shown()) and (is_end or bool(alert_of(error)))


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
