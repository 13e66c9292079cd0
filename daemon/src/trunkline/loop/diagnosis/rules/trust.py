"""Whether each end holds what it needs to accept what the other presents. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, named, put_right, typed
from trunkline.loop.diagnosis.paths import Break, broken
from trunkline.loop.diagnosis.reading import binding
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity, Shown

MOST_NAMED = 4


def of_cube(evidence: Evidence) -> Iterator[Finding]:
    """Whether every node accepts what the CUBE presents."""
    own, readable = evidence.own, [node for node in evidence.nodes if node.trusted is not None]
    if own is None:
        return
    sent = _sent_by_cube(evidence, own)
    breaks = {node: broken(own.certificate, sent, node.trusted or (), evidence.known) for node in readable}
    failing = {node: made for node, made in breaks.items() if made}
    for code, nodes in _sorted(failing, len(readable)).items():
        sights = [Sight(node.holder, _of_node(node, failing[node])) for node in nodes]
        yield found(code, sights, _cures(evidence, code, nodes, failing[nodes[0]]), [node.holder for node in nodes])


def _sorted(failing: dict[Far, Break], readable: int) -> dict[str, list[Far]]:
    """The nodes that refuse, by what is wrong on them."""
    made: dict[str, list[Far]] = {}
    for node, gap in failing.items():
        code = "replication" if len(failing) < readable else "cube-untrusted"
        if gap.rival:
            code = "cn-collision"
        elif gap.is_between:
            code = "missing-intermediate"
        made.setdefault(code, []).append(node)
    return made


def _of_node(node: Far, gap: Break) -> str:
    if gap.rival:
        return (
            f"CallManager-trust holds {named(gap.rival)}, not the certificate of that name that issued what the CUBE sends; "
            "CUCM keeps one for each common name"
        )
    held = [one.common_name for one in node.trusted or ()]
    more = f" and {len(held) - MOST_NAMED} more" if len(held) > MOST_NAMED else ""
    return f"CallManager-trust does not hold `{gap.needed}`; it holds {', '.join(held[:MOST_NAMED]) or 'nothing'}{more}"


def _cures(evidence: Evidence, code: str, nodes: Sequence[Far], gap: Break) -> tuple[Cure, ...]:
    if gap.rival:
        return _collision_cures(gap, gap.rival, nodes[0].holder)
    if gap.issuer is None and not gap.last.is_self_signed:
        text = f"get the certificate of `{gap.needed}` from whoever runs that CA, and upload it as CallManager-trust"
        return (Cure(text, nodes[0].holder),)
    certificate = gap.issuer or gap.last
    key = Key(evidence.cluster_holder, Kind.CALLMANAGER_TRUST, f"{nodes[0].name}/{certificate.sha256[:16]}")
    upload = Cure(f"upload {named(certificate)} as CallManager-trust, then reset the trunk", nodes[0].holder)
    made = put_right(evidence, key, upload)
    if code == "replication":
        names = ", ".join(node.name for node in nodes)
        made = (*made, Cure(f"see why it does not arrive on {names}: `utils dbreplication runtimestate` on the publisher"))
    return made


def _collision_cures(gap: Break, rival: Certificate, holder: str) -> tuple[Cure, ...]:
    """A younger certificate takes the place of the one of its name, an older one is refused (Cisco security guide)."""
    ours = gap.issuer or (gap.last if gap.last.is_self_signed else None)
    wanted = named(ours) if ours else f"the `{gap.needed}` that issued what the CUBE sends"
    if ours and ours.not_before > rival.not_before:
        text = (
            f"upload {wanted} as CallManager-trust: it is younger and takes its place, for everybody whom the other vouches for"
        )
        return (Cure(text, holder),)
    return (
        Cure(f"have a certificate for the CUBE issued by {named(rival)}, which is held already", holder),
        Cure(
            f"or delete `{rival.common_name}` from CallManager-trust on every node, after seeing that nothing else needs it, "
            f"then upload {wanted}",
            holder,
        ),
    )


def of_nodes(evidence: Evidence) -> Iterator[Finding]:
    """Whether the CUBE accepts what every node presents: what was seen on the wire, else what is installed."""
    if evidence.cube is None or not evidence.link.is_secure:
        return
    for node in evidence.nodes:
        installed = node.identity.certificate if node.identity else None
        shown = node.shown.certificate if node.shown else None
        for certificate in dict.fromkeys(one for one in (shown, installed) if one):
            is_presented = certificate == (shown or installed)
            if is_presented and shown and installed and shown != installed and _is_held(evidence, node, installed):
                continue  # the CUBE is ready, and the node presents an earlier one: that is told elsewhere
            yield from _of_certificate(evidence, node, certificate, is_presented=is_presented)


def _is_held(evidence: Evidence, node: Far, certificate: Certificate) -> bool:
    held = [one for of in _anchors(evidence, node.address).values() for one in of]
    return broken(certificate, node.identity.chain if node.identity else (), held, evidence.known) is None


def _of_certificate(evidence: Evidence, node: Far, certificate: Certificate, *, is_presented: bool) -> Iterator[Finding]:
    held = _anchors(evidence, node.address)
    sent = _sent(node.identity, node.shown) if node.identity else node.shown.chain if node.shown else ()
    gap = broken(certificate, sent, [one for of in held.values() for one in of], evidence.known)
    if gap is None:
        return
    every = evidence.cube.trusted.values() if evidence.cube else ()
    if broken(certificate, sent, [one for of in every for one in of], evidence.known) is None:
        yield _kept_out(evidence, node, certificate)
        return
    later = "" if is_presented else ", once the node presents it"
    sights = [Sight(evidence.cube_holder, f"no trustpoint holds the issuer of {named(certificate)} of {node.name}{later}")]
    if certificate.is_self_signed:
        sights = [
            Sight(evidence.cube_holder, f"no trustpoint holds {named(certificate)}, by which {node.name} signs itself{later}")
        ]
    elif node.shown and node.shown.certificate == certificate and set(node.shown.chain) <= {certificate}:
        sights.append(Sight(node.holder, "it sends its certificate alone, without that of its issuer"))
    if gap.rival:
        where = next(name for name, of in held.items() if gap.rival in of)
        sights.append(
            Sight(evidence.cube_holder, f"trustpoint {where} holds {named(gap.rival)}: the same name, another certificate")
        )
    code = "missing-intermediate" if gap.is_between and not gap.rival else "wrong-anchor"
    certainty = Certainty.SEEN if is_presented else Certainty.POSSIBLE
    yield found(code, sights, _anchor_cures(evidence, gap), [node.holder], certainty)


def _kept_out(evidence: Evidence, node: Far, certificate: Certificate) -> Finding:
    """The CUBE holds what is needed, and `client-vtp` lets it look at another trustpoint only."""
    made, holder = binding(evidence, node.address), evidence.cube_holder
    text = f"`{made.said}`: client-vtp {made.client_trustpoint} lets no other trustpoint vouch for {named(certificate)}"
    where = (f"voice class tls-profile {made.profile}", " no client-vtp") if made.profile else ()
    bare = made.said.replace(f" client-vtp {made.client_trustpoint}", "")
    cure = typed("let every trustpoint vouch, or name the right one", holder, *(where or ("sip-ua", f" {bare}")))
    return found("wrong-anchor", [Sight(holder, text)], [cure], [node.holder])


def _anchors(evidence: Evidence, address: str) -> dict[str, tuple[Certificate, ...]]:
    """What counts for a peer: the CA certificates of all trustpoints, or of the one that `client-vtp` names."""
    assert evidence.cube  # noqa: S101 - the caller looked
    only = binding(evidence, address).client_trustpoint
    return {name: held for name, held in evidence.cube.trusted.items() if not only or name == only}


def _anchor_cures(evidence: Evidence, gap: Break) -> tuple[Cure, ...]:
    needed = gap.issuer or (gap.last if gap.last.is_self_signed else None)
    if needed is None:
        return (Cure(f"get the certificate of `{gap.needed}` and authenticate a trustpoint with it", evidence.cube_holder),)
    name = f"TL-{needed.sha256[:8]}"
    lines = (f"crypto pki trustpoint {name}", " enrollment terminal", " revocation-check none", f" fingerprint {needed.sha1}")
    by_hand = typed(
        f"authenticate a trustpoint with {named(needed)}",
        evidence.cube_holder,
        *lines,
        "exit",
        f"crypto pki authenticate {name}",
    )
    return put_right(evidence, Key(evidence.cube_holder, Kind.TRUST_ANCHOR, name), by_hand)


def _sent_by_cube(evidence: Evidence, own: Identity) -> tuple[Certificate, ...]:
    """As seen on the wire, else the CA that its own trustpoint holds: a CUBE sends no others (Cisco TechNote 212090)."""
    held = evidence.cube.trusted.get(own.holder, ()) if evidence.cube else ()
    return _sent(replace(own, chain=held), evidence.shown)


def _sent(identity: Identity, shown: Shown | None) -> tuple[Certificate, ...]:
    """What an end sends beside its certificate: as seen on the wire, else what it could build from what it holds."""
    if shown and shown.chain and shown.certificate == identity.certificate:
        return shown.chain
    return identity.chain
