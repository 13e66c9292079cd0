"""The acts of the demo: each does something, waits until its effect is seen, and says so. Raises NotSeen if it is not."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from trunkline.cli.app import say
from trunkline.cli.demo.stage import NotSeen, Stage, wait_for
from trunkline.twin.cube.router import Router
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.spec import PERSON

LINKS = ("busan-seoul", "yohur-seoul")
SHOWN_IN_FULL = "sip-ua"
HEALED = re.compile(r" vg-yohur: applied, 1 steps: (cube/vg-yohur dial-peer 100\b.*)")
SLOW_SECONDS = 0.4
FOREIGN = "description fax server, owned by another team"


def show_plan(stage: Stage) -> None:
    """What would be sent; the whole of it goes to a file."""
    planned = stage.trunkline("plan")
    if planned.returncode != 1:
        raise NotSeen(f"a plan with changes (exit 1): exit {planned.returncode}: {planned.stderr.strip()}")
    (stage.directory / "plan.txt").write_text(planned.stdout)
    for line in _abridged(planned.stdout.splitlines()):
        say(f"    {line}")
    say(f"  every line that will be sent: {stage.directory / 'plan.txt'}")


def _abridged(lines: list[str]) -> Iterable[str]:
    """The headings of the steps; the lines of one kind of step as an example."""
    is_example = False
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if indent <= 2:
            is_example = f" {SHOWN_IN_FULL}" in line
            yield line
        elif is_example:
            yield line


def first_trunks(stage: Stage) -> None:
    """The daemon starts; both links become Ready, and fresh handshakes succeed in both directions."""
    stage.start_daemon()
    wait_until_ready(stage)
    prove(stage)


def wait_until_ready(stage: Stage, revision: str = "") -> None:
    """Every link Ready, by a pass of `revision` where one is given."""

    def look() -> bool | None:
        links, passes = stage.links(), stage.passes()
        is_current = not revision or all(finished["revision"] == revision for finished in passes)
        is_ready = all(links.get(name, {}).get("Ready") == "True" for name in LINKS)
        return True if is_ready and is_current and passes else None

    wait_for(f"links {' and '.join(LINKS)} Ready", look)
    say(f"  ✓ links {' and '.join(LINKS)} are Ready")


def prove(stage: Stage) -> None:
    """Handshakes of the lab's own, with each node, both ways, an OPTIONS answered over each."""
    for cube in stage.lab.cubes:
        results = stage.lab.handshakes(cube, "seoul")
        failed = [f"{way}: {result.reason}" for way, result in results if not result.is_ok]
        if failed:
            raise NotSeen(f"a handshake: {failed[0]}")
        first = results[0][1]
        say(f"  ✓ {cube}: {len(results)} of {len(results)} handshakes, both directions ({first.version}, {first.cipher})")


def change_by_commit(stage: Stage) -> None:
    """A change of git becomes a change of both ends; another commit leaves a CUBE to people."""
    stage.rewrite("links/yohur-seoul.yaml", 'destination_pattern: "1..."', 'destination_pattern: "1[0-4].."')
    stage.rewrite("links/yohur-seoul.yaml", "description: CUBE vg-yohur", "description: CUBE vg-yohur, 300 numbers")
    _committed(stage, "Yohur: only 1000 to 1499 go to Seoul")
    revision = leave_to_people(stage, "cube-busan")
    _expect_line(stage, "vg-yohur", " destination-pattern 1[0-4]..", count=3)
    say("  ✓ applied: destination-pattern 1[0-4].. in the dial-peers to all three nodes")
    wait_until_ready(stage, revision)


def leave_to_people(stage: Stage, cube: str) -> str:
    """trunkline may only watch that CUBE; returns the revision."""
    stage.rewrite(f"cubes/{cube}.yaml", "\nrelease:", "\nenforcement: observe\nrelease:")
    return _committed(stage, f"{cube}: people work on it, trunkline only watches")


def take_back(stage: Stage, cube: str) -> str:
    """trunkline may act on it again; returns the revision."""
    stage.rewrite(f"cubes/{cube}.yaml", "\nenforcement: observe\n", "\n")
    return _committed(stage, f"{cube}: trunkline looks after it again")


def _committed(stage: Stage, subject: str) -> str:
    revision = stage.commit(subject)
    say(f"  commit {revision[:10]}: {subject}")
    return revision


def change_behind_its_back(stage: Stage) -> None:
    """Somebody changes one line of trunkline's and one of their own."""
    router = stage.lab.cubes["vg-yohur"].router
    typed = (
        "dial-peer voice 100 voip",
        "session target ipv4:10.72.86.99:5061",
        "exit",
        "dial-peer voice 900 voip",
        "preference 7",
    )
    type_by_ssh(stage.lab, "vg-yohur", typed, user=PERSON[0])
    say(f"  {PERSON[0]} typed by SSH: session target ipv4:10.72.86.99:5061 into dial-peer 100, preference 7 into 900")

    found = wait_for("the drift of dial-peer 100, and nothing else", lambda: HEALED.search(stage.log.read_text()))
    say(f"  ✓ drift found: {found[1]}")
    _expect_line(stage, "vg-yohur", " session target ipv4:10.72.86.74:5061")
    say("  ✓ healed: session target ipv4:10.72.86.74:5061")
    if " preference 7" not in router.running_text() or f" {FOREIGN}" not in router.running_text():
        raise NotSeen("the foreign dial-peer 900 left alone")
    say("  ✓ dial-peer 900 belongs to another team and was left alone")
    wait_until_ready(stage)


def kill_and_come_back(stage: Stage) -> None:
    """SIGKILL in the middle of an apply; the next start finishes it."""
    busan = stage.lab.cubes["cube-busan"].router
    stage.rewrite("cubes/cube-busan.yaml", "  codec:\n", "  codec:\n    20: [g711alaw, g711ulaw]\n")
    stage.rewrite("links/busan-seoul.yaml", "codec_class: 10", "codec_class: 20")
    revision = _committed(stage, "Busan: A-law first")
    with _slow_after(busan, "voice class codec 20"):
        wait_for("the first step", lambda: "voice class codec 20" in busan.running_text() or None)
        stage.kill_daemon()
    changed = busan.running_text().count(" voice-class codec 20  ")
    if changed == 2:
        raise NotSeen("an apply that was cut short: the daemon had already done all of it")
    say(f"  daemon killed (SIGKILL): voice class codec 20 exists, {changed} of 2 dial-peers use it")
    stage.start_daemon()
    wait_until_ready(stage, revision)
    _expect_line(stage, "cube-busan", " voice-class codec 20  ", count=2)
    say("  ✓ the next start finished it: 2 of 2 dial-peers use voice class codec 20")
    prove(stage)


@contextmanager
def _slow_after(router: Router, line: str) -> Iterator[None]:
    """A router that takes its time once a line was entered: long enough to be interrupted in the middle."""

    def look() -> None:
        if line in router.text_lines():
            router.faults.seconds_per_command = SLOW_SECONDS

    router.hooks.append(look)
    try:
        yield
    finally:
        router.hooks.remove(look)
        router.faults.seconds_per_command = 0.0


def _expect_line(stage: Stage, cube: str, line: str, count: int = 1) -> None:
    router = stage.lab.cubes[cube].router

    def look() -> bool | None:
        return True if router.running_text().count(line) >= count else None

    wait_for(f"`{line.strip()}` in the running configuration of {cube}", look)
