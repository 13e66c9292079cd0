"""What was looked at, and how old it is: a diagnosis says what it was made from. Pure."""

from collections.abc import Iterator

from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.model.cause import Looked
from trunkline.model.key import wire_target
from trunkline.model.observed import Observed


def looked(evidence: Evidence) -> tuple[Looked, ...]:
    return tuple(_looked(evidence))


def _looked(evidence: Evidence) -> Iterator[Looked]:
    observed = evidence.finished.observed
    for target, what in (
        (evidence.cube_holder, "configuration, trustpoints, connections, clock"),
        (evidence.cluster_holder, "objects, certificates, trust, services"),
    ):
        yield _of_device(f"{target}: {what}", observed.get(target))
    yield from _wire(evidence)
    yield from _realtime(evidence)
    newest = max((event.at for event in evidence.events), default=None)
    yield Looked("syslog of both ends", newest, f"{len(evidence.events)} lines" if evidence.events else "none was received")
    if evidence.rehearsed:
        yield Looked(
            "handshakes in memory", evidence.now, f"{len(evidence.rehearsed)} tried with these certificates and settings"
        )
    if evidence.counted_at:
        yield Looked("counters of the CUBE as they were before", evidence.counted_at)


def _of_device(what: str, seen: Observed | None) -> Looked:
    if seen is None or not seen.is_readable:
        return Looked(what, None, "could not be read")
    gaps = f"{len(seen.gaps)} parts could not be read" if seen.gaps else ""
    return Looked(what, seen.at, gaps)


def _wire(evidence: Evidence) -> Iterator[Looked]:
    if wire_target(evidence.link.cube) not in evidence.finished.observed:
        return
    for holder in (evidence.cube_holder, *(node.holder for node in evidence.nodes)):
        look, shown = evidence.wire.looks.get(holder), evidence.wire.shown.get(holder)
        if look:
            told = "it answered" if look.is_success else look.problem
            if look.is_success is None and shown and shown.certificate:
                told = "what it presents was seen; we had no certificate of our own to go on with"
            yield Looked(f"{holder}: on the wire", look.at, told)
        elif shown:
            yield Looked(f"{holder}: on the wire", shown.at if shown.certificate else None, shown.problem)


def _realtime(evidence: Evidence) -> Iterator[Looked]:
    facts = evidence.cluster_facts
    for node in evidence.nodes:
        told = facts.realtime.get(node.name) if facts else None
        if told:
            yield Looked(f"{node.holder}: state of the trunk", told.at, str(node.status or "not told"))
