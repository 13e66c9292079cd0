"""What does not work, before it is asked why: connections that are missing where they should be. Pure."""

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.reading import is_outbound, targets
from trunkline.model.cause import Health
from trunkline.model.event import Event, EventKind
from trunkline.model.handshake import Reason
from trunkline.model.key import Key, Kind
from trunkline.model.realtime import TrunkStatus

KEEPALIVE = "voice-class sip options-keepalive"
BAD = (TrunkStatus.UNREGISTERED, TrunkStatus.REJECTED)
RUNS = ("", "Started")
"""Of the service Cisco CallManager; empty: not known."""
UNREACHED = frozenset({Reason.REFUSED, Reason.UNREACHABLE, Reason.TIMEOUT})
HANDSHAKES = ("tls_client_handshake_failures", "tls_server_handshake_failures")
UNOPENED = ("connection_failures",)
"""Counters of a CUBE, over all of its peers."""


def pings(evidence: Evidence) -> bool:
    """Whether either end keeps connections up by OPTIONS; otherwise they come and go with calls."""
    profile = evidence.resource(Key(evidence.cluster_holder, Kind.SIP_PROFILE, _sip_profile(evidence)))
    is_pinging = profile is not None and profile.settings.get("enableOutboundOptionsPing") == "true"
    shown = (evidence.resource(one.key) for one in evidence.dial_peers)
    return is_pinging or any(KEEPALIVE in one.settings for one in shown if one)


def _sip_profile(evidence: Evidence) -> str:
    return evidence.trunk.settings.get("sipProfileName", "") if evidence.trunk else ""


def unconnected(evidence: Evidence) -> tuple[Far, ...]:
    """The nodes that no connection is established with."""
    established = evidence.established
    return tuple(node for node in evidence.nodes if established is not None and node.address not in established)


def unanswered(evidence: Evidence) -> tuple[Far, ...]:
    """The nodes with which OPTIONS fail, as either end says, whatever is established."""
    return tuple(node for node in evidence.nodes if node.status in BAD or is_busy(evidence, node))


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


def runs(node: Far) -> bool:
    """Whether its service Cisco CallManager runs, as far as is known."""
    return node.facts is None or node.facts.callmanager_status in RUNS


def openers(evidence: Evidence, node: Far) -> frozenset[str]:
    """Who opened connections between the two, by holder: the CUBE, where the far port is one that dial-peers call."""
    rows = (evidence.cube_facts.connections if evidence.cube_facts else None) or ()
    shown = (evidence.resource(one.key) for one in evidence.dial_peers)
    ports = {port for one in shown if one for address, port in targets(one.settings, evidence) if address == node.address}
    return frozenset(
        evidence.cube_holder if str(row.remote_port) in ports else node.holder
        for row in rows
        if row.remote_address == node.address
    )


def unreached(evidence: Evidence) -> tuple[Far, ...]:
    """The nodes that run, and that neither the probe nor the CUBE opens a connection to, while others are reached.

    The probe alone says nothing: it calls from elsewhere. So the CUBE must have failed to open connections lately.
    """
    is_failing = evidence.risen(*UNOPENED) > 0 and any(is_deaf(node) is False for node in evidence.nodes)
    alone = (node for node in evidence.nodes if runs(node) and is_deaf(node))
    return tuple(node for node in alone if is_failing and evidence.cube_holder not in openers(evidence, node))


def troubled(evidence: Evidence) -> tuple[Far, ...]:
    """The nodes with which something does not work."""
    bad = {*unconnected(evidence), *unanswered(evidence), *unreached(evidence)}
    return tuple(node for node in evidence.nodes if node in bad)


def is_busy(evidence: Evidence, node: Far) -> bool:
    """Whether a dial-peer that calls this node alone is out of service for lack of answers to OPTIONS."""
    states = (evidence.cube_facts.dial_peers if evidence.cube_facts else None) or {}
    for stated in evidence.dial_peers:
        state, shown = states.get(int(stated.key.name)), evidence.resource(stated.key)
        if is_outbound(stated) and state and shown and state.keepalive == "busyout":
            called = {address for address, _ in targets(shown.settings, evidence)}
            if node.address in called:
                return True
    return False


def refusals(evidence: Evidence) -> tuple[Event, ...]:
    """Handshakes with this link's nodes that the CUBE logged as failed, newest last."""
    addresses = set(evidence.link.node_addresses)
    failed = (event for event in evidence.events_of(evidence.cube_holder) if event.kind is EventKind.HANDSHAKE_FAILED)
    return tuple(event for event in failed if not event.remote or event.remote.rpartition(":")[0].strip("[]") in addresses)


def health(evidence: Evidence) -> Health:
    """In one word; what was found is not asked here."""
    if evidence.established is None:
        return Health.UNKNOWN
    if not troubled(evidence):
        return Health.WELL
    if len(unconnected(evidence)) < len(evidence.nodes):
        return Health.PARTLY
    return Health.DOWN if pings(evidence) or refusals(evidence) else Health.UNKNOWN
