"""Addresses, ports and transports of the two ends. Pure."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from trunkline.desired.documents import Cluster, Cube, Documents, Link, Placed
from trunkline.desired.lint.finding import Finding, dial_peers, srtp_of, whole_links
from trunkline.model.resource import Origin

TARGET = re.compile(r"^session target ipv4:(\d+\.\d+\.\d+\.\d+)(?::(\d+))?$")
LISTEN = re.compile(r"^listen-port secure (\d+)$")
TLS_LINE, PLAIN_LINES = "session transport tcp tls", frozenset({"session transport tcp", "session transport udp"})


def _trusted(cube: Placed[Cube], cluster: Placed[Cluster]) -> list[IPv4Network]:
    nodes = [IPv4Network(node.address) for node in cluster.value.nodes]
    return [*nodes, *(IPv4Network(prefix) for prefix in cube.value.voice_service.trusted)]


def _targets(link: Placed[Link]) -> Iterator[tuple[Origin, str, int | None]]:
    """Where raw lines of dial-peers call: the place, the address, and the port if one is given."""
    for role, peer in dial_peers(link):
        for number, line in enumerate(peer.lines):
            found = TARGET.match(line)
            if found:
                yield link.origin("dial_peers", role, "lines", number), found[1], int(found[2]) if found[2] else None


def untrusted_peer(documents: Documents) -> Iterator[Finding]:
    """Since 15.1(2)T a call from an address outside the list is dropped."""
    for link, cube, cluster in whole_links(documents):
        for origin, address, _ in _targets(link):
            if not any(IPv4Address(address) in network for network in _trusted(cube, cluster)):
                message = f"{address} is a peer of {cube.name} and not in its trusted list"
                yield Finding(origin, message, f"Add it to voice_service.trusted of {cube.path}")
    for cube in documents.cubes.values():
        for number, line in enumerate(cube.value.voice_service.lines):
            if line == "no ip address trusted list":
                origin = cube.origin("voice_service", "lines", number)
                yield Finding(origin, "this removes every peer from the trusted list", "Remove the line")


def unbound_node(documents: Documents) -> Iterator[Finding]:
    """A node outside the prefixes meets a CUBE that has no certificate for it."""
    for link, _, cluster in whole_links(documents):
        tls = link.value.tls
        if tls is None or tls.signalling == "default" or not tls.remote_prefixes:
            continue
        networks = [IPv4Network(prefix) for prefix in tls.remote_prefixes]
        for node in cluster.value.nodes:
            if not any(IPv4Address(node.address) in network for network in networks):
                message = f"{node.name} ({node.address}) is in none of the remote prefixes"
                yield Finding(link.origin("tls", "remote_prefixes"), message, "Add its address, or leave remote_prefixes out")


def tls_on_one_end(documents: Documents) -> Iterator[Finding]:
    for link in documents.links.values():
        fields = link.value.security_profile.fields
        transports = {str(fields[name]) for name in ("incomingTransport", "outgoingTransport") if name in fields}
        is_plain = bool(transports - {"TLS"}) or fields.get("securityMode") == "Non Secure"
        if link.value.tls and is_plain:
            origin = link.origin("security_profile", "fields")
            message = "the CUBE speaks TLS and the security profile does not"
            yield Finding(origin, message, "Remove these fields, or state `tls: null`")
        yield from _transport_lines(link)
    for _, cube, _ in _secure(documents):
        if "no transport tcp tls" in cube.value.sip_ua.lines:
            origin = cube.origin("sip_ua", "lines", cube.value.sip_ua.lines.index("no transport tcp tls"))
            yield Finding(origin, "this closes the port on which the CUBE speaks TLS", "Remove the line")


def _transport_lines(link: Placed[Link]) -> Iterator[Finding]:
    for role, peer in dial_peers(link):
        for number, line in enumerate(peer.lines):
            origin = link.origin("dial_peers", role, "lines", number)
            if link.value.tls is None and line == TLS_LINE:
                yield Finding(origin, "the CUBE speaks TLS here and the trunk does not", "State `tls:` instead of the line")
            if link.value.tls and line in PLAIN_LINES:
                yield Finding(origin, "the trunk speaks TLS and the CUBE does not", "Remove the line, or state `tls: null`")


def _secure(documents: Documents) -> Iterator[tuple[Placed[Link], Placed[Cube], Placed[Cluster]]]:
    return (ends for ends in whole_links(documents) if ends[0].value.tls)


def port_mismatch(documents: Documents) -> Iterator[Finding]:
    for link, _, _ in _secure(documents):
        assert link.value.tls  # noqa: S101 - _secure asked
        port = link.value.tls.port
        stated = link.value.security_profile.fields.get("incomingPort")
        if stated is not None and str(stated) != str(port):
            origin = link.origin("security_profile", "fields", "incomingPort")
            yield Finding(origin, f"incomingPort is {stated}, the CUBE calls port {port}", "Remove it, or change tls.port")
        for origin, _, called in _targets(link):
            if (called or port) != port:
                message = f"port {called} is called, the trunk listens on {port}"
                yield Finding(origin, message, "Use one port at both ends")
    for cube in documents.cubes.values():
        port = cube.value.signalling.tls_port
        for number, line in enumerate(cube.value.voice_service.sip_lines):
            found = LISTEN.match(line)
            if found and int(found[1]) != port:
                origin = cube.origin("voice_service", "sip_lines", number)
                message = f"the CUBE listens on {found[1]}, its trunks call port {port}"
                yield Finding(origin, message, f"State `tls_port: {found[1]}` under signalling instead of the line")


def srtp_differs(documents: Documents) -> Iterator[Finding]:
    """Without TLS the keys would travel in the clear, so such a trunk has no SRTP whatever the link says."""
    for link, cube, _ in whole_links(documents):
        wanted = link.value.srtp if link.value.tls else "none"
        for role, peer in dial_peers(link):
            stated = srtp_of(cube.value, peer)
            if stated != wanted:
                message = f"SRTP is {wanted} for the link and {stated} for its {role} dial-peer"
                cure = f"State the same in srtp of the link and in voice_service.srtp of {cube.path} or the dial-peer"
                yield Finding(link.origin("dial_peers", role, "srtp"), message, cure)
