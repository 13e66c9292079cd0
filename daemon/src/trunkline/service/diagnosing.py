"""What a diagnosis is made from: a whole look at both ends and at the wire, and what the journal remembers. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from trunkline.desired.compile import compile_cube
from trunkline.desired.documents import Documents
from trunkline.desired.wishes import probe_places
from trunkline.health.probe import Place, probe
from trunkline.loop.diagnosis.diagnosing import diagnose
from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.model.cause import Diagnosis
from trunkline.model.desired import Desired, DesiredLink
from trunkline.model.errors import Stalled
from trunkline.model.key import cluster_target, cube_target, wire_target
from trunkline.model.observed import Shown, WireFacts
from trunkline.model.passes import Pass
from trunkline.service.reaching.kept import CLOCK
from trunkline.service.world import PassOptions, World

REMEMBERED = timedelta(hours=1)
"""How far back what devices logged is asked for."""


@dataclass(frozen=True)
class Examined:
    """A diagnosis with what it was made from."""

    diagnosis: Diagnosis
    evidence: Evidence


def examine(world: World, documents: Documents, revision: str, link: str) -> Examined:
    """Read both ends of a link whole, look at the wire, and name the causes. Raises Stalled for a link that is not there.

    It looks at the CUBE's port also where the daemon would wait: a handshake of the probe may count as failed there.
    """
    cube = cube_of(documents, link)
    before = _remembered(world, cube)
    finished = world.run_pass(documents, revision, cube, PassOptions(is_full=True, is_dry=True))
    finished = _with_cube_on_wire(documents, finished)
    desired = compile_cube(documents, revision, cube, finished.observed, finished.standings)
    stated = next(one for one in desired.links if one.name == link)
    evidence = _evidence(world, stated, desired, finished, before)
    return Examined(diagnose(evidence), evidence)


def cube_of(documents: Documents, link: str) -> str:
    """The CUBE of a link. Raises Stalled, naming the links that there are."""
    placed = documents.links.get(link)
    if placed is None:
        there = ", ".join(sorted(documents.links)) or "none"
        raise Stalled(f"cannot diagnose {link}: there is no document links/{link}.yaml; the links are {there}")
    if placed.value.cluster not in documents.clusters:
        raise Stalled(f"cannot diagnose {link}: there is no document clusters/{placed.value.cluster}.yaml; write it")
    return placed.value.cube


def _evidence(
    world: World, link: DesiredLink, desired: Desired, finished: Pass, before: tuple[Mapping[str, int], datetime | None]
) -> Evidence:
    now = CLOCK.now()
    events = world.journal.events((cube_target(link.cube), cluster_target(link.cluster)), now - REMEMBERED)
    return Evidence(link, desired, finished, now, events, *before, world.journal.owed(link.cube))


def _remembered(world: World, cube: str) -> tuple[Mapping[str, int], datetime | None]:
    """The counters of a CUBE as its newest pass read them: a difference says what happens now, a total does not."""
    for recorded in world.journal.summaries(cube=cube):
        seen = recorded["targets"].get(cube_target(cube))
        if seen and seen["facts"]:
            counters = {name: count for name, count in seen["facts"]["counters"].items() if isinstance(count, int)}
            return counters, datetime.fromisoformat(seen["at"])
    return {}, None


def _with_cube_on_wire(documents: Documents, finished: Pass) -> Pass:
    """A pass does not look at a CUBE that is only watched and would turn it away; a diagnosis does."""
    target, holder = wire_target(finished.cube), cube_target(finished.cube)
    seen = finished.observed.get(target)
    facts = seen.facts if seen else None
    place = probe_places(documents, finished.cube).get(holder)
    if seen is None or place is None or not isinstance(facts, WireFacts) or holder in facts.looks:
        return finished
    looked, before, now = probe(Place(*place)), facts.shown.get(holder), CLOCK.now()
    if before and looked.is_refusal and not looked.chain:  # it was not looked at for a reason, which explains this
        looked = replace(looked, problem=before.problem)
    shown = Shown(looked.chain[0] if looked.chain else None, now, looked.problem, looked.chain)
    looks = {**facts.looks, holder: looked.look(now)}
    made = replace(facts, shown={**facts.shown, holder: shown}, looks=looks)
    return replace(finished, observed={**finished.observed, target: replace(seen, facts=made)})
