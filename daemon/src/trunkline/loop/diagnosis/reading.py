"""What a CUBE's configuration says of calls to a node: transports, targets, who is trusted. Pure."""

from collections.abc import Iterator, Mapping

from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.loop.ends import binding as bindings
from trunkline.loop.ends import calls
from trunkline.loop.ends.binding import Binding
from trunkline.model.resource import Resource


def tag(dial_peer: Resource) -> str:
    return dial_peer.key.name


def value(settings: Mapping[str, str], command: str) -> str:
    """The rest of the line of a slot, without the command."""
    line = settings.get(command, "")
    return line.removeprefix(command).strip() if line.startswith(command) else ""


def transport(settings: Mapping[str, str], evidence: Evidence) -> str:
    """What a dial-peer speaks."""
    return calls.transport(evidence.cube, tuple(settings.values())) if evidence.cube else "udp"


def is_outbound(dial_peer: Resource) -> bool:
    """Whether the documents let it call, by slot or by line: desired sections may be either."""
    return any(line.startswith(("session target", "session server-group")) for line in dial_peer.settings.values())


def targets(settings: Mapping[str, str], evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Every address or name that a dial-peer calls, with the port."""
    return calls.targets(evidence.cube, tuple(settings.values())) if evidence.cube else iter(())


def is_shut(settings: Mapping[str, str]) -> bool:
    return calls.is_shut(tuple(settings.values()))


def binding(evidence: Evidence, address: str) -> Binding:
    """What counts for a peer; one that says nothing where nothing is bound."""
    return (bindings.bound(evidence.cube, address) if evidence.cube else None) or Binding("")


def is_bound_elsewhere(evidence: Evidence) -> bool:
    """Whether what the CUBE presents to some node is that of another trustpoint than the documents name."""
    wanted = evidence.link.identity_trustpoint
    return any(binding(evidence, address).trustpoint != wanted for address in evidence.link.node_addresses)


def listens_at(evidence: Evidence) -> tuple[tuple[str, int], ...] | None:
    """Address and port of every TLS listener that the CUBE shows; None: not readable."""
    facts = evidence.cube_facts
    if facts is None or facts.listening is None:
        return None
    return tuple((address.strip("[]"), int(port)) for address, _, port in (one.rpartition(":") for one in facts.listening))
