"""Things that several links state: each at most once, or all alike. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from trunkline.desired.documents import Cluster, Cube, Documents, Link, Placed
from trunkline.desired.lint.finding import Ends, Finding, pinned, whole_links
from trunkline.desired.sides import cube as cube_side
from trunkline.model.resource import Origin


@dataclass(frozen=True)
class _Claim:
    """That a link states something, and how."""

    thing: str
    holder: str
    content: Hashable
    origin: Origin


def tags_used_twice(documents: Documents) -> Iterator[Finding]:
    """`per: node` takes as many consecutive tags as the cluster has nodes."""
    used: dict[tuple[str, int], str] = {}
    for link, cube, cluster in whole_links(documents):
        peers = link.value.dial_peers
        count = len(cluster.value.nodes) if peers.outbound.per == "node" else 1
        tags = [("outbound", peers.outbound.tag + number) for number in range(count)] + [("inbound", peers.inbound.tag)]
        for role, tag in tags:
            holder = f"{role} of link {link.name}"
            other = used.setdefault((cube.name, tag), holder)
            if other != holder:
                message = f"dial-peer tag {tag} of {cube.name} is used for {other} and for {holder}"
                yield Finding(link.origin("dial_peers", role, "tag"), message, "Give each dial-peer a tag of its own")


def claimed_twice(documents: Documents) -> Iterator[Finding]:
    links = documents.links.values()
    trunks = Counter((link.value.cluster, link.value.trunk.name) for link in links)
    patterns = Counter(
        (link.value.cluster, route.pattern, route.partition) for link in links for route in link.value.route_patterns
    )
    for link in links:
        name = link.value.trunk.name
        if trunks[link.value.cluster, name] > 1:
            yield Finding(
                link.origin("trunk", "name"), f"trunk {name} is stated by two links", "Give each link a trunk of its own"
            )
        for number, route in enumerate(link.value.route_patterns):
            if patterns[link.value.cluster, route.pattern, route.partition] > 1:
                origin = link.origin("route_patterns", number)
                yield Finding(origin, f"route pattern {route.pattern} is stated twice", "Keep one of the two")


def stated_differently(documents: Documents) -> Iterator[Finding]:
    """Links may share a TLS profile, a server-group, or profiles of the cluster, if they state them alike."""
    first: dict[str, _Claim] = {}
    for ends in whole_links(documents):
        for claim in (*_on_cube(ends), *_on_cluster(ends)):
            earlier = first.setdefault(claim.thing, claim)
            if earlier.content != claim.content:
                message = f"{claim.thing} is stated differently by link {earlier.holder}"
                yield Finding(claim.origin, message, "State it alike in both, or give it another name or tag here")


def _on_cube(ends: Ends) -> Iterator[_Claim]:
    link, cube, cluster = ends
    outbound, tls = link.value.dial_peers.outbound, link.value.tls
    if outbound.per == "group":
        nodes = (tuple(node.address for node in cluster.value.nodes), tls.port if tls else None)
        thing = f"server-group {outbound.server_group or outbound.tag} of {cube.name}"
        yield _Claim(thing, link.name, nodes, link.origin("dial_peers", "outbound", "server_group"))
    if tls is None:
        return
    if tls.profile:
        content = tls.profile.model_dump_json()
        thing = f"TLS profile {tls.profile.tag} of {cube.name}"
        yield _Claim(thing, link.name, content, link.origin("tls", "profile", "tag"))
    bound, _ = cube_side.binding(cube.value.identity.trustpoint, link.value)
    for remote in cube_side.remotes(link.value, cluster.value):
        yield _Claim(f"crypto signaling {remote} of {cube.name}", link.name, bound, link.origin("tls"))


def _on_cluster(ends: Ends) -> Iterator[_Claim]:
    """Each CUBE's pass writes the names of its own certificate, so two CUBEs cannot share a security profile."""
    link, cube, cluster = ends
    profile, tls = link.value.security_profile, link.value.tls
    content = (cube.name, tls.port, profile.model_dump_json()) if tls else (profile.model_dump_json(),)
    thing = f"security profile {profile.name} of {cluster.name}"
    yield _Claim(thing, link.name, content, link.origin("security_profile", "name"))
    thing = f"SIP profile {link.value.sip_profile.name} of {cluster.name}"
    yield _Claim(thing, link.name, link.value.sip_profile.model_dump_json(), link.origin("sip_profile", "name"))


def name_port_collision(documents: Documents) -> Iterator[Finding]:
    """CUCM tells trunks apart by name and port; a pair may stand in one profile only."""
    claimed: dict[tuple[str, str, int], tuple[str, str]] = {}
    for link, cube, cluster in whole_links(documents):
        if link.value.tls is None:
            continue
        profile = link.value.security_profile
        for name in sorted(_names(cube, link)):
            pair = (cluster.name, name, link.value.tls.port)
            other_profile, other_link = claimed.setdefault(pair, (profile.name, link.name))
            if other_profile != profile.name:
                message = f"{name} with port {pair[2]} stands in the security profile of link {other_link} too"
                yield Finding(link.origin("security_profile"), message, "Give one of the two links another tls.port")


def _names(cube: Placed[Cube], link: Placed[Link]) -> set[str]:
    """The names of the security profile, as far as documents know them: the certificate itself is read from the CUBE."""
    borne = (name for certificate in pinned(cube)[:1] for name in certificate.names)
    known = {name.lower() for name in (*cube.value.identity.names, *link.value.security_profile.names, *borne)}
    return known or {f"the certificate of {cube.name}"}


def publishers(documents: Documents) -> Iterator[Finding]:
    for cluster in documents.clusters.values():
        count = sum(node.publisher for node in cluster.value.nodes)
        if count != 1:
            message = f"{cluster.name} has {count} nodes marked as publisher"
            yield Finding(cluster.origin("nodes"), message, "Mark exactly one with `publisher: true`")


def same_address(documents: Documents) -> Iterator[Finding]:
    """Copied documents where a line was forgotten."""
    cubes: dict[str, str] = {}
    for cube in documents.cubes.values():
        access = f"{cube.value.management.address} port {cube.value.management.port}"
        for where, address in (("signalling", cube.value.signalling.address), ("management", access)):
            other = cubes.setdefault(address, cube.name)
            if other != cube.name:
                message = f"{address} is an address of {other} already"
                yield Finding(cube.origin(where, "address"), message, "Correct one of the two")
    for cluster in documents.clusters.values():
        yield from _same_node(cluster)


def _same_node(cluster: Placed[Cluster]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for number, node in enumerate(cluster.value.nodes):
        for field, value in (("name", node.name), ("fqdn", node.fqdn.lower()), ("address", node.address)):
            if seen.setdefault((field, value), f"{number}") != f"{number}":
                message = f"{value} is the {field} of another node already"
                yield Finding(cluster.origin("nodes", number, field), message, "Correct one of the two")
