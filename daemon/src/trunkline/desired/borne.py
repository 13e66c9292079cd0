"""The certificates that a CUBE bears, now or soon, and what both ends must hold because of them. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from trunkline.desired.documents import Cluster, Cube, Documents, Link, Placed
from trunkline.desired.sides import identity as identity_side
from trunkline.desired.sides import node as node_side
from trunkline.desired.sides import trust
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind, cluster_target
from trunkline.model.observed import Gap, Identity, Observed, issuer_chain
from trunkline.model.profile import named_in
from trunkline.model.renewal.standing import Standing
from trunkline.model.resource import Resource

LinkEnds = tuple[tuple[Placed[Link], Placed[Cluster]], ...]


def presented(cube: Placed[Cube], standing: Standing | None) -> str:
    """The trustpoint whose certificate the CUBE shall present."""
    return standing.serving if standing else cube.value.identity.trustpoint


def borne(cube: Placed[Cube], standing: Standing | None, seen: Observed | None) -> tuple[Identity, ...]:
    """The identities that far ends must trust and name, as far as they could be read: the one presented first."""
    vouched = standing.vouched if standing else (cube.value.identity.trustpoint,)
    by_holder = {identity.holder: identity for identity in (seen.identities if seen else ())}
    return tuple(by_holder[name] for name in vouched if name in by_holder)


def lacking(cube: Placed[Cube], standing: Standing | None, identities: tuple[Identity, ...]) -> tuple[str, ...]:
    """Those of them that could not be read, the one presented first."""
    vouched = standing.vouched if standing else ()
    held = {identity.holder for identity in identities}
    return tuple(name for name in dict.fromkeys((presented(cube, standing), *vouched)) if name not in held)


def leaving(standing: Standing | None) -> frozenset[str]:
    """The trustpoints that go sooner or later."""
    return frozenset((*standing.kept, *standing.retired)) if standing else frozenset()


def suspended(
    standing: Standing | None, cube: Observed | None, cluster: Observed | None, link: Placed[Link]
) -> tuple[Identity, ...]:
    """The suspended identities that the security profile of a link names already: it goes on doing so."""
    key = Key(cluster_target(link.value.cluster), Kind.SIP_SECURITY_PROFILE, link.value.security_profile.name)
    profile = cluster.resources.get(key) if cluster else None
    if standing is None or cube is None or profile is None:
        return ()
    named = named_in(profile)
    held = (identity for identity in cube.identities if identity.holder in standing.suspended)
    return tuple(one for one in held if {name.lower() for name in one.certificate.names} <= named)


def cut_short(
    target: str, identities: tuple[Identity, ...], observed: Mapping[str, Observed], secure: LinkEnds
) -> Iterator[Gap]:
    """An issuer above may be what the CUBE could not show: what CUCM holds of it stays."""
    seen = observed.get(target)
    gap = next((gap for gap in (seen.gaps if seen else ()) if gap.kind is Kind.TRUST_ANCHOR), None)
    if gap is None or all(one.certificate.is_self_signed or (one.chain and one.chain[-1].is_self_signed) for one in identities):
        return
    for _, cluster in secure:
        yield Gap(cluster_target(cluster.name), gap.reason, Kind.CALLMANAGER_TRUST, f"above the issuer of {target}")


def unstated(target: str, trustpoint: str, observed: Mapping[str, Observed], secure: LinkEnds) -> Iterator[Gap]:
    """Without what the CUBE presents nothing that CUCM must trust or name can be stated."""
    seen = observed.get(target)
    unreadable = seen is None or seen.has_gap(Key(target, Kind.TRUSTPOINT, trustpoint))
    why = "could not be read" if unreadable else "holds no identity certificate: enroll it, or state identity.issuer"
    for link, cluster in secure:
        far = cluster_target(cluster.name)
        reason = f"trustpoint {trustpoint} of {target} {why}"
        yield Gap(far, reason, Kind.CALLMANAGER_TRUST)
        yield Gap(far, reason, Kind.SIP_SECURITY_PROFILE, link.value.security_profile.name)


def chains(identities: tuple[Identity, ...], standing: Standing | None) -> Iterator[tuple[Certificate, ...]]:
    """What CUCM must hold to accept each of them."""
    coming = standing.coming if standing else None
    for identity in identities:
        is_coming = coming is not None and coming.name == identity.holder
        yield coming.chain if coming and is_coming else trust.chain_of(identity)


def anchors(
    cube: Placed[Cube],
    secure: LinkEnds,
    standing: Standing | None,
    identities: tuple[Identity, ...],
    observed: Mapping[str, Observed],
) -> Iterator[trust.Anchor]:
    """What the CUBE must hold beside the issuers of the nodes' certificates: the CA that will sign those of a managed cluster,
    and the issuers above its own issuing CA.
    """
    for link, cluster in secure:
        issuing = issuer_chain(observed, cluster.value.certificates.issuer)
        if issuing:
            yield trust.Anchor(issuing[0], frozenset({link.name}), cluster.origin("certificates"))
    if standing and standing.wish.issuer:
        names = frozenset(link.name for link, _ in secure)
        of_own = tuple(identity.chain for identity in identities)
        for certificate in identity_side.chain_above_issuing(standing, of_own):
            yield trust.Anchor(certificate, names, cube.origin("identity"))


def certificates(
    standings: Iterable[Standing], documents: Documents, observed: Mapping[str, Observed], secure: LinkEnds
) -> Iterator[Resource]:
    """What the certificates under way need next, and what those in place need to stay."""
    for standing in standings:
        cube = observed.get(standing.wish.target)
        if cube and standing.wish.target.startswith("cube/"):
            yield from identity_side.resources(standing, cube, frozenset(link.name for link, _ in secure))
            continue
        kind, _, name = standing.wish.target.partition("/")
        if kind == "cluster" and name in documents.clusters:
            of_cluster = frozenset(link.name for link, cluster in secure if cluster.name == name)
            issuing = issuer_chain(observed, standing.wish.issuer)
            yield from node_side.resources(standing, documents.clusters[name], issuing, of_cluster)
