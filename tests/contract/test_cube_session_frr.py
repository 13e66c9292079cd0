"""The session against a CLI that others wrote: FRRouting's vtysh behind OpenSSH, close to IOS, and not a line of it is ours."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from trunkline.devices.cube.session import CubeAccess, CubeSession
from trunkline.model.errors import AccessRefused, DeviceRefused

BGPD, VTYSH, SSHD, KEYGEN = "/usr/lib/frr/bgpd", "/usr/bin/vtysh", "/usr/sbin/sshd", "/usr/bin/ssh-keygen"
PASSWORD = "frr-on-loopback"
DEADLINE_SECONDS = 90
ALONE = ("-Z", "-A", "127.0.0.1", "-P", "0", "-p", "0")  # no kernel routes, no telnet, no BGP


def _missing() -> str:
    absent = [program for program in (BGPD, VTYSH, SSHD, KEYGEN) if not Path(program).exists()]
    if absent:
        return f"not installed: {', '.join(absent)} (Debian packages frr and openssh-server)"
    if os.geteuid() != 0:
        return "sshd checks a password only as root, and a user is made for it"
    return "" if shutil.which("useradd") and shutil.which("chpasswd") else "useradd and chpasswd are missing"


pytestmark = [pytest.mark.real_parts, pytest.mark.skipif(bool(_missing()), reason=_missing())]


@contextmanager
def _user(name: str) -> Iterator[str]:
    """A user of this machine for as long as the test lasts."""
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", "--groups", "frrvty", name], check=True)
    try:
        subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}", text=True, check=True)
        yield name
    finally:
        subprocess.run(["userdel", name], check=True, capture_output=True)


@contextmanager
def _program(words: tuple[str, ...], log: Path, is_ready: Callable[[], bool]) -> Iterator[None]:
    """A server that is ours to end, once it is ready."""
    with log.open("w") as output, subprocess.Popen(words, stdout=output, stderr=output) as process:
        try:
            deadline = time.monotonic() + DEADLINE_SECONDS
            while not is_ready():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            try:
                process.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_sshd_config(directory: Path, port: int, user: str) -> Path:
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", str(directory / "host_key")], check=True)
    path = directory / "sshd_config"
    path.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {directory / 'host_key'}\nPidFile none\nUsePAM no\n"
        "PasswordAuthentication yes\nStrictModes no\nPrintMotd no\nPrintLastLog no\n"
        f"Match User {user}\n  ForceCommand {VTYSH} --vty_socket {directory / 'vty'}\n"
    )
    return path


@pytest.fixture(scope="module")
def access() -> Iterator[CubeAccess]:
    """vtysh with one routing daemon behind it, for a user with a password, on a free port of loopback."""
    port, owner = _free_port(), pwd.getpwnam("frr")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="trunkline-frr-")))
        directory.chmod(0o711)  # the daemon and the user who logs in are not root
        sockets = directory / "vty"
        sockets.mkdir()
        os.chown(sockets, owner.pw_uid, owner.pw_gid)
        user = stack.enter_context(_user(f"tl-frr-{os.getpid()}"))
        config = _write_sshd_config(directory, port, user)
        bgpd = (BGPD, *ALONE, "--vty_socket", str(sockets), "-i", str(sockets / "bgpd.pid"), "-f", "/dev/null")
        stack.enter_context(_program(bgpd, directory / "bgpd.log", (sockets / "bgpd.vty").exists))
        stack.enter_context(_program((SSHD, "-D", "-e", "-f", str(config)), directory / "sshd.log", lambda: _answers(port)))
        host_key = (directory / "host_key.pub").read_text().strip()
        yield CubeAccess("127.0.0.1", port, user, PASSWORD, host_key)


@pytest.fixture
def session(access: CubeAccess) -> Iterator[CubeSession]:
    opened = CubeSession(access)
    yield opened
    opened.close()


def test_several_commands_in_one_write(session: CubeSession) -> None:
    for _ in range(10):
        version, config, nonsense, again = session.ask(
            ["show version", "show running-config", "show nonsense", "show running-config | include hostname"]
        )
        assert version.startswith("FRRouting")
        assert config.rstrip().endswith("end")
        assert "% Unknown command" in nonsense
        assert again.startswith("hostname ")


def test_lines_are_configured_and_read_back(session: CubeSession) -> None:
    session.configure(["router bgp 65000", "bgp router-id 10.1.1.1", "neighbor 10.1.1.2 remote-as 65001"])
    (config,) = session.ask(["show running-config"])
    assert " neighbor 10.1.1.2 remote-as 65001\n" in config
    session.configure(["no router bgp 65000"])
    (config,) = session.ask(["show running-config"])
    assert "router bgp" not in config


def test_an_error_ends_it_and_configuration_mode_is_left(session: CubeSession) -> None:
    with pytest.raises(DeviceRefused, match="% Unknown command") as caught:
        session.configure(["router bgp 65000", "dial-peer voice 100 voip", "bgp router-id 10.9.9.9"])
    assert caught.value.lines[0] == "dial-peer voice 100 voip"
    (config,) = session.ask(["show running-config"])
    assert "10.9.9.9" not in config
    session.configure(["no router bgp 65000"])


def test_a_wrong_password(access: CubeAccess) -> None:
    wrong = CubeAccess(access.address, access.port, access.username, "wrong", access.host_key)
    with pytest.raises(AccessRefused, match="refuses the password"):
        CubeSession(wrong)


def test_what_cannot_be_saved_is_said(session: CubeSession) -> None:
    """The user may not write /etc/frr, and vtysh does not say [OK]."""
    with pytest.raises(DeviceRefused, match="cannot save the configuration"):
        session.save()
