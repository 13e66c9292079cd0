"""Certificates that are renewed: who signs them, with which keys, and whether windows suffice. Pure; today is an argument."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from trunkline.desired.documents import Documents, Link, Placed
from trunkline.desired.documents.issuers import LocalIssuer
from trunkline.desired.lint.finding import Finding, pinned
from trunkline.desired.wishes import of_cluster, of_cube, owner
from trunkline.model.renewal import proof, when
from trunkline.model.renewal.wish import IdentityWish
from trunkline.model.resource import Origin

FIRST_EC, FIRST_EC_384 = (15, 6), (16, 10)
"""`ecdsa-cipher`, and its `curve-size 384` (Cisco IOS voice command reference, `crypto signaling`)."""
OFFERED_BITS = (256, 384)
CURVE_384 = "cipher ecdsa-cipher curve-size 384"
LONGEST_NAME, ROOM = 63, 4
"""A trustpoint's name as documents take it, and what "-999" needs."""


@dataclass(frozen=True)
class _Renewed:
    """A document with an identity that is renewed, and the place where the document says so."""

    placed: Placed[Any]
    where: str
    wish: IdentityWish

    def origin(self, *fields: str | int) -> Origin:
        return self.placed.origin(self.where, *fields)

    @property
    def windows_origin(self) -> Origin:
        return self.placed.origin("renewal") if ("renewal",) in self.placed.positions else self.origin("issuer")


def _renewed(documents: Documents) -> Iterator[_Renewed]:
    """Identities of CUBEs that name an issuer, and those of the nodes of managed clusters."""
    for _, cube in sorted(documents.cubes.items()):
        if cube.value.identity.issuer:
            yield _Renewed(cube, "identity", of_cube(documents, cube))
    for _, cluster in sorted(documents.clusters.items()):
        if cluster.value.certificates.mode == "managed":
            yield from (_Renewed(cluster, "certificates", wish) for wish in of_cluster(documents, cluster))


def issuers(documents: Documents) -> Iterator[Finding]:
    known = documents.estate.value.issuers
    for one in _renewed(documents):
        if not one.wish.issuer:
            yield Finding(one.origin("mode"), "the certificates are managed, but by no issuer", "Name an issuer of estate.yaml")
        elif one.wish.issuer not in known and "estate" not in documents.unread:
            names = ", ".join(sorted(known)) or "none yet"
            message = f"there is no issuer {one.wish.issuer} in estate.yaml"
            yield Finding(one.origin("issuer"), message, f"State it under issuers, or name one of {names}")


def no_retry(documents: Documents, today: date) -> Iterator[Finding]:
    for one in _renewed(documents):
        yield from _of_pinned(one, today)
        validity = _validity(documents, one.wish)
        found = proof.gaps(one.wish.policy, validity, today).without_retry if validity else None
        if validity and found:
            message = (
                f"a certificate of {validity.days} days that begins on {found} ends before two maintenance windows have opened"
            )
            yield Finding(one.windows_origin, message, "Let windows open more often, or certificates live longer")


def too_early(documents: Documents, today: date) -> Iterator[Finding]:
    for one in _renewed(documents):
        validity = _validity(documents, one.wish)
        found = proof.gaps(one.wish.policy, validity, today) if validity else proof.Gaps()
        if validity and found.early and not found.without_retry:
            message = (
                f"a certificate of {validity.days} days that begins on {found.early} is switched before it is due, "
                "since less than two maintenance windows open between then and its end"
            )
            yield Finding(one.windows_origin, message, "Let windows open more often, or let `remaining` be more")


def _of_pinned(one: _Renewed, today: date) -> Iterator[Finding]:
    """The certificate that the document holds has dates of its own."""
    if one.where != "identity":
        return
    now = datetime.combine(today, time(), UTC)
    for certificate in pinned(one.placed)[:1]:
        begin, end = certificate.not_before, certificate.not_after
        seed = when.seed(one.wish.target, one.wish.holder, "")
        if end > now and when.must_start(begin, end, one.wish.policy, seed, now).at is None:
            last = when.deadline(begin, end, one.wish.policy)
            since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "in its whole life"
            message = f"no maintenance window opens before the certificate ends on {end:%Y-%m-%d %H:%M} UTC: none {since}"
            yield Finding(one.windows_origin, message, "State a window before that, if only this once")


def _validity(documents: Documents, wish: IdentityWish) -> timedelta | None:
    """As the identity asks, else as the issuer gives; None where nobody says."""
    issuer = documents.estate.value.issuers.get(wish.issuer)
    return wish.validity or (timedelta(days=issuer.validity_days) if isinstance(issuer, LocalIssuer) else None)


def key_of_release(documents: Documents) -> Iterator[Finding]:
    for _, cube in sorted(documents.cubes.items()):
        identity, release = cube.value.identity, cube.value.release_numbers
        if not identity.issuer or release is None or identity.key.type != "ec" or identity.key.bits not in OFFERED_BITS:
            continue
        first = FIRST_EC if identity.key.bits == 256 else FIRST_EC_384
        if release < first:
            message = f"SIP of IOS {cube.value.release} takes no EC key of {identity.key.bits} bits"
            cure = f"Use type rsa with 2048 bits; such keys came with {'.'.join(map(str, first))}"
            yield Finding(cube.origin("identity", "key"), message, cure)


def curve_unstated(documents: Documents) -> Iterator[Finding]:
    for name, cube in sorted(documents.cubes.items()):
        identity, release = cube.value.identity, cube.value.release_numbers
        if not identity.issuer or identity.key.type != "ec" or identity.key.bits == 256:
            continue
        origin = cube.origin("identity", "key")
        if identity.key.bits in OFFERED_BITS and release is not None and release < FIRST_EC_384:
            continue  # that is a finding already
        if identity.key.bits not in OFFERED_BITS:
            message = f"SIP of IOS offers no curve for an EC key of {identity.key.bits} bits"
            yield Finding(origin, message, "Use type ec with 256 bits, or type rsa")
            continue
        for link in documents.links_by_cube.get(name, ()):
            if link.value.tls and not _states_curve(link):
                message = (
                    f"link {link.name} binds a key on P-384 without `curve-size 384`: the CUBE offers P-256 alone, and nodes "
                    "refuse its certificate"
                )
                cure = (
                    "Use type ec with 256 bits, or bind it by a TLS profile without cipher_class, "
                    f'with `lines: ["{CURVE_384}"]` in tls.profile of {link.path}'
                )
                yield Finding(origin, message, cure)


def _states_curve(link: Placed[Link]) -> bool:
    profile = link.value.tls.profile if link.value.tls else None
    return profile is not None and profile.cipher_class is None and CURVE_384 in profile.lines


def key_of_callmanager(documents: Documents) -> Iterator[Finding]:
    for _, cluster in sorted(documents.clusters.items()):
        stated = cluster.value.certificates
        if stated.mode == "managed" and stated.key.type != "rsa":
            message = "the certificates of Cisco CallManager that a trunk presents have RSA keys"
            yield Finding(cluster.origin("certificates", "key"), message, "Use type rsa with 2048, 3072 or 4096 bits")


def without_owner(documents: Documents) -> Iterator[Finding]:
    for name, cluster in sorted(documents.clusters.items()):
        if cluster.value.certificates.mode == "managed" and owner(documents, name) is None and not documents.unread:
            message = f"the certificates of {name} are managed, but no enforced TLS link leads there, so no pass renews them"
            cure = "Set `enforcement: enforce` for one of its TLS links, or `mode: watched`"
            yield Finding(cluster.origin("certificates", "mode"), message, cure)


def short_names(documents: Documents) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for one in _renewed(documents):
        for name in one.wish.names:
            if "." not in name and (one.placed.path, name) not in seen:
                seen.add((one.placed.path, name))
                yield Finding(one.origin("names"), f"{name} is no full DNS name", "Write it with its domain")


def no_room(documents: Documents) -> Iterator[Finding]:
    for _, cube in sorted(documents.cubes.items()):
        name = cube.value.identity.trustpoint
        if cube.value.identity.issuer and len(name) > LONGEST_NAME - ROOM:
            message = f"the trustpoint's name has {len(name)} characters, and renewed ones need {ROOM} more than it"
            cure = f"Name a trustpoint of at most {LONGEST_NAME - ROOM} characters"
            yield Finding(cube.origin("identity", "trustpoint"), message, cure)
