"""Who calls whom, and who listens: dial-peers of the CUBE against the nodes and the port of the profile. Pure."""

import re
from collections.abc import Iterator

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, put_right, typed
from trunkline.loop.diagnosis.reading import is_outbound, is_shut, tag, targets, transport
from trunkline.loop.diagnosis.symptoms import openers
from trunkline.loop.ends.calls import is_address
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Resource

PORT = re.compile(r"(?::| port )(\d+)(?: |$)")


def _pairs(evidence: Evidence) -> Iterator[tuple[Resource, Resource | None]]:
    """Each dial-peer of the link as stated, and as the CUBE shows it; None where it shows none."""
    if evidence.cube:
        for stated in evidence.dial_peers:
            shown = evidence.resource(stated.key)
            if shown or not evidence.cube.has_gap(stated.key):
                yield stated, shown


def dial_peers(evidence: Evidence) -> Iterator[Finding]:
    """Missing, shut down, or down for another reason that the CUBE does not tell."""
    states = (evidence.cube_facts.dial_peers if evidence.cube_facts else None) or {}
    for stated, shown in _pairs(evidence):
        number, lines = tag(stated), list[str]()
        state = states.get(int(number))
        if shown is None:
            text = f"dial-peer {number} does not exist"
        elif is_shut(shown.settings):
            text, lines = f"dial-peer {number} is shut down", [f"dial-peer voice {number} voip", " no shutdown"]
        elif state and not state.is_up:
            text = f"`show dial-peer voice summary` says that dial-peer {number} is down"
        else:
            continue
        yield _found(evidence, "dial-peer-down", stated, text, *lines)


def never_applied(evidence: Evidence) -> Iterator[Finding]:
    """Neither a dial-peer nor the trunk is there: nobody has carried the documents out."""
    pairs, link = list(_pairs(evidence)), evidence.link
    cluster = evidence.cluster
    if not pairs or any(shown for _, shown in pairs) or cluster is None or evidence.trunk or cluster.has_gap(link.trunk):
        return
    tags = ", ".join(tag(stated) for stated, _ in pairs)
    sights = [
        Sight(evidence.cube_holder, f"none of the dial-peers {tags} exists"),
        Sight(evidence.cluster_holder, f"there is no SIP trunk {link.trunk.name}"),
    ]
    cures = put_right(evidence, link.trunk, Cure("`trunkline plan` shows everything that is to be done"))
    yield found("never-applied", sights, cures, [evidence.cube_holder, evidence.cluster_holder], origin=link.origin)


def _found(evidence: Evidence, code: str, stated: Resource, text: str, *lines: str) -> Finding:
    holder = evidence.cube_holder
    by_hand = typed("on the CUBE" if lines else f"see `show dial-peer voice {tag(stated)}`", holder, *lines)
    cures = put_right(evidence, stated.key, by_hand)
    return found(code, [Sight(holder, text)], cures, [holder], origin=evidence.origin(stated.key))


def transports(evidence: Evidence) -> Iterator[Finding]:
    if not evidence.link.is_secure:
        return
    for stated, shown in _pairs(evidence):
        speaks = transport(shown.settings, evidence) if shown else "tcp tls"
        if not speaks.startswith("tcp tls"):
            number = tag(stated)
            lines = (f"dial-peer voice {number} voip", " session transport tcp tls")
            yield _found(evidence, "transport-cube", stated, f"dial-peer {number} speaks {speaks}", *lines)


def ports(evidence: Evidence) -> Iterator[Finding]:
    """The port that dial-peers call must be the one that the security profile states; one without TLS has another anyway."""
    profile = evidence.profile.settings if evidence.profile else {}
    incoming = profile.get("incomingPort") if profile.get("incomingTransport", "TLS") == "TLS" else None
    addresses = {node.address: node for node in evidence.nodes}
    for stated, shown in _pairs(evidence):
        called = targets(shown.settings, evidence) if shown and incoming else ()
        wrong = [(address, port) for address, port in called if address in addresses and port != incoming]
        for address, port in wrong:
            says = f"{evidence.link.security_profile.name} listens on port {incoming}"
            sights = [
                Sight(evidence.cube_holder, f"dial-peer {tag(stated)} calls {address}:{port}"),
                Sight(evidence.cluster_holder, says),
            ]
            if port in _wanted_ports(evidence, stated):
                key = evidence.link.security_profile
                by_hand = Cure(f"set Incoming Port of {key.name} to {port}, and reset the trunk", evidence.cluster_holder)
                yield found(
                    "port-cluster",
                    sights,
                    put_right(evidence, key, by_hand),
                    [evidence.cluster_holder],
                    origin=evidence.origin(key),
                )
            else:
                key, lines = _target(stated, shown, address, incoming or "")
                by_hand = typed("on the CUBE", evidence.cube_holder, *lines)
                holders = [evidence.cube_holder]
                yield found("port-cube", sights, put_right(evidence, key, by_hand), holders, origin=evidence.origin(stated.key))


def _wanted_ports(evidence: Evidence, stated: Resource) -> set[str]:
    """The ports that the documents let this dial-peer call."""
    lines = list(stated.settings.values())
    for line in stated.settings.values():
        if line.startswith("session server-group "):
            group = evidence.wanted(Key(evidence.cube_holder, Kind.SERVER_GROUP, line.rpartition(" ")[2]))
            lines += group.settings.values() if group else ()
    return {port for line in lines for port in PORT.findall(line)}


def _target(stated: Resource, shown: Resource | None, address: str, port: str) -> tuple[Key, tuple[str, ...]]:
    """Where the port stands, and the lines that set it."""
    line = shown.settings.get("session target", "") if shown else ""
    if line.startswith("session server-group "):
        number = line.rpartition(" ")[2]
        key = Key(stated.key.target, Kind.SERVER_GROUP, number)
        return key, (f"voice class server-group {number}", f" ipv4 {address} port {port}")
    return stated.key, (f"dial-peer voice {tag(stated)} voip", f" session target ipv4:{address}:{port}")


def missing_nodes(evidence: Evidence) -> Iterator[Finding]:
    """Nodes that no dial-peer of the link calls, by address or by a name of theirs; where one is missing, that is told."""
    pairs = [(stated, shown) for stated, shown in _pairs(evidence) if is_outbound(stated)]
    called = {address for _, shown in pairs if shown for address, _ in targets(shown.settings, evidence)}
    foreign = called - {name for node in evidence.nodes for name in _names(node)}
    unclear = sorted(name for name in foreign if not is_address(name))
    for node in evidence.nodes if pairs else ():
        stated, shown = next((one for one in pairs if f"ipv4:{node.address}:" in str(one[0].settings)), pairs[0])
        is_reached = bool(called & _names(node)) or (bool(unclear) and evidence.cube_holder in openers(evidence, node))
        if shown and not is_reached:
            yield _missing(evidence, node, stated, sorted(called), unclear)


def _names(node: Far) -> set[str]:
    """What a target may call it."""
    return {node.address, *(node.identity.certificate.names if node.identity else ())}


def _missing(evidence: Evidence, node: Far, stated: Resource, called: list[str], unclear: list[str]) -> Finding:
    key = stated.key if stated.key in evidence.changes else _group_of(stated) or stated.key
    text = f"no dial-peer calls {node.name} at {node.address}; called are {', '.join(called) or 'none'}"
    sights = [Sight(evidence.cube_holder, text)]
    by_hand = Cure(f"let a dial-peer or its server-group call {node.address}", evidence.cube_holder)
    if unclear:
        names = ", ".join(unclear)
        sights.append(Sight(evidence.cube_holder, f"{names}: no name of a node's certificate; where DNS leads is not known"))
        by_hand = typed(
            f"see where it leads, or call {node.address}", evidence.cube_holder, *(f"ping {one}" for one in unclear)
        )
    certainty = Certainty.POSSIBLE if unclear else Certainty.SEEN
    cures = put_right(evidence, key, by_hand)
    return found("node-missing", sights, cures, [node.holder], certainty, evidence.origin(key))


def _group_of(stated: Resource) -> Key | None:
    lines = (line for line in stated.settings.values() if line.startswith("session server-group "))
    number = next((line.rpartition(" ")[2] for line in lines), "")
    return Key(stated.key.target, Kind.SERVER_GROUP, number) if number else None
