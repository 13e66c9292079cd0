"""The act of the certificates: both ends of a trunk get new ones, while somebody tries the trunk ten times a second."""

import json
import re

from trunkline.cli.app import say
from trunkline.cli.demo.acts import prove, wait_until_ready
from trunkline.cli.demo.stage import NotSeen, Stage, wait_for
from trunkline.twin.cube.siptls.settings import signalling
from trunkline.twin.lab.trier import Trier, ways_between

CUBE, CLUSTER, BASE = "vg-yohur", "seoul", "sip-trunk-cert"
POLICY = """issuers:
  local: {kind: local, passphrase: env:TRUNKLINE_CA_PASSPHRASE}
renewal: {keep_hours: 0}
"""
"""An earlier certificate is kept for a day where nothing else is said; nobody waits for a demo that long."""
WAITING = re.compile(rf"trunkline approve {CLUSTER}/([\w.-]+)")


def renew_both_ends(stage: Stage) -> None:
    """From a commit to new certificates on the CUBE and on every node; each restart of a service is approved when asked for."""
    nodes = stage.lab.clusters[CLUSTER].nodes
    before = _presented(stage)
    made = stage.trunkline("ca", "init", "local", "--key", "ec")
    if made.returncode:
        raise NotSeen(f"a CA of its own: {made.stderr.strip()}")
    with Trier(stage.lab, ways_between(stage.lab, CUBE, CLUSTER)) as trier:
        revision = _commit(stage)
        approved = _approve_until_renewed(stage, before)
        wait_until_ready(stage, revision)
    tally = trier.tally
    for name, serial in _presented(stage).items():
        say(f"  ✓ {name} presents {serial[:12]}…, no longer {before[name][:12]}…")
    say(f"  restarts of Cisco CallManager that were asked for and approved: {', '.join(dict.fromkeys(approved))}")
    if tally.refusals:
        raise NotSeen(f"a renewal without a refused handshake: {len(tally.refusals)} refused, first {tally.refusals[0]}")
    if set(approved) != nodes.keys():
        raise NotSeen("a restart of every node")
    down = sum(tally.unavailable.values())
    stage.summary.append(f"while certificates were renewed: {tally.attempts} handshakes tried, 0 refused")
    say(f"  ✓ {tally.attempts} handshakes tried, 0 refused; {down} could not be tried while a node's service restarted")
    prove(stage)


def _commit(stage: Stage) -> str:
    for path, text in (("estate.yaml", POLICY), (f"clusters/{CLUSTER}.yaml", "certificates: {mode: managed, issuer: local}\n")):
        with (stage.repository / "desired-state" / path).open("a") as document:
            document.write(text)
    names = f"  trustpoint: {BASE}\n  issuer: local\n  names: [{CUBE}.example.com]\n"
    stage.rewrite(f"cubes/{CUBE}.yaml", f"  trustpoint: {BASE}\n", names)
    revision = stage.commit("Yohur and Seoul: trunkline renews the certificates")
    say(f"  commit {revision[:10]}: {stage.git('log', '-1', '--format=%s')}")
    return revision


def _presented(stage: Stage) -> dict[str, str]:
    """The serial number of what each end presents to newcomers."""
    nodes = stage.lab.clusters[CLUSTER].nodes
    found = {name: f"{node.served.certificate.serial_number:X}" for name, node in nodes.items()}
    own = stage.lab.cubes[CUBE].agent.presented(next(iter(nodes.values())).spec.address)
    return {CUBE: f"{own.serial_number:X}" if own else "", **found}


def _approve_until_renewed(stage: Stage, before: dict[str, str]) -> list[str]:
    """Act as the person on duty would; returns the nodes in their order."""
    approved: list[str] = []
    answered: set[tuple[str, str]] = set()

    def look() -> bool | None:
        for asked in sorted(_asked(stage) - answered):
            answered.add(asked)
            if stage.trunkline("approve", f"{CLUSTER}/{asked[0]}", "--reason", "demo").returncode == 0:
                approved.append(asked[0])
        is_new = all(serial != before[name] for name, serial in _presented(stage).items())
        return True if is_new and _is_alone(stage) else None

    wait_for("new certificates on both ends, and nothing left of the CUBE's earlier one", look)
    return approved


def _asked(stage: Stage) -> set[tuple[str, str]]:
    """Nodes whose restart waits for consent, and the moment at which a pass of the daemon said so."""
    return {(node, str(one["finished_at"])) for one in stage.passes() for node in WAITING.findall(json.dumps(one))}


def _is_alone(stage: Stage) -> bool:
    cube = stage.lab.cubes[CUBE]
    node = next(iter(stage.lab.clusters[CLUSTER].nodes.values()))
    meaning = signalling(cube.router.running, node.spec.address)
    held = [one.name for one in cube.store.trustpoints.values() if one.identity]
    return meaning is not None and held == [meaning.trustpoint] and len(cube.store.keys) == 1
