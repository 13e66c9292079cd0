"""Real TLS handshakes between `openssl s_client` and `openssl s_server`, good and broken, and what each end printed."""

import re
import select
import socket
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from support.waiting import DEADLINE_SECONDS, eventually

ACCEPTING = re.compile(r"ACCEPT 127\.0\.0\.1:(\d+)")
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Broken:
    """Options of both ends beside those that every handshake has."""

    server: Sequence[str] = ()
    client: Sequence[str] = ()
    shows: str = "-msg"


MUTUAL, TLS12, STRICT = ("-Verify", "1"), ("-tls1_2",), ("-verify_return_error",)
CLIENT = ("-cert", "client.pem", "-key", "client.key")


def signed_by(other: str) -> Broken:
    return Broken((*MUTUAL, *STRICT), (*TLS12, "-cert", f"{other}.pem", "-key", f"{other}.key"))


HANDSHAKES = {
    "tls12": Broken(MUTUAL, (*TLS12, *CLIENT, "-servername", "cucm-pub.example.com")),
    "tls13": Broken(MUTUAL, CLIENT),
    "trace12": Broken(MUTUAL, (*TLS12, *CLIENT, "-servername", "cucm-pub.example.com"), "-trace"),
    "trace13": Broken(MUTUAL, CLIENT, "-trace"),
    "no certificate": Broken(MUTUAL, TLS12),
    "no certificate, TLS 1.3": Broken(MUTUAL),
    "no certificate, traced": Broken(MUTUAL, TLS12, "-trace"),
    "unknown CA": signed_by("stranger"),
    "expired": signed_by("expired"),
    "not yet valid": signed_by("early"),
    "version": Broken(("-tls1_3",), TLS12),
    "cipher": Broken(
        ("-cipher", "ECDHE-RSA-AES256-GCM-SHA384"), (*TLS12, "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA")
    ),
    "retry": Broken((*MUTUAL, "-curves", "P-384"), (*CLIENT, "-curves", "P-256:P-384")),
    "retry, traced": Broken((*MUTUAL, "-curves", "P-384"), (*CLIENT, "-curves", "P-256:P-384"), "-trace"),
    "group": Broken((*MUTUAL, "-tls1_3", "-curves", "P-384"), ("-curves", "P-256")),
    "signature": Broken((*MUTUAL, *TLS12, "-sigalgs", "ECDSA+SHA256"), TLS12),
    "fallback": Broken((), ("-tls1_1", "-fallback_scsv", "-cipher", "DEFAULT@SECLEVEL=0")),
    "fallback, traced": Broken((), ("-tls1_1", "-fallback_scsv", "-cipher", "DEFAULT@SECLEVEL=0"), "-trace"),
    "another version": Broken(("-tls1", "-cipher", "DEFAULT@SECLEVEL=0"), (*TLS12, "-cipher", "DEFAULT@SECLEVEL=0")),
    "wrong name": Broken((), (*TLS12, *STRICT, "-verify_hostname", "other.example.com")),
}


def write_certificates(folder: Path) -> None:
    """A CA, both ends' certificates, and those that must be refused; each with its key, as NAME.pem and NAME.key."""
    made = {"ca": _written(folder, "ca", None, NOW - timedelta(days=900))}
    for name, begins in (("server", 10), ("client", 10), ("expired", 500), ("early", -30)):
        _written(folder, name, made["ca"], NOW - timedelta(days=begins))
    _written(folder, "stranger", None, NOW - timedelta(days=10))


Signer = tuple[x509.Name, rsa.RSAPrivateKey]


def _written(folder: Path, name: str, signer: Signer | None, begins: datetime) -> Signer:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name}.example.com")])
    issuer, signing = signer or (subject, key)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(0x1000 + len(name)).not_valid_before(begins)
    builder = builder.not_valid_after(begins + timedelta(days=3650 if name == "ca" else 365))
    builder = builder.add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(f"{name}.example.com")]), critical=False)
    pem = builder.sign(signing, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (folder / f"{name}.pem").write_bytes(pem)
    words = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(key.private_bytes(*words))
    return subject, key


@dataclass(frozen=True)
class Printed:
    """What the two ends printed."""

    client: str
    server: str


def recorded(folder: Path, broken: Broken) -> Printed:
    """One handshake, with the certificates in `folder`."""
    server, port = _serving(folder, broken)
    client = _asking(folder, broken, port)
    log = folder / "server.log"
    eventually(lambda: client.poll() is not None or "CIPHER is" in log.read_text(), "the handshake does not end")
    return _printed(folder, client, server)


def _serving(folder: Path, broken: Broken) -> tuple["subprocess.Popen[bytes]", int]:
    log = folder / "server.log"
    words = ("s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-cert", "server.pem", "-key", "server.key")
    server = _started(folder, log, (*words, "-CAfile", "ca.pem", "-state", broken.shows, *broken.server))
    eventually(lambda: ACCEPTING.search(log.read_text()), "s_server does not listen")
    found = ACCEPTING.search(log.read_text())
    assert found
    return server, int(found[1])


def _asking(folder: Path, broken: Broken, port: int) -> "subprocess.Popen[bytes]":
    words = ("s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", "ca.pem", "-state", broken.shows)
    return _started(folder, folder / "client.log", (*words, *broken.client))


def _printed(folder: Path, client: "subprocess.Popen[bytes]", server: "subprocess.Popen[bytes]") -> Printed:
    for one in (client, server):
        one.communicate(b"Q\n", timeout=DEADLINE_SECONDS)
    return Printed(*((folder / f"{side}.log").read_text(errors="replace") for side in ("client", "server")))


def cut(folder: Path, broken: Broken, *, is_late: bool, is_reset: bool) -> Printed:
    """A handshake that somebody between the two ends cuts: each sees the other close. The client is then still without the
    server's answer, or, where `is_late`, has said its Finished.
    """
    server, port = _serving(folder, broken)
    with socket.create_server(("127.0.0.1", 0)) as between:
        client = _asking(folder, broken, between.getsockname()[1])
        between.settimeout(DEADLINE_SECONDS)
        near, _ = between.accept()
    far = socket.create_connection(("127.0.0.1", port), DEADLINE_SECONDS)
    near.settimeout(DEADLINE_SECONDS)
    with near, far:
        far.sendall(near.recv(65536))
        _passed_on(near, far, is_late=is_late)
        for one in (near, far):
            _closed(one, is_reset=is_reset)
    return _printed(folder, client, server)


def _passed_on(near: socket.socket, far: socket.socket, *, is_late: bool) -> None:
    """The server's flight, until the client answers it; or nothing, once the server has begun to speak."""
    while near not in (ready := select.select([near, far], [], [], DEADLINE_SECONDS)[0]):
        assert ready, "neither end speaks"
        said = far.recv(65536)
        assert said, "the server closed"
        if not is_late:
            return
        near.sendall(said)


def _closed(one: socket.socket, *, is_reset: bool) -> None:
    """With a reset (SO_LINGER of 0 seconds), or by an end of the stream, after which all that still comes is read: what is left
    unread would make it a reset.
    """
    if is_reset:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
        return
    one.shutdown(socket.SHUT_WR)
    while one.recv(65536):
        pass


def _started(folder: Path, log: Path, words: Sequence[str]) -> "subprocess.Popen[bytes]":
    with log.open("wb") as into:
        return subprocess.Popen(["openssl", *words], cwd=folder, stdin=subprocess.PIPE, stdout=into, stderr=subprocess.STDOUT)


def resumed(folder: Path, version: str, shows: str) -> str:
    """What a server printed of two connections, of which the second takes up the session of the first."""
    log = folder / "server.log"
    words = ("s_server", "-accept", "127.0.0.1:0", "-naccept", "2", "-cert", "server.pem", "-key", "server.key", version)
    server = _started(folder, log, (*words, "-CAfile", "ca.pem", "-Verify", "1", "-state", shows))
    eventually(lambda: ACCEPTING.search(log.read_text()), "s_server does not listen")
    found = ACCEPTING.search(log.read_text())
    assert found
    asking = ("s_client", "-connect", f"127.0.0.1:{found[1]}", *CLIENT, "-CAfile", "ca.pem")
    for number, kept in enumerate((("-sess_out", "session"), ("-sess_in", "session")), 1):
        client = _started(folder, folder / "client.log", (*asking, *kept))
        eventually(lambda seen=number: log.read_text().count("CIPHER is") == seen, "the handshake does not end")
        eventually((folder / "session").exists, "the client was given no session")
        client.communicate(b"Q\n", timeout=DEADLINE_SECONDS)
    server.communicate(b"Q\n", timeout=DEADLINE_SECONDS)
    return log.read_text(errors="replace")
