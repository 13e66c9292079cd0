"""Servers that want to know who asks, and that must prove who they are.

Each case is a process of its own: libgit2 keeps whom it trusts for the whole process, and remembers it.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from support.git_servers import git_over_https, git_over_ssh
from support.repository import Repository
from support.scene import ROOT
from trunkline.source.place import GitPlace

FILES = {"estate.yaml": b"{}\n"}
CANARY = "canary-7f3a"
PROGRAM = """
import sys, json
from pathlib import Path
from trunkline.source.git import GitSource
from trunkline.source.place import GitPlace
stated = json.loads(sys.argv[1])
for name in ("ssh_key", "known_hosts", "ca"):
    stated[name] = Path(stated[name]) if stated[name] else None
try:
    print(GitSource(GitPlace(**stated), Path(sys.argv[2])).fetch().revision)
except Exception as error:
    print(error.__class__.__name__, error)
"""


def fetched(place: GitPlace, directory: Path) -> str:
    stated = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(place).items()}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(stated), str(directory / "cache")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "daemon" / "src"), "HOME": str(directory), "SSH_AUTH_SOCK": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return result.stdout.strip()


@pytest.fixture
def revision(tmp_path: Path) -> str:
    return Repository(tmp_path / "desired.git").commit(FILES)


def test_ssh_with_a_key_and_a_known_host(tmp_path: Path, revision: str, octet: int) -> None:
    with git_over_ssh(tmp_path, f"127.{octet}.0.8", passphrase=CANARY) as offer:
        url = f"{offer.url}/desired.git"
        right = GitPlace(url, folder="desired-state", ssh_key=offer.key, ssh_passphrase=CANARY, known_hosts=offer.known_hosts)
        assert fetched(right, tmp_path) == revision
        (tmp_path / "others").write_text("127.0.0.1 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZha2VmYWtlZmFrZWZha2VmYWtlZmFrZWZh\n")
        unknown = GitPlace(
            url, folder="desired-state", ssh_key=offer.key, ssh_passphrase=CANARY, known_hosts=tmp_path / "others"
        )
        message = fetched(unknown, tmp_path)
        assert message.startswith("AccessRefused cannot fetch ssh://127."), message
        assert "correct the credentials, source.ca or source.known_hosts" in message
        wrong = GitPlace(url, folder="desired-state", ssh_key=offer.key, ssh_passphrase="no", known_hosts=offer.known_hosts)
        message = fetched(wrong, tmp_path)
        assert message.startswith("AccessRefused"), message
        assert CANARY not in message


def test_https_with_a_password_and_a_ca(tmp_path: Path, revision: str) -> None:
    with git_over_https(tmp_path, f"robot:{CANARY}") as offer:
        url = f"{offer.url}/desired.git"
        right = GitPlace(url, folder="desired-state", username="robot", password=CANARY, ca=offer.ca)
        assert fetched(right, tmp_path) == revision
        inside = GitPlace(url.replace("https://", f"https://robot:{CANARY}@"), folder="desired-state", ca=offer.ca)
        assert fetched(inside, tmp_path / "other") == revision
        for place in (
            GitPlace(url, folder="desired-state", username="robot", password="no", ca=offer.ca),
            GitPlace(url, folder="desired-state", ca=offer.ca),
            GitPlace(url, folder="desired-state", username="robot", password=CANARY),
        ):
            message = fetched(place, tmp_path / "third")
            assert message.startswith(f"AccessRefused cannot fetch {url}: "), message
            assert CANARY not in message


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    place = GitPlace("https://git.example.invalid/x", ca=tmp_path / "none.pem")
    assert fetched(place, tmp_path) == f"Stalled cannot use source.ca {tmp_path}/none.pem: there is no such file; correct it"
