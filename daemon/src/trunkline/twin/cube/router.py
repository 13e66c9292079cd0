"""One simulated CUBE: what all its sessions share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from trunkline.twin.cube.config import loading, render
from trunkline.twin.cube.config.running import Effect, Entry, RunningConfig
from trunkline.twin.cube.faults import Faults
from trunkline.twin.cube.trains import Train
from trunkline.twin.network import Network


class PkiStore(Protocol):
    """The router's keys and certificates."""

    def chain_lines(self) -> list[str]:
        """The `crypto pki certificate chain` blocks of the running configuration."""

    def load_chain(self, entry: loading.ChainEntry) -> None:
        """Take over a certificate from a configuration text."""

    def on_trustpoint(self, name: str) -> None:
        """A trustpoint was created."""


@dataclass(frozen=True)
class Identity:
    """What a router is made of."""

    hostname: str
    train: Train
    address: str  # device side, of the signalling interface
    users: Mapping[str, str] = field(repr=False)
    enable_password: str = field(repr=False, default="")
    data_directory: Path = field(default=Path())


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
        self.log_listeners: list[Callable[[str], None]] = []
        self.live_calls = 0
        self.clock_skew = timedelta(0)
        self.clock_mark = ""  # as `show clock` prints it: "" trusted, "." unsynchronized, "*" not set
        self.lines_in_use = 0
        self.lines_allowed = 5
        self.system_clock: Callable[[], datetime] = _system_clock
        self.running = RunningConfig(self.train.numbers)
        for entry in loading.load(config_text, self.running):
            pki.load_chain(entry)
        self.last_change = (self.clock(), "")
        self.started_at = self.clock()
        self.nvram_written: tuple[datetime, str] | None = None
        self.startup = self.text_lines()

    @property
    def hostname(self) -> str:
        return self.running.value("hostname ") or self.identity.hostname

    def clock(self) -> datetime:
        """The router's idea of the time; aware, UTC."""
        return self.system_clock() + self.clock_skew

    def text_lines(self) -> list[str]:
        """The running configuration, from `version` to the last `!`."""
        return list(render.body(self.running, self.train, self.pki.chain_lines()))

    def running_text(self, *, is_brief: bool = False) -> list[str]:
        """What `show running-config` prints."""
        lines = self.text_lines()
        return render.full(render.brief(lines) if is_brief else lines, self._stamps())

    def _stamps(self) -> list[str]:
        stamps = [_stamp("Last configuration change", *self.last_change)]
        if self.nvram_written:
            stamps.append(_stamp("NVRAM config last updated", *self.nvram_written))
        return stamps

    def configure(self, parent: Entry, line: str) -> Effect:
        """Do a configuration line and tell everybody who follows the configuration."""
        effect = self.running.enter(parent, line)
        if effect.enters is not None and effect.enters.section == "trustpoint":
            self.pki.on_trustpoint(effect.enters.line.split()[-1])
        for hook in self.hooks:
            hook()
        return effect

    def left_configuration(self, user: str) -> None:
        """Somebody left configuration mode: the stamp moves, whether anything changed or not."""
        self.last_change = (self.clock(), user)

    def save(self, user: str) -> None:
        self.startup = self.text_lines()
        self.nvram_written = (self.clock(), user)

    @property
    def is_saved(self) -> bool:
        return self.startup == self.text_lines()

    def syslog(self, line: str) -> None:
        """A line for everybody who monitors."""
        stamp = self.clock().strftime("%b %e %H:%M:%S.%f")[:-3]
        for listener in list(self.log_listeners):
            listener(f"{self.clock_mark}{stamp}: {line}")

    def type_on_console(self, lines: list[str], user: str = "console") -> None:
        """A person changes the configuration without SSH. Raises Mismatch for what IOS would refuse."""
        parent = self.running.root
        for line in lines:
            effect = self.configure(parent if line.startswith(" ") else self.running.root, line.strip())
            if not line.startswith(" "):
                parent = effect.enters or self.running.root
        self.left_configuration(user)


def _stamp(what: str, at: datetime, user: str) -> str:
    text = at.strftime("%H:%M:%S UTC %a %b %e %Y").replace("  ", " ")
    return f"! {what} at {text}{f' by {user}' if user else ''}"
