"""Real CAs that others wrote, started on loopback: pebble (ACME) and cfssl. And an EST server of our own."""

import base64
import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7

from support.requests import TestCa, csr_of, key_of
from trunkline.model.certificate import Certificate

HMAC_KEY = "00112233445566778899aabbccddeeff"
DEADLINE_SECONDS = 60


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def process(words: list[str], folder: Path, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A server in the foreground; it is ended, whatever happens."""
    with (folder / f"{Path(words[0]).name}.log").open("wb") as log:
        running = subprocess.Popen(
            words, cwd=folder, stdout=log, stderr=log, env={"PATH": "/usr/bin:/bin", **(environment or {})}
        )
        try:
            yield running
        finally:
            running.terminate()
            running.wait(DEADLINE_SECONDS)


def until(answers: Callable[[], object]) -> None:
    """Waits for something that raises while it is not there."""
    end = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            answers()
        except (requests.RequestException, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def write_identity(folder: Path, ca: TestCa, name: str = "localhost") -> tuple[Path, Path]:
    """Certificate and key of a server, as files."""
    key = key_of(f"server {name}")
    made = ca.certify(key, subject=name, names=(name,), **server_days())
    (folder / "server.pem").write_text(made.pem)
    (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "server.pem", folder / "server.key"


def server_days() -> dict[str, object]:
    """A server's certificate is checked against the clock of this machine, not against the tests' NOW."""
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    return {"begins": now - timedelta(days=1), "ends": now + timedelta(days=30)}


@dataclass(frozen=True)
class Pebble:
    directory: str
    ca_pem: str
    hook: tuple[str, ...]
    chain: tuple[Certificate, ...]


@contextmanager
def pebble(folder: Path, ca: TestCa) -> Iterator[Pebble]:
    """Pebble with its DNS; every twentieth nonce is refused, as pebble likes it."""
    acme, management, dns, control = free_port(), free_port(), free_port(), free_port()
    certificate, key = write_identity(folder, ca)
    config = {
        "listenAddress": f"127.0.0.1:{acme}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(certificate),
        "privateKey": str(key),
        "httpPort": 5002,
        "tlsPort": 5001,
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": config}))
    servers = [
        "pebble-challtestsrv", "-dns01", f"127.0.0.1:{dns}", "-http01", "", "-https01", "", "-tlsalpn01", "",
        "-management", f"127.0.0.1:{control}",
    ]  # fmt: skip
    hook = folder / "hook.py"
    hook.write_text(HOOK.format(control=control))
    words = ["pebble", "-config", "pebble.json", "-dnsserver", f"127.0.0.1:{dns}", "-strict"]
    (folder / "ca.pem").write_text(ca.certificate.pem)
    with process(servers, folder), process(words, folder, {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "5"}):
        url = f"https://localhost:{management}"

        def chain() -> tuple[Certificate, ...]:
            pems = [_get(f"{url}/{what}/0", folder) for what in ("intermediates", "roots")]
            return tuple(Certificate.from_pem(pem) for pem in pems)

        until(chain)
        yield Pebble(f"https://localhost:{acme}/dir", ca.certificate.pem, (sys.executable, str(hook)), chain())


def _get(url: str, folder: Path) -> bytes:
    session = requests.Session()
    session.trust_env = False
    answer = session.get(url, verify=str(folder / "ca.pem"), timeout=5)
    answer.raise_for_status()
    return answer.content


HOOK = """
import json, os, sys, urllib.request
name = os.environ["TRUNKLINE_DNS_NAME"] + "."
body = {{"host": name, "value": os.environ["TRUNKLINE_DNS_VALUE"]}}
what = "set-txt" if os.environ["TRUNKLINE_DNS_ACTION"] == "add" else "clear-txt"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
opener.open(urllib.request.Request("http://127.0.0.1:{control}/" + what, json.dumps(body).encode()))
"""


@contextmanager
def cfssl(folder: Path, usages: tuple[str, ...] = ("server auth", "client auth")) -> Iterator[str]:
    """`cfssl serve` with a fresh CA and an authenticated profile; gives its URL."""
    request = json.dumps({"CN": "Lab Issuing CA", "key": {"algo": "rsa", "size": 2048}})
    made = subprocess.run(
        ["cfssl", "gencert", "-initca", "-"], input=request.encode(), capture_output=True, check=True, cwd=folder
    )
    said = json.loads(made.stdout)
    (folder / "ca.pem").write_text(said["cert"])
    (folder / "ca.key").write_text(said["key"])
    profile = {"expiry": "2160h", "usages": ["signing", "key encipherment", *usages], "auth_key": "k1"}
    config = {"signing": {"default": profile}, "auth_keys": {"k1": {"type": "standard", "key": HMAC_KEY}}}
    (folder / "config.json").write_text(json.dumps(config))
    port = free_port()
    words = ["cfssl", "serve", "-address", "127.0.0.1", "-port", str(port), "-ca", "ca.pem", "-ca-key", "ca.key"]
    with process([*words, "-config", "config.json"], folder):
        until(lambda: socket.create_connection(("127.0.0.1", port), 1).close())
        yield f"http://127.0.0.1:{port}"


@dataclass
class EstServer:
    """An EST server that answers as it is told; by default it signs well. `seen` are the paths asked for."""

    ca: TestCa
    url: str = ""
    ca_pem: str = ""
    answer: Callable[[bytes], tuple[int, bytes, dict[str, str]]] | None = None
    seen: list[str] = field(default_factory=list)

    def signed(self, *certificates: Certificate) -> tuple[int, bytes, dict[str, str]]:
        der = pkcs7.serialize_certificates([one.x509 for one in certificates], Encoding.DER)
        return 200, base64.encodebytes(der), {"Content-Type": "application/pkcs7-mime"}


@contextmanager
def est(folder: Path, ca: TestCa, login: str = "estuser:estpwd") -> Iterator[EstServer]:
    server = EstServer(ca)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

        def do_GET(self) -> None:
            server.seen.append(self.path)
            self._say(*server.signed(*reversed(server.ca.chain)))

        def do_POST(self) -> None:
            server.seen.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Authorization") != f"Basic {base64.b64encode(login.encode()).decode()}":
                self._say(401, b"", {"WWW-Authenticate": 'Basic realm="est"'})
            else:
                assert server.answer
                self._say(*server.answer(base64.b64decode(body)))

        def _say(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for header, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(content)

    certificate, key = write_identity(folder, ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True)
        server.url, server.ca_pem = f"https://localhost:{http.server_address[1]}", ca.certificate.pem
        threading.Thread(target=http.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            http.shutdown()


def missing(*commands: str) -> str:
    """Why a test with these commands is skipped; empty where they are all there."""
    absent = [command for command in commands if not shutil.which(command)]
    return f"{', '.join(absent)} not installed" if absent else ""


__all__ = ["HMAC_KEY", "EstServer", "Pebble", "cfssl", "csr_of", "est", "missing", "pebble"]
