"""Whether one end reaches the other at all: ports, transports, destinations, the CUBE's list of trusted addresses. Pure.

Sources: Cisco IOS voice command reference, `session target`, `listen-port`, `ip address trusted list`; CUCM system
configuration guide, "SIP trunk security profile".
"""

from dataclasses import dataclass

from trunkline.loop.ends.binding import after, lines
from trunkline.loop.ends.calls import TLS_PORT, Called, is_address, trusts
from trunkline.model.desired import DesiredLink
from trunkline.model.handshake import Met, Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.resource import Resource


@dataclass(frozen=True)
class Objects:
    """What the cluster holds for one link."""

    profile: Resource
    trunk: Resource


def objects(link: DesiredLink, cluster: Observed) -> Objects | Met:
    """Profile and trunk; else why there is no way, or why nobody can tell."""
    found = []
    for key in (link.security_profile, link.trunk):
        resource = cluster.resources.get(key)
        gap = next((gap for gap in cluster.gaps if gap.covers(key)), None)
        if resource is None and gap:
            return Met(None, text=f"{key.name} of {link.cluster} could not be read: {gap.reason}")
        if resource is None:
            what = f"there is no {key.kind} {key.name} on the cluster {link.cluster}"
            return Met(False, cluster.target, Reason.UNREACHABLE, what, "let the plan that makes it be carried out")
        found.append(resource)
    profile, trunk = found
    if trunk.settings.get("securityProfileName") != link.security_profile.name:
        other = trunk.settings.get("securityProfileName", "")
        return Met(None, text=f"{link.trunk.name} uses the security profile {other!r}, which no document states")
    return Objects(profile, trunk)


def to_node(link: DesiredLink, found: Objects, calls: list[Called], node: str, names: list[str]) -> Met | None:
    """What keeps the CUBE from opening TLS to a node; `calls` are those of its dial-peers to the node's address, `names` what
    the link's dial-peers call by names that may be any node's.
    """
    profile, port = found.profile.settings, found.profile.settings.get("incomingPort", TLS_PORT)
    named, cube = f"{link.cluster}'s {link.security_profile.name}", f"cube/{link.cube}"
    far = f"cluster/{link.cluster}/{node}"
    if profile.get("incomingTransport") != "TLS":
        what = f"{node} would take {profile.get('incomingTransport', 'nothing')} where the CUBE speaks TLS ({named})"
        return Met(False, far, Reason.NOT_TLS, what, "state `tls:` of the link, or take `incomingTransport` out of its fields")
    if not calls and names:
        return Met(None, text=f"the CUBE {link.cube} calls {', '.join(names)}, and what that leads to is not known")
    if not calls:
        what = f"no dial-peer of the CUBE {link.cube} calls {node} by TLS"
        return Met(False, cube, Reason.UNREACHABLE, what, "let the link's outbound dial-peers be written")
    if all(call.port != port for call in calls):
        ports = ", ".join(sorted({call.port for call in calls}))
        what = f"the CUBE {link.cube} calls {node} at port {ports}, and it listens on {port} ({named})"
        return Met(False, far, Reason.REFUSED, what, "let both ends have the port of `tls.port` of the link")
    return None


def to_cube(link: DesiredLink, found: Objects, cube: Observed, address: str, node: str) -> Met | None:
    """What keeps the node at `address` from opening TLS to the CUBE and being answered."""
    named, far, near = f"{link.cluster}'s {link.security_profile.name}", f"cluster/{link.cluster}/{node}", cube.target
    transport = found.profile.settings.get("outgoingTransport", "")
    if transport != "TLS":
        what = f"{node} would speak {transport or 'nothing'} to the CUBE ({named})"
        return Met(False, far, Reason.NOT_TLS, what, "state `tls:` of the link, or take `outgoingTransport` out of its fields")
    if "no transport tcp tls" in lines(cube, Kind.SIP_UA):
        return Met(False, near, Reason.REFUSED, f"the CUBE {link.cube} has its TLS port closed", "enter `transport tcp tls`")
    return _destination(link, found.trunk, cube, node) or _trusted(link, cube, address, node)


def _destination(link: DesiredLink, trunk: Resource, cube: Observed, node: str) -> Met | None:
    port = after("listen-port secure ", lines(cube, Kind.VOICE_SERVICE_SIP, "voip")) or TLS_PORT
    places = [place.strip().rpartition(":") for place in trunk.settings.get("destinations", "").split(",")]
    ports = sorted({at for address, _, at in places if address == link.cube_address})
    far = f"cluster/{link.cluster}/{node}"
    if not ports and any(address and not is_address(address) for address, _, _ in places):
        return Met(None, text=f"{link.trunk.name} calls a name, and what that leads to is not known")
    if not ports:
        what = f"{link.trunk.name} of {link.cluster} does not call the CUBE {link.cube} ({link.cube_address})"
        return Met(False, far, Reason.UNREACHABLE, what, "let the trunk's destination be the CUBE's signalling address")
    if port not in ports:
        what = f"{node} calls the CUBE {link.cube} at port {', '.join(ports)}, and it listens on {port}"
        return Met(False, cube.target, Reason.REFUSED, what, "let both have the port of `signalling.tls_port` of the CUBE")
    return None


def _trusted(link: DesiredLink, cube: Observed, address: str, node: str) -> Met | None:
    """The toll-fraud check: IOS answers nobody whom neither the list nor a dial-peer names."""
    if trusts(cube, address):
        return None
    if any(cube.has_gap(Key(cube.target, kind, "")) for kind in (Kind.TRUSTED_LIST, Kind.DIAL_PEER)):
        return Met(None, text=f"the trusted addresses of {cube.target} could not be read")
    what = (
        f"the CUBE {link.cube} would not answer {node}: neither its `ip address trusted list` nor a dial-peer names {address}"
    )
    return Met(False, cube.target, Reason.NO_ANSWER, what, "let the address be entered there")
