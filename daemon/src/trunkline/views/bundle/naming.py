"""What a veil must learn of an examination: every name, and what kind of thing it names. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cryptography.x509 import Name
from cryptography.x509.oid import NameOID

from trunkline.model.certificate import Certificate
from trunkline.model.key import HELD_KINDS, Kind
from trunkline.views import document
from trunkline.views.anonymity.pseudonyms import Named
from trunkline.views.anonymity.words import NAMING
from trunkline.views.bundle.certificates import seen_in
from trunkline.views.bundle.material import Material

KINDS = {
    Kind.SIP_TRUNK: "trunk",
    Kind.SIP_SECURITY_PROFILE: "security-profile",
    Kind.SIP_PROFILE: "sip-profile",
    Kind.TRUSTPOINT: "trustpoint",
    Kind.KEY_PAIR: "keypair",
}
RDNS = {
    NameOID.ORGANIZATION_NAME: "organization",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "unit",
    NameOID.LOCALITY_NAME: "locality",
    NameOID.STATE_OR_PROVINCE_NAME: "state",
    NameOID.STREET_ADDRESS: "street",
    NameOID.SERIAL_NUMBER: "device-serial",
    NameOID.EMAIL_ADDRESS: "email",
}
PARTS_OF_NAMES = frozenset(RDNS.values())
AS_WRITTEN = ("cube/running-config.txt", "cube/show.txt", "documents/")
"""Files in which a distinguished name ends where its line or its quotes do."""
SERIAL = re.compile(r"(?:Processor board ID|\bSN:|\budi pid \S+ sn) +(\w{6,})|^\*\d+ +\S+ +(\w{8,})", re.MULTILINE)
PATTERNS = tuple((kind, re.compile(pattern, re.MULTILINE)) for kind, pattern in NAMING)


def named(material: Material, texts: Mapping[str, str]) -> Iterator[Named]:
    """The most telling kinds first: what has two kinds of names is called by the first."""
    yield from _of_link(material)
    yield from _of_history(material.history)
    yield from _of_observed(material)
    for one in (document.of_pass(material.finished), *material.history):
        yield from _of_recorded(one)
    certified = [found for certificate in seen_in(material.finished) for found in _of_certificate(certificate)]
    yield from certified
    for name, text in texts.items():
        found = _in_text(text)
        yield from found if name.startswith(AS_WRITTEN) else _unless_a_sentence_goes_on(found, certified)


def _unless_a_sentence_goes_on(found: Iterable[Named], certified: Iterable[Named]) -> Iterator[Named]:
    """In a text of ours "O=ACME is not trusted" names ACME, which a certificate told already."""
    told = tuple(f"{name.lower()} " for kind, name in certified if kind in PARTS_OF_NAMES)
    yield from (one for one in found if one[0] not in PARTS_OF_NAMES or not one[1].lower().startswith(told))


def _of_link(material: Material) -> Iterator[Named]:
    found = material.diagnosis
    yield from (("cube", found.cube), ("cluster", found.cluster), ("link", found.link))
    for link in material.finished.links:
        yield from (("link", link.name), ("cluster", link.cluster), ("trunk", link.trunk.name))
        yield "security-profile", link.security_profile.name
        yield from (("node", node) for node in link.nodes)


def _of_history(history: Iterable[Mapping[str, Any]]) -> Iterator[Named]:
    for one in history:
        for link in one["links"]:
            yield from (("link", link["name"]), ("cluster", link["cluster"]))


def _of_recorded(one: Mapping[str, Any]) -> Iterator[Named]:
    """What a pass changed, would change or saw, which may be gone or not there yet."""
    plans = (one["plan"], *(one.get("forecast") or ()), one.get("once_enforced"))
    changes = [change for plan in plans if plan for change in (*plan["steps"], *plan["held"])]
    yield from (named for change in changes for named in _of_key(change["key"]))
    yield from (named for outcome in one["outcomes"] for named in _of_key(outcome["key"]))
    for target, seen in sorted((one.get("targets") or {}).items()):
        kind = "trustpoint" if target.startswith("cube/") else "node"
        yield from ((kind, identity["holder"]) for identity in seen["identities"])


def _of_key(key: str) -> Iterator[Named]:
    """`Key` as it is written: target, kind, name; the name may hold blanks."""
    target, kind, name = (*key.split(" ", 2), "", "")[:3]
    if kind in KINDS:
        yield KINDS[Kind(kind)], name
    elif kind in HELD_KINDS:
        yield "trustpoint" if target.startswith("cube/") else "node", name


def _of_observed(material: Material) -> Iterator[Named]:
    cube_facts, cluster_facts = material.cube_facts, material.cluster_facts
    if cluster_facts:
        yield from (("node", node.name) for node in cluster_facts.nodes)
    if cube_facts:
        yield from (("host", cube_facts.hostname), ("device-serial", cube_facts.counting.serial))
    for target, seen in material.finished.observed.items():
        if target.startswith("issuer/"):
            yield "issuer", target.partition("/")[2]
        for key in sorted(seen.resources):
            if key.kind in KINDS:
                yield KINDS[key.kind], key.name
    for event in material.events:
        yield "user", event.user


def _of_certificate(one: Certificate) -> Iterator[Named]:
    for name in (one.x509.subject, one.x509.issuer):
        yield from _of_name(name)


def numbered(material: Material) -> Mapping[str, str]:
    """What names a certificate or a revision, in every form in which it is written, by what it is called instead.

    The first form of each is the one that tells it best.
    """
    called: dict[str, str] = {}
    for number, one in enumerate(seen_in(material.finished), 1):
        name = f"certificate-{number}"
        called |= {one.sha256: f"sha256-of-{name}", one.sha256[:16]: name, one.sha256[:8]: name}
        called |= dict.fromkeys(_as_ios_prints(one.sha1), f"sha1-of-{name}") | dict.fromkeys(
            _as_ios_prints(one.md5), f"md5-of-{name}"
        )
        even = one.serial.zfill(len(one.serial) + len(one.serial) % 2)
        called |= dict.fromkeys((one.serial, even, one.serial[-8:]), f"serial-of-{name}")
    revisions = dict.fromkeys((material.diagnosis.revision, *(one["revision"] for one in material.history)))
    for number, revision in enumerate(revisions, 1):
        called |= {revision: f"revision-{number}", revision[:10]: f"revision-{number}"}
    return called


def _as_ios_prints(digest: str) -> tuple[str, str]:
    """In one piece, and in groups of eight."""
    return digest, " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def dns_names(material: Material) -> Iterator[str]:
    for one in seen_in(material.finished):
        yield from (name for name in (*one.names, one.issuer_common_name) if "." in name)


def _of_name(name: Name) -> Iterator[Named]:
    for attribute in name:
        if attribute.oid in RDNS:
            yield RDNS[attribute.oid], str(attribute.value)
    for attribute in name.get_attributes_for_oid(NameOID.COMMON_NAME):
        if "." not in str(attribute.value):  # else it is a DNS name
            yield "authority", str(attribute.value)


def _in_text(text: str) -> Iterator[Named]:
    for kind, pattern in PATTERNS:
        yield from ((kind, found[1].strip().strip("\"',;")) for found in pattern.finditer(text))
    yield from (("device-serial", found[1] or found[2]) for found in SERIAL.finditer(text))
