"""Clocks, and certificates outside their dates: by our clock, and by the clock of whoever judges them. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.loop.diagnosis.finding import found, named, typed
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.certificate import Certificate

TOLERANCE = timedelta(minutes=5)
"""So much may lie between asking a clock and hearing its answer, with room to spare."""
RENEW_NODE = "renew it: Cisco Unified OS Administration, Certificate Management, CallManager; then restart Cisco CallManager"


def cube_clock(evidence: Evidence) -> Iterator[Finding]:
    facts, seen = evidence.cube_facts, evidence.cube
    if facts is None or seen is None or facts.clock is None:
        return
    sights = [Sight(evidence.cube_holder, f"its clock shows {_time(facts.clock)}, ours {_time(seen.at)}")]
    if not facts.clock_is_authoritative:
        sights.append(Sight(evidence.cube_holder, "`show clock` marks it as not authoritative: it has no time source"))
    judged = [node.identity.certificate for node in evidence.nodes if node.identity]
    server = "`show ntp status`, and give it a time server that answers, such as"
    cure = typed(server, evidence.cube_holder, "ntp server ADDRESS")
    yield from _clock("clock-cube", evidence, facts.clock - seen.at, sights, judged, cure)


def node_clocks(evidence: Evidence) -> Iterator[Finding]:
    for node in evidence.nodes:
        clock = node.facts.clock if node.facts else None
        if clock is None or evidence.cluster is None:
            continue
        sights = [Sight(node.holder, f"its clock shows {_time(clock)}, ours {_time(evidence.cluster.at)}")]
        judged = [evidence.own.certificate] if evidence.own else []
        cure = Cure(f"on {node.name}: `utils ntp status`, and mend its time server, which is the publisher for a subscriber")
        yield from _clock("clock-node", evidence, clock - evidence.cluster.at, sights, judged, cure)


def _clock(
    code: str,
    evidence: Evidence,
    error: timedelta,
    sights: list[Sight],
    judged: list[Certificate],
    cure: Cure,
) -> Iterator[Finding]:
    """A clock that makes a good certificate look bad is seen to be a cause; one that is only wrong may be one."""
    if abs(error) < TOLERANCE:
        return
    its_now = evidence.now + error
    misjudged = [one for one in judged if _problem(one, its_now) and not _problem(one, evidence.now)]
    by_it = (f"by it the certificate {named(one)} of the other end {_problem(one, its_now)}" for one in misjudged)
    certainty = Certainty.SEEN if misjudged else Certainty.POSSIBLE
    yield found(code, [*sights, *(Sight(sights[0].where, text) for text in by_it)], [cure], [sights[0].where], certainty)


def _problem(certificate: Certificate, at: datetime) -> str:
    if certificate.not_after <= at:
        return "has expired"
    return "is not valid yet" if certificate.not_before > at else ""


def dates(evidence: Evidence) -> Iterator[Finding]:
    """Certificates that are outside their dates by our clock, whatever the devices think."""
    if evidence.own:
        renew = Cure(f"issue a new one for trustpoint {evidence.own.holder}; with `identity.issuer` trunkline does it")
        holder, origin = evidence.cube_holder, evidence.link.origin
        for code, sight in _dates("cube", evidence.own.certificate, evidence.now, holder):
            yield found(code, [sight], [renew], [holder], origin=origin)
    for node in evidence.nodes:
        if node.identity:
            for code, sight in _dates("node", node.identity.certificate, evidence.now, node.holder):
                yield found(code, [sight], [Cure(f"{node.name}: {RENEW_NODE}")], [node.holder])


def _dates(end: str, certificate: Certificate, now: datetime, holder: str) -> Iterator[tuple[str, Sight]]:
    if certificate.not_after <= now:
        text = f"it presents {named(certificate)}, which ended {_time(certificate.not_after)}"
        yield f"expired-{end}", Sight(holder, text)
    elif certificate.not_before > now:
        text = f"it presents {named(certificate)}, which begins {_time(certificate.not_before)}"
        yield f"not-yet-valid-{end}", Sight(holder, text)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
