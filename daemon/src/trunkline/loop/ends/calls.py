"""What a CUBE's dial-peers call, and how; whom its list trusts. Pure.

Sources: Cisco IOS voice command reference, `session transport`, `session target`, `ip address trusted list`; Cisco Unified
Border Element configuration guide (precedence of dial-peer, tenant and global settings).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address

from trunkline.loop.ends.binding import after, bound, lines
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, Observed

TLS_PORT = "5061"
NAMES_ARE_TRUSTED_FROM = (17, 8)
TRANSPORT, TENANT = "session transport ", "voice-class sip tenant "
SYSTEM = ("", "system")
"""What leaves the transport to the next in order."""


@dataclass(frozen=True)
class Called:
    """One address and port that a dial-peer calls by TLS."""

    address: str
    port: str
    tenant: str


def is_address(text: str) -> bool:
    """Whether a target is an address; else it is a name, and DNS says what it leads to."""
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def called(cube: Observed, by: Collection[Key] | None = None) -> Iterator[Called]:
    """What dial-peers that are not shut down call by TLS: those of `by`, else whoever made them."""
    for key, resource in sorted(cube.resources.items()):
        stated = tuple(resource.settings.values())
        if by is not None and key not in by:
            continue
        if key.kind is Kind.DIAL_PEER and not is_shut(stated) and transport(cube, stated) == "tcp tls":
            tenant = after(TENANT, stated)
            yield from (Called(address, port, tenant) for address, port in targets(cube, stated))


def transport(cube: Observed, stated: tuple[str, ...]) -> str:
    """What a dial-peer of these lines speaks: its own line, else its tenant's, else the global one, else UDP."""
    tenant = after(TENANT, stated)
    sections = (
        stated,
        lines(cube, Kind.TENANT, tenant) if tenant else (),
        lines(cube, Kind.VOICE_SERVICE_SIP, "voip"),
    )
    told = (after(TRANSPORT, section) for section in sections)
    return next((one for one in told if one not in SYSTEM), "udp")


def targets(cube: Observed, stated: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every address or name that a dial-peer of these lines calls, with the port."""
    kind, _, rest = after("session target ", stated).partition(":")
    if kind in ("ipv4", "dns") and rest:
        address, _, port = rest.partition(":")
        yield address, port if port.isdigit() else TLS_PORT
    group = after("session server-group ", stated)
    for line in lines(cube, Kind.SERVER_GROUP, group) if group else ():
        words = line.split()
        if words[0] in ("ipv4", "ipv6") and len(words) > 1:
            yield words[1], words[words.index("port") + 1] if "port" in words[:-1] else TLS_PORT


def is_shut(stated: tuple[str, ...]) -> bool:
    return "shutdown" in stated


def trusts(cube: Observed, address: str) -> bool:
    """Whether the CUBE answers callers at an address: the check for toll fraud, which comes after TLS.

    Trusted are the list and what dial-peers call that are not shut down, whatever they speak; from 17.8 also whoever's name was
    validated (CUBE configuration guide, "SIP TLS Support on CUBE").
    """
    made, facts = bound(cube, address), cube.facts
    is_named = made is not None and made.looks_at_names_of("client")
    if is_named and isinstance(facts, CubeFacts) and facts.release >= NAMES_ARE_TRUSTED_FROM:
        return True
    if "no ip address trusted authenticate" in lines(cube, Kind.VOICE_SERVICE, "voip"):
        return True
    called_by_any = {
        target
        for key, resource in cube.resources.items()
        if key.kind is Kind.DIAL_PEER and not is_shut(tuple(resource.settings.values()))
        for target, _ in targets(cube, tuple(resource.settings.values()))
    }
    return address in called_by_any or any(IPv4Address(address) in network for network in listed(cube))


def listed(cube: Observed) -> Iterator[IPv4Network]:
    """The networks of the trusted list; what is no IPv4 network is none."""
    for line in lines(cube, Kind.TRUSTED_LIST, "voip"):
        words = line.split()
        if words[0] == "ipv4" and len(words) > 1:
            try:
                yield IPv4Network("/".join(words[1:3]), strict=False)
            except ValueError:
                continue
