"""The SSH session with a CUBE; the only door to netmiko and paramiko.

It stays a netmiko class, but waits for data instead of sleeping, and knows where it is: every exchange begins behind a prompt
that was seen and ends with the next one.
"""

import contextlib
import re
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import paramiko
from netmiko.cisco import CiscoIosSSH
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException
from paramiko.ssh_exception import SSHException

from trunkline.devices.cube import dialogs, read
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable

EXEC_PROMPT = re.compile(r"(?:^|\n)([^\s>#()]+)([>#])\s?$")
IDLE_CHECK_SECONDS = 10
LOG_LINE = re.compile(r"^\s*(?:\d+: )?[*.]?\w{3} +\d+ (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: \w+)?: %.*$")


@dataclass(frozen=True)
class CubeAccess:
    """How a CUBE is reached; secrets are values here and appear in no representation."""

    address: str
    port: int
    username: str
    password: str = field(repr=False)
    host_key: str  # "ssh-ed25519 AAAA…"
    enable_password: str | None = field(default=None, repr=False)
    connect_timeout_seconds: float = 15.0
    reply_timeout_seconds: float = 60.0


class _Pinned(paramiko.MissingHostKeyPolicy):
    """Accepts the one host key that the document states, and remembers another that was shown."""

    def __init__(self, wanted: str) -> None:
        self.wanted = tuple(wanted.split()[:2])
        self.shown = ""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        if (key.get_name(), key.get_base64()) != self.wanted:
            self.shown = key.fingerprint
            raise SSHException("the host key is not the one that is pinned")


class _Channel(CiscoIosSSH):
    """netmiko's IOS session with its sleeping taken out."""

    def __init__(self, pinned: _Pinned, **options: Any) -> None:
        self._pinned = pinned
        super().__init__(**options)

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(self._pinned)
        return client

    def _try_session_preparation(self, force_data: bool = True) -> None:
        """Nothing to prepare here: `CubeSession` does it behind the prompts it saw."""

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Nothing special."""


class CubeSession:
    """An open session in privileged mode. Not thread-safe. Every method raises DeviceUnreachable when the session dies."""

    def __init__(self, access: CubeAccess) -> None:
        self.access = access
        self.hostname = ""
        self._buffer = ""
        self._channel = self._connect()
        self._remote = _paramiko_channel(self._channel)
        transport = self._remote.get_transport()
        if transport is not None:
            # paramiko wakes up ten times a second to see whether it should stop; closing the socket wakes it as well.
            setattr(transport, "_active_check_timeout", IDLE_CHECK_SECONDS)  # noqa: B010 - it is not in the type stubs
            transport.sock.settimeout(IDLE_CHECK_SECONDS)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _where(self) -> str:
        return f"{self.access.address}:{self.access.port}"

    def _connect(self) -> _Channel:
        pinned = _Pinned(self.access.host_key)
        try:
            sock = socket.create_connection((self.access.address, self.access.port), self.access.connect_timeout_seconds)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _Channel(
                pinned,
                device_type="cisco_ios",
                host=self.access.address,
                port=self.access.port,
                username=self.access.username,
                password=self.access.password,
                sock=sock,
                use_keys=False,
                allow_agent=False,
                conn_timeout=self.access.connect_timeout_seconds,
                auth_timeout=self.access.connect_timeout_seconds,
                banner_timeout=self.access.connect_timeout_seconds,
            )
        except NetmikoAuthenticationException as error:
            raise AccessRefused(
                f"cannot log in to {self._where()} as {self.access.username}: the CUBE refuses the password; "
                "correct the secret that management.password refers to"
            ) from error
        except (NetmikoTimeoutException, SSHException, OSError, EOFError) as error:
            raise self._not_connected(pinned, error) from error

    def _not_connected(self, pinned: _Pinned, error: Exception) -> Exception:
        if pinned.shown:
            return AccessRefused(
                f"cannot trust {self._where()}: it shows the host key {pinned.shown}, which is not the one pinned in the "
                "document; if the key was changed on purpose, put the new one into management.host_key"
            )
        if isinstance(error, OSError):
            return DeviceUnreachable(
                f"cannot connect to {self._where()}: {error.strerror or error}; see whether the CUBE is up and reachable"
            )
        return DeviceBusy(
            f"cannot open a session with {self._where()}: it closed the connection, as with all VTY lines in use; "
            "free a line (`show users`) or allow more"
        )

    def _prepare(self) -> None:
        printed = self._until(lambda text: EXEC_PROMPT.search(text) is not None)
        prompt = EXEC_PROMPT.search(printed)
        assert prompt is not None  # noqa: S101 - that is what was waited for
        self.hostname = prompt[1]
        if prompt[2] == ">":
            self._enable()
        self.ask(["terminal length 0", "terminal width 511", "terminal no monitor"])

    def _enable(self) -> None:
        self._write("enable\n")
        printed = self._until(lambda text: bool(re.search(r"[Pp]assword:\s*$|[#>]\s?$", text)))
        if re.search(r"[Pp]assword:\s*$", printed):
            self._write(f"{self.access.enable_password or ''}\n")
            printed = self._until(lambda text: bool(re.search(r"[Pp]assword:\s*$|\n\S+[#>]\s?$", text)))
        if not printed.rstrip().endswith("#"):
            raise AccessRefused(
                f"cannot enter privileged mode on {self._where()}: the enable password is wrong or missing; "
                "correct the secret that management.enable_password refers to"
            )

    def ask(self, commands: Sequence[str]) -> list[str]:
        """The answers to exec commands that do not depend on each other: one write, one answer each.

        Raises DeviceUnreachable when the answers cannot be told apart.
        """
        self._buffer = ""
        self._write("".join(f"{command}\n" for command in commands))
        answers = []
        prompt = re.compile(rf"^{re.escape(self.hostname)}#", re.MULTILINE)
        for command in commands:
            text = self._until(lambda so_far: prompt.search(so_far, _echo_end(so_far)) is not None, keep=True)
            found = prompt.search(text, _echo_end(text))
            assert found is not None  # noqa: S101 - that is what was waited for
            self._buffer = text[found.end() :]
            answers.append(self._answer(command, text[: found.start()]))
        return answers

    def _answer(self, command: str, printed: str) -> str:
        """What stands behind the echo of a command."""
        echo, _, answer = printed.partition("\n")
        if command not in echo:
            self.close()
            raise DeviceUnreachable(f"cannot follow {self._where()}: `{command}` was answered with something else")
        return answer

    def configure(self, lines: Sequence[str]) -> None:
        """Configuration lines, one by one; the first that is refused ends it, and configuration mode is left.

        Raises DeviceRefused with the line and the words of the CUBE.
        """
        self._enter()
        try:
            for line in lines:
                self._configure_line(line)
        finally:
            if self.is_alive:
                self._leave()

    def _enter(self) -> None:
        reply = self._send("configure terminal")
        if not self._is_configuring(reply):
            raise DeviceBusy(
                f"cannot enter configuration mode on {self._where()}: {read.error_in(reply) or reply.strip()[-120:]}"
            )

    def _leave(self) -> None:
        self._send("end")

    def _configure_line(self, line: str) -> str:
        reply = self._send(line)
        while not self._ends_with_prompt(reply):
            answer = dialogs.answer_for(line, reply)
            if answer is None:
                question = reply.strip().splitlines()[-1].strip()
                self._send("\x03")
                raise DeviceRefused(
                    f"cannot do `{line}` on {self._where()}: it asks `{question}`, which trunkline has no answer for; "
                    "do this step by hand, or report the question",
                    (line, question),
                )
            reply = self._send(answer)
        problem = read.error_in(reply)
        if problem:
            raise DeviceRefused(f"cannot do `{line}` on {self._where()}: the CUBE says `{problem}`", (line, problem))
        return reply

    def export(self, trustpoints: Sequence[str]) -> list[str]:
        """What `crypto pki export NAME pem terminal` prints for each: certificates only, never a key."""
        self._enter()
        try:
            return [self._send(f"crypto pki export {name} pem terminal") for name in trustpoints]
        finally:
            if self.is_alive:
                self._leave()

    def authenticate(self, command: str, pem: str, fingerprints: dict[str, str]) -> None:
        """Paste a CA certificate; accept it only if the fingerprints that IOS prints are the ones computed here."""
        self._enter()
        try:
            self._authenticate(command, pem, fingerprints)
        finally:
            if self.is_alive:
                self._leave()

    def _authenticate(self, command: str, pem: str, fingerprints: dict[str, str]) -> None:
        reply = self._send(command, until=lambda text: bool(dialogs.PASTE_BEGINS.search(text)))
        if not dialogs.PASTE_BEGINS.search(reply):
            self._refuse_dialog(command, reply)
        for line in pem.strip().splitlines():
            self._send(line, until=lambda text: text.count("\n") >= 1)
        reply = self._send("quit")
        printed = dialogs.printed_fingerprints(reply)
        if dialogs.ACCEPT_CERTIFICATE.search(reply):
            is_right = bool(printed) and all(fingerprints.get(name) == value for name, value in printed.items())
            reply = self._send("yes" if is_right else "no")
            if not is_right:
                raise DeviceRefused(
                    f"cannot accept the certificate for `{command}` on {self._where()}: the CUBE computed another "
                    "fingerprint than trunkline, so it did not receive what was sent",
                    (command, str(printed)),
                )
        if read.error_in(reply) or "successfully imported" not in reply:
            self._refuse_dialog(command, reply)

    def _refuse_dialog(self, command: str, reply: str) -> None:
        if not self._ends_with_prompt(reply):
            self._send("\x03")
        said = read.error_in(reply) or " ".join(reply.split())[-160:]
        raise DeviceRefused(f"cannot do `{command}` on {self._where()}: the CUBE says `{said}`", (command, said))

    def save(self) -> None:
        """`write memory`. Raises DeviceRefused where the CUBE does not say [OK]."""
        reply = self._send("write memory")
        while not self._ends_with_prompt(reply):
            answer = dialogs.answer_for("write memory", reply)
            if answer is None:
                self._send("\x03")
                break
            reply += self._send(answer)
        if "[OK]" not in reply:
            said = read.error_in(reply) or " ".join(reply.split())[-120:]
            raise DeviceRefused(
                f"cannot save the configuration of {self._where()}: the CUBE says `{said}`", ("write memory", said)
            )

    def _send(self, line: str, until: Callable[[str], bool] | None = None) -> str:
        """One line, and what is printed up to the next prompt, question, or what else is waited for."""
        self._buffer = ""
        self._write(line if line == "\x03" else f"{line}\n")

        def is_over(text: str) -> bool:
            printed = text[_echo_end(text) :] if until is None else text
            return bool(until and until(text)) or self._ends_with_prompt(printed) or bool(dialogs.QUESTION.search(printed))

        return self._until(is_over)

    def _ends_with_prompt(self, text: str) -> bool:
        """IOS cuts the name to 20 characters in the prompts of configuration modes."""
        name = re.escape(self.hostname[:20])
        return bool(re.search(rf"(?:^|\n){name}\S*?(?:\([\w-]+\))?#\s?$", text))

    def _is_configuring(self, text: str) -> bool:
        return bool(re.search(rf"(?:^|\n){re.escape(self.hostname[:20])}\S*?\(config\)#\s?$", text))

    def _write(self, text: str) -> None:
        try:
            self._remote.sendall(text.encode())
        except (OSError, EOFError) as error:
            raise self._died() from error

    def _until(self, is_over: Callable[[str], bool], *, keep: bool = False) -> str:
        """Wait for data until `is_over` of all that came. Blocks on the channel; nothing is polled."""
        deadline = time.monotonic() + self.access.reply_timeout_seconds
        while not is_over(self._buffer):
            left = deadline - time.monotonic()
            if left <= 0:
                self.close()
                raise DeviceUnreachable(
                    f"cannot follow {self._where()}: no prompt came within {self.access.reply_timeout_seconds:.0f} s"
                )
            self._remote.settimeout(left)
            try:
                received = self._remote.recv(65536)
            except TimeoutError:
                continue
            except (OSError, EOFError) as error:
                raise self._died() from error
            if not received:
                raise self._died()
            self._buffer += received.decode("utf-8", "replace").replace("\r", "")
        text = self._buffer
        if not keep:
            self._buffer = ""
        return text

    def _died(self) -> DeviceUnreachable:
        self.close()
        return DeviceUnreachable(
            f"cannot go on with {self._where()}: the session was closed; the next pass looks what happened"
        )

    @property
    def is_alive(self) -> bool:
        return not self._remote.closed

    def close(self) -> None:
        """End the session at once; paramiko's thread is woken by the closed socket."""
        client = self._channel.remote_conn_pre
        transport = client.get_transport() if client else None
        if transport is not None:
            with contextlib.suppress(OSError):
                transport.sock.shutdown(socket.SHUT_RDWR)
            transport.close()


def _paramiko_channel(channel: _Channel) -> paramiko.Channel:
    remote = channel.remote_conn
    assert isinstance(remote, paramiko.Channel)  # noqa: S101 - the transport is SSH
    return remote


def _echo_end(text: str) -> int:
    """Where the echo of the line sent ends; a prompt in front of it is not an answer."""
    return text.find("\n") + 1 if "\n" in text else len(text)


def without_log_lines(text: str) -> str:
    """A reply without the syslog lines that fell into it."""
    return "\n".join(line for line in text.split("\n") if not LOG_LINE.match(line))
