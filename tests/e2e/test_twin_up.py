"""`trunkline twin up` as a process: what it says, how it ends, and what a second one does."""

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.scene import ROOT

AT_OCTET = """
import sys
from dataclasses import replace
import trunkline.twin.lab.foreground as foreground
lab = replace(foreground.article_lab(), octet=int(sys.argv.pop(1)))
foreground.article_lab = lambda: lab
from trunkline.cli.main import main
sys.exit(main())
"""
"""The command line, with its lab moved to addresses that are this test's own."""
DEADLINE_SECONDS = 120


def start(octet: int, directory: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", AT_OCTET, str(octet), "twin", "up", "--directory", str(directory)]
    environment = {"PYTHONPATH": str(ROOT / "daemon" / "src"), "PATH": "/usr/bin:/bin", "COLUMNS": "80", "HOME": str(directory)}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=directory.parent
    )


def first_lines(process: subprocess.Popen[str]) -> list[str]:
    """What it prints until it waits."""
    assert process.stdout
    lines: list[str] = []
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        line = process.stdout.readline()
        lines.append(line.rstrip("\n"))
        if "Ctrl-C" in line or not line:
            return lines
    raise AssertionError(lines)


@pytest.fixture
def running(octet: int, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    process = start(octet, tmp_path / ".lab")
    try:
        yield process, first_lines(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_it_says_how_to_use_each_device(running: tuple[subprocess.Popen[str], list[str]], octet: int, tmp_path: Path) -> None:
    said = "\n".join(running[1])
    assert f". {tmp_path / '.lab' / 'lab.env'}" in said
    for name in ("vg-yohur", "cube-busan", "seoul"):
        assert re.search(rf"^{name} ", said, re.MULTILINE)
    assert f"  ssh -o UserKnownHostsFile={tmp_path / '.lab' / 'known_hosts'} -p 2222 jovalver@127.{octet}.86.86" in said
    assert f"openssl s_client -connect 127.{octet}.86.86:5061 -bind 127.{octet}.86.74:0 " in said
    assert said.count("  curl --cacert ") == 3
    assert ((tmp_path / ".lab" / "lab.env").stat().st_mode & 0o077) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(running: tuple[subprocess.Popen[str], list[str]], number: int) -> None:
    process, _ = running
    process.send_signal(number)
    out, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, error) == (0, "")
    assert out.strip() == "The lab is stopped."


def test_connections_that_are_open_end_with_it(running: tuple[subprocess.Popen[str], list[str]], octet: int) -> None:
    process, _ = running
    places = [(f"127.{octet}.86.86", 5061), (f"127.{octet}.86.86", 2222), (f"127.{octet}.86.74", 8443)]
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(place, DEADLINE_SECONDS)) for place in places]
        assert clients[1].recv(4) == b"SSH-"
        process.terminate()
        _, error = process.communicate(timeout=DEADLINE_SECONDS)
    assert (process.returncode, error) == (0, "")


@pytest.mark.parametrize("place", [".lab", "elsewhere"])
def test_a_second_one_ends_in_one_line_and_destroys_nothing(
    running: tuple[subprocess.Popen[str], list[str]], octet: int, tmp_path: Path, place: str
) -> None:
    process, _ = running
    before = {path: path.read_bytes() for path in (tmp_path / ".lab").iterdir()}
    second = start(octet, tmp_path / place)
    out, error = second.communicate(timeout=DEADLINE_SECONDS)
    assert second.returncode not in (0, None)
    assert out == ""
    assert len(error.strip().splitlines()) == 1
    assert error.startswith("trunkline: cannot start the lab")
    assert process.poll() is None
    assert {path: path.read_bytes() for path in (tmp_path / ".lab").iterdir()} == before


def test_a_lab_that_was_killed_holds_nothing(
    running: tuple[subprocess.Popen[str], list[str]], octet: int, tmp_path: Path
) -> None:
    process, _ = running
    process.kill()
    process.wait()
    again = start(octet, tmp_path / ".lab")
    try:
        assert first_lines(again)[-1] == "Ctrl-C stops it."
    finally:
        again.terminate()
        again.communicate(timeout=DEADLINE_SECONDS)
