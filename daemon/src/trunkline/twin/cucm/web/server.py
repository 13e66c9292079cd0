"""A server for one app, address and port, with a tomcat certificate."""

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from trunkline.twin.ca import Held


class _Server(uvicorn.Server):
    """Signals belong to whoever runs the lab."""

    def install_signal_handlers(self) -> None:
        pass

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


async def serve(app: Starlette, address: str, port: int, identity: Held, directory: Path) -> Listener:
    """HTTPS on a loopback address, with the tomcat certificate given."""
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
        app,
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
