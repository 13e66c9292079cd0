"""`compile_cube`: what documents mean for one CUBE and the far ends of its links, given the certificates observed.
Pure.
"""

from collections.abc import Iterable, Mapping

from trunkline.desired import borne
from trunkline.desired.borne import LinkEnds
from trunkline.desired.documents import Cluster, Documents, Link, Placed
from trunkline.desired.documents.fields import mode
from trunkline.desired.sides import cluster as cluster_side
from trunkline.desired.sides import cube as cube_side
from trunkline.desired.sides import dial_peers, trust
from trunkline.desired.sides.side import Side
from trunkline.model.desired import Desired, DesiredLink, Enforcement, Policy
from trunkline.model.key import Key, Kind, cluster_target, cube_target
from trunkline.model.observed import Gap, Observed
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Resource


def links_of(documents: Documents, cube: str) -> LinkEnds:
    """The links of a CUBE with their clusters; `check` has seen to it that the clusters exist."""
    links = documents.links_by_cube.get(cube, ())
    return tuple((link, documents.clusters[link.value.cluster]) for link in links if link.value.cluster in documents.clusters)


def devices_of(documents: Documents) -> frozenset[str]:
    """What passes look at: every CUBE, and the clusters of their links."""
    clusters = {cluster.name for cube in documents.cubes for _, cluster in links_of(documents, cube)}
    return frozenset((*map(cube_target, documents.cubes), *map(cluster_target, clusters)))


def keys_of_interest(documents: Documents, cube: str) -> dict[str, tuple[Key, ...]]:
    """What to look at on each target: the CUBE as a whole and the state of the links' dial-peers; on each cluster the objects
    that the links name.
    """
    keys: dict[str, list[Key]] = {cube_target(cube): []}
    for link, cluster in links_of(documents, cube):
        keys[cube_target(cube)] += [Key(cube_target(cube), Kind.DIAL_PEER, str(tag)) for tag in dial_peers.tags(link, cluster)]
        named = [key for kind, key in cluster_side.keys(link).items() if kind is not Kind.ACTIVATION]
        keys.setdefault(cluster_target(cluster.name), []).extend([*named, *cluster_side.route_pattern_keys(link)])
    return {target: tuple(sorted(set(of_target))) for target, of_target in keys.items()}


def named_elsewhere(documents: Documents, cube: str) -> frozenset[Key]:
    """What links of other CUBEs name on clusters: a link that moved to another CUBE takes its objects with it."""
    others = (other for other in documents.cubes if other != cube)
    return frozenset(key for other in others for keys in keys_of_interest(documents, other).values() for key in keys)


def compile_cube(
    documents: Documents, revision: str, cube: str, observed: Mapping[str, Observed], standings: Iterable[Standing] = ()
) -> Desired:
    """Everything that is wanted because of this CUBE's documents, and of where its certificates stand.

    What derives from a certificate that could not be read is a gap of the result, never a guess.
    """
    placed, ends = documents.cubes[cube], links_of(documents, cube)
    secure: LinkEnds = tuple((link, cluster) for link, cluster in ends if link.value.tls)
    gaps: list[Gap] = []
    target, standings = cube_target(cube), tuple(standings)
    own = next((standing for standing in standings if standing.wish.target == target), None)
    presented = borne.presented(placed, own)
    identities = borne.borne(placed, own, observed.get(target))
    lacking = borne.lacking(placed, own, identities)
    if lacking:
        gaps += borne.unstated(target, lacking[0], observed, secure)
    gaps += borne.cut_short(target, identities, observed, secure)
    anchors = _anchors(cube, secure, observed, gaps)
    seen = observed.get(target)
    made: dict[Key, Resource] = {}
    if seen:
        for more in borne.anchors(placed, secure, own, identities, observed):
            anchors.setdefault(more.certificate.sha256, more)
        _add(made, *trust.cube_resources(target, anchors, seen, borne.leaving(own)))
    for chain in borne.chains(identities, own):
        for link, cluster in secure:
            _add(made, *cluster_side.trust_resources(link, cluster, chain))
    needed = frozenset(key for key in made if key.kind in (Kind.TRUST_ANCHOR, Kind.CALLMANAGER_TRUST))
    _add(made, *borne.certificates(standings, documents, observed, secure))
    _add(made, *cube_side.resources(Side(placed, ends, _needed(needed, gaps), presented)))
    for link, cluster in ends:
        named = borne.suspended(own, observed.get(target), observed.get(cluster_target(cluster.name)), link)
        profile = cluster_side.security_profile(link, (*identities, *named) if identities else ())
        ends_trust = frozenset(key for key in needed if key.target in (cluster_target(cluster.name), cube_target(cube)))
        _add(made, *([profile] if profile else []), *cluster_side.other_objects(link, placed, ends_trust))
    links = tuple(_desired_link(documents, link, cluster, presented) for link, cluster in ends)
    return Desired(revision, cube, made, links, tuple(dict.fromkeys(gaps)), _policy(documents, cube))


def _needed(keys: frozenset[Key], gaps: list[Gap]) -> frozenset[Key]:
    """Trust that cannot be stated is needed all the same: whatever uses it is held."""
    unstated = {Key(gap.target, gap.kind, gap.name or "") for gap in gaps if gap.kind}
    return keys | frozenset(unstated)


def _add(made: dict[Key, Resource], *resources: Resource) -> None:
    """Several links may want the same resource: they share it."""
    for resource in resources:
        earlier = made.get(resource.key)
        made[resource.key] = (
            Resource(
                resource.key,
                {**earlier.settings, **resource.settings},
                resource.ownership,
                earlier.needs | resource.needs,
                earlier.activates | resource.activates,
                earlier.origin,
                earlier.links | resource.links,
            )
            if earlier
            else resource
        )


def _anchors(cube: str, secure: LinkEnds, observed: Mapping[str, Observed], gaps: list[Gap]) -> dict[str, trust.Anchor]:
    """The anchors that the CUBE must hold, by fingerprint, for every node of every cluster."""
    anchors: dict[str, trust.Anchor] = {}
    for link, cluster in secure:
        seen = observed.get(cluster_target(cluster.name))
        identities = {identity.holder: identity for identity in (seen.identities if seen else ())}
        for number, node in enumerate(cluster.value.nodes):
            identity = identities.get(node.name)
            if identity is None:
                reason = f"the CallManager certificate of {node.name} could not be read"
                gaps.append(Gap(cube_target(cube), reason, Kind.TRUST_ANCHOR, f"of {node.name}"))
                gaps.append(Gap(cube_target(cube), reason, Kind.TRUSTPOINT, f"of {node.name}"))
                continue
            certificate = trust.anchor_of(identity)
            earlier = anchors.get(certificate.sha256)
            links = (earlier.links if earlier else frozenset()) | {link.name}
            anchors[certificate.sha256] = trust.Anchor(certificate, links, cluster.origin("nodes", number))
    return anchors


def _enforcement(documents: Documents, cube: str, link: Link | None = None) -> Enforcement:
    """The narrowest statement counts."""
    cube_word = documents.cubes[cube].value.enforcement if cube in documents.cubes else None
    word = (link.enforcement if link else None) or cube_word
    return mode(word) or Enforcement(documents.estate.value.enforcement)


def _policy(documents: Documents, cube: str) -> Policy:
    guard = documents.estate.value.guard
    enforcement = _enforcement(documents, cube)
    if any(_enforcement(documents, cube, link.value) is Enforcement.ENFORCE for link, _ in links_of(documents, cube)):
        enforcement = Enforcement.ENFORCE
    return Policy(
        enforcement, guard.max_deletions, guard.allow_replace, guard.allow_empty, guard.allow_takeover, guard.allow_break
    )


def _desired_link(documents: Documents, link: Placed[Link], cluster: Placed[Cluster], presented: str) -> DesiredLink:
    named = cluster_side.keys(link)
    return DesiredLink(
        name=link.name,
        cube=link.value.cube,
        cluster=link.value.cluster,
        enforcement=_enforcement(documents, link.value.cube, link.value),
        node_addresses=tuple(node.address for node in cluster.value.nodes),
        identity_trustpoint=presented,
        security_profile=named[Kind.SIP_SECURITY_PROFILE],
        trunk=named[Kind.SIP_TRUNK],
        origin=link.origin(),
        is_secure=link.value.tls is not None,
        nodes=tuple(node.name for node in cluster.value.nodes),
        cube_address=documents.cubes[link.value.cube].value.signalling.address,
    )
