"""References, tags, names and lengths. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from trunkline.desired.documents import Cube, Documents, Link, Placed
from trunkline.desired.lint.finding import Finding, raw_lines, whole_links

LONGEST_LINE = 254
LONGEST_TRUSTPOINT = 63
SECRET = re.compile(r"\b(password|secret|credentials|key 7|key 0|community)\b", re.IGNORECASE)


def dangling(documents: Documents) -> Iterator[Finding]:
    for link in documents.links.values():
        yield from _missing_ends(link, documents)
    for link, cube, _ in whole_links(documents):
        yield from _missing_classes(link, cube)


def _missing_ends(link: Placed[Link], documents: Documents) -> Iterator[Finding]:
    ends: tuple[tuple[str, str, Mapping[str, object]], ...] = (
        ("cube", link.value.cube, documents.cubes),
        ("cluster", link.value.cluster, documents.clusters),
    )
    for word, name, known in ends:
        if name not in known and f"{word}s/{name}" not in documents.unread:
            names = ", ".join(sorted(known)) or "none yet"
            yield Finding(link.origin(word), f"there is no {word}s/{name}.yaml", f"Write it, or name one of {names}")


def _missing_classes(link: Placed[Link], cube: Placed[Cube]) -> Iterator[Finding]:
    classes, peers = cube.value.voice_classes, link.value.dial_peers
    profile = link.value.tls.profile if link.value.tls else None
    named: list[tuple[str, int | None, Mapping[int, object], tuple[str, str]]] = [
        ("tls-cipher", profile.cipher_class if profile else None, classes.tls_cipher, ("tls", "profile"))
    ]
    for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
        named.append(("codec", peer.codec_class, classes.codec, ("dial_peers", role)))
        named.append(("srtp-crypto", peer.srtp_crypto, classes.srtp_crypto, ("dial_peers", role)))
    for name, tag, known, where in named:
        if tag is not None and tag not in known:
            message = f"voice class {name} {tag} is not stated in {cube.path}"
            yield Finding(link.origin(*where), message, "State it under voice_classes of the CUBE")


def tags_used_twice(documents: Documents) -> Iterator[Finding]:
    """`per: node` takes as many consecutive tags as the cluster has nodes."""
    used: dict[tuple[str, int], str] = {}
    for link, cube, cluster in whole_links(documents):
        peers = link.value.dial_peers
        count = len(cluster.value.nodes) if peers.outbound.per == "node" else 1
        tags = [("outbound", peers.outbound.tag + number) for number in range(count)] + [("inbound", peers.inbound.tag)]
        for role, tag in tags:
            holder = f"{role} of link {link.name}"
            other = used.setdefault((cube.name, tag), holder)
            if other != holder:
                message = f"dial-peer tag {tag} of {cube.name} is used for {other} and for {holder}"
                yield Finding(link.origin("dial_peers", role, "tag"), message, "Give each dial-peer a tag of its own")


def too_long(documents: Documents) -> Iterator[Finding]:
    for placed, where, line in raw_lines(documents):
        if len(line) > LONGEST_LINE:
            message = f"the line has {len(line)} characters, IOS takes {LONGEST_LINE}"
            yield Finding(placed.origin(*where), message, "Shorten it")
    for cube in documents.cubes.values():
        name = cube.value.identity.trustpoint
        if len(name) > LONGEST_TRUSTPOINT:
            yield Finding(cube.origin("identity", "trustpoint"), f"{name} is too long for a trustpoint", "Shorten it")


def secret_in_line(documents: Documents) -> Iterator[Finding]:
    for placed, where, line in raw_lines(documents):
        if SECRET.search(line):
            yield Finding(
                placed.origin(*where), "this line would put a secret into git", "Leave it out and set it on the CUBE by hand"
            )


def claimed_twice(documents: Documents) -> Iterator[Finding]:
    trunks = Counter((link.value.cluster, link.value.trunk.name) for link in documents.links.values())
    patterns = Counter(
        (link.value.cluster, route.pattern, route.partition)
        for link in documents.links.values()
        for route in link.value.route_patterns
    )
    for link in documents.links.values():
        if trunks[link.value.cluster, link.value.trunk.name] > 1:
            yield Finding(
                link.origin("trunk", "name"), f"trunk {link.value.trunk.name} is claimed by another link", "Rename one"
            )
        for number, route in enumerate(link.value.route_patterns):
            if patterns[link.value.cluster, route.pattern, route.partition] > 1:
                origin = link.origin("route_patterns", number)
                yield Finding(origin, f"route pattern {route.pattern} is claimed twice", "Keep one of the two")


def publishers(documents: Documents) -> Iterator[Finding]:
    for cluster in documents.clusters.values():
        count = sum(node.publisher for node in cluster.value.nodes)
        if count != 1:
            message = f"{cluster.name} has {count} nodes marked as publisher"
            yield Finding(cluster.origin("nodes"), message, "Mark exactly one with `publisher: true`")


def unknown_waiver(documents: Documents) -> Iterator[Finding]:
    from trunkline.desired.lint import KNOWN

    for placed in documents.all():
        for number, waiver in enumerate(placed.value.waivers):
            if waiver.rule not in KNOWN:
                yield Finding(placed.origin("waivers", number), f"there is no rule {waiver.rule}", "See docs/reference/lint.md")
