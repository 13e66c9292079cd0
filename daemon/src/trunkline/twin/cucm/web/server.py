"""A server for one app, address and port, with a tomcat certificate."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trunkline.twin.ca import Held


class _Server(uvicorn.Server):
    """Signals belong to whoever runs the lab."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # as in the parent
        yield


@dataclass
class Listener:
    """A running HTTPS server."""

    server: _Server
    task: "asyncio.Task[None]"

    async def stop(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


@dataclass(frozen=True)
class Place:
    """Where a node listens, and what it says of itself: its tomcat certificate, its clock."""

    address: str
    port: int
    identity: Held
    clock: Callable[[], datetime]


def _dated(app: Starlette, clock: Callable[[], datetime]) -> ASGIApp:
    """Every answer says what time the node thinks it is."""

    async def dated(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(clock().astimezone(UTC), usegmt=True).encode()
                message = {**message, "headers": [*message.get("headers", []), (b"date", date)]}
            await send(message)

        await app(scope, receive, send_dated)

    return dated


async def serve(app: Starlette, place: Place, directory: Path) -> Listener:
    """HTTPS on a loopback address, with the tomcat certificate given."""
    address, port, identity = place.address, place.port, place.identity
    name = f"{address}-{port}"
    key_file, certificate_file = directory / f"{name}.key", directory / f"{name}.pem"
    key_file.touch(mode=0o600)
    key_file.write_text(identity.key_pem)
    certificate_file.write_text(identity.pem)
    # With the protocol named, asyncio switches Nagle's delay off, which costs 40 ms an answer otherwise.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    config = uvicorn.Config(
        _dated(app, place.clock),
        date_header=False,
        log_level="critical",
        ssl_keyfile=str(key_file),
        ssl_certfile=str(certificate_file),
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    return Listener(server, task)
