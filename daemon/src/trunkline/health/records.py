"""What a TLS server says before anything is encrypted: which messages came, and the certificates of them. Pure.

A server that asks for a client's certificate, gets none and ends the handshake has shown its own before: the `ssl` module
gives it only of handshakes that succeeded. RFC 5246 §6.2.1 (records), §7.4 (handshake messages), §7.4.2 (Certificate).
"""

from collections.abc import Iterator

CHANGE_CIPHER_RECORD, ALERT_RECORD, HANDSHAKE_RECORD = 20, 21, 22
SERVER_HELLO_MESSAGE, CERTIFICATE_MESSAGE, CERTIFICATE_REQUEST_MESSAGE = 2, 11, 13


def certificates_shown(heard: bytes) -> tuple[bytes, ...]:
    """The certificates in DER, as sent; none where the message did not come, was cut, or came encrypted (TLS 1.3)."""
    for kind, body in _messages(b"".join(_fragments(heard))):
        if kind == CERTIFICATE_MESSAGE:
            return tuple(_certificates(body))
    return ()


def handshake_began(heard: bytes) -> bool:
    """Whether a ServerHello came: versions and a cipher suite were agreed on."""
    return _came(heard, SERVER_HELLO_MESSAGE)


def certificate_asked(heard: bytes) -> bool:
    """Whether a CertificateRequest came in the clear (up to TLS 1.2)."""
    return _came(heard, CERTIFICATE_REQUEST_MESSAGE)


def _came(heard: bytes, wanted: int) -> bool:
    return any(kind == wanted for kind, _ in _messages(b"".join(_fragments(heard))))


def _fragments(heard: bytes) -> Iterator[bytes]:
    """The content of handshake records, until the server begins to encrypt."""
    while len(heard) >= 5 and heard[0] != CHANGE_CIPHER_RECORD:
        length = int.from_bytes(heard[3:5], "big")
        if heard[0] == HANDSHAKE_RECORD:
            yield heard[5 : 5 + length]
        heard = heard[5 + length :]


def _messages(stream: bytes) -> Iterator[tuple[int, bytes]]:
    while len(stream) >= 4:
        length = int.from_bytes(stream[1:4], "big")
        yield stream[0], stream[4 : 4 + length]
        stream = stream[4 + length :]


def _certificates(body: bytes) -> Iterator[bytes]:
    """A list with a length of its own; every certificate has one as well. One that was cut is left out."""
    rest = body[3:]
    while len(rest) >= 3:
        length = int.from_bytes(rest[:3], "big")
        if len(rest) >= 3 + length:
            yield rest[3 : 3 + length]
        rest = rest[3 + length :]
