"""Every sample, from the newest passes and what is remembered beside them. A scrape asks no device."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from trunkline.model.observed import ClusterFacts, CubeFacts, Observed, WireFacts
from trunkline.model.passes import Pass
from trunkline.views.metrics import certificates, clusters, cubes, daemon, devices, events, links, wire
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.family import Sample


def of(passes: Iterable[Pass], background: Background, now: datetime) -> Iterator[Sample]:
    """Every sample of the newest passes, no series twice. What is no longer in them has no series any more."""
    newest: dict[str, Observed] = {}
    known = tuple(passes)
    for finished in known:
        for link in finished.links:
            yield from links.of_link(finished, link, background.totals)
            yield from certificates.of_wire(finished, link)
        yield from daemon.of_pass(finished, background.totals)
        for target, seen in finished.observed.items():
            if target not in newest or newest[target].at < seen.at:  # several CUBEs look at one cluster
                newest[target] = seen
    for _, seen in sorted(newest.items()):
        yield from _of_observed(seen, background, now)
    yield from wire.of_wires(seen.facts for seen in newest.values() if isinstance(seen.facts, WireFacts))
    yield from certificates.of_standings(certificates.newest_standings(known).values(), newest)
    yield from certificates.of_exchange(background.totals.exchange)
    yield from events.of_background(background)
    yield from daemon.of_background(background)


def _of_observed(seen: Observed, background: Background, now: datetime) -> Iterator[Sample]:
    device, facts = seen.target, seen.facts
    yield from devices.of_device(seen, background.totals, now)
    yield from certificates.of_observed(seen)
    yield from cubes.of_counters(device, background.totals.devices.get(device, {}))
    if isinstance(facts, CubeFacts):
        yield from cubes.of_facts(device, facts, seen.at)
    elif isinstance(facts, ClusterFacts):
        yield from clusters.of_facts(device, facts, seen.at, now)
