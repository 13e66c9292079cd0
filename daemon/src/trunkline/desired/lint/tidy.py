"""References, and lines that a device would not take as they are. Pure."""

import re
from collections.abc import Iterator, Mapping

from trunkline.desired.documents import Cube, Documents, Link, Placed
from trunkline.desired.lint.finding import Finding, dial_peers, raw_lines, sides, whole_links
from trunkline.desired.sides import cube as cube_side
from trunkline.model.line import is_stray
from trunkline.model.resource import Origin

LONGEST_LINE = 254
SECRET = re.compile(r"\b(password|secret|credentials|key [067]|community|pre-shared-key)\b", re.IGNORECASE)


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
    classes = cube.value.voice_classes
    profile = link.value.tls.profile if link.value.tls else None
    named: list[tuple[str, int | None, Mapping[int, object], tuple[str, ...]]] = [
        ("tls-cipher", profile.cipher_class if profile else None, classes.tls_cipher, ("tls", "profile", "cipher_class"))
    ]
    for role, peer in dial_peers(link):
        named.append(("codec", peer.codec_class, classes.codec, ("dial_peers", role, "codec_class")))
        named.append(("srtp-crypto", peer.srtp_crypto, classes.srtp_crypto, ("dial_peers", role, "srtp_crypto")))
    for name, tag, known, where in named:
        if tag is not None and tag not in known:
            message = f"voice class {name} {tag} is not stated in {cube.path}"
            yield Finding(link.origin(*where), message, "State it under voice_classes of the CUBE")


def untypable(documents: Documents) -> Iterator[Finding]:
    """Lines that cannot be sent: longer than IOS takes, or with a question mark, on which it prints help instead."""
    for origin, line in _every_line(documents):
        if len(line) > LONGEST_LINE:
            yield Finding(origin, f"the line has {len(line)} characters, IOS takes {LONGEST_LINE}", "Shorten it")
        if "?" in line:
            yield Finding(origin, "the line holds a question mark, on which IOS prints help", "Say it without `?`")


def _every_line(documents: Documents) -> Iterator[tuple[Origin, str]]:
    """Raw lines at their own place, and what fields become at the place of their section."""
    raw = set()
    for placed, where, line in raw_lines(documents):
        raw.add(line)
        yield placed.origin(*where), line
    for side in sides(documents):
        for resource in cube_side.resources(side):
            for line in resource.settings:
                if line not in raw and resource.origin:
                    yield resource.origin, line


def stray(documents: Documents) -> Iterator[Finding]:
    """Lines that would take the lines behind them to another section, and that section away when they are removed."""
    for placed, where, line in raw_lines(documents):
        if is_stray(line):
            message = f"`{line}` is no setting of its section: it opens another one, leaves its own, or acts at once"
            yield Finding(placed.origin(*where), message, "Remove it: only settings can be stated as lines")


def secret_in_line(documents: Documents) -> Iterator[Finding]:
    for placed, where, line in raw_lines(documents):
        if SECRET.search(line):
            origin = placed.origin(*where)
            yield Finding(origin, "this line would put a secret into git", "Leave it out and set it on the CUBE by hand")
