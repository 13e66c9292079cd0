"""What a CUBE tells of itself: its counters, its connections, calls, its clock."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from trunkline.model.observed import Connection, CubeFacts
from trunkline.views.metrics.family import Family, Sample

FAMILIES = (
    Family("trunkline_cube_info", "gauge", "1; what a CUBE runs", ("device", "release", "hostname")),
    Family(
        "trunkline_tls_handshake_failures_total",
        "counter",
        "Failed TLS handshakes that the CUBE counted, over its resets",
        ("device", "side"),
    ),
    Family(
        "trunkline_connection_failures_total",
        "counter",
        "Connections that the CUBE could not open, over its resets",
        ("device",),
    ),
    Family("trunkline_remote_closures_total", "counter", "Connections that the far end closed, over its resets", ("device",)),
    Family("trunkline_connections", "gauge", "SIP connections over TLS in the CUBE's table", ("device", "state")),
    Family("trunkline_active_call_legs", "gauge", "Call legs on the CUBE", ("device",)),
    Family("trunkline_clock_offset_seconds", "gauge", "The CUBE's clock minus the daemon's", ("device",)),
    Family(
        "trunkline_send_failures_total", "counter", "SIP messages that the CUBE could not send, over its resets", ("device",)
    ),
    Family(
        "trunkline_inactive_ageouts_total", "counter", "Idle connections that the CUBE closed, over its resets", ("device",)
    ),
    Family(
        "trunkline_peer_connections",
        "gauge",
        "SIP connections over TLS to one remote address, by what they agreed to; empty where a release does not tell",
        ("device", "remote", "state", "tls_version", "cipher", "curve", "tenant"),
    ),
    Family(
        "trunkline_dial_peer_up", "gauge", "1 while a dial-peer that a document states is operational", ("device", "dial_peer")
    ),
    Family(
        "trunkline_dial_peer_keepalive",
        "gauge",
        "1 while the OPTIONS keepalive of a dial-peer is answered, 0 while it is busied out; no series without a keepalive",
        ("device", "dial_peer"),
    ),
    Family("trunkline_clock_authoritative", "gauge", "1 while the CUBE trusts its own clock", ("device",)),
    Family(
        "trunkline_unsaved_since_timestamp_seconds",
        "gauge",
        "When the configuration was last changed without being saved since; no series while all is saved, or unknown",
        ("device",),
    ),
)

NOTES = (
    "`remote` is an address: of a CUBE the hundred with the most established connections; the others together are `other`.",
    "`dial_peer` is the tag of one that a document states; no series where the CUBE does not show its table to trunkline.",
    "`trunkline_clock_offset_seconds` of a CUBE is right to a second: that is what IOS prints.",
    "`trunkline_unsaved_since_timestamp_seconds` is by the CUBE's own clock. It has no series where the stamp names nobody,",
    "as after a reload, or names trunkline's own user since before this process: then it may be the stamp of an export,",
    "which changes nothing. Counters of a CUBE go on over `clear sip-ua statistics`, reloads and switch-overs to the other",
    "router of a pair: what that one had counted before is left out. It is told by its serial number; a switch-over between",
    "two processors of one chassis by their uptime, if that is shorter. What cannot be told: a clear after which more was",
    "counted than before, between two looks.",
    "",
)
"""For the page that lists the metrics."""
ESTABLISHED, OTHERS = "Established", "other"
MOST_REMOTES = 100  # of one CUBE, those with the most connections
COUNTERS = {
    "tls_client_handshake_failures": ("trunkline_tls_handshake_failures_total", ("client",)),
    "tls_server_handshake_failures": ("trunkline_tls_handshake_failures_total", ("server",)),
    "connection_failures": ("trunkline_connection_failures_total", ()),
    "remote_closures": ("trunkline_remote_closures_total", ()),
    "send_failures": ("trunkline_send_failures_total", ()),
    "inactive_ageouts": ("trunkline_inactive_ageouts_total", ()),
}


def of_counters(device: str, counters: Mapping[str, int]) -> Iterator[Sample]:
    for name, (family, labels) in COUNTERS.items():
        if name in counters:
            yield Sample(family, (device, *labels), float(counters[name]))


def of_facts(device: str, facts: CubeFacts, at: datetime) -> Iterator[Sample]:
    if facts.connections is not None:
        states = Counter({ESTABLISHED: 0})
        states.update(row.state for row in facts.connections)
        for state, count in sorted(states.items()):
            yield Sample("trunkline_connections", (device, state), float(count))
    if facts.active_call_legs is not None:
        yield Sample("trunkline_active_call_legs", (device,), float(facts.active_call_legs))
    yield Sample("trunkline_cube_info", (device, facts.release_text, facts.hostname), 1.0)
    if facts.clock is not None:
        yield Sample("trunkline_clock_authoritative", (device,), float(facts.clock_is_authoritative))
        yield Sample("trunkline_clock_offset_seconds", (device,), (facts.clock - at).total_seconds())
    if facts.unsaved_since is not None:
        yield Sample("trunkline_unsaved_since_timestamp_seconds", (device,), facts.unsaved_since.timestamp())
    yield from _peers(device, facts.connections or ())
    for tag, peer in sorted((facts.dial_peers or {}).items()):
        yield Sample("trunkline_dial_peer_up", (device, str(tag)), float(peer.is_up))
        if peer.keepalive:
            yield Sample("trunkline_dial_peer_keepalive", (device, str(tag)), float(peer.keepalive == "active"))


def _peers(device: str, connections: Iterable[Connection]) -> Iterator[Sample]:
    """By address, not by port: the far end's ports come and go. Whoever can reach the port makes series, but so many only."""
    rows = tuple(connections)
    well = Counter(one.remote_address for one in rows if one.state == ESTABLISHED)
    known = frozenset(sorted({one.remote_address for one in rows}, key=lambda one: (-well[one], one))[:MOST_REMOTES])
    agreed = Counter((one.remote_address if one.remote_address in known else OTHERS, *_agreed(one)) for one in rows)
    for labels, count in sorted(agreed.items()):
        yield Sample("trunkline_peer_connections", (device, *labels), float(count))


def _agreed(one: Connection) -> tuple[str, ...]:
    return one.state, one.tls_version or "", one.cipher or "", one.curve or "", one.tenant or ""
