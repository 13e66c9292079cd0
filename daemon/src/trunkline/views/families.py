"""The names of the metrics: a contract. docs/reference/metrics.md is made from `FAMILIES`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.key import Kind
from trunkline.model.outcome import Result
from trunkline.model.passes import RESULTS as GOOD_RESULTS

DURATION_BUCKETS_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
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


@dataclass(frozen=True)
class Family:
    """A metric: its type ("gauge", "counter" or "histogram"), what it says, its labels."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """One series. Of a histogram, `value` is the sum and `buckets` are cumulative, by their upper bound, +Inf last."""

    family: str
    labels: tuple[str, ...]
    value: float
    buckets: tuple[tuple[str, float], ...] = ()


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
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            "trunkline_link_condition",
            "gauge",
            "1 for the status that a condition of a link has, 0 for the others",
            ("link", "condition", "status"),
        ),
        Family(
            "trunkline_link_drift",
            "gauge",
            "Resources that are not as desired; no series for a side that cannot be read",
            ("link", "side", "kind"),
        ),
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
        Family(
            "trunkline_tls_handshake_failures_total",
            "counter",
            "Failed TLS handshakes that the CUBE counted, over its resets",
            ("device", "side"),
        ),
        Family(
            "trunkline_connection_failures_total",
            "counter",
            "Connections that the CUBE could not open, over its resets",
            ("device",),
        ),
        Family(
            "trunkline_remote_closures_total", "counter", "Connections that the far end closed, over its resets", ("device",)
        ),
        Family("trunkline_connections", "gauge", "SIP connections over TLS in the CUBE's table", ("device", "state")),
        Family("trunkline_active_call_legs", "gauge", "Call legs on the CUBE", ("device",)),
        Family("trunkline_clock_offset_seconds", "gauge", "The CUBE's clock minus the daemon's", ("device",)),
        Family("trunkline_reconcile_total", "counter", "Passes by result, since the daemon started", ("cube", "result")),
        Family(
            "trunkline_reconcile_errors_total",
            "counter",
            "Passes that ended early, by reason, since the daemon started",
            ("cube", "reason"),
        ),
        Family("trunkline_reconcile_duration_seconds", "histogram", "How long passes took, since the daemon started"),
        Family("trunkline_last_success_timestamp_seconds", "gauge", "When a link was last seen in sync", ("link",)),
        Family(
            "trunkline_observation_age_seconds",
            "gauge",
            "How old the last complete observation is; +Inf where there was none since the daemon started",
            ("device",),
        ),
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
}


def page() -> str:
    """docs/reference/metrics.md."""
    lines = ["# Metrics", "", "Made from `trunkline.views.families.FAMILIES`; a test fails when it lags.", ""]
    lines += ["| name | type | labels | meaning |", "|---|---|---|---|"]
    lines += [f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {one.help} |" for one in FAMILIES.values()]
    lines += [
        "",
        "`device` is `cube/NAME`, `cluster/NAME` or `issuer/NAME`, as the documents name them, or `wire/CUBE`: what the probe",
        "saw at the ends of that CUBE's links. `cube` and `link` are the stems of documents.",
        "A device, link or certificate that went away leaves no series. Where two certificates of one store share their common",
        "name, `name` ends in the serial number of each.",
        "",
        f"`result` is one of {_words(RESULTS)}.",
        f"Of `trunkline_exchange_steps_total`, `step` is one of {_words(EXCHANGE_STEPS)}, `result` one of",
        f"{_words(EXCHANGE_RESULTS)}; all of them begin at 0.",
        "`code` of `trunkline_certificate_wait` is one of the stable words that [certificates.md](certificates.md) explains.",
        f"`reason` is one of {_words(ERRORS)}. Both begin at 0 for every CUBE that was looked at.",
        f"Upper bounds of the histogram: {', '.join(f'{bound:g}' for bound in DURATION_BUCKETS_SECONDS)} seconds.",
        "",
        "Counters of a CUBE go on where they were when the CUBE is reloaded or its counters are cleared; the journal remembers",
        "the last reading. A scrape asks no device: it shows what the last pass saw, and",
        "`trunkline_observation_age_seconds` says how long ago that was.",
    ]
    return "\n".join(lines) + "\n"


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
