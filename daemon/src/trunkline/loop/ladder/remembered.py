"""Observations with what the journal remembers put in: requests that a CUBE printed, and answers of issuers. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from trunkline.loop.ladder.coming import public_of
from trunkline.model.key import Key, Kind, issuer_target
from trunkline.model.observed import Observed
from trunkline.model.renewal.memory import Enrolment, Memory
from trunkline.model.resource import Resource


def with_memory(observed: Mapping[str, Observed], memory: Memory) -> dict[str, Observed]:
    """A request counts while the device holds the key that it is for; an answer while its request counts."""
    resources = {target: dict(seen.resources) for target, seen in observed.items()}
    told: set[str] = set()
    for enrolment in memory.enrolments.values():
        request = _request(enrolment, observed)
        if request is None:
            continue
        resources[request.key.target][request.key] = request
        told.add(request.key.target)
        issuer = issuer_target(enrolment.issuer)
        if enrolment.chain and issuer in resources:
            answer = _answer(enrolment, issuer)
            resources[issuer][answer.key] = answer
            told.add(issuer)
    return {target: replace(seen, resources=resources[target]) if target in told else seen for target, seen in observed.items()}


def _request(enrolment: Enrolment, observed: Mapping[str, Observed]) -> Resource | None:
    target, name = enrolment.holder
    seen = observed.get(target)
    if seen is None:
        return None
    key = Key(target, Kind.CERTIFICATE_REQUEST, name)
    if target.startswith("cluster/"):  # a node shows its request, and forgets it once the certificate is there
        return _of_node(key, enrolment, seen)
    pair = seen.resources.get(Key(target, Kind.KEY_PAIR, name))
    if pair is None or pair.settings.get("public") != public_of(enrolment.csr_pem):
        return None
    settings = {"issuer": enrolment.issuer, "public": pair.settings["public"]}
    return Resource(key, settings, needs=frozenset({Key(target, Kind.TRUST_ANCHOR, name)}))


def _of_node(key: Key, enrolment: Enrolment, seen: Observed) -> Resource | None:
    shown = seen.resources.get(key)
    if shown and public_of(shown.settings.get("csr_pem", "")) == public_of(enrolment.csr_pem):
        return replace(shown, settings={**shown.settings, "issuer": enrolment.issuer})
    return None


def _answer(enrolment: Enrolment, issuer: str) -> Resource:
    target, name = enrolment.holder
    key = Key(issuer, Kind.SIGNATURE, f"{target}/{name}")
    request = Key(target, Kind.CERTIFICATE_REQUEST, name)
    return Resource(key, {"csr_pem": enrolment.csr_pem}, needs=frozenset({request}))
