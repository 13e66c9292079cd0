"""TLS between simulated devices: real handshakes on real sockets, with exactly the identity and trust given."""

import asyncio
import os
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509

from trunkline.twin.tunnel import Tunnel

HANDSHAKE_TIMEOUT_SECONDS = 20.0
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which the ssl module does not name
SKEW_THAT_COUNTS = timedelta(seconds=5)

VERSIONS = {
    "v1.0": ssl.TLSVersion.TLSv1,
    "v1.1": ssl.TLSVersion.TLSv1_1,
    "v1.2": ssl.TLSVersion.TLSv1_2,
    "v1.3": ssl.TLSVersion.TLSv1_3,
}


@dataclass(frozen=True)
class TlsSettings:
    """One end of a mutual TLS connection. `anchors_pem` are trusted as they are, CA or not (partial chain)."""

    key_pem: str = field(repr=False)
    chain_pems: tuple[str, ...]  # own certificate first
    anchors_pem: tuple[str, ...]
    minimum: str = "v1.2"
    maximum: str = "v1.2"
    ciphers: str = "ALL:@SECLEVEL=1"
    curve: str = ""  # OpenSSL's name of the only curve offered; empty for all that OpenSSL knows
    judges_time: bool = True  # off where the device's clock is not the system's: then `dates_problem` judges


@lru_cache(maxsize=256)
def context(settings: TlsSettings, *, is_server: bool) -> ssl.SSLContext:
    """An OpenSSL context. Always mutual: a CUBE asks for the client's certificate, and so does CUCM."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_REQUIRED
    flags = made.verify_flags | ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    made.verify_flags = flags if settings.judges_time else ssl.VerifyFlags(flags | NO_CHECK_TIME)
    made.set_ciphers(settings.ciphers)
    made.minimum_version = VERSIONS[settings.minimum]
    made.maximum_version = VERSIONS[settings.maximum]
    if settings.curve:
        made.set_ecdh_curve(settings.curve)
    if is_server:
        made.num_tickets = 0
        made.options |= ssl.OP_NO_TICKET
    if settings.anchors_pem:
        made.load_verify_locations(cadata="\n".join(settings.anchors_pem))
    _load_identity(made, settings)
    return made


def _load_identity(made: ssl.SSLContext, settings: TlsSettings) -> None:
    """OpenSSL's Python binding reads keys from files only; the file is ours alone and gone at once."""
    descriptor, path = tempfile.mkstemp(prefix="trunkline-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(settings.key_pem + "\n".join(settings.chain_pems))
        made.load_cert_chain(path)
    finally:
        os.unlink(path)  # noqa: PTH108 - mkstemp speaks in strings


@dataclass(frozen=True)
class HandshakeResult:
    """What became of one handshake, as one side saw it."""

    is_ok: bool
    side: str  # "client" or "server": the role of the end that reports
    reason: str = ""
    version: str = ""
    cipher: str = ""
    peer_der: bytes = field(default=b"", repr=False)

    @property
    def peer(self) -> x509.Certificate | None:
        return x509.load_der_x509_certificate(self.peer_der) if self.peer_der else None


@dataclass
class Secured:
    """An open TLS connection."""

    reader: asyncio.StreamReader
    writer: Tunnel
    result: HandshakeResult

    @property
    def remote(self) -> tuple[str, int]:
        return self.writer.get_extra_info("peername")

    @property
    def local(self) -> tuple[str, int]:
        return self.writer.get_extra_info("sockname")

    def close(self) -> None:
        self.writer.close()


def settings_for_clock(settings: TlsSettings, clock: Callable[[], datetime]) -> TlsSettings:
    """Where the device's clock is off, OpenSSL must not judge by the system's."""
    is_right = abs(clock() - datetime.now(UTC)) < SKEW_THAT_COUNTS
    return settings if is_right else replace(settings, judges_time=False)


def dates_problem(peer_der: bytes, now: datetime) -> str:
    """What the device's own clock says of the peer's certificate."""
    peer = x509.load_der_x509_certificate(peer_der)
    if now > peer.not_valid_after_utc:
        return "certificate has expired"
    return "certificate is not yet valid" if now < peer.not_valid_before_utc else ""


def _result(tls: ssl.SSLObject, side: str, now: datetime) -> HandshakeResult:
    cipher = tls.cipher()
    der = tls.getpeercert(binary_form=True) or b""
    problem = dates_problem(der, now) if der else "peer did not return a certificate"
    return HandshakeResult(not problem, side, problem, tls.version() or "", cipher[0] if cipher else "", der)


def reason_of(error: BaseException) -> str:
    """The reason that OpenSSL gives, in its own words, else what happened to the connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).lower().replace("_", " ")
    if isinstance(error, TimeoutError):
        return "handshake timed out"
    return "connection closed during the handshake" if isinstance(error, ConnectionError) else str(error)


async def secure(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, made: ssl.SSLContext, *, is_server: bool, now: datetime
) -> Secured | HandshakeResult:
    """Do the handshake on an open connection. A failure is a value: it is what the counters count."""
    side = "server" if is_server else "client"
    tunnel = Tunnel((reader, writer), made, is_server=is_server)
    try:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_SECONDS):
            await tunnel.handshake()
    except (OSError, TimeoutError) as error:
        tunnel.close()
        return HandshakeResult(False, side, reason_of(error))
    result = _result(tunnel.tls, side, now)
    if not result.is_ok:
        tunnel.close()
        return result
    return Secured(tunnel.reader, tunnel, result)


async def connect(
    local: str, remote: tuple[str, int], settings: TlsSettings, clock: Callable[[], datetime]
) -> Secured | HandshakeResult:
    """Open a TLS connection from one loopback address to another.

    With TLS 1.3 a client's handshake succeeds before the server has judged the client: only an answer proves it.
    """
    try:
        reader, writer = await asyncio.open_connection(*remote, local_addr=(local, 0))
    except OSError as error:
        return HandshakeResult(False, "client", f"no connection: {error.strerror or error}")
    made = context(settings_for_clock(settings, clock), is_server=False)
    return await secure(reader, writer, made, is_server=False, now=clock())


Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def listen(local: str, port: int, accept: Accept) -> asyncio.Server:
    """Listen for plain TCP; `accept` does the handshake itself, so that a failed one is seen."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await accept(reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError):
            pass  # the peer went away, or does not speak SIP
        except asyncio.CancelledError:
            pass  # the lab stops; asyncio's streams would tell a cancelled task as an error
        finally:
            writer.close()

    return await asyncio.start_server(handle, local, port)
