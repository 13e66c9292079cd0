"""What may be said of a device that nobody can ask: the rule of docs/reference/metrics.md, held against whole expositions."""

from collections.abc import Callable, Iterator, Mapping

from support.daemon import Samples
from trunkline.views.metrics.contract import FAMILIES

Labels = Mapping[str, str]
IsDead = Callable[[Labels], bool]

TELLS = {"trunkline_node_up": 0.0, "trunkline_probe_success": 0.0}
"""Families that tell of a death themselves, by what they say then."""

AGED_BY = {
    **dict.fromkeys(
        (
            "trunkline_trunk_status",
            "trunkline_tls_connected_trunks",
            "trunkline_trunk_active_calls",
            "trunkline_callmanager_up",
        ),
        "trunkline_realtime_age_seconds",
    ),
    **dict.fromkeys(
        (
            "trunkline_probe_failure",
            "trunkline_probe_duration_seconds",
            "trunkline_probe_presented_doubt",
        ),
        "trunkline_probe_timestamp_seconds",
    ),
}
"""Families that may go on saying what was seen last, since another one says how long ago that was."""

OUR_MOMENT = "trunkline_probe_timestamp_seconds"
"""When trunkline looked, whether or not anybody was there."""

OF_THE_PASS = frozenset(
    {
        "trunkline_link_condition",
        "trunkline_link_drift",
        "trunkline_certificate_wait",
        "trunkline_held_changes",
        "trunkline_leftover_resources",
        "trunkline_source_broken",
    }
)
"""What trunkline concludes: each pass does so anew, also from what it could not read."""


def family(name: str) -> str:
    """The family of a series of an exposition."""
    return next((name.removesuffix(end) for end in ("", "_bucket", "_count", "_sum") if name.removesuffix(end) in FAMILIES), "")


def wrong(before: Samples, after: Samples, is_dead: IsDead) -> Iterator[str]:
    """Series that say more than is known. `before` was all well."""
    for (name, labels), value in after.items():
        kind = FAMILIES[family(name)].kind if family(name) else ""
        known = before.get((name, labels))
        told = dict(labels)
        if kind in ("counter", "histogram"):
            if known is not None and value < known and name.startswith("trunkline_") and _is_kept(family(name)):
                yield f"{name}{told} fell from {known} to {value}"
        elif kind and is_dead(told) and not _is_old_or_told(name, value, known):
            yield f"{name}{told} is {value} (was {known}): nobody can know that"


def _is_kept(name: str) -> bool:
    """Whether a counter goes on over restarts of the daemon."""
    return "since the daemon started" not in FAMILIES[name].help


def _is_old_or_told(name: str, value: float, known: float | None) -> bool:
    if name in TELLS:
        return value == TELLS[name]
    if name.endswith("_age_seconds"):
        return known is None or value > known
    if name == OUR_MOMENT:
        return known is None or value >= known
    if name.endswith(("_timestamp_seconds", "_info")):
        return value == known or known is None
    return name in OF_THE_PASS or name in AGED_BY


def claims(samples: Samples, link: str) -> set[str]:
    """The conditions of a link that are said to be True."""
    return {
        dict(labels)["condition"]
        for (name, labels), value in samples.items()
        if name == "trunkline_link_condition" and value == 1.0 and ("link", link) in labels and ("status", "True") in labels
    }


def age(samples: Samples, device: str) -> float:
    return samples[("trunkline_observation_age_seconds", (("device", device),))]


def of_family(samples: Samples, name: str) -> dict[tuple[str, ...], float]:
    """By the values of the labels, in the order of the contract."""
    order = FAMILIES[family(name)].labels
    return {tuple(dict(labels)[label] for label in order): value for (one, labels), value in samples.items() if one == name}
