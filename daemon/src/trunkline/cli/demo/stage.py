"""What the demo plays on: a lab, a git repository with the documents, and the daemon as a process of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests

from trunkline.cli.app import CONSOLE
from trunkline.model.errors import Stalled
from trunkline.twin.lab.lab import Lab

T = TypeVar("T")
PATIENCE_SECONDS = 120.0
LOOK_AGAIN_SECONDS = 0.1
INDENT_COLUMNS = 4
CA_PASSPHRASE = "correct horse battery staple"  # noqa: S105 - of a CA that lives as long as the demo
ADDRESS = re.compile(r"http://[\d.]+:\d+")


class NotSeen(Exception):  # noqa: N818 - says what did not happen
    """Something that the demo waits for did not happen."""


def wait_for(what: str, look: Callable[[], T | None], patience_seconds: float = PATIENCE_SECONDS) -> T:
    """The first thing that `look` returns which is not None. Raises NotSeen naming what was waited for."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(LOOK_AGAIN_SECONDS)
    raise NotSeen(f"{what}: not seen within {patience_seconds:.0f} s")


@dataclass
class Stage:
    """The lab runs; `directory` holds the repository, the settings, the daemon's state and its log."""

    lab: Lab
    directory: Path
    documents: Path  # the folder that the repository is made from
    syslog: tuple[str, int]  # where the CUBEs of the lab send theirs
    summary: list[str] = field(default_factory=list)  # told once more at the end
    _daemon: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def repository(self) -> Path:
        return self.directory / "repository"

    @property
    def log(self) -> Path:
        return self.directory / "daemon.log"

    def prepare(self) -> str:
        """An empty directory, a repository with one commit, settings; returns the revision."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.repository.mkdir(parents=True)
        shutil.copytree(self.documents, self.repository / "desired-state")
        state, secrets = (self.directory / "state").resolve(), self.lab.directory.resolve().parent
        settings = [f'state_directory = "{state}"', f'secrets_directory = "{secrets}"']
        settings += ["[source]", f'url = "{self.repository.resolve()}"', "[http]", "port = 0"]
        settings += ["[syslog]", f'host = "{self.syslog[0]}"', f"port = {self.syslog[1]}"]
        (self.directory / "trunkline.toml").write_text("\n".join(settings) + "\n")
        self.git("init", "--quiet", "--initial-branch=main")
        return self.commit("Two trunks between CUBEs and the Seoul cluster")

    def git(self, *words: str) -> str:
        """A git command in the repository; what it printed. Raises Stalled where git is missing or refuses."""
        identity = ("-c", "user.name=Voice Team", "-c", "user.email=voice@example.com", "-c", "commit.gpgsign=false")
        try:
            done = subprocess.run(
                ["git", *identity, *words],  # noqa: S607 - git is wherever this machine has it
                cwd=self.repository,
                capture_output=True,
                text=True,
                check=True,
            )
        except FileNotFoundError as error:
            raise Stalled("cannot make the demo's repository: git is not installed; install it") from error
        except subprocess.CalledProcessError as error:
            raise Stalled(f"cannot run git {words[0]} in {self.repository}: {error.stderr.strip()}; mend git") from error
        return done.stdout.strip()

    def rewrite(self, path: str, before: str, after: str) -> None:
        """Replace a text in a document of the repository. Raises Stalled where the text is not there."""
        file = self.repository / "desired-state" / path
        text = file.read_text()
        if before not in text:
            raise Stalled(f"cannot play the demo with {self.documents}: {path} does not say {before!r}; use the examples")
        file.write_text(text.replace(before, after))

    def commit(self, subject: str) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", subject)
        return self.git("rev-parse", "HEAD")

    def _environment(self) -> dict[str, str]:
        width_columns = str(CONSOLE.width - INDENT_COLUMNS)  # what commands print is shown within what the demo prints
        return {**os.environ, **self.lab.environment(), "TRUNKLINE_CA_PASSPHRASE": CA_PASSPHRASE, "COLUMNS": width_columns}

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "trunkline", *words, "--settings", str(self.directory / "trunkline.toml")]

    def trunkline(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of trunkline, ended."""
        return subprocess.run(self._command(*words), env=self._environment(), capture_output=True, text=True, check=False)

    def start_daemon(self) -> None:
        """`trunkline run`; its log goes on in the same file."""
        with self.log.open("ab") as log:
            self._daemon = subprocess.Popen(
                self._command("run"), env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        wait_for("the daemon's address", self._address_if_alive)

    def _address_if_alive(self) -> str | None:
        if self._daemon and self._daemon.poll() is not None:
            raise NotSeen(f"the daemon ended by itself; its last words: {self.log.read_text().splitlines()[-1:]}")
        return self.address

    @property
    def address(self) -> str | None:
        """Where the daemon that runs now serves HTTP; the last address in its log that answers."""
        found = ADDRESS.findall(self.log.read_text()) if self.log.exists() else []
        return found[-1] if found and self.get(found[-1], "/healthz") else None

    def get(self, address: str, path: str) -> Any:
        """What the daemon answers as JSON; None while it does not."""
        try:
            answer = requests.get(f"{address}{path}", timeout=10)
            return answer.json() if answer.ok else None
        except (requests.RequestException, ValueError):
            return None

    def scrape(self) -> list[str]:
        """The lines of /metrics, as Prometheus gets them. Raises NotSeen where the daemon does not answer."""
        try:
            answer = requests.get(f"{self.address}/metrics", timeout=10)
            answer.raise_for_status()
        except requests.RequestException as error:
            raise NotSeen(f"a scrape of {self.address}/metrics: {error}") from error
        return answer.text.splitlines()

    def links(self) -> dict[str, dict[str, str]]:
        """The status of every condition of every link; empty while the daemon does not answer."""
        address = self.address
        found = (self.get(address, "/api/v1/links") if address else None) or []
        return {link["name"]: {c["type"]: c["status"] for c in link["conditions"]} for link in found}

    def passes(self) -> list[dict[str, Any]]:
        address = self.address
        return (self.get(address, "/api/v1/passes") if address else None) or []

    def kill_daemon(self) -> None:
        """No chance to tidy up: SIGKILL."""
        self._signal(signal.SIGKILL)

    def stop_daemon(self) -> int:
        """As a service manager does it; the exit code."""
        return self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> int:
        if self._daemon is None:
            return 0
        self._daemon.send_signal(number)
        code = self._daemon.wait(PATIENCE_SECONDS)
        self._daemon = None
        return code
