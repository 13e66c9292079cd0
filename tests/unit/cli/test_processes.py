"""Commands as processes, with devices that nobody can reach: what a person sees when things are not as they should be."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.examples import examples
from support.repository import Repository
from support.scene import EXAMPLES, ROOT
from support.waiting import eventually

SECRETS = {f"TRUNKLINE_LAB_{name}": f"canary-{name}" for name in ("CUBE_USER", "CUBE_PASSWORD", "CUBE_ENABLE", "AXL_USER")}
SECRETS |= {f"TRUNKLINE_LAB_{name}": f"canary-{name}" for name in ("AXL_PASSWORD", "PLATFORM_USER", "PLATFORM_PASSWORD")}

CURE = "correct http.host and http.port"


class Desk:
    """A directory with settings and a repository."""

    def __init__(self, directory: Path, octet: int) -> None:
        self.directory = directory
        self.repository = Repository(directory / "desired.git")
        self.files = {path: text.replace(b"127.72.", f"127.{octet}.".encode()) for path, text in examples().items()}
        (directory / ".lab").mkdir()
        for name in ("vg-yohur.host-key", "cube-busan.host-key"):
            (directory / ".lab" / name).write_text(
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL1lZDI1NTE5AAAAIL1lZDI1NTE5AAAAIL1lZDI1"
            )
        (directory / ".lab" / "seoul-ca.pem").write_text("no certificate")
        self.settings(0)

    def settings(self, port: int) -> None:
        (self.directory / "trunkline.toml").write_text(f'[source]\nurl = "{self.repository.path}"\n[http]\nport = {port}\n')

    def start(self, *words: str) -> subprocess.Popen[str]:
        path = str(ROOT / "daemon" / "src")
        return subprocess.Popen(
            [sys.executable, "-m", "trunkline", *words],
            cwd=self.directory,
            env={**os.environ, **SECRETS, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "COLUMNS": "300"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        output, _ = process.communicate(timeout=120)
        assert "Traceback" not in output
        assert "canary" not in output
        return process.returncode, output


@pytest.fixture
def desk(tmp_path: Path, octet: int) -> Desk:
    return Desk(tmp_path, octet)


@pytest.fixture
def daemon(desk: Desk) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A daemon that runs, and its address."""
    process = desk.start("run")
    assert process.stdout
    found = None
    while found is None:
        line = process.stdout.readline()
        assert line, "it ended"
        found = re.search(r"http://\S+:\d+", line)
    yield process, found[0]
    if process.poll() is None:
        process.kill()
        process.communicate()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_daemon_that_reaches_nothing_serves_says_so_keeps_others_out_and_ends_at_once(
    desk: Desk, daemon: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = daemon
    assert get(f"{url}/healthz")[0] == 200
    status, text = get(f"{url}/readyz")
    assert status == 503
    assert "cannot find branch main" in text
    revision = desk.repository.commit(desk.files)
    code, output = desk.run("apply")
    assert code == 2
    assert f"process {process.pid} does; stop it" in output
    code, output = desk.run("run")
    assert code == 2
    assert "cannot change devices with this journal" in output
    code, output = desk.run("status", "--format", "json")
    assert code == 1
    assert re.fullmatch(r"git is not followed since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: cannot find branch main.*\n\[\]\n", output)
    assert revision
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "Traceback" not in output


@pytest.mark.parametrize("words", [("status",), ("certificates",), ("why", "yohur-seoul")])
def test_what_only_reads_leaves_nothing_behind(desk: Desk, words: tuple[str, ...]) -> None:
    code, output = desk.run(*words)
    assert "no pass " in output
    assert code == (2 if words[0] == "why" else 0)
    assert not (desk.directory / ".trunkline").exists()


@pytest.mark.parametrize("seen", ["typer", "pydantic"])
def test_an_interrupt_while_everything_is_imported_is_no_traceback(desk: Desk, seen: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would its children
    command = [sys.executable, "-X", "importtime", "-m", "trunkline", "explain", "-"]
    process = subprocess.Popen(
        command, cwd=desk.directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert any(line.rpartition("|")[2].strip().startswith(f"{seen}.") for line in process.stderr), "it ended"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    # A module in C that was being imported may make Python end by the signal itself; a shell tells both as 130.
    assert process.returncode in (130, -signal.SIGINT)
    assert "Traceback" not in told


def test_devices_that_cannot_be_reached_are_errors_not_absence(desk: Desk) -> None:
    desk.repository.commit(desk.files)
    code, output = desk.run("plan")
    assert code == 2
    assert "vg-yohur: " in output
    assert "cannot " in output
    code, output = desk.run("apply", "--cube", "nobody")
    assert code == 2
    assert "cannot plan for nobody: there is no such document in cubes/; there are cube-busan, vg-yohur" in output


def test_a_port_that_is_taken_is_one_line(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        desk.settings(port)
        code, output = desk.run("run")
    assert code == 2
    assert (
        output
        == f"trunkline: cannot listen on 127.0.0.1 port {port}: Address already in use; correct http.host and http.port\n"
    )


def test_ctrl_c_is_not_a_traceback(desk: Desk, daemon: tuple[subprocess.Popen[str], str]) -> None:
    desk.repository.commit(desk.files)
    process, url = daemon
    eventually(lambda: get(f"{url}/healthz")[0] == 200)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "finishing the step at hand" in output
    assert "Traceback" not in output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_is_full_ends_in_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-m", "trunkline", "check", str(EXAMPLES)]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.startswith("trunkline: cannot write the answer on standard output: ")
    assert len(done.stderr.splitlines()) == 1
