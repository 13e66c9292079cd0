"""One simulated CUBE: what all its sessions share."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from trunkline.twin.cube.clock import Zone, log_stamp, zone_of
from trunkline.twin.cube.config import loading, render
from trunkline.twin.cube.config.running import Effect, Entry, RunningConfig
from trunkline.twin.cube.faults import Faults
from trunkline.twin.cube.rollback import Archive, Lock
from trunkline.twin.cube.syslogging import Outgoing, command_line, hides_keys, logs_commands
from trunkline.twin.cube.trains import Train
from trunkline.twin.network import Network


class PkiStore(Protocol):
    """The router's keys and certificates."""

    def chain_lines(self, *, as_files: bool = False) -> list[str]:
        """The `crypto pki certificate chain` blocks of the running (or startup) configuration."""

    def load_chain(self, entry: loading.ChainEntry) -> None:
        """Take over a certificate from a configuration text."""

    def on_trustpoint(self, name: str) -> None:
        """A trustpoint was created."""

    def save(self) -> None:
        """Remember keys and certificates over a reload."""

    def reload(self) -> None:
        """Forget what was not saved."""


@dataclass(frozen=True)
class Identity:
    """What a router is made of."""

    hostname: str
    train: Train
    address: str  # device side, of the signalling interface
    users: Mapping[str, str] = field(repr=False)
    enable_password: str = field(repr=False, default="")


@dataclass(frozen=True)
class Session:
    """How the router reaches an open session: log lines go to monitors only, notices to everybody; `cut` ends it."""

    log: Callable[[str], None]
    tell: Callable[[str], None]
    cut: Callable[[], None]


ANYBODY = "10.72.86.74"
LOGGED_LINES = 200


def _system_clock() -> datetime:
    return datetime.now(UTC)


class Router:
    """Configuration, keys, clock and faults of one device."""

    def __init__(self, identity: Identity, config_text: str, network: Network, pki: PkiStore) -> None:
        self.identity = identity
        self.train = identity.train
        self.network = network
        self.address = identity.address
        self.pki = pki
        self.faults = Faults()
        self.hooks: list[Callable[[], None]] = []
        self.sessions: list[Session] = []
        self.serial_number = "FTX0000A0AA"
        self.live_calls = 0
        self.log: list[str] = []  # `show logging`
        self.clock_skew = timedelta(0)
        self.clock_mark = ""  # as `show clock` prints it: "" trusted, "." unsynchronized, "*" not set
        self.lines_in_use: set[int] = set()
        self.lines_allowed = 5
        self.system_clock: Callable[[], datetime] = _system_clock
        self.archive = Archive()
        self.lock: Lock | None = None
        self.restart: Callable[[], Coroutine[Any, Any, None]] | None = None  # closes the doors and opens them again
        self._tasks: set[asyncio.Task[None]] = set()
        self.running = RunningConfig(self.train.numbers)
        self.outgoing = Outgoing(self.running, network, self._own, lambda: self.hostname)
        for entry in loading.load(config_text, self.running):
            pki.load_chain(entry)
        self.started_at = self.clock()
        self.last_change = (self.started_at, "")
        self.nvram_written: tuple[datetime, str] | None = None
        self.keep_as_startup()

    @property
    def hostname(self) -> str:
        return self.running.value("hostname ") or self.identity.hostname

    @property
    def domain(self) -> str:
        return self.running.value("ip domain name ") or self.running.value("ip domain-name ")

    @property
    def zone(self) -> Zone:
        return zone_of(self.running)

    def clock(self) -> datetime:
        """The router's idea of the time; aware, UTC."""
        return self.system_clock() + self.clock_skew

    def date(self, at: datetime) -> str:
        """A date in the router's zone, as certificates are shown with."""
        return self.zone.date(at)

    @property
    def held_lock(self) -> Lock | None:
        """Who alone may configure: a session, or the person whom a fault invents."""
        if self.faults.locked_by:
            return Lock(self.faults.locked_by, 4, self.started_at, 84)
        return self.lock

    @property
    def call_legs(self) -> list[str]:
        """The remote end of every leg of a call. What is only counted is with the first subscriber of the lab."""
        placed = [address for address, legs in self.faults.live_calls.items() for _ in range(legs)]
        return [*[ANYBODY] * self.live_calls, *placed]

    def interface_address(self, name: str) -> str:
        """The address of an interface; empty where it has none."""
        words = self.running.value("ip address ", f"interface {name}").split()
        return words[0] if words else ""

    def text_lines(self) -> list[str]:
        """The running configuration, from `version` to the last `!`."""
        return list(render.body(self.running, self.train, self.pki.chain_lines()))

    def running_text(self, *, is_brief: bool = False) -> list[str]:
        """What `show running-config` prints."""
        lines = self.text_lines()
        return render.full(render.brief(lines) if is_brief else lines, self._stamps())

    def _stamps(self) -> list[str]:
        stamps = [self._stamp("Last configuration change", *self.last_change)]
        if self.nvram_written:
            stamps.append(self._stamp("NVRAM config last updated", *self.nvram_written))
        return stamps

    def _stamp(self, what: str, at: datetime, user: str) -> str:
        return f"! {what} at {self.zone.stamp(at)}{f' by {user}' if user else ''}"

    def configure(self, parent: Entry, line: str) -> Effect:
        """Do a configuration line and tell everybody who follows the configuration."""
        effect = self.running.enter(parent, line)
        if effect.enters is not None and effect.enters.section == "trustpoint":
            self.pki.on_trustpoint(effect.enters.line.split()[-1])
        self.announce()
        return effect

    def announce(self) -> None:
        """Configuration or certificates changed: the SIP agent and others look again."""
        for hook in self.hooks:
            hook()

    def _own(self) -> str:
        return self.network.loopback(self.address) or "127.0.0.1"

    def left_configuration(self, user: str) -> None:
        """Somebody left configuration mode: the stamp moves, whether anything changed or not."""
        self.last_change = (self.clock(), user)

    def log_command(self, user: str, command: str) -> None:
        """A command was typed in configuration mode; told where `archive`, `log config` asks for it."""
        if logs_commands(self.running):
            self.syslog(command_line(user, command, is_hidden=hides_keys(self.running)))

    def save(self, user: str) -> None:
        """`write memory`: the configuration, the keys and the certificates."""
        self.keep_as_startup()
        self.nvram_written = (self.clock(), user)

    def keep_as_startup(self) -> None:
        """What a reload would come back to is what runs now."""
        self.saved_lines = self.text_lines()
        self.startup = list(render.body(self.running, self.train, self.pki.chain_lines(as_files=True)))
        self.pki.save()

    @property
    def is_saved(self) -> bool:
        return self.saved_lines == self.text_lines()

    def reload(self) -> None:
        """Back to the startup configuration: unsaved lines, keys and certificates are gone, and so is a pending rollback."""
        self.archive.disarm()
        self.lock = None
        fresh = RunningConfig(self.train.numbers)
        loading.load("\n".join(self.saved_lines), fresh)
        self.running.root.children[:] = fresh.root.children
        self.pki.reload()
        for session in list(self.sessions):
            session.cut()
        self.started_at = self.clock()
        self.last_change, self.nvram_written = (self.started_at, ""), None
        self.live_calls = 0
        if self.restart:
            self.spawn(self.restart())
        self.announce()

    def syslog(self, line: str) -> None:
        """A line for everybody who monitors."""
        stamp = f"{self.clock_mark}{log_stamp(self.running, self.clock())}"
        self.log = [*self.log[-LOGGED_LINES:], f"{stamp}: {line}"]
        for session in list(self.sessions):
            session.log(f"{stamp}: {line}")
        self.outgoing.send(stamp, line)

    def tell(self, line: str) -> None:
        """A line into every session."""
        for session in list(self.sessions):
            session.tell(line)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that no session waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """Nothing goes on behind the scenes any more."""
        self.archive.disarm()
        self.outgoing.stop()
        for task in list(self._tasks):
            task.cancel()

    def type_on_console(self, lines: list[str], user: str = "console") -> None:
        """A person changes the configuration without SSH. Raises Mismatch for what IOS would refuse."""
        parent = self.running.root
        for line in lines:
            effect = self.configure(parent if line.startswith(" ") else self.running.root, line.strip())
            if not line.startswith(" "):
                parent = effect.enters or self.running.root
            self.log_command(user, line.strip())
        self.left_configuration(user)
        who = user if user == "console" else f"{user} on console"
        self.syslog(f"%SYS-5-CONFIG_I: Configured from console by {who}")
