"""The router's syslog as it goes out: `logging host`, over UDP and TCP, from the router's own address.

Sources: Cisco, "Troubleshooting and Fault Management Command Reference" (`logging host`, `logging origin-id`, `logging trap`);
"Configuration Change Notification and Logging" (`archive`, `log config`).
"""

import contextlib
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.network import Network

FACILITY = 23  # local7
LEVELS = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")
DEFAULT_LEVEL = 6
DEFAULT_PORTS = {"udp": 514, "tcp": 601}
SEVERITY = re.compile(r"%[A-Z0-9_]+(?:-[A-Z0-9_]+)*-([0-7])-")
HOST = re.compile(r"^(?P<address>\d+\.\d+\.\d+\.\d+)(?: transport (?P<transport>udp|tcp)(?: port (?P<port>\d+))?)?")
RETRY_SECONDS = 1.0


@dataclass(frozen=True)
class Destination:
    """A `logging host` line."""

    address: str
    transport: str
    port: int


def destinations(running: RunningConfig) -> list[Destination]:
    found = [HOST.match(line.removeprefix("logging host ")) for line in running.headers("logging host ")]
    return [
        Destination(one["address"], one["transport"] or "udp", int(one["port"] or DEFAULT_PORTS[one["transport"] or "udp"]))
        for one in found
        if one
    ]


def logs_commands(running: RunningConfig) -> bool:
    """Whether each command that is typed is told: `archive`, `log config`, `logging enable` and `notify syslog`."""
    lines = running.section("archive", "log config")
    return "logging enable" in lines and any(line.startswith("notify syslog") for line in lines)


def hides_keys(running: RunningConfig) -> bool:
    return "hidekeys" in running.section("archive", "log config")


def command_line(user: str, command: str, *, is_hidden: bool) -> str:
    """%PARSER-5-CFGLOG_LOGGEDCMD, with two blanks behind the user."""
    shown = re.sub(r"\b(password|secret|key|community)( \d)? \S+", r"\1\2 *****", command) if is_hidden else command
    return f"%PARSER-5-CFGLOG_LOGGEDCMD: User:{user}  logged command:{shown}"


@dataclass
class Outgoing:
    """Sends lines to every host that the configuration names. What cannot be sent is lost, as a router loses it."""

    running: RunningConfig
    network: Network
    own: Callable[[], str]  # the router's loopback-side address
    hostname: Callable[[], str]
    _count: int = 0
    _streams: dict[Destination, socket.socket] = field(default_factory=dict)
    _refused_at: dict[Destination, float] = field(default_factory=dict)

    def send(self, stamp: str, line: str) -> None:
        """`stamp` is the time as the log shows it."""
        severity = SEVERITY.match(line)
        level = int(severity[1]) if severity else DEFAULT_LEVEL
        wanted = destinations(self.running)
        self._forget(wanted)
        if not wanted or level > self._trap():
            return
        self._count += 1
        number = f"{self._count:06}: " if self.running.headers("service sequence-numbers") else ""
        text = f"<{FACILITY * 8 + level}>{self._count}: {self._origin()}{number}{stamp}: {line}"
        for destination in wanted:
            with contextlib.suppress(OSError):
                self._deliver(destination, text)

    def _trap(self) -> int:
        word = self.running.value("logging trap ") or LEVELS[DEFAULT_LEVEL]
        return (
            int(word) if word.isdigit() else next((n for n, name in enumerate(LEVELS) if name.startswith(word)), DEFAULT_LEVEL)
        )

    def _origin(self) -> str:
        words = self.running.value("logging origin-id ").split()
        if words[:1] == ["hostname"]:
            return f"{self.hostname()}: "
        if words[:1] == ["ip"]:
            return f"{self.network.address(self.own())}: "
        return f"{words[1]}: " if words[:1] == ["string"] and len(words) > 1 else ""

    def _deliver(self, destination: Destination, text: str) -> None:
        reached = self.network.loopback(destination.address)
        if reached is None and destination.address.startswith("127."):
            reached = destination.address  # on the machine of the lab itself
        if reached is None:
            return
        if destination.transport == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
                channel.setblocking(False)
                channel.bind((self.own(), 0))
                channel.sendto(text.encode(), (reached, destination.port))
            return
        self._stream(destination, reached, f"{text}\n".encode())

    def _stream(self, destination: Destination, reached: str, data: bytes) -> None:
        """One connection for each host, made anew with the next line after it broke."""
        if time.monotonic() - self._refused_at.get(destination, -RETRY_SECONDS) < RETRY_SECONDS:
            return
        try:
            if destination not in self._streams:
                channel = socket.create_connection((reached, destination.port), timeout=1, source_address=(self.own(), 0))
                channel.setblocking(False)
                self._streams[destination] = channel
            self._streams[destination].sendall(data)
        except OSError:
            self._refused_at[destination] = time.monotonic()
            self._close(destination)
            raise

    def _forget(self, wanted: list[Destination]) -> None:
        for destination in self._streams.keys() - set(wanted):
            self._close(destination)

    def _close(self, destination: Destination) -> None:
        channel = self._streams.pop(destination, None)
        if channel:
            channel.close()

    def stop(self) -> None:
        for destination in list(self._streams):
            self._close(destination)
