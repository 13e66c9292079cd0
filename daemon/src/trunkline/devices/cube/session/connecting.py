"""The only door to netmiko and paramiko: an SSH connection with a pinned host key that blocks instead of polling."""

import contextlib
import socket
from typing import Any

import paramiko
from netmiko.cisco import CiscoIosSSH
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from paramiko.ssh_exception import SSHException

from trunkline.devices.cube.session.access import CubeAccess
from trunkline.model.errors import AccessRefused, DesiredInvalid, DeviceBusy, DeviceUnreachable

IDLE_CHECK_SECONDS = 60
# Elliptic curves cost a millisecond or two; a finite field costs tens in Python. IOS 15 has nothing but the last ones.
KEY_EXCHANGES = (
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group1-sha1",
)
# One pass over each packet instead of two. A router echoes letter by letter, so packets are many and small.
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
RSA_SIGNATURES = ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")


class _Pinned(paramiko.MissingHostKeyPolicy):
    """Accepts the one host key that the document states, and remembers another that was shown."""

    def __init__(self, wanted: str, where: str) -> None:
        words = wanted.split()
        if len(words) < 2:
            raise DesiredInvalid(
                f"cannot trust {where}: its pinned host key is not in the form `ssh-ed25519 AAAA…`; correct management.host_key"
            )
        self.wanted = tuple(words[:2])
        self.shown = ""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002 - paramiko's form
        if (key.get_name(), key.get_base64()) != self.wanted:
            self.shown = f"{key.get_name()} {key.fingerprint}"
            raise SSHException("the host key is not the one that is pinned")

    def transport(self, *arguments: Any, **options: Any) -> paramiko.Transport:
        """A transport that asks for the kind of host key that is pinned before it asks for others."""
        made = paramiko.Transport(*arguments, **options)
        security = made.get_security_options()
        security.kex = tuple(name for name in KEY_EXCHANGES if name in security.kex)
        security.ciphers = (*CIPHERS, *(name for name in security.ciphers if name not in CIPHERS))
        pinned = RSA_SIGNATURES if self.wanted[0] == "ssh-rsa" else self.wanted[:1]
        offered = tuple(security.key_types)
        security.key_types = (*(name for name in pinned if name in offered), *(name for name in offered if name not in pinned))
        return made


class IosConnection(CiscoIosSSH):
    """netmiko's IOS session with its sleeping taken out: what it sends goes out at once, what it waits for wakes it."""

    def __init__(self, pinned: _Pinned, **options: Any) -> None:
        self._pinned = pinned
        super().__init__(**options)

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(self._pinned)
        return client

    def _connect_params_dict(self) -> dict[str, Any]:
        return {**super()._connect_params_dict(), "transport_factory": self._pinned.transport}

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing to prepare here: `CubeSession` does it behind the prompts it saw."""

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Nothing special."""

    @property
    def _ssh(self) -> paramiko.Channel:
        assert isinstance(self.remote_conn, paramiko.Channel)  # noqa: S101 - the protocol is SSH
        return self.remote_conn

    def write_channel(self, out_data: str) -> None:
        """Raises OSError or EOFError. Not netmiko's own, which copies what it sends, passwords too, into its debug log."""
        self._ssh.sendall(out_data.encode())

    def receive(self, seconds: float) -> bytes:
        """Wait for data; nothing is polled. Empty at the end of the session. Raises TimeoutError, OSError or EOFError."""
        self._ssh.settimeout(seconds)
        return self._ssh.recv(65536)

    @property
    def is_open(self) -> bool:
        return not self._ssh.closed

    def rest(self) -> None:
        """While idle, wake up once a minute instead of ten times a second (paramiko's way to see whether it should stop)."""
        transport = self._ssh.get_transport()
        if transport is not None:
            setattr(transport, "_active_check_timeout", IDLE_CHECK_SECONDS)  # noqa: B010 - it is not in the type stubs
            transport.sock.settimeout(IDLE_CHECK_SECONDS)

    def end(self) -> None:
        """At once: paramiko's thread is woken by the closed socket."""
        client = self.remote_conn_pre
        transport = client.get_transport() if client else None
        if transport is not None:
            with contextlib.suppress(OSError):
                transport.sock.shutdown(socket.SHUT_RDWR)
            transport.close()


def connect(access: CubeAccess) -> IosConnection:
    """Raises AccessRefused for a wrong password or host key, DeviceUnreachable, or DeviceBusy with all VTY lines in use."""
    pinned = _Pinned(access.host_key, access.where)
    try:
        sock = socket.create_connection((access.address, access.port), access.connect_timeout_seconds)
    except OSError as error:
        raise _not_connected(access, pinned, error) from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _over(sock, pinned, access)
    except NetmikoAuthenticationException as error:
        sock.close()
        raise AccessRefused(
            f"cannot log in to {access.where} as {access.username}: the CUBE refuses the password; "
            "correct the secret that management.password refers to"
        ) from error
    except (NetmikoTimeoutException, SSHException, OSError, EOFError) as error:
        sock.close()
        raise _not_connected(access, pinned, error) from error
    connection.rest()
    return connection


def _over(sock: socket.socket, pinned: _Pinned, access: CubeAccess) -> IosConnection:
    return IosConnection(
        pinned,
        device_type="cisco_ios",
        host=access.address,
        port=access.port,
        username=access.username,
        password=access.password,
        sock=sock,
        use_keys=False,
        allow_agent=False,
        conn_timeout=access.connect_timeout_seconds,
        auth_timeout=access.connect_timeout_seconds,
        banner_timeout=access.connect_timeout_seconds,
    )


def _not_connected(access: CubeAccess, pinned: _Pinned, error: Exception) -> Exception:
    if pinned.shown:
        return AccessRefused(
            f"cannot trust {access.where}: it shows the host key {pinned.shown}, which is not the one pinned in the "
            "document; if the key was changed on purpose, put the new one into management.host_key"
        )
    if "Incompatible ssh" in str(error):
        return AccessRefused(
            f"cannot connect to {access.where}: it offers no SSH algorithm that trunkline knows; "
            "see `show ip ssh`, and allow at least diffie-hellman-group14-sha1 with aes128-ctr or aes128-cbc"
        )
    if isinstance(error, OSError):
        return DeviceUnreachable(
            f"cannot connect to {access.where}: {error.strerror or error}; see whether the CUBE is up and reachable"
        )
    if "No existing session" in str(error):  # paramiko's words for a beginning that took too long
        return DeviceUnreachable(
            f"cannot open a session with {access.where}: its port is open and SSH did not begin within "
            f"{access.connect_timeout_seconds:g} s; see whether the CUBE hangs, or is very busy"
        )
    return DeviceBusy(
        f"cannot open a session with {access.where}: it closed the connection, as with all VTY lines in use; "
        "free a line (`show users`) or allow more"
    )
