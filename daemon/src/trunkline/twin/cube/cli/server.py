"""SSH in front of the shell."""

from collections.abc import Callable
from typing import Any

import asyncssh

from trunkline.twin.cube.cli.shell import Shell
from trunkline.twin.cube.cli.terminal import ChannelTerminal, Gone, Wire
from trunkline.twin.cube.router import Router


class _Door(asyncssh.SSHServer):
    """Lets in who knows a password; refuses a connection while all VTY lines are in use, as IOS does."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._line: int | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        free = sorted(set(range(self._router.lines_allowed)) - self._router.lines_in_use)
        if not free:
            conn.abort()
            return
        self._line = free[0]
        self._router.lines_in_use.add(self._line)
        conn.set_extra_info(line=self._line)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the interface of asyncssh
        if self._line is not None:
            self._router.lines_in_use.discard(self._line)
            self._line = None

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return self._router.identity.users.get(username) == password


async def serve(router: Router, host_key: asyncssh.SSHKey, address: str, port: int) -> asyncssh.SSHAcceptor:
    """Listen for SSH. Raises OSError where the address is taken."""

    async def session(process: asyncssh.SSHServerProcess[str]) -> None:
        user = str(process.get_extra_info("username"))

        async def receive() -> str:
            try:
                return str(await process.stdin.read(4096))
            except (asyncssh.BreakReceived, asyncssh.TerminalSizeChanged):
                return "\x00"
            except (asyncssh.Error, OSError) as error:
                raise Gone from error

        columns = process.get_terminal_size()[0] or 80
        wire = Wire(receive, _sender(process), columns)
        terminal = ChannelTerminal(user, wire, router.faults, process.get_extra_info("line", 0))
        shell = Shell(router, terminal, cut=process.channel.abort)
        try:
            if process.command:
                terminal.length_lines = 0
                shell.is_privileged = True
                await shell.execute(process.command)
                await terminal.end_command()
            else:
                terminal.raw("\r\n")
                await shell.run()
        finally:
            process.exit(0)
            process.close()

    return await asyncssh.create_server(
        lambda: _Door(router),
        address,
        port,
        server_host_keys=[host_key],
        process_factory=session,
        line_editor=False,
        encoding="utf-8",
    )


def _sender(process: "asyncssh.SSHServerProcess[Any]") -> Callable[[str], None]:
    def send(text: str) -> None:
        try:
            process.stdout.write(text)
        except (OSError, asyncssh.Error) as error:
            raise Gone from error

    return send
