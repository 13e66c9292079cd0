"""The six mistakes of the article that trunkline automates. Pure."""

import re
from collections.abc import Iterator

from trunkline.desired.documents import Documents
from trunkline.desired.lint.finding import Finding, raw_lines, whole_links
from trunkline.model.certificate import Certificate, certificates_in

SHORT_FORMS = (
    (re.compile(r"^incoming called (?!e164|number)\S"), "incoming called-number …"),
    (re.compile(r"^(no )?sess(ion)? (tar|prot|trans)\b"), "session target|protocol|transport …"),
    (re.compile(r"source-interface (Gi|Te|Fa)\d"), "the interface's full name, such as GigabitEthernet0/0"),
)


def _pinned(pem: str) -> tuple[Certificate, ...]:
    try:
        return certificates_in(pem)
    except ValueError:
        return ()


def ca_taken_for_identity(documents: Documents) -> Iterator[Finding]:
    """`crypto pki export` prints the CA's certificate first; the device's own is the second block."""
    for cube in documents.cubes.values():
        pem = cube.value.identity.certificate
        if pem is None:
            continue
        found = _pinned(pem)
        origin = cube.origin("identity", "certificate")
        if not found:
            yield Finding(origin, "identity.certificate holds no certificate", "Paste the General Purpose certificate in PEM")
        elif found[0].is_ca:
            message = f"identity.certificate is the CA {found[0].subject}, not the CUBE's own certificate"
            yield Finding(origin, message, "Take the block under `% General Purpose Certificate:`")


def abbreviated_line(documents: Documents) -> Iterator[Finding]:
    for placed, where, line in raw_lines(documents):
        for pattern, full in SHORT_FORMS:
            if pattern.search(line):
                yield Finding(placed.origin(*where), f"IOS stores `{line}` in another form", f"Write {full}")


def early_offer_with_srtp(documents: Documents) -> Iterator[Finding]:
    for link, cube, _ in whole_links(documents):
        if cube.value.voice_service.early_offer == "forced" and link.value.srtp == "fallback":
            yield Finding(
                cube.origin("voice_service", "early_offer"),
                f"early offer is forced while link {link.name} may fall back from SRTP, for which delayed offer is recommended",
                "Leave early_offer out, or make srtp required",
            )


def typed_name(documents: Documents) -> Iterator[Finding]:
    """The name comes from the certificate; typed, it is wrong after the next renewal."""
    for link, cube, _ in whole_links(documents):
        profile = link.value.security_profile
        if "x509SubjectName" in profile.fields:
            yield Finding(
                link.origin("security_profile", "fields"),
                "x509SubjectName is typed by hand",
                "Remove it: the names come from the CUBE's certificate; further ones go into security_profile.names",
            )
        known = {name.lower() for name in cube.value.identity.names}
        for number, name in enumerate(profile.names):
            if name.lower() in known:
                origin = link.origin("security_profile", "names", number)
                yield Finding(origin, f"{name} is the name of the CUBE's certificate already", "Remove it")


def vad_unstated(documents: Documents) -> Iterator[Finding]:
    for link in documents.links.values():
        peers = link.value.dial_peers
        for role, peer in (("outbound", peers.outbound), ("inbound", peers.inbound)):
            if peer.vad is None:
                message = f"the {role} dial-peer {peer.tag} does not say vad, so IOS has it on"
                yield Finding(link.origin("dial_peers", role), message, "State `vad: false`, or `vad: true` if you mean it")


def names_not_covered(documents: Documents) -> Iterator[Finding]:
    """The names that the document expects must be in the pinned certificate."""
    for cube in documents.cubes.values():
        identity = cube.value.identity
        found = _pinned(identity.certificate) if identity.certificate else ()
        if not found:
            continue
        borne = {name.lower() for name in found[-1].names}
        for number, name in enumerate(identity.names):
            if name.lower() not in borne:
                origin = cube.origin("identity", "names", number)
                message = f"{name} is not among the names of the certificate: {', '.join(found[-1].names)}"
                yield Finding(origin, message, "Enroll a certificate with that name, or correct the name")
