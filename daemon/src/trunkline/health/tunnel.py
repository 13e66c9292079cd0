"""TLS over one blocking socket with one deadline for all of it, which keeps what the server said in the clear."""

import contextlib
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any

from trunkline.health.pipes import load_identity
from trunkline.health.records import (
    ALERT_RECORD,
    HANDSHAKE_RECORD,
    certificate_asked,
    certificates_shown,
    handshake_began,
)

CHUNK_BYTES = 65536
DER = 2  # `_ssl.ENCODING_DER`
MOST_HEARD_BYTES = 262144  # of a handshake; whoever sends more does not speak TLS with us


@dataclass(frozen=True)
class ProbeIdentity:
    """A key of the probe's own and its certificate, in PEM, the certificate first, then what links it to a root.

    `above` is the SHA-256 of every CA certificate above it: whoever trusts one of them accepts it. `is_stated`: an operator
    gave it, so that a refusal may have reasons of its own.
    """

    key_pem: str = field(repr=False)
    chain_pems: tuple[str, ...]
    above: tuple[str, ...] = ()
    is_stated: bool = False


class Late(Exception):  # noqa: N818 - a value of this room
    """The deadline came first."""


def looking(identity: ProbeIdentity | None) -> ssl.SSLContext:
    """A context that looks at whatever is presented: a probe trusts nobody and sends no secret, so it verifies nothing.

    All that OpenSSL knows is offered, even what does not encrypt: an old release must be seen, too, and a trunk whose security
    mode is "Authenticated".
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    if identity:
        load_identity(made, "".join(identity.chain_pems), identity.key_pem)
    return made


class Tunnel:
    """The client's end of one connection."""

    def __init__(self, raw: socket.socket, made: ssl.SSLContext, until: float) -> None:
        self._raw, self._until = raw, until
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = made.wrap_bio(self._incoming, self._outgoing)
        self._heard = b""
        self.is_open = False

    def handshake(self) -> None:
        """Raises ssl.SSLError (with an alert's name), Late, or another OSError."""
        while not self.is_open:
            try:
                self.tls.do_handshake()
                self.is_open = True
            except ssl.SSLWantReadError:
                self._heard += self._fill()
                if len(self._heard) > MOST_HEARD_BYTES:
                    raise ConnectionAbortedError("the other end sends more than a handshake") from None
            except ssl.SSLError:
                self._flush()
                raise
        self._flush()

    def shown(self) -> tuple[bytes, ...]:
        """The certificates that the server sent, in DER; of TLS 1.3 only the first where Python does not tell the others."""
        in_clear = certificates_shown(self._heard)
        return in_clear if in_clear or not self.is_open else _told(self.tls)

    @property
    def local(self) -> tuple[str, int]:
        """Address and port of this end."""
        address, port = self._raw.getsockname()[:2]
        return str(address), int(port)

    @property
    def is_answered(self) -> bool:
        """Whether the server took up the handshake: its ServerHello came."""
        return handshake_began(self._heard)

    @property
    def is_asked(self) -> bool:
        """Whether the server was heard to ask for a certificate; of TLS 1.3 that is encrypted."""
        return certificate_asked(self._heard)

    @property
    def is_tls(self) -> bool:
        """Whether what came looks like TLS, or nothing came."""
        return not self._heard or self._heard[0] in (ALERT_RECORD, HANDSHAKE_RECORD)

    def ask(self, request: bytes, most_bytes: int = CHUNK_BYTES) -> bytes:
        """Send, and read until a first line has come or the other end closed. Raises as `handshake`."""
        self.tls.write(request)
        answer = b""
        while b"\r\n" not in answer and len(answer) < most_bytes:
            try:
                data = self.tls.read(CHUNK_BYTES)
            except ssl.SSLWantReadError:
                self._fill()
                continue
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                break
            if not data:
                break
            answer += data
        return answer

    def close(self) -> None:
        """Say goodbye; nobody waits for the answer."""
        if self.is_open:
            with contextlib.suppress(OSError):
                self.tls.unwrap()
        with contextlib.suppress(OSError):
            self._flush()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._raw.sendall(self._outgoing.read())

    def _fill(self) -> bytes:
        left_seconds = self._until - time.monotonic()
        if left_seconds <= 0:
            raise Late
        self._raw.settimeout(left_seconds)
        try:
            self._flush()
            data = self._raw.recv(CHUNK_BYTES)
        except TimeoutError as error:
            raise Late from error
        if not data:
            raise ConnectionAbortedError("the other end closed the connection")
        self._incoming.write(data)
        return data


def _told(tls: Any) -> tuple[bytes, ...]:
    """What OpenSSL was sent. `get_unverified_chain` is public from Python 3.13 on; since 3.10 the object below has it."""
    if hasattr(tls, "get_unverified_chain"):
        return tuple(tls.get_unverified_chain() or ())
    tell = getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", None)
    if tell:
        return tuple(one.public_bytes(DER) for one in tell() or ())
    leaf = tls.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()
