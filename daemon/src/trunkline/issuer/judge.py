"""Whether an issuer's answer can be used: every rule on its own, one clear reason, before anything reaches a device. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from trunkline.issuer.strength import weakness
from trunkline.model.certificate import Certificate, chain_above
from trunkline.model.errors import DeviceRefused
from trunkline.model.public_key import der_of
from trunkline.model.renewal.wish import Chain, Signing

AHEAD = timedelta(minutes=5)  # how far the issuer's clock may be ahead of ours
SHORTEST = timedelta(hours=1)  # what ends sooner cannot be installed, trusted and proven in time


@dataclass(frozen=True)
class Finding:
    """Why an answer cannot be used. `code` is stable."""

    code: str
    why: str
    cure: str


@dataclass(frozen=True)
class Judged:
    """The chain in order, leaf first; or why it cannot be used."""

    chain: Chain
    finding: Finding | None = None


@dataclass(frozen=True)
class _Case:
    signing: Signing
    leaf: Certificate
    chain: Chain
    stated: Chain
    now: datetime


def judged(signing: Signing, answer: Chain, stated: Chain, now: datetime) -> Judged:
    """`answer` is what came back, in any order; `stated` the issuing CA and those above it, which complete it."""
    leaf = _leaf(signing, answer)
    if isinstance(leaf, Finding):
        return Judged((), leaf)
    chain = (leaf, *chain_above(leaf, (*answer, *stated)))
    found = next(_findings(_Case(signing, leaf, chain, stated, now)), None)
    return Judged(() if found else chain, found)


def refusal(issuer: str, finding: Finding) -> DeviceRefused:
    """What the device's desk raises: the code stands in `lines`, for whoever counts."""
    return DeviceRefused(
        f"cannot use the answer of issuer {issuer}: {finding.why}; {finding.cure}; "
        "a new commit or `trunkline renew` asks again",
        (finding.code,),
        is_untouched=True,
    )


def request_of(signing: Signing) -> x509.CertificateSigningRequest:
    """Raises ValueError for what is no request."""
    return x509.load_pem_x509_csr(signing.csr_pem.encode())


def public_key_of(request: x509.CertificateSigningRequest) -> bytes:
    """SubjectPublicKeyInfo."""
    return der_of(request.public_key())


def _leaf(signing: Signing, answer: Chain) -> Certificate | Finding:
    if not answer:
        return Finding("empty", "there is no certificate in it", "ask the CA for the certificate in PEM form")
    wanted = public_key_of(request_of(signing))
    mine = [one for one in answer if one.public_key_der == wanted]
    if not mine:
        other = next((one for one in answer if not one.is_ca), answer[0])
        return Finding(
            "other-key",
            f"the certificate {other.subject or other.serial} is for another key than that of the request of {signing.name}",
            "give the CA the request that is written down now, and bring back what it signs for that",
        )
    return max(mine, key=lambda one: one.not_before)  # a CA that appends earlier ones


def _findings(case: _Case) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(case)


def _is_no_ca(case: _Case) -> Iterator[Finding]:
    if case.leaf.is_ca:
        yield Finding("is-ca", "it is a CA certificate", "ask the CA for one of an end entity, for TLS")


def _names(case: _Case) -> Iterator[Finding]:
    has = {name.lower() for name in case.leaf.names}
    missing = [name for name in case.signing.names if name.lower() not in has]
    if missing:
        yield Finding(
            "names",
            f"the certificate lacks {', '.join(missing)} (it has {', '.join(case.leaf.names) or 'none'})",
            "have the CA keep the names of the request",
        )


def _usages(case: _Case) -> Iterator[Finding]:
    usages = case.leaf.extended_key_usages
    if case.leaf.serves_both_roles() or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string in usages:
        return
    for usage, name, role in (
        (ExtendedKeyUsageOID.CLIENT_AUTH, "clientAuth", "open a connection"),
        (ExtendedKeyUsageOID.SERVER_AUTH, "serverAuth", "answer one"),
    ):
        if usage.dotted_string not in usages:
            also = ", which many public CAs do not give any more" if name == "clientAuth" else ""
            yield Finding(
                f"no-{name}".lower(),
                f"it may not be used for {name}{also}: a trunk could not {role} with it",
                f"{name} is missing: choose a profile, or a private CA, that gives both serverAuth and clientAuth",
            )


def _key_usage(case: _Case) -> Iterator[Finding]:
    usage = case.leaf.extension(x509.KeyUsage)
    if usage and not usage.digital_signature:
        yield Finding(
            "key-usage",
            "its key usage lacks digitalSignature, without which no TLS handshake with forward secrecy succeeds",
            "choose a profile for TLS",
        )


def _validity(case: _Case) -> Iterator[Finding]:
    leaf, now = case.leaf, case.now
    if leaf.not_after <= now:
        yield Finding("expired", f"it ended on {_day(leaf.not_after)}", "have it issued anew")
    elif leaf.not_before > now + AHEAD:
        yield Finding(
            "not-yet", f"it begins on {_moment(leaf.not_before)}, it is {_moment(now)}", "see whether a clock is wrong, or wait"
        )
    elif leaf.not_after - now < SHORTEST:
        yield Finding("short", f"it ends on {_moment(leaf.not_after)}, in less than an hour", "choose a longer validity")


def _complete(case: _Case) -> Iterator[Finding]:
    top = case.chain[-1]
    if top.subject == top.issuer and len(case.chain) > 1:
        return
    if case.leaf.is_self_signed:
        yield Finding("self-signed", "the certificate is signed by itself", "bring the certificate that the CA signed")
    elif len(case.chain) == 1 or not (case.stated and top == case.stated[-1]):
        yield Finding(
            "incomplete",
            f"the certificate of {top.issuer}, which signed {top.subject}, is missing",
            "add it to the answer, or to `chain` of the issuer in estate.yaml",
        )


def _issued_by_stated(case: _Case) -> Iterator[Finding]:
    issuing = case.stated[0] if case.stated else None
    if issuing and (len(case.chain) < 2 or case.chain[1].public_key_der != issuing.public_key_der):
        yield Finding(
            "other-issuer",
            f"it is signed by {case.leaf.issuer}, and the trustpoint pins {issuing.subject}",
            "have it signed by that CA, or state the other one as `chain` of the issuer in estate.yaml",
        )


def _authorities(case: _Case) -> Iterator[Finding]:
    for above in case.chain[1:]:
        if not above.is_ca:
            yield Finding("no-ca", f"{above.subject} signed it and is no CA", "have it signed by a CA")
        elif above.not_after <= case.now:
            yield Finding("ca-expired", f"the CA {above.subject} ended on {_day(above.not_after)}", "renew the CA first")
        elif above.not_after < case.leaf.not_after:
            yield Finding(
                "outlives-ca",
                f"it ends on {_day(case.leaf.not_after)}, after its CA {above.subject} ({_day(above.not_after)})",
                "choose a shorter validity, or renew the CA first",
            )


def _key_as_wished(case: _Case) -> Iterator[Finding]:
    has, wish = case.leaf.key_type, case.signing.key
    other = f"other {getattr(case.leaf.public_key, 'key_size', '?')}"
    if has != wish:
        yield Finding(
            "key-type",
            f"its key is {has or other}, wished for is {wish}",
            "let trunkline make the request anew",
        )


def _strong_enough(case: _Case) -> Iterator[Finding]:
    for number, one in enumerate(case.chain):
        is_root = number > 0 and one.subject == one.issuer
        weak = weakness(one, case.signing.release, is_root=is_root)
        if weak:
            yield Finding(weak.code, f"{one.subject or one.serial} {weak.why}", weak.cure)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


RULES: tuple[Callable[[_Case], Iterator[Finding]], ...] = (
    _is_no_ca,
    _strong_enough,
    _validity,
    _complete,
    _issued_by_stated,
    _authorities,
    _names,
    _usages,
    _key_usage,
    _key_as_wished,
)
"""In the order in which they are told: what makes all else meaningless first. A SHA-1 signature is not even checked, so that a
chain seems to end at it: it comes before completeness.
"""
