"""`diagnose`: from everything that was seen of one link to the causes of its failure in order. Pure."""

from collections.abc import Callable, Iterator, Sequence

from trunkline.loop.diagnosis import ranking, symptoms
from trunkline.loop.diagnosis.causes import BY_CODE
from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.looking import looked
from trunkline.loop.diagnosis.rules import agreeing, answering, calling, presenting, reaching, remaining, times, trust
from trunkline.model.cause import Certainty, Diagnosis, Finding, Health

Rule = Callable[[Evidence], Iterator[Finding]]
Elimination = Callable[[Evidence, Sequence[Far]], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    reaching.unreachable,
    reaching.node_down,
    reaching.service_down,
    times.cube_clock,
    times.node_clocks,
    times.dates,
    answering.listener,
    answering.bind,
    answering.trunk,
    answering.profile,
    answering.trusted,
    calling.never_applied,
    calling.dial_peers,
    calling.transports,
    calling.ports,
    calling.missing_nodes,
    presenting.own_identity,
    presenting.bound,
    presenting.served,
    presenting.usage,
    trust.of_cube,
    trust.of_nodes,
    agreeing.profile_names,
    agreeing.validated,
    agreeing.versions,
    agreeing.ciphers,
    remaining.proven,
)
"""One cause each, or a few that exclude one another, from what was read alone."""

ELIMINATIONS: tuple[Elimination, ...] = (
    reaching.blocked_cube,
    reaching.blocked_nodes,
    remaining.effect,
    remaining.revocation,
    remaining.met_on_the_way,
    remaining.busy,
    remaining.differs,
)
"""What may still be, for the nodes whose failure nothing explains."""


def diagnose(evidence: Evidence) -> Diagnosis:
    """Never raises for what devices show; what could not be read is told, and hides nothing else."""
    found = ranking.merged(finding for rule in RULES for finding in rule(evidence))
    found += _eliminated(evidence, found)
    ordered = ranking.ranked(ranking.merged(found), evidence)
    health = _health(evidence, ordered)
    return Diagnosis(
        evidence.link.name,
        evidence.link.cube,
        evidence.link.cluster,
        evidence.finished.revision,
        evidence.now,
        health,
        _summary(evidence, health, ordered),
        ordered,
        looked(evidence),
        evidence.link.origin,
    )


def _eliminated(evidence: Evidence, found: Sequence[Finding]) -> list[Finding]:
    known = ranking.explained(found, evidence)
    unread = [*reaching.node_unread(evidence), *remaining.rehearsed(evidence, known)]
    known |= {holder for one in unread for holder in one.holders if one.certainty < Certainty.POSSIBLE}
    nodes = [node for node in symptoms.troubled(evidence) if node.holder not in known]
    if not nodes or not (symptoms.pings(evidence) or symptoms.refusals(evidence)):
        return unread
    if known:  # something is known: what else may be is asked once that is cured
        return [*unread, *remaining.nothing(evidence, nodes)]
    made = [finding for rule in ELIMINATIONS for finding in rule(evidence, nodes)]
    return [*unread, *(made or remaining.nothing(evidence, nodes))]


def _health(evidence: Evidence, found: Sequence[Finding]) -> Health:
    health = symptoms.health(evidence)
    return Health.AT_RISK if health is Health.WELL and found else health


def _summary(evidence: Evidence, health: Health, found: Sequence[Finding]) -> str:
    """The first line: how the link stands, and the first cause."""
    cluster = evidence.link.cluster
    state = {
        Health.WELL: f"connected with every node of {cluster}",
        Health.AT_RISK: f"connected with every node of {cluster}, but",
        Health.PARTLY: _partly(evidence),
        Health.DOWN: f"no node of {cluster} is connected",
        Health.UNKNOWN: _unknown(evidence),
    }[health]
    if not found:
        return f"{state}; nothing was found" if health in (Health.WELL, Health.UNKNOWN) else f"{state}; why was not found"
    first, joint = found[0], " " if health is Health.AT_RISK else ": "
    sure = {Certainty.SEEN: "", Certainty.LIKELY: "probably ", Certainty.POSSIBLE: "perhaps "}[first.certainty]
    return f"{state}{joint}{sure}{BY_CODE[first.code].title}"


def _partly(evidence: Evidence) -> str:
    missing, count = symptoms.unconnected(evidence), len(evidence.nodes)
    if missing:
        return f"not connected with {', '.join(node.name for node in missing)}, {len(missing)} of {count} nodes"
    unanswered = symptoms.unanswered(evidence)
    if unanswered:
        return f"OPTIONS with {', '.join(node.name for node in unanswered)} are not answered"
    return f"the CUBE does not reach {', '.join(node.name for node in symptoms.unreached(evidence))}"


def _unknown(evidence: Evidence) -> str:
    if evidence.established is None:
        return "whether it is connected could not be read"
    return "no connection at the moment, and neither end sends OPTIONS: connections come and go with calls"
