"""What a CUBE's configuration says of calls to a node: transports, targets, who is trusted. Pure.

Sources: Cisco IOS voice command reference (`session transport`, `session target`), Cisco Unified Border Element
configuration guide (precedence of dial-peer, tenant and global settings; IP trust list).
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from trunkline.loop.diagnosis.evidence import Evidence
from trunkline.loop.ends import binding as bindings
from trunkline.loop.ends.binding import Binding
from trunkline.model.key import Kind
from trunkline.model.resource import Resource

TLS_PORT = 5061
SYSTEM = "system"
TRANSPORT = "session transport"
TENANT = "voice-class sip tenant"


def tag(dial_peer: Resource) -> str:
    return dial_peer.key.name


def value(settings: Mapping[str, str], command: str) -> str:
    """The rest of the line of a slot, without the command."""
    line = settings.get(command, "")
    return line.removeprefix(command).strip() if line.startswith(command) else ""


def transport(settings: Mapping[str, str], evidence: Evidence) -> str:
    """What a dial-peer speaks: its own line, else its tenant's, else the global one, else UDP."""
    tenant = value(settings, TENANT)
    found = value(settings, TRANSPORT)
    if found in ("", SYSTEM) and tenant:
        lines = evidence.section(Kind.TENANT, tenant).values()
        found = next((line.removeprefix(TRANSPORT).strip() for line in lines if line.startswith(TRANSPORT)), "")
    if found in ("", SYSTEM):
        found = value(evidence.section(Kind.VOICE_SERVICE_SIP, "voip"), TRANSPORT)
    return found if found not in ("", SYSTEM) else "udp"


def is_outbound(dial_peer: Resource) -> bool:
    """Whether the documents let it call, by slot or by line: desired sections may be either."""
    return any(line.startswith(("session target", "session server-group")) for line in dial_peer.settings.values())


def targets(settings: Mapping[str, str], evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Every address or name that a dial-peer calls, with the port."""
    line = settings.get("session target", "")
    if line.startswith("session server-group "):
        for member in evidence.section(Kind.SERVER_GROUP, line.rpartition(" ")[2]).values():
            words = member.split()
            if words[0] in ("ipv4", "ipv6") and len(words) > 1:
                yield words[1], int(words[words.index("port") + 1]) if "port" in words else TLS_PORT
        return
    kind, _, rest = line.removeprefix("session target ").partition(":")
    if kind in ("ipv4", "dns") and rest:
        address, _, port = rest.partition(":")
        yield address, int(port) if port.isdigit() else TLS_PORT


def is_shut(settings: Mapping[str, str]) -> bool:
    return settings.get("shutdown") == "shutdown"


def binding(evidence: Evidence, address: str) -> Binding:
    """What counts for a peer; one that says nothing where nothing is bound."""
    return (bindings.bound(evidence.cube, address) if evidence.cube else None) or Binding("")


def trusted_networks(evidence: Evidence) -> Iterator[IPv4Network]:
    """The trusted list, and the addresses of dial-peers that are up, which IOS trusts by themselves."""
    for line in evidence.section(Kind.TRUSTED_LIST, "voip").values():
        words = line.split()
        if words[0] == "ipv4" and len(words) > 1:
            yield IPv4Network(f"{words[1]}/{words[2]}" if len(words) > 2 else words[1], strict=False)
    for key, one in evidence.cube.resources.items() if evidence.cube else ():
        if key.kind is Kind.DIAL_PEER and not is_shut(one.settings):
            for address, _ in targets(one.settings, evidence):
                if address.replace(".", "").isdigit():
                    yield IPv4Network(address)


def listens_at(evidence: Evidence) -> tuple[tuple[str, int], ...] | None:
    """Address and port of every TLS listener that the CUBE shows; None: not readable."""
    facts = evidence.cube_facts
    if facts is None or facts.listening is None:
        return None
    return tuple((address.strip("[]"), int(port)) for address, _, port in (one.rpartition(":") for one in facts.listening))
