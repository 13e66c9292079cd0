"""What each end presents: no certificate, that of another trustpoint, an earlier one, one for other uses. Pure."""

from collections.abc import Iterator

from cryptography.x509.oid import ExtendedKeyUsageOID

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, named, put_right, typed
from trunkline.loop.diagnosis.paths import broken
from trunkline.loop.diagnosis.reading import binding
from trunkline.loop.ends.binding import Binding
from trunkline.model.cause import Cure, Finding, Sight
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity, Shown

FIRST = "before the restart let the CUBE trust what the node will present: it does not yet"
USAGES = {
    ExtendedKeyUsageOID.SERVER_AUTH.dotted_string: "serverAuth",
    ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string: "clientAuth",
}


def own_identity(evidence: Evidence) -> Iterator[Finding]:
    """The trustpoint that the documents name holds no certificate."""
    cube, trustpoint = evidence.cube, evidence.link.identity_trustpoint
    if cube is None or evidence.own or cube.has_gap(Key(cube.target, Kind.TRUSTPOINT, trustpoint)):
        return
    there = ", ".join(sorted(one.holder for one in cube.identities)) or "none"
    seen = [Sight(cube.target, f"trustpoint {trustpoint} holds no certificate with a key; trustpoints that do: {there}")]
    cure = Cure(
        f"enroll {trustpoint}, or name another in the document of the CUBE; with `identity.issuer` trunkline enrolls it"
    )
    yield found("identity-missing", seen, [cure], [cube.target], origin=evidence.link.origin)


def bound(evidence: Evidence) -> Iterator[Finding]:
    """`crypto signaling` must lead to the trustpoint that the documents name, for every node."""
    if evidence.cube is None or not evidence.link.is_secure:
        return
    wanted = evidence.link.identity_trustpoint
    for address in evidence.link.node_addresses:
        made = binding(evidence, address)
        if made.trustpoint == wanted:
            continue
        holder, key = evidence.cube_holder, Key(evidence.cube_holder, Kind.SIP_UA, "")
        held = evidence.cube.identity_of(made.trustpoint)
        code = "wrong-trustpoint" if held else "identity-missing"
        seen = Sight(holder, f"for {address}: {_bound(made)}; the documents name trustpoint {wanted}{_of(held, evidence.own)}")
        if made.profile:
            key = Key(holder, Kind.TLS_PROFILE, made.profile)
        yield found(code, [seen], put_right(evidence, key, _bind(made, wanted, holder)), [holder], origin=evidence.origin(key))
        return


def _bound(made: Binding) -> str:
    return f"`{made.said}` presents trustpoint {made.trustpoint or 'none'}" if made.said else "no `crypto signaling` counts"


def _of(held: Identity | None, own: Identity | None) -> str:
    told = f", which holds {named(own.certificate)}" if own else ""
    return f"{told}; presented is {named(held.certificate)}" if held else told


def _bind(made: Binding, trustpoint: str, holder: str) -> Cure:
    if made.profile:
        lines = (f"voice class tls-profile {made.profile}", f" trustpoint {trustpoint}")
    else:
        whom = " ".join(made.said.split()[2:5]) if "remote-addr" in made.said else "default"
        lines = ("sip-ua", f" crypto signaling {whom} trustpoint {trustpoint}")
    return typed("bind the trustpoint; new connections use it", holder, *lines)


def served(evidence: Evidence) -> Iterator[Finding]:
    """What the probe was shown is not what is installed."""
    if evidence.own and (shown := _another(evidence.shown, evidence.own.certificate)):
        holder = evidence.cube_holder
        cure = typed(
            "see what is bound, and end connections that keep the earlier one", holder, "show sip-ua connections tcp tls detail"
        )
        yield found("old-served-cube", [_served(holder, shown, evidence.own.certificate)], [cure], [holder])
    for node in evidence.nodes:
        shown = _another(node.shown, node.identity.certificate) if node.identity else None
        if shown and node.identity:
            seen = [_served(node.holder, shown, node.identity.certificate), *_since(node)]
            first = [] if _is_awaited(evidence, node.identity.certificate) else [Cure(FIRST)]
            yield found("old-served-node", seen, [*first, Cure(restart(node))], [node.holder])


def _is_awaited(evidence: Evidence, certificate: Certificate) -> bool:
    """Whether the CUBE trusts already what a node will present."""
    held = [one for of in evidence.cube.trusted.values() for one in of] if evidence.cube else []
    return broken(certificate, (), held, evidence.known) is None


def restart(node: Far) -> str:
    return (
        f"restart the service Cisco CallManager on {node.name}, a node after the other: Cisco Unified Serviceability, Tools, "
        "Control Center; its calls end"
    )


def _another(shown: Shown | None, installed: Certificate) -> Certificate | None:
    return shown.certificate if shown and shown.certificate and shown.certificate != installed else None


def _served(holder: str, shown: Certificate, installed: Certificate) -> Sight:
    return Sight(holder, f"on the wire it presents {named(shown)}; it holds {named(installed)}")


def _since(node: Far) -> Iterator[Sight]:
    started = node.facts.callmanager_started_at if node.facts else None
    if started:
        yield Sight(node.holder, f"its service Cisco CallManager runs since {started:%Y-%m-%d %H:%M}Z")


def usage(evidence: Evidence) -> Iterator[Finding]:
    """A trunk opens connections from both ends: each certificate must serve as server's and as client's."""
    ends = [(evidence.cube_holder, evidence.own)] if evidence.own else []
    ends += [(node.holder, node.identity) for node in evidence.nodes if node.identity]
    for holder, identity in ends:
        if identity and not identity.certificate.serves_both_roles():
            has = identity.certificate.extended_key_usages
            lacks = " and ".join(name for oid, name in USAGES.items() if oid not in has)
            seen = Sight(holder, f"the extended key usage of {named(identity.certificate)} lacks {lacks}")
            cure = Cure(
                f"issue a new one for {evidence.place(holder)} with serverAuth and clientAuth, or without the extension"
            )
            yield found("usage", [seen], [cure], [holder])
