"""The daemon's own work: passes, errors, durations, the source."""

from collections.abc import Iterator
from itertools import accumulate

from trunkline.model.outcome import Hold
from trunkline.model.passes import RESULTS as GOOD_RESULTS
from trunkline.model.passes import Pass
from trunkline.views.metrics.background import DURATION_BUCKETS_SECONDS, Background, SourceStatus, Totals
from trunkline.views.metrics.family import Family, Sample, words

RESULTS = (*GOOD_RESULTS, "stalled", "transient", "our_bug")
ERRORS = (
    "desired_invalid",
    "device_refused",
    "access_refused",
    "device_unreachable",
    "device_busy",
    "journal_failed",
    "stalled",
    "transient",
    "waiting",
    "our_bug",
)


FAMILIES = (
    Family("trunkline_reconcile_total", "counter", "Passes by result, since the daemon started", ("cube", "result")),
    Family(
        "trunkline_reconcile_errors_total",
        "counter",
        "Passes that ended early, by reason, since the daemon started",
        ("cube", "reason"),
    ),
    Family("trunkline_reconcile_duration_seconds", "histogram", "How long passes took, since the daemon started"),
    Family(
        "trunkline_held_changes",
        "gauge",
        "Changes that may not be carried out now, each for itself or with its whole plan",
        ("cube",),
    ),
    Family(
        "trunkline_leftover_resources",
        "gauge",
        "Resources that trunkline made where no document leads any more",
        ("cube", "device"),
    ),
    Family("trunkline_source_revision_info", "gauge", "1; the revision that is reconciled", ("revision",)),
    Family(
        "trunkline_source_broken",
        "gauge",
        "1 while the newest commit cannot be used and the last good one is reconciled instead",
    ),
    Family("trunkline_source_last_fetch_timestamp_seconds", "gauge", "When the source was last fetched"),
)


def totals_of(cube: str, totals: Totals) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """By `RESULTS` and by `ERRORS`, how often passes of this CUBE ended so."""
    return (
        tuple(totals.results.get((cube, result), 0) for result in RESULTS),
        tuple(totals.errors.get((cube, reason), 0) for reason in ERRORS),
    )


def of_pass(finished: Pass, totals: Totals) -> Iterator[Sample]:
    yield from of_cube(finished.cube, totals)
    yield Sample("trunkline_held_changes", (finished.cube,), float(_held(finished)))


def of_cube(cube: str, totals: Totals) -> Iterator[Sample]:
    """Also of one of which no pass ever came to an end."""
    results, errors = totals_of(cube, totals)
    for result, count in zip(RESULTS, results, strict=True):
        yield Sample("trunkline_reconcile_total", (cube, result), float(count))
    for reason, count in zip(ERRORS, errors, strict=True):
        yield Sample("trunkline_reconcile_errors_total", (cube, reason), float(count))


def _held(finished: Pass) -> int:
    """One by one, or all of a plan at once."""
    if finished.plan is None:
        return 0
    return len(finished.plan.held) + (len(finished.plan.steps) if isinstance(finished.verdict, Hold) else 0)


def of_background(background: Background) -> Iterator[Sample]:
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


NOTES = (
    f"`result` of passes is one of {words(RESULTS)}.",
    f"`reason` of passes is one of {words(ERRORS)}. Both begin at 0 for every CUBE.",
    f"Upper bounds of the histogram: {', '.join(f'{bound:g}' for bound in DURATION_BUCKETS_SECONDS)} seconds.",
)
"""For the page that lists the metrics."""
