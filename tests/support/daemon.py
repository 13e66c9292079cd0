"""`trunkline run` as a process of its own, looked at from outside: its log, its pages, its metrics."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests
from prometheus_client.parser import text_string_to_metric_families

T = TypeVar("T")
PATIENCE_SECONDS = 150.0
ADDRESS = re.compile(r"http://[\d.]+:\d+")

Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]


def wait_for(what: str, look: Callable[[], T | None], patience_seconds: float = PATIENCE_SECONDS) -> T:
    """The first thing that `look` returns which is neither None nor False."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None and found is not False:
            return found
        time.sleep(0.1)
    raise AssertionError(f"not seen within {patience_seconds:.0f} s: {what}")


@dataclass
class Daemon:
    """A running daemon. `with Daemon(...) as daemon:` stops it at the end, as a supervisor would."""

    settings: Path
    environment: Mapping[str, str]
    directory: Path
    output: list[Path] = field(default_factory=list)  # of every start
    _process: subprocess.Popen[bytes] | None = None
    _address: str = ""

    def __enter__(self) -> "Daemon":
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def start(self) -> None:
        """Start it and read the address that it prints."""
        path = self.directory / f"daemon-{len(self.output) + 1}.log"
        self.output.append(path)
        words = [sys.executable, "-u", "-m", "trunkline", "run", "--settings", str(self.settings)]
        with path.open("wb") as log:
            self._process = subprocess.Popen(
                words, cwd=self.directory, env=dict(self.environment), stdout=log, stderr=subprocess.STDOUT
            )

        def address() -> str | None:
            assert self._process and self._process.poll() is None, f"the daemon ended:\n{self.log()}"
            found = ADDRESS.search(path.read_text())
            return found[0] if found else None

        self._address = wait_for("the address of the daemon", address)

    @property
    def process_id(self) -> int:
        assert self._process
        return self._process.pid

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; returns the exit code."""
        assert self._process
        self._process.send_signal(number)
        code = self._process.wait(60)
        self._process = None
        return code

    def log(self) -> str:
        """Everything that it printed, over all starts."""
        return "".join(path.read_text() for path in self.output if path.exists())

    @property
    def address(self) -> str:
        """ "http://127.0.0.1:PORT" """
        return self._address

    def get(self, path: str) -> requests.Response:
        return requests.get(self._address + path, timeout=60)

    def passes(self) -> dict[str, dict[str, Any]]:
        """The newest pass of every CUBE."""
        return {finished["cube"]: finished for finished in self.get("/api/v1/passes").json()}

    def conditions(self, link: str) -> dict[str, dict[str, str]]:
        """The conditions of a link by type; empty while the daemon does not know the link."""
        found = next((entry for entry in self.get("/api/v1/links").json() if entry["name"] == link), None)
        return {condition["type"]: condition for condition in found["conditions"]} if found else {}

    def samples(self) -> Samples:
        """Every sample of /metrics, by name and labels."""
        families = text_string_to_metric_families(self.get("/metrics").text)
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}

    def sample(self, name: str, **labels: str) -> float | None:
        return self.samples().get((name, tuple(sorted(labels.items()))))

    def wait_ready(self, *links: str, revision: str = "") -> None:
        """Until every link is Ready, by a pass of `revision` where one is given."""

        def look() -> bool:
            known = {entry["name"]: entry for entry in self.get("/api/v1/links").json()}
            current = all(not revision or done["revision"] == revision for done in self.passes().values())
            return current and all(name in known and is_ready(known[name]) for name in links)

        try:
            wait_for("", look)
        except AssertionError:
            lines = [
                f"{link} {c['type']}={c['status']} {c['reason']}: {c['message']}"
                for link in links
                for c in self.conditions(link).values()
            ]
            raise AssertionError("\n".join(["not Ready in time", *lines, self.log()[-3000:]])) from None


def is_ready(link: Mapping[str, Any]) -> bool:
    return any(c["type"] == "Ready" and c["status"] == "True" for c in link["conditions"])


def assert_no_traceback(text: str, *, allowed: Sequence[str] = ()) -> None:
    assert "Traceback" not in text, text[-4000:]
