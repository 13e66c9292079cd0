"""The names of the metrics: a contract. docs/reference/metrics.md is made from `FAMILIES`."""

from collections.abc import Mapping

from trunkline.views.metrics import certificates, clusters, cubes, daemon, devices, events, links, wire
from trunkline.views.metrics.family import Family

ROOMS = (links, certificates, cubes, clusters, wire, events, devices, daemon)
SERIES_OF_A_LINK = 100
"""What a CUBE with one link, one certificate of its own and four anchors may cost; a test counts them."""
FAMILIES: Mapping[str, Family] = {family.name: family for room in ROOMS for family in room.FAMILIES}


def page() -> str:
    """docs/reference/metrics.md."""
    lines = ["# Metrics", "", "Made from `trunkline.views.metrics.contract.FAMILIES`; a test fails when it lags.", ""]
    lines += ["| name | type | labels | meaning |", "|---|---|---|---|"]
    lines += [f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {one.help} |" for one in FAMILIES.values()]
    lines += [
        "",
        "`device` is `cube/NAME`, `cluster/NAME` or `issuer/NAME`, as the documents name them, or `wire/CUBE`: what the probe",
        "saw at the ends of that CUBE's links. `cube` and `link` are the stems of documents.",
        "A device, link or certificate that went away leaves no series. Where two certificates of one store share their common",
        "name, `name` ends in the serial number of each.",
        "",
        *(note for room in ROOMS for note in getattr(room, "NOTES", ())),
        "",
        f"A CUBE with a link makes up to {SERIES_OF_A_LINK} series, half of them conditions and differences; a certificate",
        "makes three: a thousand links are about a hundred thousand. Syslog, the probe and RIS add some for each reason, end",
        "and node. Strangers add little: a hundred of their addresses have series, the others share one.",
        "",
        "A scrape asks no device: it shows what the last pass saw, and",
        "`trunkline_observation_age_seconds` says how long ago that was.",
    ]
    return "\n".join(lines) + "\n"
