"""What a recorded pass says of certificates: where each stands, and every certificate once, in PEM. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from trunkline.model.certificate import Certificate
from trunkline.model.observed import IssuerFacts, Observed, WireFacts
from trunkline.model.passes import Pass
from trunkline.model.renewal import when
from trunkline.model.renewal.calendar import Window
from trunkline.model.renewal.standing import Standing, Wait


def of_standings(finished: Pass) -> list[dict[str, Any]]:
    return [of_standing(one, finished.finished_at) for one in finished.standings]


def of_standing(standing: Standing, now: datetime) -> dict[str, Any]:
    """Where a certificate stands; `switch_at`, `retry_at` and `deadline` are those of its next renewal, as of `now`."""
    wish, coming, identity = standing.wish, standing.coming, standing.identity
    return {
        "target": wish.target,
        "holder": wish.holder,
        "names": list(wish.names),
        "issuer": wish.issuer,
        "serving": standing.serving,
        "vouched": list(standing.vouched),
        "kept": list(standing.kept),
        "retired": list(standing.retired),
        "rung": standing.rung.name.lower(),
        "sha256": identity.certificate.sha256 if identity else None,
        "coming": {
            "name": coming.name,
            "rung": coming.rung.name.lower(),
            "requested_at": _iso(coming.enrolment.requested_at if coming.enrolment else None),
            "sha256": coming.enrolment.chain[0].sha256 if coming.enrolment and coming.enrolment.chain else None,
        }
        if coming
        else None,
        "renewal_at": _iso(standing.renewal_at),
        **_switch(standing, now),
        "why": standing.why,
        "waits": [_wait(wait) for wait in standing.waits],
        "windows": [_window(window) for window in wish.policy.windows],
        "origin": str(wish.origin) if wish.origin else None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _wait(wait: Wait) -> dict[str, Any]:
    asks = {"target": wait.asks.target, "kind": wait.asks.kind.value, "name": wait.asks.name} if wait.asks else None
    return {"code": wait.code, "reason": wait.reason, "until": _iso(wait.until), "asks": asks}


def _window(window: Window) -> dict[str, Any]:
    return {"rule": window.rule, "duration_seconds": window.duration.total_seconds(), "zone": window.zone}


def windows(standing: Mapping[str, Any]) -> tuple[Window, ...]:
    """The maintenance windows of a recorded standing."""
    return tuple(Window(one["rule"], timedelta(seconds=one["duration_seconds"]), one["zone"]) for one in standing["windows"])


def _switch(standing: Standing, now: datetime) -> dict[str, str | None]:
    """When the next switch happens; nothing where nobody renews."""
    wish, identity = standing.wish, standing.identity
    if not (wish.issuer and identity):
        return {"switch_at": None, "retry_at": None, "deadline": None}
    one = identity.certificate
    seed = when.seed(wish.target, wish.holder, one.serial)
    start = when.must_start(one.not_before, one.not_after, wish.policy, seed, now)
    return {"switch_at": _iso(start.at), "retry_at": _iso(start.retry_at), "deadline": _iso(start.deadline)}


def pems(finished: Pass) -> dict[str, str]:
    """Every certificate that the pass saw, by its SHA-256."""
    found = {one for seen in finished.observed.values() for one in _of_observed(seen)}
    for standing in finished.standings:
        coming = standing.coming
        found |= {*(coming.chain if coming else ()), *(coming.enrolment.chain if coming and coming.enrolment else ())}
    return {one.sha256: one.pem for one in sorted(found, key=lambda one: one.sha256)}


def _of_observed(seen: Observed) -> Iterator[Certificate]:
    for identity in seen.identities:
        yield identity.certificate
        yield from identity.chain
    for held in seen.trusted.values():
        yield from held
    if isinstance(seen.facts, IssuerFacts):
        yield from seen.facts.chain
    if isinstance(seen.facts, WireFacts):
        for shown in seen.facts.shown.values():
            yield from shown.chain
            if shown.certificate:
                yield shown.certificate


def of_trusted(seen: Observed) -> dict[str, list[str]]:
    """SHA-256 of what each trustpoint or node holds, once each."""
    return {holder: list(dict.fromkeys(one.sha256 for one in held)) for holder, held in sorted(seen.trusted.items())}


def of_wire(facts: WireFacts) -> dict[str, Any]:
    return {
        "shown": {
            holder: {
                "sha256": shown.certificate.sha256 if shown.certificate else None,
                "at": shown.at.isoformat(),
                "problem": shown.problem,
            }
            for holder, shown in sorted(facts.shown.items())
        },
        "accepted": [
            {"node": node, "issuer": issuer, "is_accepted": one.is_accepted, "at": one.at.isoformat(), "problem": one.problem}
            for (node, issuer), one in sorted(facts.accepted.items())
        ],
        "looks": {
            holder: {
                "at": look.at.isoformat(),
                "is_success": look.is_success,
                "reason": look.reason,
                "problem": look.problem,
                "version": look.version,
                "cipher": look.cipher,
                "doubts": list(look.doubts),
            }
            for holder, look in sorted(facts.looks.items())
        },
    }


def of_issuer(facts: IssuerFacts) -> dict[str, Any]:
    return {"chain": [one.sha256 for one in facts.chain], "problem": facts.problem}
