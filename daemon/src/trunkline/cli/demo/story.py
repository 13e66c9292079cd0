"""The order of the acts, and what is left at the end."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from trunkline.cli.app import CONSOLE, say
from trunkline.cli.demo import acts, health, renewal
from trunkline.cli.demo.stage import CA_PASSPHRASE, NotSeen, Stage
from trunkline.model.errors import Stalled
from trunkline.twin.lab.foreground import describe
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import article_lab, near_its_end, telling

QUICK = (("source_seconds: 60", "source_seconds: 5"), ("observe_seconds: 60", "observe_seconds: 5"))
SYSLOG_PORT = 5514

ACTS: tuple[tuple[str, Callable[[Stage], None]], ...] = (
    ("What trunkline would do (trunkline plan)", acts.show_plan),
    ("The daemon makes both ends so (trunkline run)", acts.first_trunks),
    ("A merge request changes a trunk", acts.change_by_commit),
    ("Somebody changes a CUBE by hand", acts.change_behind_its_back),
    ("Somebody breaks a trunk that trunkline may only watch", health.break_and_explain),
    ("The daemon is killed in the middle of an apply", acts.kill_and_come_back),
    ("Certificates near their end are renewed on both ends", renewal.renew_both_ends),
)


def run_demo(directory: Path, documents: Path, *, keep: bool, octet: int | None = None) -> int:
    """Exit code 0 only if everything was seen. Raises Stalled where the demo cannot be played here.

    `octet` moves the lab to other loopback addresses; the documents must name them.
    """
    started = time.monotonic()
    if not (documents / "estate.yaml").is_file():
        raise Stalled(f"cannot play the demo: {documents} holds no estate.yaml; run it where desired-state/ is")
    syslog = (f"127.{72 if octet is None else octet}.86.2", SYSLOG_PORT)
    lab_spec = replace(telling(near_its_end(article_lab(), renewal.CUBE), *syslog), octet=octet)
    with Lab(lab_spec, directory) as lab:
        stage = Stage(lab, directory / "demo", documents, syslog)
        try:
            _play(stage)
        except NotSeen as missing:
            say(f"\n✗ not seen: {missing}\n  the daemon's log: {stage.log}")
            return 1
        finally:
            if not keep:
                stage.stop_daemon()
        _where_to_look(stage, time.monotonic() - started, keep=keep)
        if keep:
            _until_interrupted(stage)
    return 0


def _play(stage: Stage) -> None:
    say("The lab runs: CUBEs vg-yohur (IOS 15.6, the article's) and cube-busan (IOS-XE 17.9), CUCM seoul (three nodes).")
    stage.prepare()
    for before, after in QUICK:
        stage.rewrite("estate.yaml", before, after)
    stage.commit("For the demo: look every 5 seconds")
    say(f"A git repository was made from {stage.documents}/ (revision {stage.git('rev-parse', 'HEAD')[:10]}).")
    for number, (title, act) in enumerate(ACTS, start=1):
        CONSOLE.print(f"\n[bold]{number}. {title}[/bold]")
        act(stage)


def _where_to_look(stage: Stage, seconds: float, *, keep: bool) -> None:
    CONSOLE.print(f"\n[bold]Everything was seen, in {seconds:.0f} s.[/bold]")
    for line in stage.summary:
        say(f"  {line}")
    say(f"  the daemon's log   {stage.log}")
    say(f"  the whole plan     {stage.directory / 'plan.txt'}")
    say(f"  the documents      {stage.repository / 'desired-state'}, {stage.git('rev-list', '--count', 'HEAD')} commits")
    if not keep:
        say("  `make demo KEEP=1` leaves everything running, to look around.")


def _command() -> str:
    """This program, as it can be typed here: nobody has the environment of `make` on their PATH."""
    called = Path(sys.argv[0])
    if shutil.which("trunkline") or called.name != "trunkline":
        return "trunkline"
    return os.path.relpath(called)


def _until_interrupted(stage: Stage) -> None:
    """Everything stays up until Ctrl-C."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    for line in describe(stage.lab):
        CONSOLE.print(line, markup=False, soft_wrap=True)
    settings = stage.directory / "trunkline.toml"
    say(f"\ntrunkline  {stage.address}/  {stage.address}/certificates  {stage.address}/metrics")
    secret = f"TRUNKLINE_CA_PASSPHRASE='{CA_PASSPHRASE}'"
    say(f"  . {stage.lab.directory / 'lab.env'}; export TRUNKLINE_SETTINGS={settings} {secret}")
    say(f"  {_command()} status; {_command()} why {health.LINK}; {_command()} diagnose {health.LINK}")
    say(f"  change {stage.repository / 'desired-state'} and commit, or type into a CUBE, and watch {stage.log}")
    say("\nCtrl-C stops it.")
    ended.wait()
    stage.stop_daemon()
