"""What each end presents: no certificate, that of another trustpoint, an earlier one, one for other uses. Pure."""

from collections.abc import Iterator

from cryptography.x509.oid import ExtendedKeyUsageOID

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, named, put_right, typed
from trunkline.loop.diagnosis.paths import broken
from trunkline.loop.diagnosis.reading import binding, is_bound_elsewhere
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
    wanted, holder = evidence.link.identity_trustpoint, evidence.cube_holder
    wrong = {address: made for address, made in _bindings(evidence).items() if made.trustpoint != wanted}
    if not wrong:
        return
    made = next(iter(wrong.values()))
    held = evidence.cube.identity_of(made.trustpoint)
    code = "wrong-trustpoint" if held else "identity-missing"
    text = f"for {', '.join(wrong)}: {_bound(made, held)}; the documents name trustpoint {wanted}{_of(held, evidence.own)}"
    key = Key(holder, Kind.TLS_PROFILE, made.profile) if made.profile else Key(holder, Kind.SIP_UA, "")
    by_hand = _bind(evidence, made, tuple(wrong))
    cures = (by_hand,) if _is_foreign(evidence, made) else put_right(evidence, key, by_hand)
    yield found(code, [Sight(holder, text)], cures, [holder], origin=evidence.origin(key))


def _bindings(evidence: Evidence) -> dict[str, Binding]:
    return {address: binding(evidence, address) for address in evidence.link.node_addresses}


def _bound(made: Binding, held: Identity | None) -> str:
    if not made.said:
        return "no `crypto signaling` counts"
    if held:
        return f"`{made.said}` presents trustpoint {made.trustpoint}"
    return (
        f"`{made.said}` leads to {f'trustpoint {made.trustpoint}, which has no certificate' if made.trustpoint else 'nothing'}"
    )


def _stated(evidence: Evidence) -> tuple[str, ...]:
    """The bindings that the documents ask for."""
    wanted = evidence.wanted(Key(evidence.cube_holder, Kind.SIP_UA, ""))
    return tuple(line for line in (wanted.settings.values() if wanted else ()) if line.startswith("crypto signaling "))


def _is_foreign(evidence: Evidence, made: Binding) -> bool:
    """A narrower binding that no document knows goes before the one that they ask for, which is there."""
    there = evidence.section(Kind.SIP_UA).values()
    stated = _stated(evidence)
    return bool(made.said) and bool(stated) and all(line in there for line in stated) and made.said not in stated


def _of(held: Identity | None, own: Identity | None) -> str:
    told = f", which holds {named(own.certificate)}" if own else ""
    return f"{told}; presented is {named(held.certificate)}" if held else told


def _bind(evidence: Evidence, made: Binding, addresses: tuple[str, ...]) -> Cure:
    trustpoint, stated = evidence.link.identity_trustpoint, _stated(evidence)
    text, lines = "bind the trustpoint; new connections use it", [f" {line}" for line in stated]
    if _is_foreign(evidence, made):
        options = stated[0].partition(" trustpoint ")[2] or stated[0].partition(" tls-profile ")[2]
        kind = "trustpoint" if " trustpoint " in stated[0] else "tls-profile"
        text = f"no document knows `{made.said}`, and others may need it: bind the nodes more narrowly, or take it away"
        lines = [f" crypto signaling remote-addr {one} 255.255.255.255 {kind} {options}" for one in addresses]
    elif made.profile:
        return typed(text, evidence.cube_holder, f"voice class tls-profile {made.profile}", f" trustpoint {trustpoint}")
    return typed(text, evidence.cube_holder, "sip-ua", *(lines or [f" crypto signaling default trustpoint {trustpoint}"]))


def served(evidence: Evidence) -> Iterator[Finding]:
    """What the probe was shown is not what is installed."""
    if evidence.own and not is_bound_elsewhere(evidence) and (shown := _another(evidence.shown, evidence.own.certificate)):
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
