"""The dial-peers of a link, and the server-group they call. Lines are written as IOS stores them. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Cluster, Link, Placed
from trunkline.desired.documents.dial_peers import DialPeer, Outbound
from trunkline.desired.sides.side import SRTP_LINES, Side, section
from trunkline.model.key import Key, Kind
from trunkline.model.resource import Resource


def outbound(side: Side, link: Placed[Link], cluster: Placed[Cluster]) -> Iterator[Resource]:
    """One dial-peer a node with rising preference, or one for a server-group of all nodes."""
    peer = link.value.dial_peers.outbound
    port = link.value.tls.port if link.value.tls else 5060
    nodes = cluster.value.nodes
    if peer.per == "group":
        group = peer.server_group or peer.tag
        members = [f"ipv4 {node.address} port {port} preference {n}" for n, node in enumerate(nodes)]
        key = side.key(Kind.SERVER_GROUP, group)
        origin = link.origin("dial_peers", "outbound")
        group_lines = [line.removesuffix(" preference 0") for line in members]
        yield section(key, group_lines, origin, frozenset({link.name}))
        yield _dial_peer(side, link, peer, peer.tag, [f"session server-group {group}"], frozenset({key}))
        return
    for number, node in enumerate(nodes):
        lines = [f"preference {number}"] if number else []
        yield _dial_peer(side, link, peer, peer.tag + number, [*lines, f"session target ipv4:{node.address}:{port}"])


def tags(link: Placed[Link], cluster: Placed[Cluster]) -> tuple[int, ...]:
    """Of every dial-peer of a link."""
    peers = link.value.dial_peers
    nodes = 1 if peers.outbound.per == "group" else len(cluster.value.nodes)
    return (*(peers.outbound.tag + number for number in range(nodes)), peers.inbound.tag)


def inbound(side: Side, link: Placed[Link]) -> Resource:
    peer = link.value.dial_peers.inbound
    match = (
        f"incoming called-number {peer.incoming_called_number}"
        if peer.incoming_called_number
        else f"incoming uri {peer.incoming_uri}"
    )
    return _dial_peer(side, link, peer, peer.tag, [match])


def _dial_peer(
    side: Side,
    link: Placed[Link],
    peer: DialPeer,
    tag: int,
    own_lines: list[str],
    own_needs: frozenset[Key] = frozenset(),
) -> Resource:
    role = "outbound" if isinstance(peer, Outbound) else "inbound"
    lines = [f"description {peer.description}"] if peer.description else []
    if isinstance(peer, Outbound):
        lines.append(f"destination-pattern {peer.destination_pattern}")
    lines += ["session protocol sipv2", *own_lines]
    if link.value.tls:
        lines.append("session transport tcp tls")
    lines += _media(peer)
    if isinstance(peer, Outbound) and peer.keepalive:
        ping = peer.keepalive
        lines.append(
            f"voice-class sip options-keepalive up-interval {ping.up_seconds} "
            f"down-interval {ping.down_seconds} retry {ping.retry}"
        )
    needs = own_needs | _class_needs(side, peer) | {side.key(Kind.TRUSTED_LIST, "voip"), side.key(Kind.SIP_UA)}
    if link.value.tls:
        needs |= side.trust
    key = side.key(Kind.DIAL_PEER, tag)
    origin = link.origin("dial_peers", role)
    return section(key, [*lines, *peer.lines], origin, frozenset({link.name}), needs)


def _media(peer: DialPeer) -> list[str]:
    lines = []
    if peer.codec_class:
        lines.append(f"voice-class codec {peer.codec_class}")
    if peer.sips is not None:
        lines.append("voice-class sip url sips" if peer.sips else "voice-class sip url sip")
    if peer.srtp_crypto:
        lines.append(f"voice-class sip srtp-crypto {peer.srtp_crypto}")
    if peer.dtmf_relay:
        lines.append(f"dtmf-relay {' '.join(peer.dtmf_relay)}")
    if peer.srtp:
        lines.append(SRTP_LINES[peer.srtp])
    if peer.codec:
        lines.append(f"codec {peer.codec}")
    if peer.vad is not None:
        lines.append("vad" if peer.vad else "no vad")
    return lines


def _class_needs(side: Side, peer: DialPeer) -> frozenset[Key]:
    needs = set()
    if peer.codec_class:
        needs.add(side.key(Kind.VOICE_CLASS_CODEC, peer.codec_class))
    if peer.srtp_crypto:
        needs.add(side.key(Kind.SRTP_CRYPTO, peer.srtp_crypto))
    return frozenset(needs)
