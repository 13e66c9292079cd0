"""What a release of IOS can do. Sources: Cisco IOS voice command reference, CUBE configuration guides. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Documents, LicensedBorderElement
from trunkline.desired.lint.finding import Finding, whole_links

FIRST_WITH_ANY_SRTP_CODEC = (16,)
FIRST_TLS_PROFILE, FIRST_TLS_CIPHER = (17, 3), (17, 8)
FIRST_TLS13, FIRST_WITHOUT_WEAK_TLS = (17, 14), (26, 1)
FIRST_WITHOUT_CAPACITY = (17, 2)
ENCRYPTED_ON_CLASSIC = ("g711", "g729")


def srtp_codec(documents: Documents) -> Iterator[Finding]:
    for link, cube, _ in whole_links(documents):
        release = cube.value.release_numbers
        if link.value.srtp == "none" or release is None or release >= FIRST_WITH_ANY_SRTP_CODEC:
            continue
        peers = link.value.dial_peers
        for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
            named = [peer.codec] if peer.codec else list(cube.value.voice_classes.codec.get(peer.codec_class or 0, ()))
            for codec in named:
                if not codec.startswith(ENCRYPTED_ON_CLASSIC):
                    message = f"IOS {cube.value.release} encrypts G.711 and G.729 only, not {codec}"
                    yield Finding(link.origin("dial_peers", role), message, "Use g711ulaw, g711alaw or g729, or set srtp: none")


def tls_profile(documents: Documents) -> Iterator[Finding]:
    for link, cube, _ in whole_links(documents):
        release, tls = cube.value.release_numbers, link.value.tls
        if release is None or tls is None or tls.profile is None:
            continue
        origin = link.origin("tls", "profile")
        if release < FIRST_TLS_PROFILE:
            yield Finding(
                origin, f"IOS {cube.value.release} has no voice class tls-profile (17.3 and later have)", "Leave it out"
            )
        elif tls.profile.cipher_class is not None and release < FIRST_TLS_CIPHER:
            yield Finding(
                origin, f"IOS {cube.value.release} has no voice class tls-cipher (17.8 and later have)", "Leave it out"
            )


def tls_version(documents: Documents) -> Iterator[Finding]:
    for cube in documents.cubes.values():
        release, version = cube.value.release_numbers, cube.value.sip_ua.tls_version
        if release is None or version is None:
            continue
        origin = cube.origin("sip_ua", "tls_version")
        is_new = version == "v1.3" or cube.value.sip_ua.minimum
        if is_new and release < FIRST_TLS13:
            yield Finding(origin, f"TLS 1.3 and `minimum` come with 17.14, this is {cube.value.release}", "Use v1.2")
        if version in ("v1.0", "v1.1") and release >= FIRST_WITHOUT_WEAK_TLS:
            yield Finding(origin, f"IOS {cube.value.release} refuses TLS {version[1:]} in secure mode", "Use v1.2 or v1.3")


def license_capacity(documents: Documents) -> Iterator[Finding]:
    for cube in documents.cubes.values():
        release = cube.value.release_numbers
        stated = isinstance(cube.value.voice_service.border_element, LicensedBorderElement)
        if release and stated and release >= FIRST_WITHOUT_CAPACITY:
            origin = cube.origin("voice_service", "border_element")
            yield Finding(origin, f"IOS {cube.value.release} counts sessions by itself", "Write `border_element: true`")
