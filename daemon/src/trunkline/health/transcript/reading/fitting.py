"""Which handshake a message can belong to."""

from trunkline.health.transcript.handshakes import CHANGE_CIPHER, Handshake, Message, Side

OF_SERVERS = frozenset(
    ("ServerHello", "EncryptedExtensions", "CertificateStatus", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone")
)
OF_CLIENTS = frozenset(("ClientKeyExchange", "EndOfEarlyData"))
AFTERWARDS = frozenset(("NewSessionTicket", "KeyUpdate", "HelloRequest"))
STATES = {
    # OpenSSL: ssl/ssl_stat.c of 0.9.8 to 1.0.2, ssl/ssl_stat.c of 1.1.0 and later
    "client hello": "ClientHello",
    "server hello": "ServerHello",
    "encrypted extensions": "EncryptedExtensions",
    "server certificate request": "CertificateRequest",
    "certificate request": "CertificateRequest",
    "server certificate verify": "CertificateVerify",
    "certificate verify": "CertificateVerify",
    "client certificate": "Certificate",
    "server certificate": "Certificate",
    "certificate": "Certificate",
    "client key exchange": "ClientKeyExchange",
    "server key exchange": "ServerKeyExchange",
    "key exchange": "ServerKeyExchange",
    "server done": "ServerHelloDone",
    "change cipher spec": CHANGE_CIPHER,
    "finished": "Finished",
}
STALE_SECONDS = 60
"""A handshake of which nothing was heard for so long has ended unseen: IOS gives up sooner."""


def role_of(message: Message) -> Side:
    """The recording end's role, where the message can only come from one side."""
    is_sent = message.direction == "sent"
    if message.name in OF_SERVERS or message.name in AFTERWARDS:
        return "server" if is_sent else "client"
    if message.name in OF_CLIENTS or message.name == "ClientHello":
        return "client" if is_sent else "server"
    return ""


def fits(one: Handshake, message: Message, role: Side) -> bool:
    if role and one.role not in ("", role):
        return False
    if message.name == "ServerHello" and any(m.facts.is_retry for m in one.messages):
        return sum(m.name == "ServerHello" for m in one.messages) == 1
    return message.name == CHANGE_CIPHER or not one.has(message.name, message.direction)


def fresh(fitting: list[Handshake], message: Message) -> list[Handshake]:
    """Those of which something was heard not long before; all of them where the transcript has no times."""
    now = _seconds(message.at)
    return [one for one in fitting if now is None or (before := _seconds(one.last_at)) is None or now - before < STALE_SECONDS]


def _seconds(at: str) -> float | None:
    """Seconds of the day."""
    clock = next((word for word in at.split() if ":" in word), "")
    if not clock:
        return None
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def open_for(one: Handshake, message: Message) -> bool:
    is_hello = message.name == "ClientHello"
    return not one.has(message.name, message.direction) and (not is_hello or not one.messages)


def hellos(one: Handshake) -> int:
    return sum(m.name == "ClientHello" for m in one.messages)
