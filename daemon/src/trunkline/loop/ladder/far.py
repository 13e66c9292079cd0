"""The far ends of a CUBE's certificate: what they hold, whether it counts, and what stands in the way. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from trunkline.loop.ladder.scene import Scene
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.profile import named_in
from trunkline.model.renewal.standing import Wait
from trunkline.model.renewal.wish import Chain, FarEnd, IdentityWish


@dataclass(frozen=True)
class Reception:
    """What far ends lack of a certificate; empty: each holds its issuers and names it."""

    is_known: bool  # everything could be read
    lacks: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()  # trunks that were not reset since


def reception(certificate: Certificate, chain: Chain, wish: IdentityWish, scene: Scene) -> Reception:
    """Whether every node of every far end holds the chain, and every security profile names the certificate."""
    lacks: list[str] = []
    is_known = True
    for end in wish.far_ends:
        seen = scene.observed.get(end.cluster)
        if seen is None or not scene.is_readable(end.cluster):
            is_known = False
            continue
        lacks += _lacks(certificate, chain, end, seen)
        is_known = is_known and not any(seen.has_gap(Key(end.cluster, Kind.CALLMANAGER_TRUST, f"{n}/")) for n in end.nodes)
    owed = tuple(end.trunk.name for end in wish.far_ends if end.trunk._replace(kind=Kind.ACTIVATION) in scene.owed)
    return Reception(is_known, tuple(lacks), owed)


def _lacks(certificate: Certificate, chain: Chain, end: FarEnd, seen: Observed) -> Iterator[str]:
    for node in end.nodes:
        held = seen.trusted.get(node, ())
        if any(issuer not in held for issuer in chain):
            yield f"{node} of {end.cluster} does not hold the CA {chain[0].common_name} yet"
    named = named_in(seen.resources.get(end.security_profile))
    if not {name.lower() for name in certificate.names} <= named:
        yield f"{end.security_profile.name} of {end.cluster} does not name {certificate.common_name} yet"


def collision(chain: Chain, wish: IdentityWish, scene: Scene) -> Wait | None:
    """A CA of a name that a trust store has given to another certificate: CUCM keeps one certificate for each common name."""
    for end in wish.far_ends:
        seen = scene.observed.get(end.cluster)
        for node in end.nodes:
            for held in seen.trusted.get(node, ()) if seen else ():
                rival = next((ca for ca in chain if ca.common_name == held.common_name and ca != held), None)
                if rival:
                    return Wait(
                        "cn-collision",
                        f"{end.cluster}/{node} holds another certificate named {held.common_name} (serial {held.serial}), and "
                        "CUCM keeps one for each name, so the two cannot be trusted at a time; use a CA with a new name, "
                        "keep the CA and renew only what it signs, or take the earlier one out by hand and accept the cut",
                    )
    return None


def unproven(chain: Chain, wish: IdentityWish, scene: Scene) -> Iterator[tuple[Wait, Key | None]]:
    """Nodes of which nobody knows whether new trust counts already, each with the restart that would help, if any does.

    Cisco's documents differ on whether a CUCM takes a new certificate of CallManager-trust into use without a restart.
    """
    for end in wish.far_ends:
        nodes = end.nodes if end.takes_effect == "proof" else ()
        found = {node: scene.accepted(end.cluster, node, chain[0]) for node in nodes}
        untried = [node for node, one in found.items() if one is None]
        if untried:
            yield _untried(untried, end, chain), None
        for node, one in found.items():
            if one and not one.is_accepted:
                key = Key(end.cluster, Kind.SERVICE_RESTART, node)
                yield _refusing(key, one.problem, chain), key


def _untried(nodes: list[str], end: FarEnd, chain: Chain) -> Wait:
    verb = "accepts" if len(nodes) == 1 else "accept"
    return Wait(
        "trust-unproven",
        f"whether {', '.join(nodes)} of {end.cluster} {verb} certificates of {chain[0].common_name} cannot be tried: the "
        "issuer gives the probe no certificate; allow it with `probing: true` of the issuer, or see to it yourself (a "
        "restart of Cisco CallManager may be needed) and state `certificates.trust_takes_effect: reset` of the cluster",
    )


def _refusing(restart: Key, problem: str, chain: Chain) -> Wait:
    cluster = restart.target.partition("/")[2]
    return Wait(
        "restart",
        f"{restart.name} of {restart.target} holds the CA {chain[0].common_name} and does not accept its certificates "
        f"({problem}): Cisco CallManager must be restarted on it; approve with "
        f"`trunkline approve {cluster}/{restart.name} --reason …`",
        asks=restart,
    )
