"""Every certificate that was seen anywhere: where, in words, and as PEM. Certificates are public. Pure."""

from collections.abc import Iterator, Mapping

from trunkline.model.certificate import Certificate
from trunkline.model.observed import IssuerFacts, Observed, WireFacts
from trunkline.model.passes import Pass
from trunkline.views.bundle.tables import moment

USAGES = {"1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth"}


def seen_in(finished: Pass) -> Mapping[Certificate, tuple[str, ...]]:
    """By certificate, in the order of their SHA-256: who holds, trusts or presents it."""
    found: dict[Certificate, list[str]] = {}
    for target, seen in sorted(finished.observed.items()):
        for certificate, where in _of(target, seen):
            found.setdefault(certificate, []).append(where)
    ordered = sorted(found.items(), key=lambda one: one[0].sha256)
    return {certificate: tuple(dict.fromkeys(where)) for certificate, where in ordered}


def _of(target: str, seen: Observed) -> Iterator[tuple[Certificate, str]]:
    for identity in seen.identities:
        yield identity.certificate, f"own certificate of {target} {identity.holder}"
    for holder, held in sorted(seen.trusted.items()):
        yield from ((one, f"trusted by {target} {holder}") for one in held)
    if isinstance(seen.facts, WireFacts):
        for holder, shown in sorted(seen.facts.shown.items()):
            sent = shown.chain or ((shown.certificate,) if shown.certificate else ())
            yield from ((one, f"presented to the probe by {holder}") for one in sent)
    if isinstance(seen.facts, IssuerFacts):
        yield from ((one, f"chain of {target}") for one in seen.facts.chain)


def in_words(found: Mapping[Certificate, tuple[str, ...]]) -> Iterator[str]:
    for one, where in found.items():
        yield f"{one.sha256[:16]}  {one.subject}"
        yield f"  issuer        {one.issuer}{'   (self-signed)' if one.is_self_signed else ''}"
        yield f"  serial        {one.serial}"
        yield f"  valid         {moment(one.not_before)} to {moment(one.not_after)}"
        yield f"  names         {', '.join((*one.names, *one.addresses)) or 'none'}"
        yield f"  key           {one.key_type or 'of another kind'}"
        yield f"  CA            {'yes' if one.is_ca else 'no'}"
        yield f"  usages        {', '.join(sorted(USAGES.get(use, use) for use in one.extended_key_usages)) or 'not limited'}"
        yield f"  SHA-256       {one.sha256}"
        yield f"  SHA-1         {one.sha1}"
        yield from (f"  {place}" for place in where)
        yield ""
