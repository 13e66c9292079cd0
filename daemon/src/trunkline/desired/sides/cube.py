"""The CUBE's sections, from its document and its links. Lines are written as IOS stores them. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Network

from trunkline.desired.documents import Cluster, Cube, LicensedBorderElement, Link, Placed
from trunkline.desired.sides import dial_peers
from trunkline.desired.sides.side import SRTP_LINES, Side, section
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Resource

SIP_TLS_PORT = 5061


def resources(side: Side) -> Iterator[Resource]:
    """Everything but trust, which derives from what is observed."""
    yield from _shared_sections(side)
    yield from _voice_classes(side)
    for link, cluster in side.links:
        if link.value.tls and link.value.tls.profile:
            yield _tls_profile(side, link)
        yield from dial_peers.outbound(side, link, cluster)
        yield dial_peers.inbound(side, link)


def _shared_sections(side: Side) -> Iterator[Resource]:
    cube = side.cube
    sections = (
        (Kind.GLOBAL, "", list(cube.value.lines), "lines"),
        (Kind.TRUSTED_LIST, "voip", _trusted(side), "voice_service"),
        (Kind.VOICE_SERVICE, "voip", _voice_service(cube.value), "voice_service"),
        (Kind.VOICE_SERVICE_SIP, "voip", _sip(cube.value), "voice_service"),
    )
    for kind, name, lines, where in sections:
        if lines:
            yield section(side.key(kind, name), lines, cube.origin(where), frozenset())
    lines, needs = _sip_ua(side)
    if lines:
        yield section(side.key(Kind.SIP_UA), lines, cube.origin("sip_ua"), side.link_names, needs)


def _trusted(side: Side) -> list[str]:
    """Every node's address because the link exists, then what the document adds."""
    peers = [node.address for _, cluster in side.links for node in cluster.value.nodes]
    peers += [_address_or_network(prefix) for prefix in side.cube.value.voice_service.trusted]
    return [f"ipv4 {peer}" for peer in dict.fromkeys(peers)]


@lru_cache
def _address_or_network(prefix: str) -> str:
    """As IOS shows it: one address without mask, a network with a dotted mask."""
    network = IPv4Network(prefix)
    address = str(network.network_address)
    return address if network.prefixlen == 32 else f"{address} {network.netmask}"


def _voice_service(cube: Cube) -> list[str]:
    service = cube.voice_service
    lines = []
    if service.address_hiding is not None:
        lines.append("address-hiding" if service.address_hiding else "no address-hiding")
    if isinstance(service.border_element, LicensedBorderElement):
        lines.append(f"mode border-element license capacity {service.border_element.license_capacity}")
    elif service.border_element is not None:
        lines.append("mode border-element" if service.border_element else "no mode border-element")
    lines += [f"allow-connections {pair}" for pair in service.allow_connections]
    if service.srtp:
        lines.append(SRTP_LINES[service.srtp])
    return [*lines, *service.lines]


def _sip(cube: Cube) -> list[str]:
    service = cube.voice_service
    lines = []
    if service.bind:
        interface = cube.signalling.interface
        control, media = (interface, interface) if isinstance(service.bind, str) else (service.bind.control, service.bind.media)
        lines += [f"bind control source-interface {control}", f"bind media source-interface {media}"]
    if service.url:
        lines.append(f"url {service.url}")
    if service.early_offer:
        lines.append("early-offer forced" if service.early_offer == "forced" else "no early-offer")
    if cube.signalling.tls_port != SIP_TLS_PORT:
        lines.append(f"listen-port secure {cube.signalling.tls_port}")
    return [*lines, *service.sip_lines]


def _sip_ua(side: Side) -> tuple[list[str], frozenset[Key]]:
    cube = side.cube.value
    secure = [(link.value, cluster.value) for link, cluster in side.links if link.value.tls]
    lines: list[str] = []
    needs: set[Key] = set()
    if secure:
        version = f" {cube.sip_ua.tls_version}" if cube.sip_ua.tls_version else ""
        lines.append(f"transport tcp tls{version}{' minimum' if version and cube.sip_ua.minimum else ''}")
        needs |= side.trust
    for link, cluster in secure:
        bound, profile = binding(side.trustpoint, link)
        if profile is not None:
            needs.add(side.key(Kind.TLS_PROFILE, profile))
        lines += [f"crypto signaling {remote} {bound}" for remote in remotes(link, cluster)]
    return [*dict.fromkeys(lines), *cube.sip_ua.lines], frozenset(needs)


def binding(trustpoint: str, link: Link) -> tuple[str, int | None]:
    """What `crypto signaling` points at, and the tag of the TLS profile if it is one."""
    assert link.tls  # noqa: S101 - the caller asked
    if link.tls.profile:
        return f"tls-profile {link.tls.profile.tag}", link.tls.profile.tag
    strict = " strict-cipher" if link.tls.strict_cipher else ""
    return f"trustpoint {trustpoint}{strict}", None


def remotes(link: Link, cluster: Cluster) -> list[str]:
    assert link.tls  # noqa: S101 - the caller asked
    if link.tls.signalling == "default":
        return ["default"]
    prefixes = link.tls.remote_prefixes or tuple(node.address for node in cluster.nodes)
    networks = [IPv4Network(prefix) for prefix in prefixes]
    return [f"remote-addr {network.network_address} {network.netmask}" for network in networks]


def _voice_classes(side: Side) -> Iterator[Resource]:
    classes = side.cube.value.voice_classes
    for tag, codecs in sorted(classes.codec.items()):
        lines = [f"codec preference {number} {codec}" for number, codec in enumerate(codecs, 1)]
        yield _class(side, Kind.VOICE_CLASS_CODEC, tag, lines, "codec")
    for tag, suites in sorted(classes.srtp_crypto.items()):
        yield _class(side, Kind.SRTP_CRYPTO, tag, [f"crypto {n} {suite}" for n, suite in enumerate(suites, 1)], "srtp_crypto")
    for tag, ciphers in sorted(classes.tls_cipher.items()):
        yield _class(side, Kind.TLS_CIPHER, tag, [f"cipher {n} {name}" for n, name in enumerate(ciphers, 1)], "tls_cipher")


def _class(side: Side, kind: Kind, tag: int, lines: list[str], where: str) -> Resource:
    origin = side.cube.origin("voice_classes", where, str(tag))
    return section(side.key(kind, tag), lines, origin, frozenset())


def _tls_profile(side: Side, link: Placed[Link]) -> Resource:
    tls = link.value.tls
    assert tls and tls.profile  # noqa: S101 - the caller asked
    profile = tls.profile
    lines = [f"trustpoint {side.trustpoint}"]
    needs = set(side.trust)
    if profile.cipher_class is not None:
        lines.append(f"cipher {profile.cipher_class}")
        needs.add(side.key(Kind.TLS_CIPHER, profile.cipher_class))
    if profile.cn_san:
        lines.append(f"cn-san validate {profile.cn_san}")
    key = side.key(Kind.TLS_PROFILE, profile.tag)
    origin = link.origin("tls", "profile")
    return section(key, [*lines, *profile.lines], origin, frozenset({link.name}), frozenset(needs))
