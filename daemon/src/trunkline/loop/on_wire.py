"""Whether what is presented on the wire is what is installed, for one link. Pure."""

from collections.abc import Iterator, Mapping

from trunkline.model.certificate import Certificate
from trunkline.model.desired import DesiredLink
from trunkline.model.key import Key, Kind, cluster_target, cube_target, wire_target
from trunkline.model.observed import Gap, Observed, Shown, WireFacts
from trunkline.model.passes import Status

HIDING = (None, Kind.IDENTITY, Kind.CALLMANAGER_TRUST)
"""Kinds of gaps of which an identity is part: a node shows its certificates in one answer."""


def on_wire(link: DesiredLink, observed: Mapping[str, Observed]) -> tuple[Status, str, str]:
    """Status, reason and message. What could not be looked at is unknown; one end that shows another certificate is enough for
    False.
    """
    seen = observed.get(wire_target(link.cube))
    facts = seen.facts if seen else None
    if not isinstance(facts, WireFacts) or not facts.shown:
        return (Status.UNKNOWN, "NotLookedAt", "what is presented was not looked at")
    unseen = next(_unread(link, observed), "")
    for holder, installed in _installed(link, observed):
        shown = facts.shown.get(holder)
        if shown is None or shown.certificate is None:
            unseen = unseen or f"{holder}: {shown.problem if shown else 'not looked at'}"
        elif shown.certificate != installed:
            return (Status.FALSE, "AnotherPresented", _another(holder, shown, installed))
    if unseen:
        return (Status.UNKNOWN, "NotSeen", unseen)
    return (Status.TRUE, "Presented", "each end presents what it holds")


def _installed(link: DesiredLink, observed: Mapping[str, Observed]) -> Iterator[tuple[str, Certificate]]:
    """By holder as the probe names it, the certificate that it should present."""
    cube, cluster = observed.get(cube_target(link.cube)), observed.get(cluster_target(link.cluster))
    own = cube.identity_of(link.identity_trustpoint) if cube else None
    if own:
        yield cube_target(link.cube), own.certificate
    for identity in cluster.identities if cluster else ():
        yield f"{cluster_target(link.cluster)}/{identity.holder}", identity.certificate


def _unread(link: DesiredLink, observed: Mapping[str, Observed]) -> Iterator[str]:
    """What leaves open which certificate an end should present: then that one shows none proves nothing."""
    for target in (cube_target(link.cube), cluster_target(link.cluster)):
        seen = observed.get(target)
        if seen is None:
            yield f"{target} was not read"
        else:
            yield from (f"{target}: {gap.reason}" for gap in seen.gaps if _hides_identity(gap, link))


def _hides_identity(gap: Gap, link: DesiredLink) -> bool:
    return gap.kind in HIDING or gap.covers(Key(gap.target, Kind.TRUST_ANCHOR, link.identity_trustpoint))


def _another(holder: str, shown: Shown, installed: Certificate) -> str:
    presented = shown.certificate
    assert presented  # noqa: S101 - the caller compared it
    return (
        f"{holder} presents the certificate {presented.serial}, which ends {presented.not_after:%Y-%m-%d}, and holds "
        f"{installed.serial}: it counts after a restart of the service on a node, for new connections on a CUBE"
    )
