"""A pass as metric samples. Pure; the names are in `families.py`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate

from trunkline.model.desired import DesiredLink
from trunkline.model.key import CLUSTER_KINDS, Kind, cluster_target, cube_target
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.outcome import Hold
from trunkline.model.passes import Pass, Status
from trunkline.model.plan import Change
from trunkline.views.certificates import samples as certificates
from trunkline.views.families import DURATION_BUCKETS_SECONDS, ERRORS, FAMILIES, RESULTS, Sample


@dataclass(frozen=True)
class Totals:
    """What only grows: counters of devices over their resets, passes by result, errors by reason, durations."""

    devices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    results: Mapping[tuple[str, str], int] = field(default_factory=dict)
    errors: Mapping[tuple[str, str], int] = field(default_factory=dict)
    last_success: Mapping[str, datetime] = field(default_factory=dict)
    last_observed: Mapping[str, datetime] = field(default_factory=dict)
    exchange: Mapping[str, int] = field(default_factory=dict)  # steps of certificates, by "step/result"
    duration_buckets: tuple[int, ...] = (0,) * (len(DURATION_BUCKETS_SECONDS) + 1)  # not cumulative; the last is +Inf
    duration_sum_seconds: float = 0.0


@dataclass(frozen=True)
class SourceStatus:
    """What is known of the source."""

    revision: str = ""
    is_broken: bool = False
    message: str = ""
    fetched_at: datetime | None = None


@dataclass(frozen=True)
class Background:
    """What is no pass's own: totals, the source, and what was left on devices without a document."""

    totals: Totals = field(default_factory=Totals)
    source: SourceStatus = field(default_factory=SourceStatus)
    leftovers: Mapping[tuple[str, str], int] = field(default_factory=dict)


def of(passes: Iterable[Pass], background: Background, now: datetime) -> Iterator[Sample]:
    """Every sample of the newest passes, no series twice. What is no longer in them has no series any more."""
    newest: dict[str, Observed] = {}
    known = tuple(passes)
    for finished in known:
        yield from _of_pass(finished, background.totals)
        for target, seen in finished.observed.items():
            if target not in newest or newest[target].at < seen.at:  # several CUBEs look at one cluster
                newest[target] = seen
    for _, seen in sorted(newest.items()):
        yield from _of_observed(seen, background.totals, now)
    yield from certificates.of_standings(certificates.newest_standings(known).values(), newest)
    yield from certificates.of_exchange(background.totals.exchange)
    yield _durations(background.totals)
    for labels, count in sorted(background.leftovers.items()):
        yield Sample("trunkline_leftover_resources", labels, float(count))
    yield from _of_source(background.source)


def _of_source(source: SourceStatus) -> Iterator[Sample]:
    yield Sample("trunkline_source_broken", (), float(source.is_broken))
    if source.revision:
        yield Sample("trunkline_source_revision_info", (source.revision,), 1.0)
    if source.fetched_at:
        yield Sample("trunkline_source_last_fetch_timestamp_seconds", (), source.fetched_at.timestamp())


def _durations(totals: Totals) -> Sample:
    bounds = (*(f"{bound:g}" for bound in DURATION_BUCKETS_SECONDS), "+Inf")
    counts = (float(count) for count in accumulate(totals.duration_buckets))
    return Sample(
        "trunkline_reconcile_duration_seconds", (), totals.duration_sum_seconds, tuple(zip(bounds, counts, strict=True))
    )


def _of_pass(finished: Pass, totals: Totals) -> Iterator[Sample]:
    cube = finished.cube
    for link in finished.links:
        yield from _of_link(finished, link, totals)
        yield from certificates.of_wire(finished, link)
    for result in RESULTS:
        yield Sample("trunkline_reconcile_total", (cube, result), float(totals.results.get((cube, result), 0)))
    for reason in ERRORS:
        yield Sample("trunkline_reconcile_errors_total", (cube, reason), float(totals.errors.get((cube, reason), 0)))
    yield Sample("trunkline_held_changes", (cube,), float(_held(finished)))


def _held(finished: Pass) -> int:
    """One by one, or all of a plan at once."""
    if finished.plan is None:
        return 0
    return len(finished.plan.held) + (len(finished.plan.steps) if isinstance(finished.verdict, Hold) else 0)


def _of_link(finished: Pass, of: DesiredLink, totals: Totals) -> Iterator[Sample]:
    link = of.name
    for condition in finished.conditions.get(link, ()):
        for status in Status:
            labels = (link, condition.type.value, status.value)
            yield Sample("trunkline_link_condition", labels, float(condition.status is status))
    drifted = Counter(change.key.kind for change in finished.remaining if _is_of(change, link))
    targets = {"cube": cube_target(of.cube), "cluster": cluster_target(of.cluster)}
    for kind in Kind:
        side = "cluster" if kind in CLUSTER_KINDS else "cube"
        if not _is_unread(finished.observed.get(targets[side])):
            yield Sample("trunkline_link_drift", (link, side, kind.value), float(drifted[kind]))
    if link in totals.last_success:
        yield Sample("trunkline_last_success_timestamp_seconds", (link,), totals.last_success[link].timestamp())


def _is_unread(seen: Observed | None) -> bool:
    return seen is None or not seen.is_readable


def _is_of(change: Change, link: str) -> bool:
    resource = change.resource
    return resource is None or not resource.links or link in resource.links


def _of_observed(seen: Observed, totals: Totals, now: datetime) -> Iterator[Sample]:
    device = seen.target
    observed_at = totals.last_observed.get(device)
    age = max((now - observed_at).total_seconds(), 0.0) if observed_at else float("inf")
    yield Sample("trunkline_observation_age_seconds", (device,), age)
    yield from certificates.of_observed(seen)
    yield from _counters(device, totals.devices.get(device, {}))
    if isinstance(seen.facts, CubeFacts):
        yield from _cube(device, seen.facts, seen.at)


COUNTERS = {
    "tls_client_handshake_failures": ("trunkline_tls_handshake_failures_total", ("client",)),
    "tls_server_handshake_failures": ("trunkline_tls_handshake_failures_total", ("server",)),
    "connection_failures": ("trunkline_connection_failures_total", ()),
    "remote_closures": ("trunkline_remote_closures_total", ()),
}


def _counters(device: str, counters: Mapping[str, int]) -> Iterator[Sample]:
    for name, (family, labels) in COUNTERS.items():
        if name in counters:
            yield Sample(family, (device, *labels), float(counters[name]))


def _cube(device: str, facts: CubeFacts, at: datetime) -> Iterator[Sample]:
    if facts.connections is not None:
        states = Counter({"Established": 0})
        states.update(row.state for row in facts.connections)
        for state, count in sorted(states.items()):
            yield Sample("trunkline_connections", (device, state), float(count))
    if facts.active_call_legs is not None:
        yield Sample("trunkline_active_call_legs", (device,), float(facts.active_call_legs))
    if facts.clock is not None:
        yield Sample("trunkline_clock_offset_seconds", (device,), (facts.clock - at).total_seconds())


__all__ = ["FAMILIES", "Background", "Sample", "SourceStatus", "Totals", "of"]
