"""What a cluster tells of its nodes and of its SIP trunks while they run: RIS, PerfMon, service control."""

from collections.abc import Iterator
from datetime import datetime

from trunkline.model.observed import ClusterFacts, Node
from trunkline.model.realtime import RESPONSE_CLASSES, Realtime, TrunkStatus
from trunkline.views.metrics.family import Family, Sample, words

NODE, TRUNK = ("device", "node"), ("device", "node", "trunk")
FAMILIES = (
    Family("trunkline_node_up", "gauge", "1 while a node shows its certificates to trunkline", NODE),
    Family("trunkline_node_clock_offset_seconds", "gauge", "The clock of a node's web server minus the daemon's", NODE),
    Family(
        "trunkline_callmanager_up", "gauge", "1 while Cisco CallManager is started on a node, as service control says", NODE
    ),
    Family("trunkline_callmanager_start_timestamp_seconds", "gauge", "Since when Cisco CallManager runs on a node", NODE),
    Family(
        "trunkline_trunk_status",
        "gauge",
        "1 for the status that RIS gives a SIP trunk on a node, 0 for the others",
        (*TRUNK, "status"),
    ),
    Family("trunkline_tls_connected_trunks", "gauge", "SIP trunks that a node has connected over TLS", NODE),
    Family("trunkline_trunk_active_calls", "gauge", "Calls on a SIP trunk now", TRUNK),
    Family(
        "trunkline_trunk_calls_total", "counter", "Calls of a SIP trunk since its node's service started", (*TRUNK, "result")
    ),
    Family(
        "trunkline_node_sip_requests_total",
        "counter",
        "SIP requests of a node since its service started",
        (*NODE, "method", "direction"),
    ),
    Family(
        "trunkline_node_sip_responses_total",
        "counter",
        "SIP responses of a node since its service started",
        (*NODE, "class", "direction"),
    ),
    Family("trunkline_realtime_age_seconds", "gauge", "How old the oldest of what RIS and PerfMon told of a node is", NODE),
)
CALLS = {"CallsAttempted": "attempted", "CallsCompleted": "completed"}
REQUESTS = {
    "InviteIns": ("invite", "in"),
    "InviteOuts": ("invite", "out"),
    "OptionsIns": ("options", "in"),
    "OptionsOuts": ("options", "out"),
}
RESPONSES = {f"{name}{way}s": (of, way.lower()) for name, of in RESPONSE_CLASSES.items() for way in ("In", "Out")}
NOTES = (
    f"`status` of a trunk is one of {words(TrunkStatus)}; a trunk whose SIP profile has no OPTIONS ping is always `unknown`.",
    "Counters of a node begin anew when its service does, as those of any process do. A trunk or counter that a node did not",
    "tell has no series: the user may lack the right to ask ([rights.md](rights.md)), or the trunk does not run there.",
    "Of a node that tells no more, what it told last stays, and `trunkline_realtime_age_seconds` grows.",
    "What service control told counts for ten minutes at most; then `trunkline_callmanager_…` have no series.",
)


def of_facts(device: str, facts: ClusterFacts, at: datetime) -> Iterator[Sample]:
    """What a node never told has no series. `at` is when the cluster was observed."""
    for node in facts.nodes:
        yield from _of_node(device, node, at)
        told = facts.realtime.get(node.name)
        if told:
            yield from _of_realtime((device, node.name), told)


def ages(device: str, facts: ClusterFacts, now: datetime) -> Iterator[Sample]:
    """What was told long ago says how long."""
    for node, told in facts.realtime.items():
        yield Sample("trunkline_realtime_age_seconds", (device, node), max((now - told.at).total_seconds(), 0.0))


def _of_node(device: str, node: Node, at: datetime) -> Iterator[Sample]:
    labels = (device, node.name)
    yield Sample("trunkline_node_up", labels, float(node.is_reachable))
    if node.clock:
        yield Sample("trunkline_node_clock_offset_seconds", labels, (node.clock - at).total_seconds())
    if node.callmanager_status:
        yield Sample("trunkline_callmanager_up", labels, float(node.callmanager_status == "Started"))
    if node.callmanager_started_at:
        yield Sample("trunkline_callmanager_start_timestamp_seconds", labels, node.callmanager_started_at.timestamp())


def _of_realtime(labels: tuple[str, str], told: Realtime) -> Iterator[Sample]:
    for trunk, has in told.trunks.items():
        for status in TrunkStatus:
            yield Sample("trunkline_trunk_status", (*labels, trunk, status.value), float(has is status))
    for (kind, instance, name), value in told.counters.items():
        yield from _of_counter(labels, (kind, instance, name), float(value))


def _of_counter(labels: tuple[str, str], counter: tuple[str, str, str], value: float) -> Iterator[Sample]:
    kind, instance, name = counter
    if kind == "Cisco CallManager" and name == "TLSConnectedSIPTrunks":
        yield Sample("trunkline_tls_connected_trunks", labels, value)
    elif kind == "Cisco SIP" and name == "CallsActive":
        yield Sample("trunkline_trunk_active_calls", (*labels, instance), value)
    elif kind == "Cisco SIP" and name in CALLS:
        yield Sample("trunkline_trunk_calls_total", (*labels, instance, CALLS[name]), value)
    elif kind == "Cisco SIP Stack" and name in REQUESTS:
        yield Sample("trunkline_node_sip_requests_total", (*labels, *REQUESTS[name]), value)
    elif kind == "Cisco SIP Stack" and name in RESPONSES:
        yield Sample("trunkline_node_sip_responses_total", (*labels, *RESPONSES[name]), value)
