"""A CUBE's coming identity as resources: key, trustpoint, request, signature, certificate; as far as they can be stated. Pure.

Source of the lines: Cisco IOS security command reference, `crypto pki trustpoint`.
"""

from collections.abc import Iterator

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind, issuer_target
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.renewal.standing import Coming, Rung, Standing
from trunkline.model.renewal.wish import IdentityWish
from trunkline.model.resource import Ownership, Resource

ONE_NAME_FROM, MANY_NAMES_FROM = (16,), (17,)
"""The releases from which `subject-alt-name` takes one name, and a list of names."""


def resources(standing: Standing, cube: Observed, links: frozenset[str]) -> Iterator[Resource]:
    """What the coming revision needs next, and all before it. Nothing once it is installed: then it is there."""
    coming, wish = standing.coming, standing.wish
    if coming is None or coming.rung >= Rung.INSTALLED:
        return
    target, name = wish.target, coming.name
    pair, trustpoint, anchor, request = (
        Key(target, kind, name) for kind in (Kind.KEY_PAIR, Kind.TRUSTPOINT, Kind.TRUST_ANCHOR, Kind.CERTIFICATE_REQUEST)
    )

    def resource(key: Key, settings: dict[str, str], *needs: Key, ownership: Ownership = Ownership.STATED) -> Resource:
        return Resource(key, settings, ownership, frozenset(needs), origin=wish.origin, links=links)

    yield resource(pair, {"type": str(wish.key)})
    lines = trustpoint_lines(wish, coming, _release(cube))
    yield resource(trustpoint, {line: line for line in lines}, pair, ownership=Ownership.WHOLE)
    issuing = coming.chain[0]
    yield resource(anchor, {"sha256": issuing.sha256, "pem": issuing.pem}, trustpoint)
    held = cube.resources.get(pair)
    public = {"public": held.settings["public"]} if held and "public" in held.settings else {}
    yield resource(request, {"issuer": wish.issuer, **public}, anchor, pair)
    yield from signature(standing, coming, request, _release(cube), links)
    if coming.rung is Rung.ISSUED and coming.enrolment:
        leaf = coming.enrolment.chain[0]
        signed = Key(issuer_target(wish.issuer), Kind.SIGNATURE, f"{target}/{name}")
        yield resource(Key(target, Kind.IDENTITY, name), {"sha256": leaf.sha256, "pem": leaf.pem}, signed, anchor)


def signature(
    standing: Standing, coming: Coming, request: Key, release: tuple[int, ...], links: frozenset[str]
) -> Iterator[Resource]:
    """What the issuer is asked for, once the request is known."""
    wish, enrolment = standing.wish, coming.enrolment
    wanted_by = standing.identity.certificate.not_after if standing.identity else None
    if enrolment is None or coming.rung not in (Rung.REQUESTED, Rung.ISSUED):
        return
    settings = {
        "csr_pem": enrolment.csr_pem,
        "names": ",".join(wish.names),
        "key": str(wish.key),
        "validity_days": str(wish.validity.days) if wish.validity else "",
        "release": ".".join(map(str, release)),
        "wanted_by": wanted_by.isoformat() if wanted_by else "",
    }
    key = Key(issuer_target(wish.issuer), Kind.SIGNATURE, f"{wish.target}/{coming.name}")
    yield Resource(key, settings, Ownership.STATED, frozenset({request}), origin=wish.origin, links=links)


def trustpoint_lines(wish: IdentityWish, coming: Coming, release: tuple[int, ...]) -> list[str]:
    """Every question that enrolling asks is answered by a line."""
    lines = [
        "enrollment terminal pem",
        "serial-number none",
        "fqdn none",
        "ip-address none",
        f"subject-name {wish.subject}",
    ]
    names = wish.names if release >= MANY_NAMES_FROM else wish.names[:1] if release >= ONE_NAME_FROM else ()
    if names:
        lines.append(f"subject-alt-name {','.join(names)}")
    keypair = "rsakeypair" if wish.key.algorithm == "rsa" else "eckeypair"
    fingerprint = f"fingerprint {coming.chain[0].sha1}"
    return [*lines, "revocation-check none", fingerprint, f"{keypair} {coming.name}", "hash sha256"]


def _release(cube: Observed) -> tuple[int, ...]:
    return cube.facts.release if isinstance(cube.facts, CubeFacts) else ()


def chain_above_issuing(standing: Standing, vouched: tuple[tuple[Certificate, ...], ...]) -> Iterator[Certificate]:
    """The issuers above the issuing CA, which the CUBE needs to send the whole chain: each has a trustpoint of its own."""
    coming = standing.coming.chain[1:] if standing.coming else ()
    above = [certificate for chain in vouched for certificate in chain[1:]]
    yield from dict.fromkeys((*coming, *above))
