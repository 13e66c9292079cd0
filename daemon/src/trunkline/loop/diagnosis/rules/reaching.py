"""Whether the ends are there at all: devices that cannot be read, nodes and services that are down, closed ways. Pure."""

from collections.abc import Iterator, Sequence

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, typed
from trunkline.loop.diagnosis.reading import listens_at
from trunkline.loop.diagnosis.symptoms import (
    BAD,
    HANDSHAKES,
    UNOPENED,
    UNREACHED,
    is_deaf,
    openers,
    problem_of,
    runs,
    unconnected,
)
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.observed import Gap, Observed

SEE = "see whether it is up, reachable from here, and lets trunkline run its commands: docs/reference/rights.md"


def unreachable(evidence: Evidence) -> Iterator[Finding]:
    """A device of which nothing could be read: its error says why and what to do."""
    for code, holder in (("cube-unreachable", evidence.cube_holder), ("cluster-unreachable", evidence.cluster_holder)):
        whole = _whole_gap(evidence.finished.observed.get(holder))
        if whole:
            reason, _, cure = whole.reason.partition("; ")
            shown = f": `{whole.evidence}`" if whole.evidence else ""
            yield found(code, [Sight(holder, f"{reason}{shown}")], [Cure(cure or SEE)], [holder], origin=evidence.link.origin)


def _whole_gap(seen: Observed | None) -> Gap | None:
    return next((gap for gap in seen.gaps if gap.kind is None), None) if seen else None


def node_down(evidence: Evidence) -> Iterator[Finding]:
    """Neither its certificate API nor its SIP port answers: the machine or its network is gone."""
    for node in evidence.nodes:
        gap = _gap_of(evidence, node)
        is_unheard = is_deaf(node)
        if not gap or gap.code != "device_unreachable" or is_unheard is False:
            continue
        seen = [Sight(node.holder, gap.reason.partition("; ")[0])]
        if is_unheard:
            seen.append(Sight(node.holder, problem_of(node)))
        cure = Cure(f"bring {node.name} up, or its network; the other nodes carry calls meanwhile")
        certainty = Certainty.SEEN if is_unheard else Certainty.LIKELY
        yield found("node-down", seen, [cure], [node.holder], certainty)


def _gap_of(evidence: Evidence, node: Far) -> Gap | None:
    gaps = evidence.cluster.gaps if evidence.cluster else ()
    return next((gap for gap in gaps if gap.name == f"{node.name}/"), None)


def service_down(evidence: Evidence) -> Iterator[Finding]:
    for node in evidence.nodes:
        if node.facts is None or runs(node):
            continue
        status = node.facts.callmanager_status
        seen = [Sight(node.holder, f"the service Cisco CallManager is {status}")]
        if is_deaf(node):
            seen.append(Sight(node.holder, problem_of(node)))
        start = f"start the service Cisco CallManager on {node.name}: Cisco Unified Serviceability, Tools, Control Center"
        yield found("service-down", seen, [Cure(start)], [node.holder])


def node_unread(evidence: Evidence) -> Iterator[Finding]:
    """A node whose certificates could not be read, for another reason than that it is down."""
    for node in evidence.nodes:
        gap = _gap_of(evidence, node)
        if gap:
            reason, _, cure = gap.reason.partition("; ")
            advice = cure or "read them by hand: Cisco Unified OS Administration, Security, Certificate Management"
            yield found("node-unread", [Sight(node.holder, reason)], [Cure(advice)], [node.holder], Certainty.POSSIBLE)


def blocked_cube(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """It listens, and neither the probe nor the nodes come through: something between them turns connections away."""
    there, look, holder = listens_at(evidence), evidence.wire.looks.get(evidence.cube_holder), evidence.cube_holder
    unregistered = [node for node in nodes if node.status in BAD]
    is_entered = any(node.holder in openers(evidence, node) for node in evidence.nodes)
    if not there or look is None or look.reason not in UNREACHED or not unregistered or is_entered:
        return
    shown = ", ".join(f"{address}:{port}" for address, port in there)
    sights = [
        Sight(holder, f"it listens on {shown}"),
        Sight(holder, f"from here: {look.problem}"),
        *(Sight(node.holder, "its OPTIONS to the CUBE are not answered") for node in unregistered),
    ]
    cure = Cure(
        f"see what stands before {shown}: access lists of its interface, firewalls; `show ip access-lists` counts", holder
    )
    yield found("path-blocked", sights, [cure], [holder], Certainty.LIKELY)


def blocked_nodes(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """Some nodes are not reached by TCP, and others are: no setting of the trunk makes that difference."""
    failed, handshakes = evidence.risen(*UNOPENED), evidence.risen(*HANDSHAKES)
    missing = unconnected(evidence)
    is_every_one = all(is_deaf(node) is not False for node in evidence.nodes) or len(missing) == len(evidence.nodes)
    for node in nodes if not is_every_one else ():
        is_unopened = bool(failed) and not handshakes and node in missing
        if not runs(node) or not (is_deaf(node) or is_unopened):
            continue
        sights = (
            [Sight(node.holder, "its service Cisco CallManager runs")] if node.facts and node.facts.callmanager_status else []
        )
        sights += [Sight(node.holder, f"from here: {problem_of(node)}")] if is_deaf(node) else []
        if failed:
            text = f"its counter of failed connections, to whomever, rose by {failed} since the last pass"
            sights.append(Sight(evidence.cube_holder, text if handshakes else f"{text}, that of failed handshakes did not"))
        yield found("path-blocked", sights, _reached(evidence, node), [node.holder], Certainty.LIKELY)


def _reached(evidence: Evidence, node: Far) -> Iterator[Cure]:
    yield Cure(f"see whether {node.name} speaks SIP at {node.address}, as clusters/{evidence.link.cluster}.yaml says")
    text = (
        "then what stands between: access lists, firewalls, routes; from the CUBE, with its signalling interface as the source"
    )
    port = evidence.profile.settings.get("incomingPort", "5061") if evidence.profile else "5061"
    yield typed(text, evidence.cube_holder, f"telnet {node.address} {port} /source-interface INTERFACE")
