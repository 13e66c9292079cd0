"""Which handshake a message can belong to."""

from collections.abc import Mapping

from trunkline.health.transcript.handshakes import CHANGE_CIPHER, Handshake, Message, Side
from trunkline.health.transcript.reading.stamps import seconds

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
    if (role and one.role not in ("", role)) or not speaks_alike(one, message):
        return False
    if message.name == "ServerHello" and any(m.facts.is_retry for m in one.messages):
        return sum(m.name == "ServerHello" for m in one.messages) == 1
    return message.name == CHANGE_CIPHER or not one.has(message.name, message.direction)


ORDER: Mapping[bool, Mapping[tuple[str, str], int]] = {
    # RFC 5246 §7.3 with RFC 5077 §3.1 and RFC 6066 §8; RFC 8446 §2
    False: {
        step: at
        for at, step in enumerate(
            (
                ("client", "ClientHello"),
                ("server", "ServerHello"),
                ("server", "Certificate"),
                ("server", "CertificateStatus"),
                ("server", "ServerKeyExchange"),
                ("server", "CertificateRequest"),
                ("server", "ServerHelloDone"),
                ("client", "Certificate"),
                ("client", "ClientKeyExchange"),
                ("client", "CertificateVerify"),
                ("client", CHANGE_CIPHER),
                ("client", "Finished"),
                ("server", "NewSessionTicket"),
                ("server", CHANGE_CIPHER),
                ("server", "Finished"),
            )
        )
    },
    True: {
        step: at
        for at, step in enumerate(
            (
                ("client", "ClientHello"),
                ("server", "ServerHello"),
                ("server", CHANGE_CIPHER),
                ("server", "EncryptedExtensions"),
                ("server", "CertificateRequest"),
                ("server", "Certificate"),
                ("server", "CertificateVerify"),
                ("server", "Finished"),
                ("client", CHANGE_CIPHER),
                ("client", "Certificate"),
                ("client", "CertificateVerify"),
                ("client", "Finished"),
                ("server", "NewSessionTicket"),
            )
        )
    },
}
"""When whose message comes, by whether TLS 1.3 is spoken."""


def nearest(fitting: list[Handshake], message: Message) -> list[Handshake]:
    """Those of which this message is the next, or skips the fewest; none where it is before its time in all of them."""
    steps = [(one, step) for one in fitting if (step := _step(one, message)) is not None and step > 0]
    fewest = min((step for _, step in steps), default=0)
    return [one for one, step in steps if step == fewest]


def _step(one: Handshake, message: Message) -> int | None:
    """How far after the latest message; None where it has no place."""
    order = ORDER[one.version == "TLS 1.3"]
    at = order.get((one.sender(message), message.name))
    before = [order.get((one.sender(said), said.name), -1) for said in one.messages]
    return None if at is None else at - max(before, default=-1)


def answers(one: Handshake, message: Message) -> bool:
    """An alert follows what the other end said last."""
    if one.fatal is not None or not speaks_alike(one, message):
        return False
    return may_be_refused_late(one, message) or (bool(one.messages) and one.messages[-1].direction != message.direction)


def may_be_refused_late(one: Handshake, message: Message) -> bool:
    """A client of TLS 1.3 took its handshake for completed, and the server judges its certificate later (RFC 8446 §4.4)."""
    return message.direction == "received" and one.role == "client" and one.version == "TLS 1.3" and one.is_complete


def speaks_alike(one: Handshake, message: Message) -> bool:
    return not message.version or one.version in ("", message.version)


def fresh(fitting: list[Handshake], message: Message) -> list[Handshake]:
    """Those of which something was heard not long before; all of them where the transcript has no times."""
    now = seconds(message.at)
    return [one for one in fitting if now is None or (before := seconds(one.last_at)) is None or now - before < STALE_SECONDS]


def open_for(one: Handshake, message: Message) -> bool:
    is_hello = message.name == "ClientHello"
    return not one.has(message.name, message.direction) and (not is_hello or not one.messages)


def is_second_hello(one: Handshake, message: Message) -> bool:
    """A client that is asked for another hello says it again with the same random: RFC 8446 §4.1.2."""
    said = [m for m in one.messages if m.name == "ClientHello"]
    is_same = len(said) == 1 and bool(message.facts.random) and said[0].facts.random == message.facts.random
    return is_same or (len(said) == 1 and any(m.facts.is_retry for m in one.messages))
