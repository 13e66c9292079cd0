"""A node's coming CallManager certificate as resources, as far as they can be stated. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Cluster, Placed
from trunkline.desired.sides.identity import signature
from trunkline.desired.sides.trust import node_trust_key
from trunkline.model.key import Key, Kind, issuer_target
from trunkline.model.renewal.standing import Rung, Standing
from trunkline.model.renewal.wish import Chain
from trunkline.model.resource import Ownership, Resource


def resources(standing: Standing, cluster: Placed[Cluster], issuing: Chain, links: frozenset[str]) -> Iterator[Resource]:
    """The CA in the node's own trust store, the request, the signature, the certificate; the restart is no resource.

    The CA that signs next, and the one that signed what is there, stay trusted: a node sends the chain that its store holds.
    """
    coming, wish = standing.coming, standing.wish
    node, target = wish.holder, wish.target
    held = standing.identity.chain if standing.identity else ()
    trusted = [
        Resource(node_trust_key(target, node, ca), {"sha256": ca.sha256, "pem": ca.pem}, origin=wish.origin, links=links)
        for ca in dict.fromkeys((*issuing, *held))
    ]
    yield from trusted
    if coming is None or coming.rung >= Rung.INSTALLED:
        return
    request = Key(target, Kind.CERTIFICATE_REQUEST, node)
    yield Resource(request, _wanted(standing, cluster), Ownership.STATED, origin=wish.origin, links=links)
    yield from signature(standing, coming, request, (), links)
    if coming.rung is Rung.ISSUED and coming.enrolment and not standing.waits:
        chain = coming.enrolment.chain
        signed = Key(issuer_target(wish.issuer), Kind.SIGNATURE, f"{target}/{node}")
        yield Resource(
            Key(target, Kind.IDENTITY, node),
            {"sha256": chain[0].sha256, "pem": "".join(one.pem for one in chain)},
            Ownership.STATED,
            frozenset({signed, *(one.key for one in trusted)}),
            origin=wish.origin,
            links=links,
        )


def _wanted(standing: Standing, cluster: Placed[Cluster]) -> dict[str, str]:
    wish = standing.wish
    distribution = cluster.value.certificates.distribution
    return {
        "issuer": wish.issuer,
        "distribution": distribution,
        "common_name": wish.names[0],
        "names": ",".join(sorted(wish.names)),
        "key": str(wish.key),
    }
