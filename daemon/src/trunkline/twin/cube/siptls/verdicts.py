"""What a router says of a handshake beyond OpenSSL: the peer's name, and the lines in the log. Pure."""

import re
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from trunkline.twin.cube.siptls.settings import Signalling
from trunkline.twin.cube.trains import Train
from trunkline.twin.wire import HandshakeResult

WRONG_NAME = "peer certificate identity check failed"
REMINDER = timedelta(hours=1)

Place = tuple[str, int]


def has_wrong_name(meaning: Signalling, result: HandshakeResult, address: str) -> bool:
    """Whether `cn-san` turns the peer away: none of its names is listed, nor is it called by its address."""
    peer_role = "server" if result.side == "client" else "client"
    if meaning.validates not in (peer_role, "bidirectional") or result.peer is None:
        return False
    return not any(_fits(allowed, name) for allowed in (*meaning.names, address) for name in names_of(result.peer))


def names_of(certificate: x509.Certificate) -> list[str]:
    """CN and SAN: any of them may fit."""
    common = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return common
    addresses = [str(address) for address in alternative.get_values_for_type(x509.IPAddress)]
    return [*common, *alternative.get_values_for_type(x509.DNSName), *addresses]


def _fits(allowed: str, name: str) -> bool:
    pattern = re.escape(allowed.lower()).replace(r"\*", "[^.]+")
    return re.fullmatch(pattern, name.lower()) is not None


def failure_line(train: Train, result: HandshakeResult, connection_id: int, ends: tuple[Place, Place]) -> str:
    """The log line for a failed handshake in the release's form; empty where it logs none."""
    (local, local_port), (remote, remote_port) = ends
    if result.reason == WRONG_NAME and train.logs_failed_handshakes:
        return (
            f"%SIP-2-TLS_HANDSHAKE_FAILED :Peer certificate identity check failed - remote_addr={remote}, "
            f"remote_port={remote_port}, local_addr={local}, local_port={local_port}, vrf=, tenant=0"
        )
    if train.logs_failed_handshakes != "17.14":
        return ""
    return (
        f"%SIP-2-TLS_HANDSHAKE_FAILED: TLS handshake failure, Reason: {result.reason.split(':')[0]}, Connection ID: "
        f"{connection_id}, local address : {local}:{local_port} and remote address : {remote}:{remote_port}"
    )


def weakness_line(train: Train, result: HandshakeResult, warned_at: datetime | None, now: datetime) -> str:
    """The reminder that a connection is weak, once an hour; empty where there is nothing to say."""
    is_weak = result.version in ("TLSv1", "TLSv1.1") or result.cipher.endswith("-SHA")
    if not train.logs_weak_handshakes or not is_weak or (warned_at and now - warned_at < REMINDER):
        return ""
    return (
        f"%SIP-5-TLS_CONNECTION: TLS insecure handshake detected: version {result.version} with cipher {result.cipher} "
        "for SIP connection. \r\nPlease upgrade to TLS 1.2 or above with strong ciphers."
    )
