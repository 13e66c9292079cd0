"""Who must trust whom, derived from the certificates that both ends present. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity, Observed
from trunkline.model.resource import Origin, Ownership, Resource


def anchor_of(identity: Identity) -> Certificate:
    """What the other end must hold to accept this identity: its issuer where that is known, else the certificate
    itself.
    """
    return identity.chain[0] if identity.chain else identity.certificate


def chain_of(identity: Identity) -> tuple[Certificate, ...]:
    """What CUCM must hold to accept this identity: all issuers that are known, else the certificate itself."""
    return identity.chain or (identity.certificate,)


def trustpoint_name(anchor: Certificate) -> str:
    """The trustpoint that trunkline keeps an anchor in: the same for every link that needs it."""
    return f"TL-{anchor.sha256[:8]}"


def held_elsewhere(anchor: Certificate, cube: Observed, leaving: Collection[str]) -> str | None:
    """The trustpoint of somebody else that holds this very anchor, unless trunkline has one of its own. `leaving` are those
    that go sooner or later, such as an earlier revision of the identity: what they hold goes with them.
    """
    own = trustpoint_name(anchor)
    if own in cube.trusted:
        return None
    return next((name for name, held in sorted(cube.trusted.items()) if anchor in held and name not in leaving), None)


@dataclass(frozen=True)
class Anchor:
    """An anchor that a CUBE must hold, and the links that need it."""

    certificate: Certificate
    links: frozenset[str]
    origin: Origin


def cube_resources(
    target: str, anchors: Mapping[str, Anchor], cube: Observed, leaving: Collection[str] = ()
) -> Iterator[Resource]:
    """A trustpoint and its CA certificate for every anchor that is not on the CUBE already."""
    for anchor in anchors.values():
        if held_elsewhere(anchor.certificate, cube, leaving):
            continue
        name = trustpoint_name(anchor.certificate)
        trustpoint = Key(target, Kind.TRUSTPOINT, name)
        lines = ("enrollment terminal", "revocation-check none", f"fingerprint {anchor.certificate.sha1}")
        yield Resource(trustpoint, {line: line for line in lines}, Ownership.WHOLE, origin=anchor.origin, links=anchor.links)
        yield Resource(
            Key(target, Kind.TRUST_ANCHOR, name),
            {"sha256": anchor.certificate.sha256, "pem": anchor.certificate.pem},
            needs=frozenset({trustpoint}),
            origin=anchor.origin,
            links=anchor.links,
        )


def node_trust_key(target: str, node: str, certificate: Certificate) -> Key:
    return Key(target, Kind.CALLMANAGER_TRUST, f"{node}/{certificate.sha256[:16]}")
