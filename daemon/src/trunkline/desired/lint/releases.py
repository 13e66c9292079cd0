"""What a release of IOS can do. Sources: Cisco IOS voice command reference, CUBE configuration guides. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Cube, Documents, LicensedBorderElement, Placed
from trunkline.desired.lint.finding import Finding, dial_peers, srtp_of, whole_links

FIRST_WITH_ANY_SRTP_CODEC = (16,)
FIRST_SRTP_CRYPTO = (16, 5)
FIRST_TLS_PROFILE, FIRST_TLS_CIPHER = (17, 3), (17, 8)
FIRST_TLS13, FIRST_WITHOUT_WEAK_TLS = (17, 14), (26, 1)
FIRST_WITHOUT_CAPACITY = (17, 2)
ENCRYPTED_ON_CLASSIC = ("g711", "g729")


def srtp_codec(documents: Documents) -> Iterator[Finding]:
    for link, cube, _ in whole_links(documents):
        release = cube.value.release_numbers
        if release is None or release >= FIRST_WITH_ANY_SRTP_CODEC:
            continue
        for role, peer in dial_peers(link):
            if link.value.srtp == "none" and srtp_of(cube.value, peer) == "none":
                continue
            where = "codec" if peer.codec else "codec_class"
            named = [peer.codec] if peer.codec else list(cube.value.voice_classes.codec.get(peer.codec_class or 0, ()))
            for codec in named:
                if not codec.startswith(ENCRYPTED_ON_CLASSIC):
                    message = f"IOS {cube.value.release} encrypts G.711 and G.729 only, not {codec}"
                    origin = link.origin("dial_peers", role, where)
                    yield Finding(origin, message, "Use g711ulaw, g711alaw or g729r8, or set srtp: none")


def voice_classes(documents: Documents) -> Iterator[Finding]:
    for cube in documents.cubes.values():
        classes = cube.value.voice_classes
        for word, stated, first in (
            ("srtp_crypto", classes.srtp_crypto, FIRST_SRTP_CRYPTO),
            ("tls_cipher", classes.tls_cipher, FIRST_TLS_CIPHER),
        ):
            if stated and _is_before(cube, first):
                yield _too_early(cube, ("voice_classes", word), f"voice class {word.replace('_', '-')}", first)
    for link, cube, _ in whole_links(documents):
        if link.value.tls and link.value.tls.profile and _is_before(cube, FIRST_TLS_PROFILE):
            found = _too_early(cube, (), "voice class tls-profile", FIRST_TLS_PROFILE)
            yield Finding(link.origin("tls", "profile"), found.message, found.cure)


def _is_before(cube: Placed[Cube], first: tuple[int, ...]) -> bool:
    release = cube.value.release_numbers
    return release is not None and release < first


def _too_early(cube: Placed[Cube], where: tuple[str, ...], what: str, first: tuple[int, ...]) -> Finding:
    message = f"IOS {cube.value.release} has no {what}, which came with {'.'.join(map(str, first))}"
    return Finding(cube.origin(*where), message, "Leave it out, or correct the release")


def tls_version(documents: Documents) -> Iterator[Finding]:
    for cube in documents.cubes.values():
        version, release = cube.value.sip_ua.tls_version, cube.value.release_numbers
        if release is None or version is None:
            continue
        if (version == "v1.3" or cube.value.sip_ua.minimum) and release < FIRST_TLS13:
            what = "TLS 1.3" if version == "v1.3" else "`minimum`"
            yield _too_early(cube, ("sip_ua", "tls_version"), what, FIRST_TLS13)
        if version in ("v1.0", "v1.1") and release >= FIRST_WITHOUT_WEAK_TLS:
            origin = cube.origin("sip_ua", "tls_version")
            yield Finding(origin, f"IOS {cube.value.release} refuses TLS {version[1:]} in secure mode", "Use v1.2 or v1.3")


def license_capacity(documents: Documents) -> Iterator[Finding]:
    for cube in documents.cubes.values():
        is_stated = isinstance(cube.value.voice_service.border_element, LicensedBorderElement)
        if is_stated and cube.value.release_numbers and not _is_before(cube, FIRST_WITHOUT_CAPACITY):
            origin = cube.origin("voice_service", "border_element")
            message = f"IOS {cube.value.release} counts sessions by itself and refuses a licensed capacity"
            yield Finding(origin, message, "Write `border_element: true`")
