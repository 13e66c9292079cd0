"""Git offered over SSH with keys and over https with a password, as banks do."""

import asyncio
import base64
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import asyncssh

from trunkline.twin.ca import Authority, Wish

ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.directory",
    "GIT_CONFIG_VALUE_0": "*",
    "GIT_HTTP_EXPORT_ALL": "1",
}


@dataclass(frozen=True)
class SshOffer:
    """Where the server is, and what a client needs: its private key file and a known_hosts file."""

    url: str
    key: Path
    known_hosts: Path


@contextmanager
def git_over_ssh(directory: Path, address: str, *, passphrase: str | None = None) -> Iterator[SshOffer]:
    """`git-upload-pack` for whoever has the one key."""
    host, client = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
    key, authorized, known = directory / "id", directory / "authorized", directory / "known_hosts"
    client.write_private_key(str(key), passphrase=passphrase)
    client.write_public_key(str(authorized))
    loop = asyncio.new_event_loop()

    async def serve(process: "asyncssh.SSHServerProcess[bytes]") -> None:
        words = (process.command or "").replace("'", "").split()
        child = await asyncio.create_subprocess_exec(
            *words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
        await process.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
        process.exit(await child.wait())

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            address, 0, server_host_keys=[host], authorized_client_keys=str(authorized), process_factory=serve, encoding=None
        )

    async def end() -> None:
        acceptor.close()
        await acceptor.wait_closed()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(60)
    port = acceptor.get_port()
    public = host.export_public_key().decode().strip()
    known.write_text(f"[{address}]:{port} {public}\n")
    try:
        yield SshOffer(f"ssh://git@{address}:{port}{directory}", key, known)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)


@dataclass(frozen=True)
class HttpsOffer:
    """Where the server is, and who signed its certificate."""

    url: str
    ca: Path


@contextmanager
def git_over_https(directory: Path, credentials: str) -> Iterator[HttpsOffer]:
    """`git http-backend` behind basic authentication."""
    wanted = "Basic " + base64.b64encode(credentials.encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            if self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = subprocess.run(
                ["git", "http-backend"],
                input=body,
                env={
                    **ENVIRONMENT,
                    "GIT_PROJECT_ROOT": str(directory),
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "REMOTE_USER": "robot",
                },
                capture_output=True,
                check=True,
            ).stdout
            head, _, content = answer.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in {**fields, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    authority = Authority.create("git CA", datetime.now(UTC))
    held = authority.issue(Wish("localhost", datetime.now(UTC), names=("localhost",)))
    ca, chain = directory / "git-ca.pem", directory / "server.pem"
    ca.write_text(authority.issuer.pem)
    chain.write_text(held.pem + held.key_pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield HttpsOffer(f"https://localhost:{server.server_port}", ca)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
