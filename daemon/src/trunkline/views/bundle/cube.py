"""What the CUBE shows: its own words, and a summary in words of ours. Pure."""

from collections.abc import Iterator, Mapping

from trunkline.model.observed import CubeFacts, Observed
from trunkline.views.bundle.material import Material
from trunkline.views.bundle.tables import gaps, moment, table

CONFIGURATIONS = ("show running-config", "show running-config brief")
"""The first is asked for only where a release does not know the second."""
RULER = "-" * 18


def configuration(answers: Mapping[str, str]) -> str:
    """The running configuration as it was read; empty where none was."""
    return next((_typed(answers[command]) for command in CONFIGURATIONS if answers.get(command)), "")


def shown(answers: Mapping[str, str]) -> Iterator[str]:
    """Every other answer, under its command, in the form of `show tech-support`."""
    for command, answer in sorted(answers.items()):
        if command not in CONFIGURATIONS:
            yield from ("", f"{RULER} {command} {RULER}", "", *_typed(answer).split("\n"))


def _typed(answer: str) -> str:
    return answer.replace("\r\n", "\n").replace("\r", "")


def summary(material: Material) -> Iterator[str]:
    """Software, clock, connections, dial-peers, counters."""
    seen, facts = material.cube, material.cube_facts
    yield f"CUBE {material.diagnosis.cube}"
    yield from gaps(seen)
    if facts is None or seen is None:
        return
    yield f"  software             {facts.release_text}"
    yield f"  host name            {facts.hostname}"
    yield f"  read at              {moment(seen.at)}, by trunkline's clock"
    yield f"  clock                {moment(facts.clock)}{'' if facts.clock_is_authoritative else ', NOT authoritative'}"
    yield f"  last change          {facts.last_change or 'none since it started'}"
    yield f"  unsaved changes      {_unsaved(facts)}"
    yield f"  call legs            {'not known' if facts.active_call_legs is None else facts.active_call_legs}"
    yield f"  listens for TLS on   {_all(facts.listening)}"
    yield from _connections(facts)
    yield from _dial_peers(facts)
    yield from _counters(material, facts)
    yield from _trustpoints(seen)


def _unsaved(facts: CubeFacts) -> str:
    return f"since {moment(facts.unsaved_since)}" if facts.unsaved_since else "none known"


def _all(values: tuple[str, ...] | None) -> str:
    return "not known" if values is None else ", ".join(values) or "nothing"


def _connections(facts: CubeFacts) -> Iterator[str]:
    yield ""
    yield "connections over TLS (`show sip-ua connections tcp tls detail`)"
    if facts.connections is None:
        yield "  could not be read"
        return
    head = ("Conn-Id", "remote", "local", "state", "version", "cipher", "curve", "tenant")
    rows = [
        (
            str(row.connection_id),
            row.remote,
            row.local_address,
            row.state,
            row.tls_version,
            row.cipher,
            row.curve,
            row.tenant,
        )
        for row in facts.connections
    ]
    yield from table(head, rows)


def _dial_peers(facts: CubeFacts) -> Iterator[str]:
    yield ""
    yield "dial-peers of this link (`show dial-peer voice summary`)"
    if facts.dial_peers is None:
        yield "  could not be read"
        return
    rows = [(str(tag), "up" if one.is_up else "down", one.keepalive) for tag, one in sorted(facts.dial_peers.items())]
    yield from table(("tag", "oper", "keepalive"), rows)


def _counters(material: Material, facts: CubeFacts) -> Iterator[str]:
    yield ""
    before = material.counters_before
    at = f"; before: {moment(material.counted_at)}, by the journal" if material.counted_at else ""
    yield f"counters since they were cleared{at}"
    rows = [(name, str(count), str(before.get(name, ""))) for name, count in sorted(facts.counters.items())]
    yield from table(("counter", "now", "before"), rows)


def _trustpoints(seen: Observed) -> Iterator[str]:
    yield ""
    yield "trustpoints, and what they hold (by the SHA-256 of certificates/)"
    own = {one.holder: one for one in seen.identities}
    rows = []
    for name in sorted({*own, *seen.trusted}):
        identity = own.get(name)
        anchors = ", ".join(one.sha256[:16] for one in seen.trusted.get(name, ()))
        rows.append((name, identity.certificate.sha256[:16] if identity else "", anchors))
    yield from table(("trustpoint", "own certificate", "CA certificate"), rows)
