"""Addresses, ports and transports of the two ends. Pure."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from trunkline.desired.documents import Cluster, Cube, Documents, Placed
from trunkline.desired.lint.finding import Finding, whole_links

TARGET = re.compile(r"^session target ipv4:(\d+\.\d+\.\d+\.\d+)(?::(\d+))?$")


def _trusted(cube: Placed[Cube], cluster: Placed[Cluster]) -> list[IPv4Network]:
    nodes = [IPv4Network(node.address) for node in cluster.value.nodes]
    return [*nodes, *(IPv4Network(prefix) for prefix in cube.value.voice_service.trusted)]


def untrusted_peer(documents: Documents) -> Iterator[Finding]:
    """Since 15.1(2)T a call from an address outside the list is dropped."""
    for link, cube, cluster in whole_links(documents):
        peers = link.value.dial_peers
        for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
            for number, line in enumerate(peer.lines):
                found = TARGET.match(line)
                if found and not any(IPv4Address(found[1]) in network for network in _trusted(cube, cluster)):
                    origin = link.origin("dial_peers", role, "lines", number)
                    yield Finding(
                        origin,
                        f"{found[1]} is a peer of {cube.name} and not in its trusted list",
                        "Add it to voice_service.trusted of the CUBE",
                    )
    for cube in documents.cubes.values():
        for number, line in enumerate(cube.value.voice_service.lines):
            if line == "no ip address trusted list":
                origin = cube.origin("voice_service", "lines", number)
                yield Finding(origin, "this removes every peer from the trusted list", "Remove the line")


def tls_on_one_end(documents: Documents) -> Iterator[Finding]:
    for link in documents.links.values():
        fields, peers = link.value.security_profile.fields, link.value.dial_peers
        transports = {str(fields[name]) for name in ("incomingTransport", "outgoingTransport") if name in fields}
        if link.value.tls and (transports - {"TLS"} or fields.get("securityMode") == "Non Secure"):
            origin = link.origin("security_profile", "fields")
            yield Finding(
                origin, "the CUBE speaks TLS and the security profile does not", "Remove these fields, or set tls: null"
            )
        if link.value.tls is None:
            for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
                if "session transport tcp tls" in peer.lines:
                    origin = link.origin("dial_peers", role, "lines")
                    yield Finding(origin, "the CUBE speaks TLS here and the trunk does not", "State `tls:` instead of the line")


def port_mismatch(documents: Documents) -> Iterator[Finding]:
    for link in documents.links.values():
        if link.value.tls is None:
            continue
        port = link.value.tls.port
        stated = link.value.security_profile.fields.get("incomingPort")
        if stated is not None and str(stated) != str(port):
            origin = link.origin("security_profile", "fields")
            yield Finding(origin, f"incomingPort is {stated}, the CUBE calls port {port}", "Remove it, or change tls.port")
        peers = link.value.dial_peers
        for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
            for number, line in enumerate(peer.lines):
                found = TARGET.match(line)
                if found and int(found[2] or port) != port:
                    origin = link.origin("dial_peers", role, "lines", number)
                    yield Finding(
                        origin, f"port {found[2]} is called, the trunk listens on {port}", "Use one port at both ends"
                    )


def name_port_collision(documents: Documents) -> Iterator[Finding]:
    """CUCM tells trunks apart by name and port; a pair may stand in one profile only."""
    claimed: dict[tuple[str, str, int], tuple[str, str]] = {}
    for link, cube, cluster in whole_links(documents):
        if link.value.tls is None:
            continue
        profile = link.value.security_profile
        names = {name.lower() for name in (*cube.value.identity.names, *profile.names)} or {f"certificate of {cube.name}"}
        for name in sorted(names):
            pair = (cluster.name, name, link.value.tls.port)
            other_profile, other_link = claimed.setdefault(pair, (profile.name, link.name))
            if other_profile != profile.name:
                yield Finding(
                    link.origin("security_profile"),
                    f"{name} with port {pair[2]} is claimed by link {other_link} too",
                    "Use the same security profile for both, or another tls.port for one of them",
                )
