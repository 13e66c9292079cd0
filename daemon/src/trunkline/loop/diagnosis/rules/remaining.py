"""What is left where nothing that was read explains a failure: what counts only later, and plain symptoms. Pure.

Each takes the nodes whose failure nothing explains yet.
"""

from collections.abc import Iterator, Sequence

from trunkline.loop.diagnosis.evidence import Evidence, Far
from trunkline.loop.diagnosis.finding import found, put_right, typed
from trunkline.loop.diagnosis.rules.presenting import restart
from trunkline.loop.diagnosis.symptoms import HANDSHAKES, is_busy, is_deaf, pings, problem_of, refusals, runs
from trunkline.model.cause import Certainty, Cure, Finding, Sight
from trunkline.model.handshake import Reason
from trunkline.model.key import Key, Kind

CLOSURES = ("remote_closures",)
UNTRUSTED = frozenset({Reason.UNKNOWN_CA, Reason.BAD_CERTIFICATE})
MOST_NAMED = 3
DATED = {Reason.EXPIRED: "expired-{}", Reason.NOT_YET_VALID: "not-yet-valid-{}"}
"""A leaf out of its dates has a rule of its own; what comes here is a CA above it."""


def proven(evidence: Evidence) -> Iterator[Finding]:
    """What is known not to count yet: an activation that trunkline owes, a refusal that the probe met itself."""
    trunk, holder = evidence.link.trunk, evidence.cluster_holder
    if any(key.target == trunk.target and key.name == trunk.name for key in evidence.owed):
        text = f"{trunk.name} was changed, and was neither reset nor restarted since"
        yield found("trunk-not-reset", [Sight(holder, text)], _reset(evidence), [holder])
    for node in evidence.nodes:
        refused = _refused_although_held(evidence, node)
        if refused:
            cure = Cure(f"reset the trunk {trunk.name}; where that does not help: {restart(node)}", holder)
            yield found("trust-not-loaded", refused, [cure], [node.holder], Certainty.LIKELY)


def _reset(evidence: Evidence) -> tuple[Cure, ...]:
    trunk = evidence.link.trunk
    reset = Cure(f"reset {trunk.name}: Device, Trunk, Reset; new calls fail for some seconds", evidence.cluster_holder)
    return (Cure("`trunkline apply`, or the daemon at its next pass, resets it"), reset) if evidence.owed else (reset,)


def _refused_although_held(evidence: Evidence, node: Far) -> list[Sight]:
    """The probe presented a certificate of a CA that the node's trust store holds, and the node refused it."""
    held = {one.sha256: one for one in node.trusted or ()}
    for (holder, issuer), told in evidence.wire.accepted.items():
        if holder == node.holder and issuer in held and not told.is_accepted:
            name = held[issuer].common_name
            return [
                Sight(node.holder, f"CallManager-trust holds `{name}`"),
                Sight(node.holder, f"it refused the probe's certificate of that CA: {told.problem or 'no reason given'}"),
            ]
    return []


def effect(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """Everything is stored as it must be: what runs on the nodes may be older than what is stored.

    A handshake that fails speaks for trust that is not loaded; TLS that comes up and is closed again, or a port on which
    nobody listens, for a trunk that was not reset. A reset concerns all nodes, so that one that works speaks against it.
    """
    running = [node for node in nodes if runs(node)]
    if not running or evidence.cluster is None or evidence.cube is None or not evidence.link.is_secure:
        return
    deaf = [node for node in running if is_deaf(node)]
    failed, closed = evidence.risen(*HANDSHAKES), evidence.risen(*CLOSURES)
    untrusted = [event for event in refusals(evidence) if event.reason in UNTRUSTED]
    holders = [node.holder for node in running]
    everything = Sight(evidence.cluster_holder, "all that was read of both ends fits together, and yet it does not work")
    yield from _not_loaded(
        evidence, running, [everything, *_failures(evidence, failed, untrusted)], is_likely=bool(failed or untrusted)
    )
    sights = [everything, *_closures(evidence, closed, failed), *(Sight(node.holder, problem_of(node)) for node in deaf)]
    is_everywhere = all(node in nodes or not runs(node) for node in evidence.nodes)
    is_likely = is_everywhere and (bool(deaf) or not (failed or untrusted))
    certainty = Certainty.LIKELY if is_likely else Certainty.POSSIBLE
    yield found("trunk-not-reset", sights, _reset(evidence), holders, certainty)


def _not_loaded(evidence: Evidence, nodes: Sequence[Far], sights: list[Sight], *, is_likely: bool) -> Iterator[Finding]:
    cure = Cure(f"where a reset of the trunk does not help: {restart(nodes[0])}", evidence.cluster_holder)
    certainty = Certainty.LIKELY if is_likely else Certainty.POSSIBLE
    yield found("trust-not-loaded", sights, [cure], [node.holder for node in nodes], certainty)


def _failures(evidence: Evidence, failed: int, untrusted: Sequence[object]) -> Iterator[Sight]:
    since = f" since {evidence.counted_at:%H:%M:%S}Z" if evidence.counted_at else ""
    if failed:
        yield Sight(evidence.cube_holder, f"its counters of failed handshakes rose by {failed}{since}")
    if untrusted:
        yield Sight(evidence.cube_holder, f"`{getattr(untrusted[-1], 'line', '')}`")


def _closures(evidence: Evidence, closed: int, failed: int) -> Iterator[Sight]:
    since = f" since {evidence.counted_at:%H:%M:%S}Z" if evidence.counted_at else ""
    if closed and not failed:
        yield Sight(evidence.cube_holder, f"{closed} connections were closed by the other end{since}, and no handshake failed")


def revocation(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """IOS refuses a certificate whose revocation list it cannot fetch, unless the trustpoint ends its list with `none`."""
    for node in nodes:
        certificate = node.identity.certificate if node.identity else None
        for name, held in (evidence.cube.trusted if evidence.cube else {}).items():
            line = evidence.section(Kind.TRUSTPOINT, name).get("revocation-check", "")
            is_used = certificate is not None and any(one == certificate or certificate.issued_by(one) for one in held)
            if is_used and line and not line.endswith("none"):
                key = Key(evidence.cube_holder, Kind.TRUSTPOINT, name)
                text = f"trustpoint {name}, which {node.name} is judged by, says `{line}`"
                lines = (f"crypto pki trustpoint {name}", " revocation-check none")
                cures = put_right(evidence, key, typed("let it fetch the list, or check none", evidence.cube_holder, *lines))
                seen = [Sight(evidence.cube_holder, text)]
                yield found("revocation", seen, cures, [node.holder], Certainty.POSSIBLE, evidence.origin(key))


def rehearsed(evidence: Evidence, known: frozenset[str]) -> Iterator[Finding]:
    """A handshake in memory, with these very certificates and settings, that fails; `known` are the ends explained already."""
    for way in evidence.rehearsed:
        met, far = way.before, way.server if way.client == evidence.cube_holder else way.client
        if met.is_ok is False and far not in known:
            cure = Cure(met.cure or f"see what {way.client} presents to {way.server}")
            end = "node" if met.refused_by == evidence.cube_holder else "cube"
            code = DATED[met.reason].format(end) if met.reason in DATED else "handshake-refused"
            yield found(code, [Sight(met.refused_by or far, f"in memory: {met.text}")], [cure], [far], Certainty.LIKELY)


def met_on_the_way(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """What the probe met, and what the CUBE logged."""
    sights = [
        Sight(node.holder, f"the probe: {node.look.problem}")
        for node in nodes
        if node.look and node.look.is_success is False and node.look.problem and not is_deaf(node)
    ]
    sights += [Sight(evidence.cube_holder, f"`{event.line}`") for event in refusals(evidence)[-2:]]
    if sights:
        cure = Cure("`trunkline explain` reads a `debug ssl openssl errors` transcript and names the message that is refused")
        yield found("handshake-refused", sights, [cure], [node.holder for node in nodes], Certainty.POSSIBLE)


def busy(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    called = [node for node in nodes if is_busy(evidence, node)]
    if called:
        text = f"a dial-peer to {', '.join(node.name for node in called)} is busyout: its OPTIONS are not answered"
        cure = Cure("see `show dial-peer voice summary` and `debug ccsip messages`")
        yield found(
            "busyout", [Sight(evidence.cube_holder, text)], [cure], [node.holder for node in called], Certainty.POSSIBLE
        )


def differs(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """What is not as the documents say, where something fails that nothing explains."""
    if nodes and evidence.changes:
        first = list(evidence.changes)[:MOST_NAMED]
        sights = [Sight(key.target, f"{key.kind} {key.name}".strip()) for key in first]
        more = len(evidence.changes) - len(first)
        cure = Cure(
            f"`trunkline plan` shows {'them' if more or len(first) > 1 else 'it'}{f', and {more} more' if more else ''}"
        )
        yield found("differs", sights, [cure], [evidence.cube_holder], Certainty.POSSIBLE, evidence.link.origin)


def nothing(evidence: Evidence, nodes: Sequence[Far]) -> Iterator[Finding]:
    """Honestly: it fails, and why is not known."""
    if not nodes or not (pings(evidence) or refusals(evidence)):
        return
    names = ", ".join(node.name for node in nodes)
    sights = [Sight(evidence.cube_holder, f"it does not work with {names}, and nothing that was read says why")]
    cure = Cure(
        "record `debug ssl openssl errors` and `debug ccsip messages` while it fails, and give it to `trunkline explain`"
    )
    yield found("no-connection", sights, [cure], [node.holder for node in nodes], Certainty.POSSIBLE)
