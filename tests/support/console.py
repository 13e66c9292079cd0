"""A simulated CUBE without SSH: a person who types, and what the screen shows."""

import asyncio
import re
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

from trunkline.twin.ca import Authority, Wish
from trunkline.twin.cube.cli.shell import Shell
from trunkline.twin.cube.cli.terminal import ChannelTerminal, Wire
from trunkline.twin.cube.pki.store import Store
from trunkline.twin.cube.router import Identity, Router
from trunkline.twin.cube.siptls import shows
from trunkline.twin.cube.siptls.agent import SipAgent
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.network import Network

T = TypeVar("T")
OPEN: list["Console"] = []
"""Sessions that nobody has closed yet: the fixture `consoles` does."""
NOW = datetime(2026, 11, 24, 9, 30, 15, 21000, tzinfo=UTC)
SMALL = """hostname cube1
ip domain name example.com
interface GigabitEthernet0/0
 ip address 10.72.86.86 255.255.255.0
"""


def make_router(train: str = "17.9", config: str = SMALL) -> Router:
    """A router that nobody has touched yet; its clock stands still at NOW."""
    network = Network()
    network.attach("10.72.86.86", "127.250.86.86")
    identity = Identity("cube1", TRAINS[train], "10.72.86.86", {"netops": "lab"}, "lab-enable")
    router = Router(identity, config, network, Store())
    router.system_clock = lambda: NOW
    router.started_at, router.last_change = NOW, (NOW, "")
    shows.register(SipAgent(router))
    return router


class _Hurried(asyncio.SelectorEventLoop):
    """A loop whose clock can be put forward: a minute passes at once, and no test depends on how fast the machine is."""

    ahead_seconds = 0.0

    def time(self) -> float:
        return super().time() + self.ahead_seconds


class Console:
    """One session in privileged mode, driven step by step. The screen is what the wire carried, with plain line ends."""

    def __init__(self, router: Router, *, is_privileged: bool = True) -> None:
        self.router = router
        self.has_ended = False
        self._screen: list[str] = []
        self._loop = _Hurried()
        self._keys: asyncio.Queue[str] = asyncio.Queue()
        self._idle = asyncio.Event()
        self.terminal = ChannelTerminal("netops", Wire(self._receive, self._screen.append), router.faults)
        self.terminal.length_lines = 0
        self.terminal.width_columns = 0
        self._session = self._loop.create_task(self._run(Shell(router, self.terminal, is_privileged, cut=self._cut)))
        self._session.add_done_callback(lambda _: self._idle.set())
        OPEN.append(self)
        self._settle()
        self._screen.clear()

    def _cut(self) -> None:
        self._keys.put_nowait("")

    async def _run(self, shell: Shell) -> None:
        await shell.run()
        self.has_ended = True

    async def _receive(self) -> str:
        if self._keys.empty():
            self._idle.set()
        return await self._keys.get()

    def _settle(self) -> None:
        self._loop.run_until_complete(asyncio.wait_for(self._idle.wait(), 120))
        if self._session.done():
            self._session.result()

    def keys(self, text: str) -> str:
        """Press keys; returns what the screen shows until the next key is waited for."""
        self._idle.clear()
        self._keys.put_nowait(text)
        self._settle()
        shown = "".join(self._screen).replace("\r\n", "\n")
        self._screen.clear()
        return shown

    def type(self, *lines: str) -> str:
        """Lines with Enter behind each, each after the answer to the one before."""
        return "".join(self.keys(f"{line}\r") for line in lines)

    def ask(self, command: str) -> list[str]:
        """The answer to one command: without its echo and the prompt behind it."""
        return self.type(command).split("\n")[1:-1]

    def wait(self, seconds: float) -> str:
        """Let time pass, as for timers; returns what the screen shows meanwhile."""
        self._loop.ahead_seconds += seconds
        self._loop.run_until_complete(asyncio.sleep(0.001))
        shown = "".join(self._screen).replace("\r\n", "\n")
        self._screen.clear()
        return shown

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Something else in the same loop."""
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        OPEN.remove(self)
        self.router.stop()
        self._session.cancel()
        self._loop.run_until_complete(asyncio.gather(self._session, return_exceptions=True))
        self._loop.close()


def authority() -> Authority:
    return Authority.create("Example Root", NOW)


def wish(name: str = "cube1.example.com") -> Wish:
    return Wish(name, NOW)


def body_of(pem: str) -> list[str]:
    """The base64 lines of a PEM block."""
    return [line for line in pem.strip().splitlines() if not line.startswith("-----")]


def normal(text: str) -> str:
    """A printed line with its values blotted out: what is left is the layout. Columns of one width stay of that width."""
    text = re.sub(r"\b[0-9A-F]{8}(?: [0-9A-F]{1,8})*\b", "HEX", text)
    text = re.sub(r"\d\d:\d\d:\d\d(\.\d{3})? [A-Z]{3,4} ([A-Z][a-z]{2} )?[A-Z][a-z]{2} \d{1,2} \d{4}", r"TIME", text)
    return re.sub(r"\d+", "9", text)
