"""Whether the ends are there at all: devices that cannot be read, nodes and services that are down. Pure."""

from collections.abc import Iterator

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.handshake import Reason
from trunkline.model.observed import Gap, Observed

RUNS = ("", "Started")
UNREACHED = frozenset({Reason.REFUSED, Reason.UNREACHABLE, Reason.TIMEOUT})


def unreachable(evidence: Evidence) -> Iterator[Finding]:
    """A device of which nothing could be read: its error says why and what to do."""
    for code, holder in (("cube-unreachable", evidence.cube_holder), ("cluster-unreachable", evidence.cluster_holder)):
        whole = _whole_gap(evidence.finished.observed.get(holder))
        if whole:
            reason, _, cure = whole.reason.partition("; ")
            advice = cure or "see whether it is up, reachable from here, and lets trunkline in"
            yield found(code, [Sight(holder, reason)], [Cure(advice)], [holder], origin=evidence.link.origin)


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


def is_deaf(node: Far) -> bool | None:
    """Whether the probe could not connect to its SIP port; None: not looked at."""
    if node.look and node.look.reason:
        return node.look.reason in UNREACHED
    if node.look and node.look.is_success:
        return False
    if node.shown is None:
        return None
    return node.shown.certificate is None and node.shown.problem != ""


def problem_of(node: Far) -> str:
    return (node.look.problem if node.look else "") or (node.shown.problem if node.shown else "")


def service_down(evidence: Evidence) -> Iterator[Finding]:
    for node in evidence.nodes:
        status = node.facts.callmanager_status if node.facts else ""
        if status in RUNS:
            continue
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
