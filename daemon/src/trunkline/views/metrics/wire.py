"""What the probe found at the ends of links."""

from collections.abc import Iterator

from trunkline.model.handshake import Look, Reason
from trunkline.model.observed import WireFacts
from trunkline.views.metrics.family import Family, Sample, words

END = ("device", "end")
FAMILIES = (
    Family(
        "trunkline_probe_success",
        "gauge",
        "1 when a SIP request was answered over mutual TLS, 0 when not; no series where the probe had no certificate",
        END,
    ),
    Family("trunkline_probe_failure", "gauge", "1 for the reason by which the last look at an end failed", (*END, "reason")),
    Family("trunkline_probe_duration_seconds", "gauge", "How long the phases of the last look took", (*END, "phase")),
    Family("trunkline_probe_info", "gauge", "1; what TLS an end agreed to with the probe", (*END, "tls_version", "cipher")),
    Family("trunkline_probe_timestamp_seconds", "gauge", "When the probe last looked at an end", END),
)
NOTES = (
    "`end` is `cube/NAME`, or `cluster/NAME/NODE`. `phase` is `connect`, `handshake` or `answer`.",
    f"`reason` of probes and of handshakes is one of {words(Reason)}.",
)


def of_facts(device: str, facts: WireFacts) -> Iterator[Sample]:
    for end, look in sorted(facts.looks.items()):
        yield from _of_look((device, end), look)


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
