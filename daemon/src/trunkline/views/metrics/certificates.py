"""Certificates: what they are, when they end, what they wait for, and whether they are what is presented."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from trunkline.model.certificate import Certificate
from trunkline.model.desired import DesiredLink
from trunkline.model.key import Kind, cluster_target, cube_target, wire_target
from trunkline.model.observed import Observed, WireFacts
from trunkline.model.outcome import Result
from trunkline.model.passes import Pass
from trunkline.model.renewal import when
from trunkline.model.renewal.standing import Standing
from trunkline.views.certificates import dates
from trunkline.views.certificates.places import wire_name
from trunkline.views.certificates.rows import key_of, usages_of
from trunkline.views.metrics.family import Family, Sample, words

EXCHANGE_STEPS = tuple(
    kind.value
    for kind in (
        Kind.KEY_PAIR,
        Kind.TRUST_ANCHOR,
        Kind.CERTIFICATE_REQUEST,
        Kind.SIGNATURE,
        Kind.IDENTITY,
        Kind.CALLMANAGER_TRUST,
        Kind.CONNECTION,
        Kind.SERVICE_RESTART,
    )
)
EXCHANGE_RESULTS = tuple(result.value for result in Result)
CERTIFICATE = ("device", "store", "name", "role")
FAMILIES = (
    Family("trunkline_certificate_not_after_timestamp_seconds", "gauge", "When a certificate ends", CERTIFICATE),
    Family("trunkline_certificate_not_before_timestamp_seconds", "gauge", "When a certificate begins", CERTIFICATE),
    Family(
        "trunkline_certificate_info",
        "gauge",
        "1; what a certificate is",
        (*CERTIFICATE, "serial", "fingerprint", "issuer_cn", "eku", "key"),
    ),
    Family(
        "trunkline_certificate_renewal_timestamp_seconds",
        "gauge",
        "When the renewal of an identity is due; no series where nobody renews it",
        CERTIFICATE,
    ),
    Family(
        "trunkline_certificate_switch_deadline_timestamp_seconds",
        "gauge",
        "The last moment for the switch to a renewed one: when the last maintenance window before the end closes, or the end "
        "itself; no series where none opens before the end, or nobody renews it",
        CERTIFICATE,
    ),
    Family(
        "trunkline_certificate_client_auth_ends_timestamp_seconds",
        "gauge",
        "From when on the issuer of an identity gives no clientAuth any more; no series where it is taken for a private CA",
        CERTIFICATE,
    ),
    Family(
        "trunkline_certificate_wait",
        "gauge",
        "1 for each code by which the certificate of a holder waits now",
        ("device", "name", "code"),
    ),
    Family(
        "trunkline_wire_serial_mismatch",
        "gauge",
        "1 while a side presents another certificate than it holds for that; no series for a side that was not seen",
        ("link", "side"),
    ),
    Family(
        "trunkline_exchange_steps_total",
        "counter",
        "Steps of making and exchanging certificates, by result, over restarts of the daemon",
        ("step", "result"),
    ),
)


def of_observed(seen: Observed) -> Iterator[Sample]:
    """Everything that one device holds."""
    rows = [("identity", identity.holder, "identity", identity.certificate) for identity in seen.identities]
    for holder, certificates in seen.trusted.items():
        unique = dict.fromkeys(certificates)
        rows += [("trust", f"{holder}/{_called(one)}", "ca" if one.is_ca else "leaf", one) for one in unique]
    occurrences = Counter((store, name, role) for store, name, role, _ in rows)
    for store, name, role, certificate in rows:
        is_alone = occurrences[store, name, role] == 1
        labels = (seen.target, store, name if is_alone else f"{name} {certificate.serial}", role)
        yield Sample("trunkline_certificate_not_after_timestamp_seconds", labels, certificate.not_after.timestamp())
        yield Sample("trunkline_certificate_not_before_timestamp_seconds", labels, certificate.not_before.timestamp())
        told = (certificate.issuer_common_name, ",".join(usages_of(certificate)), key_of(certificate))
        yield Sample("trunkline_certificate_info", (*labels, certificate.serial, certificate.sha256, *told), 1.0)
        if store == "identity":
            yield from _client_auth_ends(labels, certificate)


def _client_auth_ends(labels: tuple[str, ...], certificate: Certificate) -> Iterator[Sample]:
    """Of one that may be used for both yet: that another may not is told by its usages."""
    rule = dates.client_auth_ends(certificate.issuer) if certificate.serves_both_roles() else None
    if rule:
        yield Sample("trunkline_certificate_client_auth_ends_timestamp_seconds", labels, rule.since.timestamp())


def _called(certificate: Certificate) -> str:
    return certificate.common_name or certificate.serial


def newest_standings(passes: Iterable[Pass]) -> dict[tuple[str, str], Standing]:
    """By target and holder; several passes may know of one."""
    ordered = sorted(passes, key=lambda one: one.finished_at)
    return {(one.wish.target, one.wish.holder): one for finished in ordered for one in finished.standings}


def of_standing(standing: Standing, *, is_held: bool) -> Iterator[Sample]:
    """When what is in use is due, and what keeps a certificate from climbing. `is_held`: the device was seen to hold it."""
    target = standing.wish.target
    if standing.renewal_at and is_held:
        labels = (target, "identity", standing.serving, "identity")
        yield Sample("trunkline_certificate_renewal_timestamp_seconds", labels, standing.renewal_at.timestamp())
        yield from _deadline(labels, standing)
    for code in sorted({wait.code for wait in standing.waits}):
        yield Sample("trunkline_certificate_wait", (target, standing.wish.holder, code), 1.0)


def _deadline(labels: tuple[str, ...], standing: Standing) -> Iterator[Sample]:
    one = standing.identity.certificate if standing.identity else None
    last = _last_moment(one.not_before, one.not_after, standing.wish.policy) if one else None
    if last:
        yield Sample("trunkline_certificate_switch_deadline_timestamp_seconds", labels, last.timestamp())


_last_moment = lru_cache(maxsize=8192)(when.deadline)
"""Windows recur for years: what a certificate's last one is takes milliseconds, and does not change."""


def of_wire(finished: Pass, link: DesiredLink) -> Iterator[Sample]:
    """Whether what is presented is what is installed, for each side that was seen."""
    seen = finished.observed.get(wire_target(link.cube))
    if seen is None or not isinstance(seen.facts, WireFacts):
        return
    serving = {one.wish.target: one.serving for one in finished.standings}.get(cube_target(link.cube), link.identity_trustpoint)
    for side, target in (("cube", cube_target(link.cube)), ("cluster", cluster_target(link.cluster))):
        device = finished.observed.get(target)
        identities = device.identities if device else ()
        pairs = [
            (shown.certificate, identity.certificate)
            for identity in identities
            if side == "cluster" or identity.holder == serving
            for shown in (seen.facts.shown.get(wire_name(target, identity.holder)),)
            if shown and shown.certificate
        ]
        if pairs:
            is_other = any(presented != installed for presented, installed in pairs)
            yield Sample("trunkline_wire_serial_mismatch", (link.name, side), float(is_other))


def of_exchange(counts: Mapping[str, int]) -> Iterator[Sample]:
    """`counts` is by "step/result"; what never happened is 0. Nothing before the journal told what was counted earlier."""
    for step in EXCHANGE_STEPS if counts else ():
        for result in EXCHANGE_RESULTS:
            yield Sample("trunkline_exchange_steps_total", (step, result), float(counts.get(f"{step}/{result}", 0)))


NOTES = (
    f"Of `trunkline_exchange_steps_total`, `step` is one of {words(EXCHANGE_STEPS)}, `result` one of",
    f"{words(EXCHANGE_RESULTS)}; all of them begin at 0.",
    "`code` of `trunkline_certificate_wait` is one of the stable words that [certificates.md](certificates.md) explains.",
)
"""For the page that lists the metrics."""
