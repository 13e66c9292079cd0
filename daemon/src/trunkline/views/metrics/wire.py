"""What the probe found at the ends of links."""

from collections.abc import Iterable, Iterator, Mapping

from trunkline.model.handshake import Look, Reason
from trunkline.model.observed import Shown, WireFacts
from trunkline.views.metrics.family import Family, Sample, words

END = ("device", "end")
FAMILIES = (
    Family(
        "trunkline_probe_success",
        "gauge",
        "1 when a SIP request was answered over mutual TLS, 0 when not; no series where the probe has no certificate for it, "
        "or the CUBE serves TLS to other addresses only",
        END,
    ),
    Family("trunkline_probe_failure", "gauge", "1 for the reason by which the last look at an end failed", (*END, "reason")),
    Family("trunkline_probe_duration_seconds", "gauge", "How long the phases of the last look took", (*END, "phase")),
    Family("trunkline_probe_info", "gauge", "1; what TLS an end agreed to with the probe", (*END, "tls_version", "cipher")),
    Family("trunkline_probe_timestamp_seconds", "gauge", "When the probe last looked at an end", END),
    Family(
        "trunkline_probe_presented_not_after_timestamp_seconds",
        "gauge",
        "When the certificate ends that an end presented to the probe; no series where it presented none",
        END,
    ),
    Family(
        "trunkline_probe_presented_info",
        "gauge",
        "1; the certificate that an end presented to the probe",
        (*END, "serial", "fingerprint", "issuer_cn"),
    ),
    Family(
        "trunkline_probe_presented_doubt",
        "gauge",
        "1 for each reason why the peer of an end should refuse what it presents, by what trunkline knows of that peer",
        (*END, "reason"),
    ),
)
DOUBTS = (Reason.EXPIRED, Reason.NOT_YET_VALID, Reason.WRONG_NAME, Reason.UNKNOWN_CA)
NOTES = (
    "`end` is `cube/NAME`, or `cluster/NAME/NODE`; then `device` is `cube/NAME` or `cluster/NAME`. An end has one series",
    "however many CUBEs have links to it: that of the newest look. `phase` is `connect`, `handshake` or `answer`.",
    f"`reason` of probes is one of {words(Reason)}; of doubts one of {words(DOUBTS)}.",
)


def newest_looks(wires: Iterable[WireFacts]) -> Mapping[str, tuple[Look, Shown | None]]:
    """By end, with what was presented: several CUBEs may have links to one node."""
    newest: dict[str, tuple[Look, Shown | None]] = {}
    for facts in wires:
        for end, look in facts.looks.items():
            if end not in newest or newest[end][0].at < look.at:
                newest[end] = look, facts.shown.get(end)
    return dict(sorted(newest.items()))


def of_end(end: str, look: Look, shown: Shown | None) -> Iterator[Sample]:
    labels = ("/".join(end.split("/")[:2]), end)
    yield from _of_look(labels, look)
    yield from _of_presented(labels, look, shown)


def _of_look(labels: tuple[str, str], look: Look) -> Iterator[Sample]:
    yield Sample("trunkline_probe_timestamp_seconds", labels, look.at.timestamp())
    if look.is_success is not None:
        yield Sample("trunkline_probe_success", labels, float(look.is_success))
    if look.reason:
        yield Sample("trunkline_probe_failure", (*labels, look.reason.value), 1.0)
    if look.version:
        yield Sample("trunkline_probe_info", (*labels, look.version, look.cipher), 1.0)
    for phase, seconds in look.seconds.items():
        yield Sample("trunkline_probe_duration_seconds", (*labels, phase), seconds)


def _of_presented(labels: tuple[str, str], look: Look, shown: Shown | None) -> Iterator[Sample]:
    """What was presented at this very look; what an earlier one saw is not said of it."""
    certificate = shown.certificate if shown and shown.at == look.at else None
    if certificate is None:
        return
    yield Sample("trunkline_probe_presented_not_after_timestamp_seconds", labels, certificate.not_after.timestamp())
    told = (certificate.serial, certificate.sha256, certificate.issuer_common_name)
    yield Sample("trunkline_probe_presented_info", (*labels, *told), 1.0)
    for doubt in look.doubts:
        yield Sample("trunkline_probe_presented_doubt", (*labels, doubt.value), 1.0)
