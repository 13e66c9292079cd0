"""What does not work, before it is asked why: connections that are missing where they should be. Pure."""

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.reading import is_outbound, targets
from trunkline.model.cause import Health
from trunkline.model.event import Event, EventKind
from trunkline.model.key import Key, Kind
from trunkline.model.realtime import TrunkStatus

KEEPALIVE = "voice-class sip options-keepalive"
BAD = (TrunkStatus.UNREGISTERED, TrunkStatus.REJECTED)


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


def troubled(evidence: Evidence) -> tuple[Far, ...]:
    """The nodes with which something does not work."""
    bad = {*unconnected(evidence), *unanswered(evidence)}
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
