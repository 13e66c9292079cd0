"""The act of a broken trunk: what the metrics, the syslog and the diagnosis say of it, and how it is mended."""

import math
import time
from collections.abc import Iterator, Mapping
from itertools import takewhile

from trunkline.cli.app import say
from trunkline.cli.demo.acts import take_back, wait_until_ready
from trunkline.cli.demo.stage import NotSeen, Stage, wait_for
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.spec import PERSON

CUBE, CLUSTER, LINK, RIGHT, WRONG = "cube-busan", "seoul", "busan-seoul", "busan-sip", "busan-web"
FAILURES = tuple(
    f'trunkline_tls_handshake_failures_total{{device="cube/{CUBE}",side="{side}"}}' for side in ("client", "server")
)
CONNECTIONS = f'trunkline_connections{{device="cube/{CUBE}",state="Established"}}'
AGE = f'trunkline_observation_age_seconds{{device="cube/{CUBE}"}}'
CAUSE = ": wrong-trustpoint]"
NEW_CERTIFICATE = (
    f"crypto pki trustpoint {WRONG}",
    "enrollment selfsigned",
    f"fqdn {CUBE}.example.com",
    f"subject-name CN={CUBE}.example.com",
    "serial-number none",
    "ip-address none",
    "exit",
    f"crypto pki enroll {WRONG}",
    "yes",
)
BINDING = ("voice class tls-profile 10", f"trustpoint {WRONG}")

Figures = Mapping[str, float]


def break_and_explain(stage: Stage) -> None:
    """Broken by hand where trunkline only watches: measured, named and explained; then it may mend it, and all is quiet."""
    both_ways = 2 * len(stage.lab.clusters[CLUSTER].nodes)
    before = wait_for(f"{both_ways} connections in the metrics", lambda: _well(both_ways, _figures(stage)))
    _break(stage)
    broken = wait_for("failed handshakes of both sides in the metrics", lambda: _failing(before, _figures(stage)))
    _show(before, broken)
    _name(stage)
    _explain(stage)
    revision = take_back(stage, CUBE)
    wait_until_ready(stage, revision)
    _be_quiet(stage, both_ways)


def _break(stage: Stage) -> None:
    """A certificate made for something else is bound to the trunk; the connections made before are ended."""
    rows = stage.lab.cubes[CUBE].agent.rows
    endings = [f"do clear sip-ua tcp tls connection id {number}" for number in sorted(rows)]
    type_by_ssh(stage.lab, CUBE, (*NEW_CERTIFICATE, *BINDING, *endings), user=PERSON[0])
    say(f"  {PERSON[0]} typed by SSH: trustpoint {WRONG} into tls-profile 10 of {CUBE}, and cleared its connections")


def _figures(stage: Stage) -> Figures:
    """What a scrape shows of the handshakes and connections of the CUBE, by series."""
    shown = (line.rpartition(" ") for line in stage.scrape())
    return {series: float(value) for series, _, value in shown if series in (*FAILURES, CONNECTIONS, AGE)}


def _well(connections: int, now: Figures) -> Figures | None:
    return now if now.get(CONNECTIONS, 0.0) >= connections else None


def _failing(before: Figures, now: Figures) -> Figures | None:
    has_failed = all(now.get(series, 0.0) > before.get(series, 0.0) for series in FAILURES)
    return now if has_failed and now.get(CONNECTIONS) == 0 else None


def _show(before: Figures, now: Figures) -> None:
    for series in (*FAILURES, CONNECTIONS):
        say(f"    {series} {before.get(series, 0.0):.0f} → {now[series]:.0f}")


def _name(stage: Stage) -> None:
    """Who did it: the line that the CUBE sent, and the command that made the difference."""
    line, command = wait_for(f"what {PERSON[0]} typed, by syslog", lambda: _told(stage))
    say(f"  ✓ syslog: {line}")
    say(f"  ✓ drift found: cube/{CUBE} tls-profile 10: {command}")


def _told(stage: Stage) -> tuple[str, str] | None:
    of_cube = [finished for finished in stage.passes() if finished["cube"] == CUBE]
    typed = [one for finished in of_cube for one in finished["typed"]]
    lines = [str(one["line"]) for one in typed if one["kind"] == "configured" and one["user"] == PERSON[0]]
    differences = [d for finished in of_cube for change in finished["remaining"] for d in change["differences"]]
    commands = [str(one["typed"]) for one in differences if f"`trustpoint {WRONG}` by {PERSON[0]}" in one.get("typed", "")]
    return (lines[-1], commands[0]) if lines and commands else None


def _explain(stage: Stage) -> None:
    """The diagnosis, as far as its first cause; that must be the right one."""
    found = stage.trunkline("diagnose", LINK)
    lines = list(_first_cause(found.stdout.splitlines()))
    if found.returncode != 1 or CAUSE not in " ".join(" ".join(lines).split()):
        raise NotSeen(f"the right cause, named first: exit {found.returncode}: {' '.join(lines)}{found.stderr.strip()}")
    say(f"  trunkline diagnose {LINK}:")
    for line in lines:
        say(f"    {line}".rstrip())


def _first_cause(lines: list[str]) -> Iterator[str]:
    """The verdict, a blank line, the first cause."""
    rest = iter(lines)
    yield from takewhile(bool, rest)
    yield ""
    yield from takewhile(bool, rest)


def _be_quiet(stage: Stage, connections: int) -> None:
    """Every connection is back, and from one look at the CUBE to a later one no handshake failed."""
    if f" trustpoint {RIGHT}" not in stage.lab.cubes[CUBE].router.text_lines():
        raise NotSeen(f"trustpoint {RIGHT} in tls-profile 10 of {CUBE}")
    say(f"  ✓ healed: trustpoint {RIGHT}")
    counted, since = _figures(stage), time.monotonic()

    def look() -> Figures | None:
        nonlocal counted, since
        asked, now = time.monotonic(), _figures(stage)
        if any(now.get(series) != counted.get(series) for series in FAILURES):
            counted, since = now, time.monotonic()
        is_later_look = now.get(AGE, math.inf) < asked - since
        return _well(connections, now) if is_later_look else None

    quiet = wait_for(f"{connections} connections, and no more failures", look)
    say(f"    {CONNECTIONS} {quiet[CONNECTIONS]:.0f}")
    say("  ✓ the figures of failed handshakes stand still")
