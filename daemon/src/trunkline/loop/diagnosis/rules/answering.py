"""Whether the CUBE can be called: its listener, its bind, its trusted list; and what the cluster calls. Pure."""

from collections.abc import Iterator

from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.loop.diagnosis.finding import found, put_right, typed
from trunkline.loop.diagnosis.reading import listens_at
from trunkline.loop.ends import calls
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.event import EventKind
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Resource

ANY = ("0.0.0.0", "::", "-")  # noqa: S104 - as IOS shows a listener that is bound to no address
OFF = "no transport tcp tls"
BIND = "bind control"


def listener(evidence: Evidence) -> Iterator[Finding]:
    """Switched off, or the router could not open the socket."""
    there, holder = listens_at(evidence), evidence.cube_holder
    is_off = OFF in evidence.section(Kind.SIP_UA).values()
    if evidence.cube is None or not evidence.link.is_secure or not (is_off or there == ()):
        return
    sights = [Sight(holder, f"`sip-ua` says `{OFF}`")] if is_off else []
    if there == ():
        sights.append(Sight(holder, "`show sip-ua connections tcp tls detail` shows no listening socket"))
    failed = [one for one in evidence.events_of(holder) if one.kind is EventKind.LISTENER]
    sights += [Sight(holder, f"`{one.line}`") for one in failed[-1:]]
    key = Key(holder, Kind.SIP_UA, "")
    cures = put_right(evidence, key, typed("on the CUBE", holder, "sip-ua", " transport tcp tls"))
    yield found("listener-off", sights, cures, [holder], origin=evidence.origin(key))


def bind(evidence: Evidence) -> Iterator[Finding]:
    """Signalling that is bound elsewhere, or to nothing: the CUBE then speaks from whatever address its routes choose."""
    holder, key = evidence.cube_holder, Key(evidence.cube_holder, Kind.VOICE_SERVICE_SIP, "voip")
    if evidence.cube is None or evidence.cube.has_gap(key):
        return
    line, wanted = evidence.section(*key[1:]).get(BIND, ""), _wanted_bind(evidence.wanted(key))
    there, called = listens_at(evidence) or (), _called(evidence.wanted(evidence.link.trunk))
    elsewhere = [f"{address}:{port}" for address, port in there if address not in (*ANY, *(one for one, _ in called))]
    is_elsewhere = bool(elsewhere and called) and not any(
        address in (*ANY, *(one for one, _ in called)) for address, _ in there
    )
    if not is_elsewhere and (not wanted or line == wanted):
        return
    sights = [
        Sight(holder, f"`voice service voip`, `sip`: `{line}`" if line else f"no `{BIND} …` in `voice service voip`, `sip`")
    ]
    if wanted and line != wanted:
        sights.append(Sight(holder, f"the documents say `{wanted}`"))
    if is_elsewhere:
        sights.append(Sight(holder, f"it listens on {', '.join(elsewhere)}; the trunk calls {called[0][0]}:{called[0][1]}"))
    lines = ("voice service voip", " sip", f"  {wanted or BIND + ' source-interface INTERFACE'}")
    cures = put_right(evidence, key, typed("while no call is up: IOS refuses otherwise", holder, *lines))
    if wanted and line == wanted:
        cures = _moved(evidence, elsewhere[0])
    certainty = Certainty.SEEN if is_elsewhere else Certainty.LIKELY
    yield found("bind", sights, cures, [holder], certainty, evidence.origin(key))


def _moved(evidence: Evidence, place: str) -> tuple[Cure, ...]:
    """The interface is the one that the documents name, and has another address."""
    address = place.rpartition(":")[0]
    return (
        Cure(f"if {address} is right: state it as `signalling.address` in cubes/{evidence.link.cube}.yaml; the trunk follows"),
        Cure("else give the interface the address that the trunk calls", evidence.cube_holder),
    )


def _wanted_bind(stated: Resource | None) -> str:
    return next((line for line in (stated.settings.values() if stated else ()) if line.startswith(BIND)), "")


def _called(trunk: Resource | None) -> list[tuple[str, str]]:
    """The destinations of a trunk."""
    entries = (trunk.settings.get("destinations", "") if trunk else "").split(",")
    pairs = (entry.strip().rpartition(":") for entry in entries if entry.strip())
    return [(address.strip("[]"), port) for address, _, port in pairs]


def trunk(evidence: Evidence) -> Iterator[Finding]:
    """The trunk must exist, use the link's profile, and call the CUBE where it listens."""
    cluster, link, holder = evidence.cluster, evidence.link, evidence.cluster_holder
    if cluster is None or cluster.has_gap(link.trunk):
        return
    lacking = [
        key for key in (link.trunk, link.security_profile) if evidence.resource(key) is None and not cluster.has_gap(key)
    ]
    if lacking:
        sights = [Sight(holder, f"there is no {key.kind} {key.name}") for key in lacking]
        cures = put_right(evidence, lacking[0], Cure("create it, and reset the trunk", holder))
        yield found("trunk-missing", sights, cures, [holder], origin=evidence.origin(lacking[0]))
        return
    yield from _destination(evidence)


def _destination(evidence: Evidence) -> Iterator[Finding]:
    holder, key = evidence.cluster_holder, evidence.link.trunk
    stored, wanted, there = _called(evidence.trunk), _called(evidence.wanted(key)), listens_at(evidence) or ()
    ports = {str(port) for _, port in there}
    if not stored or not evidence.link.is_secure:
        return
    wrong = [
        one
        for one in stored
        if (wanted and one[0] not in {address for address, _ in wanted}) or (ports and one[1] not in ports)
    ]
    if len(wrong) < len(stored):
        return
    sights = [Sight(holder, f"{key.name} calls {', '.join(':'.join(one) for one in stored)}")]
    shown = ", ".join(f"{address}:{port}" for address, port in there)
    sights += [Sight(evidence.cube_holder, f"it listens on {shown}")] if shown else []
    yield found(
        "trunk-destination", sights, _destination_cures(evidence, stored, wanted, shown), [holder], origin=evidence.origin(key)
    )


def _destination_cures(
    evidence: Evidence, stored: list[tuple[str, str]], wanted: list[tuple[str, str]], shown: str
) -> tuple[Cure, ...]:
    key, holder = evidence.link.trunk, evidence.cluster_holder
    place = ", ".join(":".join(one) for one in wanted) or shown
    if stored == wanted:  # the CUBE was moved
        document = f"cubes/{evidence.link.cube}.yaml"
        return (
            Cure(
                f"let the CUBE listen at {place} again: see `listen-port secure` in `voice service voip`, `sip`",
                evidence.cube_holder,
            ),
            Cure(f"or state what it listens on in {document}, `signalling.tls_port`: the trunk follows"),
        )
    return put_right(evidence, key, Cure(f"set the destination of {key.name} to {place}, and reset the trunk", holder))


def profile(evidence: Evidence) -> Iterator[Finding]:
    """Encrypted, over TLS both ways; "Authenticated" means TLS without encryption, which no CUBE speaks."""
    shown, key, holder = evidence.profile, evidence.link.security_profile, evidence.cluster_holder
    if shown is None or not evidence.link.is_secure:
        return
    wanted = {"securityMode": "Encrypted", "incomingTransport": "TLS", "outgoingTransport": "TLS"}
    wrong = {name: shown.settings.get(name, "") for name, text in wanted.items() if shown.settings.get(name, text) != text}
    used = evidence.trunk.settings.get("securityProfileName", key.name) if evidence.trunk else key.name
    sights = [Sight(holder, f"{key.name}: {name} is {text}, must be {wanted[name]}") for name, text in wrong.items()]
    if used != key.name:
        sights.append(Sight(holder, f"{evidence.link.trunk.name} uses the security profile {used}, not {key.name}"))
    if not sights:
        return
    at = key if wrong else evidence.link.trunk
    by_hand = Cure(
        f"{_mode(evidence, shown) if wrong else ''}use {key.name} in {evidence.link.trunk.name}, and reset it", holder
    )
    yield found("transport-cluster", sights, put_right(evidence, at, by_hand), [holder], origin=evidence.origin(at))


def _mode(evidence: Evidence, shown: Resource) -> str:
    """What a profile needs for TLS; one without TLS has another port, too."""
    stated = evidence.wanted(shown.key)
    port = stated.settings.get("incomingPort", "5061") if stated else "5061"
    also = f", its Incoming Port to {port}" if shown.settings.get("incomingPort", port) != port else ""
    return f"set {shown.key.name} to Encrypted, TLS and TLS{also}; "


def trusted(evidence: Evidence) -> Iterator[Finding]:
    """Calls from addresses that the CUBE does not trust are refused, whatever TLS said (toll-fraud prevention)."""
    holder = evidence.cube_holder
    for node in evidence.nodes if evidence.cube else ():
        if evidence.cube is None or calls.trusts(evidence.cube, node.address):
            continue
        key = Key(holder, Kind.TRUSTED_LIST, "voip")
        text = f"neither the trusted list nor a dial-peer that is up holds {node.address} of {node.name}"
        lines = ("voice service voip", " ip address trusted list", f"  ipv4 {node.address}")
        cures = put_right(evidence, key, typed("on the CUBE", holder, *lines))
        yield found("trusted-list", [Sight(holder, text)], cures, [node.holder], origin=evidence.origin(key))
