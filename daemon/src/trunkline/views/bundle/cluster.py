"""What the cluster shows: nodes, services, trust stores, and the objects of the trunk as stored. Pure."""

from collections.abc import Iterator

from trunkline.model.key import Kind
from trunkline.model.observed import ClusterFacts, Observed
from trunkline.views.bundle.material import Material
from trunkline.views.bundle.tables import gaps, moment, table
from trunkline.views.redaction.sifting import Sieve

OBJECTS = (Kind.SIP_TRUNK, Kind.SIP_SECURITY_PROFILE, Kind.SIP_PROFILE, Kind.ROUTE_PATTERN)


def summary(material: Material, sieve: Sieve) -> Iterator[str]:
    """Everything that was read. Fields whose name announces a secret go through the sieve here: alone they say nothing."""
    seen, facts = material.cluster, material.cluster_facts
    yield f"CUCM cluster {material.diagnosis.cluster}"
    yield from gaps(seen)
    if seen is None or facts is None:
        return
    yield f"  software   {facts.version}"
    yield f"  read at    {moment(seen.at)}, by trunkline's clock"
    yield from _nodes(facts)
    yield from _realtime(facts)
    yield from _objects(seen, sieve)
    yield from _stores(seen)


def _nodes(facts: ClusterFacts) -> Iterator[str]:
    yield ""
    yield "nodes; service: Cisco CallManager, by service control"
    rows = [
        (
            f"{node.name}{' (publisher)' if node.is_publisher else ''}",
            node.address,
            "yes" if node.is_reachable else "NO",
            moment(node.clock),
            node.callmanager_status or None,
            moment(node.callmanager_started_at),
        )
        for node in facts.nodes
    ]
    yield from table(("node", "address", "answers", "clock", "service", "running since"), rows)


def _realtime(facts: ClusterFacts) -> Iterator[str]:
    for name, told in sorted(facts.realtime.items()):
        yield ""
        yield f"{name}, while it runs: RIS and PerfMon at {moment(told.at)}"
        yield from table(
            ("SIP trunk", "status by RIS"), [(trunk, status.value) for trunk, status in sorted(told.trunks.items())]
        )
        rows = [("\\".join(part for part in counter if part), str(count)) for counter, count in sorted(told.counters.items())]
        yield from table(("PerfMon counter", "value"), rows)


def _objects(seen: Observed, sieve: Sieve) -> Iterator[str]:
    for kind in OBJECTS:
        for key, resource in sorted(seen.resources.items()):
            if key.kind is kind:
                yield ""
                yield f"{kind} {key.name}, as stored (fields of AXL that are not empty)"
                yield from (f"  {name} = {value}" for name, value in sorted(sieve.data(resource.settings).items()))


def _stores(seen: Observed) -> Iterator[str]:
    own = {one.holder: one.certificate for one in seen.identities}
    for node in sorted({*own, *seen.trusted}):
        yield ""
        presented = own.get(node)
        yield f"{node}: CallManager certificate {presented.sha256[:16] if presented else 'NOT READ'}, and CallManager-trust"
        rows = [(one.sha256[:16], one.subject, moment(one.not_after)) for one in seen.trusted.get(node, ())]
        yield from table(("SHA-256", "subject", "ends"), sorted(rows))
