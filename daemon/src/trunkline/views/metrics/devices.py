"""What holds for every device: how old what is known of it is, and how much it is asked."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from trunkline.views.metrics.background import Totals
from trunkline.views.metrics.family import Family, Sample

FAMILIES = (
    Family(
        "trunkline_observation_age_seconds",
        "gauge",
        "How old the last complete observation is; +Inf where there was none since the daemon started",
        ("device",),
    ),
    Family(
        "trunkline_device_requests_total",
        "counter",
        "Requests to a device, by interface, since the daemon started",
        ("device", "interface"),
    ),
    Family(
        "trunkline_device_throttled_total",
        "counter",
        "Requests that a device put off because it had too many, by interface, since the daemon started",
        ("device", "interface"),
    ),
)
NOTES = (
    "`interface` is `ssh` of a CUBE: rounds of questions, not what is entered; of a cluster `axl`, `rest` (certificates),",
    "`control` (services) or `realtime` (RIS and PerfMon), all from the start.",
    "",
    "What nobody could see is not shown, and what is old says so. While a device or a node cannot be read, what it would",
    "tell of itself has no series: connections, dial-peers, calls, clocks, certificates, differences of that side.",
    "`trunkline_observation_age_seconds` grows meanwhile, `trunkline_node_up` and `trunkline_probe_success` say 0, and",
    "conditions that need to know it are Unknown or False. Counters keep their last total, moments keep what they were.",
    "What RIS, PerfMon and the probe saw last stays, and `trunkline_realtime_age_seconds` or",
    "`trunkline_probe_timestamp_seconds` tells how long ago. While a pass hangs at a device, the series of the pass before",
    "stay, and their age grows. A daemon that starts shows nothing of a device before it has seen it, and its age is +Inf;",
    "the journal gives back the totals of its counters.",
)


def asked(device: str, requests: Mapping[str, int], throttled: Mapping[str, int]) -> Iterator[Sample]:
    """Both by interface."""
    for interface, count in requests.items():
        yield Sample("trunkline_device_requests_total", (device, interface), float(count))
    for interface, count in throttled.items():
        yield Sample("trunkline_device_throttled_total", (device, interface), float(count))


def age(device: str, totals: Totals, now: datetime) -> Iterator[Sample]:
    observed_at = totals.last_observed.get(device)
    seconds = max((now - observed_at).total_seconds(), 0.0) if observed_at else float("inf")
    yield Sample("trunkline_observation_age_seconds", (device,), seconds)
