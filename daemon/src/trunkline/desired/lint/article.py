"""The six mistakes of the article that trunkline automates. Pure."""

from collections.abc import Iterator

from trunkline.desired.documents import Cube, Documents, Placed
from trunkline.desired.lint import stored_form
from trunkline.desired.lint.finding import Finding, dial_peers, pinned, raw_lines, srtp_of, whole_links
from trunkline.model.certificate import Certificate

DERIVED = {
    "security_profile": {
        "x509SubjectName": "the names come from the CUBE's certificate; further ones go into security_profile.names",
    },
    "trunk": {
        "destinations": "the destination is the CUBE's signalling address",
        "securityProfileName": "it is security_profile.name",
        "sipProfileName": "it is sip_profile.name",
    },
}


def _names(of: Certificate) -> set[str]:
    return {name.lower() for name in of.names}


def _shown(text: str) -> str:
    """Text of a certificate, which may hold anything, for a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def ca_taken_for_identity(documents: Documents) -> Iterator[Finding]:
    """`crypto pki export` prints the CA's certificate first; the device's own is the second block. A self-signed
    certificate may call itself a CA: it counts as the CUBE's if it bears a name that the document expects.
    """
    for cube in documents.cubes.values():
        identity = cube.value.identity
        if identity.certificate is None:
            continue
        found = pinned(cube)
        origin = cube.origin("identity", "certificate")
        if not found:
            yield Finding(origin, "identity.certificate holds no certificate", "Paste the General Purpose certificate in PEM")
        elif found[0].is_ca and not _names(found[0]) & {name.lower() for name in identity.names}:
            message = f"identity.certificate is the CA {_shown(found[0].subject)}, not the CUBE's own certificate"
            yield Finding(origin, message, "Take the block under `% General Purpose Certificate:`")


def names_not_covered(documents: Documents) -> Iterator[Finding]:
    """The names that the document expects must be in the pinned certificate."""
    for cube in documents.cubes.values():
        found = pinned(cube)
        for number, name in enumerate(cube.value.identity.names if found else ()):
            if name.lower() not in _names(found[-1]):
                origin = cube.origin("identity", "names", number)
                message = f"{name} is not among the names of the certificate: {_shown(', '.join(found[-1].names))}"
                yield Finding(origin, message, "Enroll a certificate with that name, or correct the name")


def abbreviated(documents: Documents) -> Iterator[Finding]:
    for placed, where, line in raw_lines(documents):
        found = stored_form.of_line(line)
        if found:
            short, full = found
            yield Finding(placed.origin(*where), f"IOS does not store `{short}` as it stands", f"Write `{full}`")
    for cube in documents.cubes.values():
        for where, interface in _interfaces(cube):
            full = stored_form.of_interface(interface)
            if full != interface:
                yield Finding(cube.origin(*where), f"IOS does not store `{interface}` as it stands", f"Write `{full}`")


def _interfaces(cube: Placed[Cube]) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("signalling", "interface"), cube.value.signalling.interface
    bind = cube.value.voice_service.bind
    if bind and not isinstance(bind, str):
        yield ("voice_service", "bind", "control"), bind.control
        yield ("voice_service", "bind", "media"), bind.media


def early_offer_with_srtp(documents: Documents) -> Iterator[Finding]:
    """With SRTP that may fall back, the one who offers decides; the CUBE should let the other end offer."""
    falling_back = {
        cube.name
        for link, cube, _ in whole_links(documents)
        if link.value.srtp == "fallback" or any(srtp_of(cube.value, peer) == "fallback" for _, peer in dial_peers(link))
    }
    for cube in documents.cubes.values():
        service = cube.value.voice_service
        raw = [number for number, line in enumerate(service.sip_lines) if line.startswith("early-offer forced")]
        where = ("sip_lines", raw[0]) if raw else ("early_offer",)
        is_forced = bool(raw) or service.early_offer == "forced"
        if is_forced and (cube.name in falling_back or service.srtp == "fallback"):
            message = "early offer is forced where SRTP may fall back, for which delayed offer is recommended"
            yield Finding(cube.origin("voice_service", *where), message, "Remove it, or make srtp required")


def typed_by_hand(documents: Documents) -> Iterator[Finding]:
    """What is derived is right after the next renewal too; what is typed is not."""
    for link in documents.links.values():
        for part, fields in (("security_profile", link.value.security_profile.fields), ("trunk", link.value.trunk.fields)):
            for name in sorted(fields.keys() & DERIVED[part].keys()):
                origin = link.origin(part, "fields", name)
                yield Finding(origin, f"{name} is typed by hand", f"Remove it: {DERIVED[part][name]}")
    for link, cube, _ in whole_links(documents):
        known = {name.lower() for name in cube.value.identity.names}
        for number, name in enumerate(link.value.security_profile.names):
            if name.lower() in known:
                origin = link.origin("security_profile", "names", number)
                yield Finding(origin, f"{name} is typed by hand", "Remove it: it is the name of the CUBE's certificate already")


def vad_unstated(documents: Documents) -> Iterator[Finding]:
    for link in documents.links.values():
        for role, peer in dial_peers(link):
            if peer.vad is None and not {"vad", "no vad"} & set(peer.lines):
                message = f"the {role} dial-peer {peer.tag} does not say vad, so IOS has it on"
                yield Finding(link.origin("dial_peers", role), message, "State `vad: false`, or `vad: true` if you mean it")
