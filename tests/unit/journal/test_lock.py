"""One process acts with one journal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.scene import ROOT
from trunkline.journal.engine import open_engine
from trunkline.journal.lock import exclusive
from trunkline.model.errors import Stalled

HOLDER = """
import sys, time
from trunkline.journal.engine import open_engine
from trunkline.journal.lock import exclusive
with exclusive(open_engine(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_told_which_one_holds_it_and_a_kill_frees_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "daemon" / "src")}
    words = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        with pytest.raises(Stalled, match=f"process {holder.pid} does; stop it"), exclusive(open_engine(url)):
            pass
        holder.kill()
        holder.wait()
    with exclusive(open_engine(url)):
        assert (tmp_path / "journal.db.lock").read_text() == str(os.getpid())


def test_it_is_free_again_afterwards(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    for _ in range(2):
        with exclusive(engine), pytest.raises(Stalled), exclusive(engine):
            pass


def test_a_journal_in_memory_needs_none() -> None:
    with exclusive(open_engine("sqlite://")):
        pass
