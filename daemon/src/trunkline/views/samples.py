"""A pass as metric samples. Pure; the names are a contract (docs/reference/metrics.md is made from `FAMILIES`)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.passes import Pass

RESULTS = ("converged", "applied", "held", "drifted", "stalled", "transient", "our_bug")
ERRORS = (
    "desired_invalid",
    "device_refused",
    "access_refused",
    "device_unreachable",
    "device_busy",
    "stalled",
    "transient",
    "waiting",
    "our_bug",
)


@dataclass(frozen=True)
class Family:
    """A metric: its type ("gauge" or "counter"), what it says, its labels."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    family: str
    labels: tuple[str, ...]
    value: float


FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            "trunkline_link_condition",
            "gauge",
            "1 for the status that a condition of a link has, 0 for the others",
            ("link", "condition", "status"),
        ),
        Family("trunkline_link_drift", "gauge", "Resources that are not as desired", ("link", "side")),
        Family(
            "trunkline_certificate_not_after_timestamp_seconds",
            "gauge",
            "When a certificate ends",
            ("device", "store", "name", "role"),
        ),
        Family(
            "trunkline_certificate_not_before_timestamp_seconds",
            "gauge",
            "When a certificate begins",
            ("device", "store", "name", "role"),
        ),
        Family(
            "trunkline_certificate_info",
            "gauge",
            "1; what a certificate is",
            ("device", "store", "name", "role", "serial", "fingerprint", "issuer_cn"),
        ),
        Family(
            "trunkline_tls_handshake_failures_total",
            "counter",
            "Failed TLS handshakes that the CUBE counted, over its resets",
            ("device", "side"),
        ),
        Family("trunkline_connection_failures_total", "counter", "Connections that the CUBE could not open", ("device",)),
        Family("trunkline_remote_closures_total", "counter", "Connections that the far end closed", ("device",)),
        Family("trunkline_connections", "gauge", "SIP connections over TLS in the CUBE's table", ("device", "state")),
        Family("trunkline_active_call_legs", "gauge", "Call legs on the CUBE", ("device",)),
        Family("trunkline_clock_offset_seconds", "gauge", "The CUBE's clock minus the daemon's", ("device",)),
        Family("trunkline_reconcile_total", "counter", "Passes by result", ("cube", "result")),
        Family("trunkline_reconcile_errors_total", "counter", "Passes that ended early, by reason", ("cube", "reason")),
        Family("trunkline_reconcile_duration_seconds", "gauge", "How long the last pass took", ("cube",)),
        Family("trunkline_last_success_timestamp_seconds", "gauge", "When a link was last seen in sync", ("link",)),
        Family("trunkline_observation_age_seconds", "gauge", "How old the last complete observation is", ("device",)),
        Family("trunkline_held_changes", "gauge", "Changes that may not be carried out now", ("cube",)),
        Family("trunkline_source_revision_info", "gauge", "1; the revision that is reconciled", ("revision",)),
        Family(
            "trunkline_source_broken",
            "gauge",
            "1 while the newest commit cannot be used and the last good one is reconciled instead",
        ),
        Family("trunkline_source_last_fetch_timestamp_seconds", "gauge", "When the source was last fetched"),
    )
}


@dataclass(frozen=True)
class Totals:
    """What only grows: counters of devices over their resets, passes by result, errors by reason."""

    devices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    results: Mapping[tuple[str, str], int] = field(default_factory=dict)
    errors: Mapping[tuple[str, str], int] = field(default_factory=dict)
    last_success: Mapping[str, datetime] = field(default_factory=dict)
    last_observed: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceStatus:
    """What is known of the source."""

    revision: str = ""
    is_broken: bool = False
    message: str = ""
    fetched_at: datetime | None = None


def of(passes: Iterable[Pass], totals: Totals, source: SourceStatus, now: datetime) -> Iterator[Sample]:
    """Every sample of the newest passes. What is no longer in them has no series any more."""
    seen_targets: set[str] = set()
    for finished in passes:
        yield from _of_pass(finished, totals)
        for target, observed in sorted(finished.observed.items()):
            if target not in seen_targets:
                seen_targets.add(target)
                yield from _of_observed(observed, totals, now)
    yield Sample("trunkline_source_broken", (), float(source.is_broken))
    if source.revision:
        yield Sample("trunkline_source_revision_info", (source.revision,), 1.0)
    if source.fetched_at:
        yield Sample("trunkline_source_last_fetch_timestamp_seconds", (), source.fetched_at.timestamp())


def _of_pass(finished: Pass, totals: Totals) -> Iterator[Sample]:
    for link in finished.links:
        for condition in finished.conditions.get(link.name, ()):
            for status in ("True", "False", "Unknown"):
                value = float(condition.status.value == status)
                yield Sample("trunkline_link_condition", (link.name, condition.type.value, status), value)
        for side, prefix in (("cube", "cube/"), ("cluster", "cluster/")):
            count = sum(_is_of(change, link.name) and change.key.target.startswith(prefix) for change in finished.remaining)
            yield Sample("trunkline_link_drift", (link.name, side), float(count))
        if link.name in totals.last_success:
            at = totals.last_success[link.name].timestamp()
            yield Sample("trunkline_last_success_timestamp_seconds", (link.name,), at)
    for result in RESULTS:
        yield Sample(
            "trunkline_reconcile_total", (finished.cube, result), float(totals.results.get((finished.cube, result), 0))
        )
    for reason in ERRORS:
        count = totals.errors.get((finished.cube, reason), 0)
        yield Sample("trunkline_reconcile_errors_total", (finished.cube, reason), float(count))
    duration = (finished.finished_at - finished.started_at).total_seconds()
    yield Sample("trunkline_reconcile_duration_seconds", (finished.cube,), duration)
    yield Sample("trunkline_held_changes", (finished.cube,), float(len(finished.plan.held) if finished.plan else 0))


def _is_of(change: object, link: str) -> bool:
    resource = getattr(change, "resource", None)
    return resource is None or not resource.links or link in resource.links


def _of_observed(seen: Observed, totals: Totals, now: datetime) -> Iterator[Sample]:
    device = seen.target
    if device in totals.last_observed:
        age = (now - totals.last_observed[device]).total_seconds()
        yield Sample("trunkline_observation_age_seconds", (device,), max(age, 0.0))
    yield from _certificates(seen)
    counters = totals.devices.get(device, {})
    for side in ("client", "server"):
        name = f"tls_{side}_handshake_failures"
        if name in counters:
            yield Sample("trunkline_tls_handshake_failures_total", (device, side), float(counters[name]))
    for name, family in (
        ("connection_failures", "trunkline_connection_failures_total"),
        ("remote_closures", "trunkline_remote_closures_total"),
    ):
        if name in counters:
            yield Sample(family, (device,), float(counters[name]))
    if isinstance(seen.facts, CubeFacts):
        yield from _cube(device, seen.facts, seen.at)


def _cube(device: str, facts: CubeFacts, at: datetime) -> Iterator[Sample]:
    if facts.connections is not None:
        states = {"Established": 0}
        for row in facts.connections:
            states[row.state] = states.get(row.state, 0) + 1
        for state, count in sorted(states.items()):
            yield Sample("trunkline_connections", (device, state), float(count))
    if facts.active_call_legs is not None:
        yield Sample("trunkline_active_call_legs", (device,), float(facts.active_call_legs))
    if facts.clock is not None:
        yield Sample("trunkline_clock_offset_seconds", (device,), (facts.clock - at).total_seconds())


def _certificates(seen: Observed) -> Iterator[Sample]:
    rows = [("identity", identity.holder, "identity", identity.certificate) for identity in seen.identities]
    for holder, certificates in seen.trusted.items():
        rows += [("trust", holder, "ca" if one.is_ca else "leaf", one) for one in certificates]
    for store, holder, role, certificate in rows:
        name = holder if store == "identity" else f"{holder}/{certificate.common_name or certificate.serial}"
        labels = (seen.target, store, name, role)
        yield Sample("trunkline_certificate_not_after_timestamp_seconds", labels, certificate.not_after.timestamp())
        yield Sample("trunkline_certificate_not_before_timestamp_seconds", labels, certificate.not_before.timestamp())
        issuer = certificate.issuer.rpartition("CN=")[2].split(",")[0]
        info = (*labels, certificate.serial, certificate.sha256, issuer)
        yield Sample("trunkline_certificate_info", info, 1.0)


def page() -> str:
    """docs/reference/metrics.md."""
    lines = ["# Metrics", "", "Made from `trunkline.views.samples.FAMILIES`; a test fails when it lags.", ""]
    lines += ["| name | type | labels | meaning |", "|---|---|---|---|"]
    for family in FAMILIES.values():
        labels = ", ".join(family.labels)
        lines.append(f"| `{family.name}` | {family.kind} | {labels} | {family.help} |")
    return "\n".join(lines) + "\n"
