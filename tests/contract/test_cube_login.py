"""The way to a session: keys, passwords, algorithms, lines."""

import asyncio
import socket
import threading
from dataclasses import replace

import asyncssh
import pytest

from support.cubes import Bench
from trunkline.devices.cube.session import CubeAccess, CubeSession
from trunkline.devices.cube.session.connecting import IDLE_CHECK_SECONDS
from trunkline.model.errors import AccessRefused, DesiredInvalid, DeviceBusy, DeviceUnreachable


def refused_at_the_door(access: CubeAccess) -> str:
    with pytest.raises(AccessRefused) as caught:
        CubeSession(access)
    assert access.password not in str(caught.value)
    return str(caught.value)


def test_a_wrong_password(bench: Bench) -> None:
    assert "the CUBE refuses the password" in refused_at_the_door(replace(bench.access, password="wrong-word"))


def test_a_host_key_that_is_not_the_pinned_one(bench: Bench) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode()
    said = refused_at_the_door(replace(bench.access, host_key=other))
    assert "which is not the one pinned" in said
    assert "SHA256:" in said


def test_a_cube_that_hangs_is_not_said_to_close_the_connection(bench: Bench) -> None:
    """It takes connections, as a kernel does for a program that stands still, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as still:
        port = still.getsockname()[1]
        with pytest.raises(DeviceUnreachable, match=r"its port is open and SSH did not begin within 0\.5 s"):
            CubeSession(replace(bench.access, address="127.0.0.1", port=port, connect_timeout_seconds=0.5))


def test_a_pinned_host_key_that_is_no_key(bench: Bench) -> None:
    with pytest.raises(DesiredInvalid, match=r"correct management\.host_key"):
        CubeSession(replace(bench.access, host_key="AAAA"))


def test_a_wrong_enable_password(bench: Bench) -> None:
    assert "the enable password is wrong" in refused_at_the_door(replace(bench.access, enable_password="wrong"))


def test_all_lines_in_use(bench: Bench) -> None:
    bench.router.lines_allowed = 0
    with pytest.raises(DeviceBusy, match="free a line"):
        CubeSession(bench.access)


def test_nobody_listens(bench: Bench) -> None:
    with pytest.raises(DeviceUnreachable, match="see whether the CUBE is up"):
        CubeSession(replace(bench.access, port=1))


def test_an_idle_session_sleeps_and_prefers_cheap_algorithms(bench: Bench) -> None:
    session = CubeSession(bench.access)
    transport = session._connection._ssh.get_transport()
    assert transport is not None
    assert transport.sock.gettimeout() == IDLE_CHECK_SECONDS
    assert transport.get_security_options().kex[0].startswith("curve25519")
    assert transport.remote_cipher == "aes128-gcm@openssh.com"
    session.close()


class PlainRouter:
    """An SSH server with a prompt and nothing else; `offers` are the algorithms, else those of today."""

    def __init__(self, *kinds_of_keys: str, **offers: list[str]) -> None:
        self.keys = [asyncssh.generate_private_key(kind) for kind in kinds_of_keys]
        self.offers, self.port = offers, 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "PlainRouter":
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(60)
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.acceptor.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(60)
        self.loop.close()

    def pin(self, number: int = 0) -> str:
        return str(self.keys[number].export_public_key("openssh").decode()).strip()

    async def _listen(self) -> None:
        class Door(asyncssh.SSHServer):
            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("admin", "plain")

        self.acceptor = await asyncssh.create_server(
            Door,
            "127.0.0.1",
            0,
            server_host_keys=self.keys,
            process_factory=self._shell,
            line_editor=False,
            **self.offers,
        )
        self.port = self.acceptor.get_port()

    async def _shell(self, process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("\r\nplain#")
        typed = ""
        while not process.stdin.at_eof():
            typed += await process.stdin.read(4096)
            while "\n" in typed:
                line, _, typed = typed.partition("\n")
                process.stdout.write(f"{line}\r\nplain#")


def asked(router: PlainRouter, host_key: str) -> list[str]:
    session = CubeSession(CubeAccess("127.0.0.1", router.port, "admin", "plain", host_key))
    answers = session.ask(["show clock", "show version"])
    session.close()
    return answers


def test_a_router_that_offers_only_sha1() -> None:
    """As IOS 15 does."""
    offers = {
        "kex_algs": ["diffie-hellman-group14-sha1"],
        "encryption_algs": ["aes128-cbc"],
        "mac_algs": ["hmac-sha1"],
        "signature_algs": ["ssh-rsa"],
    }
    with PlainRouter("ssh-rsa", **offers) as router:
        assert asked(router, router.pin()) == ["", ""]


@pytest.mark.parametrize("pinned", [0, 1, 2])
def test_the_pinned_key_is_asked_for_where_a_router_has_several(pinned: int) -> None:
    with PlainRouter("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256") as router:
        assert asked(router, router.pin(pinned)) == ["", ""]
