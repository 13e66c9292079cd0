"""The demo, as `make demo` plays it, on addresses of the test's own."""

import shutil
from pathlib import Path

import pytest

from support.scene import EXAMPLES
from trunkline.cli.demo import run_demo


@pytest.mark.slow
def test_everything_is_seen(tmp_path: Path, octet: int, capfd: pytest.CaptureFixture[str]) -> None:
    documents = tmp_path / "desired-state"
    shutil.copytree(EXAMPLES, documents)
    for path in documents.rglob("*.yaml"):
        path.write_text(path.read_text().replace("127.72.", f"127.{octet}."))
    code = run_demo(tmp_path / ".lab", documents, keep=False, octet=octet)
    printed, complaints = capfd.readouterr()
    assert code == 0, printed
    assert complaints == ""
    assert "drift found: cube/vg-yohur dial-peer 100" in printed
    assert "drift found: cube/cube-busan tls-profile 10: `trustpoint busan-web` by jovalver at " in printed
    assert "1. The CUBE presents the certificate of another trustpoint [seen: wrong-trustpoint]" in " ".join(printed.split())
    assert printed.count('trunkline_connections{device="cube/cube-busan",state="Established"}') == 2
    assert "the figures of failed handshakes stand still" in printed
    assert "the next start finished it: 2 of 2" in printed


def test_what_is_not_seen_ends_in_one_line_and_exit_1(tmp_path: Path, octet: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Documents that already name other addresses than the lab's: the plan cannot be made."""
    documents = tmp_path / "desired-state"
    shutil.copytree(EXAMPLES, documents)
    for path in documents.rglob("*.yaml"):
        path.write_text(path.read_text().replace("127.72.86.86", f"127.{octet}.86.1"))
    assert run_demo(tmp_path / ".lab", documents, keep=False, octet=octet) == 1
    assert "✗ not seen: a plan with changes" in capfd.readouterr().out
