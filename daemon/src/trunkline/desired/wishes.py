"""Documents to wishes: which certificates a CUBE's pass looks after, and where each is presented. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from trunkline.desired.documents import Cluster, Cube, Documents, Link, Placed
from trunkline.desired.documents.fields import mode
from trunkline.desired.documents.renewal import policy
from trunkline.desired.sides import cluster as cluster_side
from trunkline.model.desired import Enforcement
from trunkline.model.key import Kind, cluster_target, cube_target
from trunkline.model.renewal.wish import FarEnd, IdentityWish

Place = tuple[str, int]
"""An address and a TCP port."""


def wishes(documents: Documents, cube: str) -> tuple[IdentityWish, ...]:
    """The CUBE's own identity first, also where it is only watched (no issuer); then those of the nodes of managed clusters
    whose certificate work is this CUBE's: see `owner`. Nothing for a CUBE that no document states.
    """
    placed = documents.cubes.get(cube)
    if placed is None:
        return ()
    managed = [one for one in _clusters(documents, cube) if one.value.certificates.mode == "managed"]
    owned = (one for one in managed if owner(documents, one.name) == cube)
    return (of_cube(documents, placed), *(wish for one in owned for wish in of_cluster(documents, one)))


def of_cube(documents: Documents, cube: Placed[Cube]) -> IdentityWish:
    """The certificate that a CUBE presents."""
    identity = cube.value.identity
    rest = [part.strip() for part in (identity.subject or "").split(",") if part]
    return IdentityWish(
        cube_target(cube.name),
        identity.trustpoint,
        identity.names,
        ",".join((f"cn={identity.names[0]}", *rest)) if identity.names else "",
        identity.key.as_type,
        identity.issuer or "",
        timedelta(days=identity.validity_days) if identity.validity_days else None,
        policy(documents.estate.value.renewal, cube.value.renewal),
        cube.origin("identity"),
        tuple(far_ends(documents, cube.name)),
    )


def far_ends(documents: Documents, cube: str) -> Iterator[FarEnd]:
    """Every trunk that speaks TLS with this CUBE."""
    for link in documents.links_by_cube.get(cube, ()):
        cluster = documents.clusters.get(link.value.cluster)
        if cluster is None or link.value.tls is None:
            continue
        named = cluster_side.keys(link)
        yield FarEnd(
            cluster_target(cluster.name),
            tuple(node.name for node in cluster.value.nodes),
            named[Kind.SIP_SECURITY_PROFILE],
            named[Kind.SIP_TRUNK],
            cluster.value.certificates.trust_takes_effect,
        )


def of_cluster(documents: Documents, cluster: Placed[Cluster]) -> Iterator[IdentityWish]:
    """One for each node; with `multi-server` one for all of them, held by the publisher, whose name comes first."""
    stated = cluster.value.certificates
    nodes = cluster.value.nodes
    holders, is_one_for_all = nodes, stated.distribution == "multi-server"
    if is_one_for_all:
        holders = tuple(node for node in nodes if node.publisher)[:1] or nodes[:1]
    for node in holders:
        others = (other.fqdn for other in nodes if other is not node) if is_one_for_all else ()
        yield IdentityWish(
            cluster_target(cluster.name),
            node.name,
            tuple(dict.fromkeys((node.fqdn, *others, *stated.names))),
            f"cn={node.fqdn}",
            stated.key.as_type,
            stated.issuer or "",
            None,
            policy(documents.estate.value.renewal, cluster.value.renewal),
            cluster.origin("nodes", nodes.index(node)),
            others=others_of(documents, cluster.name),
            nodes=tuple(one.name for one in nodes) if is_one_for_all else (node.name,),
        )


def others_of(documents: Documents, cluster: str) -> tuple[str, ...]:
    """The CUBEs with a TLS link to a cluster, which must all trust what its nodes present."""
    linked = {link.value.cube for link in documents.links.values() if link.value.cluster == cluster and link.value.tls}
    return tuple(sorted(linked & documents.cubes.keys()))


def issuers_of(documents: Documents, cube: str) -> frozenset[str]:
    """The issuers that a CUBE's pass asks: its own, and those of the managed clusters at the far ends of its TLS links."""
    placed = documents.cubes.get(cube)
    stated = {placed.value.identity.issuer} if placed else set()
    stated |= {one.value.certificates.issuer for one in _clusters(documents, cube) if one.value.certificates.mode == "managed"}
    return frozenset(name for name in stated if name)


def owner(documents: Documents, cluster: str) -> str | None:
    """The CUBE whose passes renew the certificates of a cluster: by name the first of those with an enforced TLS link to it.

    One and the same for every pass, so that two never work on one node; None where no link is enforced.
    """
    linked = (
        link.value.cube
        for link in documents.links.values()
        if link.value.cluster == cluster and link.value.tls and _is_enforced(documents, link)
    )
    return min((name for name in linked if name in documents.cubes), default=None)


def _is_enforced(documents: Documents, link: Placed[Link]) -> bool:
    cube = documents.cubes.get(link.value.cube)
    of_cube = mode(cube.value.enforcement) if cube else None
    stated = mode(link.value.enforcement) or of_cube or mode(documents.estate.value.enforcement)
    return stated is Enforcement.ENFORCE


def _clusters(documents: Documents, cube: str) -> tuple[Placed[Cluster], ...]:
    """The clusters at the far ends of a CUBE's TLS links, by name."""
    names = {link.value.cluster for link in documents.links_by_cube.get(cube, ()) if link.value.tls}
    return tuple(documents.clusters[name] for name in sorted(names) if name in documents.clusters)


def probe_places(documents: Documents, cube: str) -> Mapping[str, Place]:
    """Where handshakes show what is presented: "cube/NAME" of this CUBE, "cluster/NAME/NODE" of the far ends of its TLS links.

    Where several links lead to one cluster, the port is that of the first by name: a node presents the same on each.
    """
    placed = documents.cubes.get(cube)
    if placed is None:
        return {}
    signalling = placed.value.signalling
    found: dict[str, Place] = {cube_target(cube): (signalling.probe_address or signalling.address, signalling.tls_port)}
    for link in documents.links_by_cube.get(cube, ()):
        cluster = documents.clusters.get(link.value.cluster)
        if cluster is None or link.value.tls is None:
            continue
        for node in cluster.value.nodes:
            name = f"{cluster_target(cluster.name)}/{node.name}"
            found.setdefault(name, (node.probe_address or node.address, link.value.tls.port))
    return found
