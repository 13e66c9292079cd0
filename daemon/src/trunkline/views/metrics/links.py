"""Links: their conditions, what differs on either side, and when all was well."""

from collections import Counter
from collections.abc import Iterator

from trunkline.model.desired import DesiredLink
from trunkline.model.key import CLUSTER_KINDS, Key, Kind, cluster_target, cube_target
from trunkline.model.observed import Observed
from trunkline.model.passes import Pass, Status
from trunkline.model.plan import Change
from trunkline.views.metrics.background import Totals
from trunkline.views.metrics.family import Family, Sample

FAMILIES = (
    Family(
        "trunkline_link_info",
        "gauge",
        "1; what a link joins: its CUBE and its cluster as `device` calls them, and its SIP trunk",
        ("link", "cube_device", "cluster_device", "trunk"),
    ),
    Family(
        "trunkline_link_condition",
        "gauge",
        "1 for the status that a condition of a link has, 0 for the others",
        ("link", "condition", "status"),
    ),
    Family(
        "trunkline_link_drift",
        "gauge",
        "Resources that are not as desired; no series for what cannot be read and of which none is known to differ",
        ("link", "side", "kind"),
    ),
    Family("trunkline_last_success_timestamp_seconds", "gauge", "When a link was last seen in sync", ("link",)),
    Family(
        "trunkline_fights_total",
        "counter",
        "Times that something was mended once more which had been mended twice in six hours, since the daemon started",
        ("link",),
    ),
)


def totals_of(finished: Pass, totals: Totals) -> tuple[object, ...]:
    """What of the totals the samples of a pass's links are made from."""
    return tuple((totals.last_success.get(link.name), totals.fights.get(link.name)) for link in finished.links)


def of_link(finished: Pass, of: DesiredLink, totals: Totals) -> Iterator[Sample]:
    link = of.name
    yield Sample("trunkline_link_info", (link, cube_target(of.cube), cluster_target(of.cluster), of.trunk.name), 1.0)
    yield Sample("trunkline_fights_total", (link,), float(totals.fights.get(link, 0)))
    for condition in finished.conditions.get(link, ()):
        for status in Status:
            labels = (link, condition.type.value, status.value)
            yield Sample("trunkline_link_condition", labels, float(condition.status is status))
    drifted = Counter(change.key.kind for change in finished.remaining if _is_of(change, link))
    targets = {"cube": cube_target(of.cube), "cluster": cluster_target(of.cluster)}
    for kind in Kind:
        side = "cluster" if kind in CLUSTER_KINDS else "cube"
        if drifted[kind] or not _is_unread(finished.observed.get(targets[side]), kind):
            yield Sample("trunkline_link_drift", (link, side, kind.value), float(drifted[kind]))
    if link in totals.last_success:
        yield Sample("trunkline_last_success_timestamp_seconds", (link,), totals.last_success[link].timestamp())


def _is_unread(seen: Observed | None, kind: Kind) -> bool:
    """Whether some of that kind could not be read: then that none differs is not known."""
    return seen is None or any(
        gap.kind in (None, kind) or gap.covers(Key(seen.target, kind, (gap.name or "").rstrip("/"))) for gap in seen.gaps
    )


def _is_of(change: Change, link: str) -> bool:
    resource = change.resource
    return resource is None or not resource.links or link in resource.links
