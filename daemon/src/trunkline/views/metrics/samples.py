"""Every sample, from the newest passes and what is remembered beside them. A scrape asks no device."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from trunkline.model.observed import ClusterFacts, CubeFacts, Observed, WireFacts
from trunkline.model.passes import Pass
from trunkline.views.metrics import certificates, clusters, cubes, daemon, devices, events, links, wire
from trunkline.views.metrics.background import Background, Totals
from trunkline.views.metrics.family import Sample


@dataclass(frozen=True)
class Part:
    """Samples that change together: while `made_from` is equal, so are they. None: they change all the time."""

    name: str
    made_from: tuple[object, ...] | None
    samples: Callable[[], Iterator[Sample]]


def of(passes: Iterable[Pass], background: Background, now: datetime) -> Iterator[Sample]:
    """Every sample of the newest passes, no series twice. What is no longer in them has no series any more."""
    for part in parts(passes, background, now):
        yield from part.samples()


def parts(passes: Iterable[Pass], background: Background, now: datetime) -> Iterator[Part]:
    """The samples by what they are made from: of a thousand CUBEs few have had a pass since the last scrape."""
    known, totals = tuple(passes), background.totals
    for finished in known:
        made_from = (finished, *links.totals_of(finished, totals), *daemon.totals_of(finished.cube, totals))
        yield Part(f"pass {finished.cube}", made_from, partial(_of_pass, finished, totals))
    for cube in sorted(background.cubes - {finished.cube for finished in known}):
        yield Part(f"pass {cube}", daemon.totals_of(cube, totals), partial(daemon.of_cube, cube, totals))
    newest = _newest(known)
    for target, seen in newest.items():
        counters = totals.devices.get(target, {})
        yield Part(target, (seen, counters), partial(_of_observed, seen, counters))
        spent = background.requests.get(target, {}), background.throttled.get(target, {})
        yield Part(f"spent {target}", spent, partial(devices.asked, target, *spent))
    for end, (look, shown) in wire.newest_looks(_wires(newest)).items():
        yield Part(f"end {end}", (look, shown), partial(wire.of_end, end, look, shown))
    for (target, holder), standing in certificates.newest_standings(known).items():
        is_held = target in newest and newest[target].identity_of(standing.serving) is not None
        samples = partial(certificates.of_standing, standing, is_held=is_held)
        yield Part(f"standing {target} {holder}", (standing, is_held), samples)
    for device, told in events.by_device(background.heard).items():
        yield Part(f"heard {device}", (told,), partial(events.of_device, device, told))
    yield Part("the rest", None, partial(_of_the_rest, newest, background, now))


def _newest(passes: Iterable[Pass]) -> Mapping[str, Observed]:
    """Several CUBEs look at one cluster."""
    found: dict[str, Observed] = {}
    for finished in passes:
        for target, seen in finished.observed.items():
            if target not in found or found[target].at < seen.at:
                found[target] = seen
    return dict(sorted(found.items()))


def _of_pass(finished: Pass, totals: Totals) -> Iterator[Sample]:
    for link in finished.links:
        yield from links.of_link(finished, link, totals)
        yield from certificates.of_wire(finished, link)
    yield from daemon.of_pass(finished, totals)


def _of_observed(seen: Observed, counters: Mapping[str, int]) -> Iterator[Sample]:
    device, facts = seen.target, seen.facts
    yield from certificates.of_observed(seen)
    yield from cubes.of_counters(device, counters)
    if isinstance(facts, CubeFacts):
        yield from cubes.of_facts(device, facts, seen.at)
    elif isinstance(facts, ClusterFacts):
        yield from clusters.of_facts(device, facts, seen.at)


def _wires(newest: Mapping[str, Observed]) -> Iterator[WireFacts]:
    return (seen.facts for seen in newest.values() if isinstance(seen.facts, WireFacts))


def _of_the_rest(newest: Mapping[str, Observed], background: Background, now: datetime) -> Iterator[Sample]:
    for target in sorted({*newest, *background.devices}):
        yield from devices.age(target, background.totals, now)
    for target, seen in newest.items():
        if isinstance(seen.facts, ClusterFacts):
            yield from clusters.ages(target, seen.facts, now)
    yield from certificates.of_exchange(background.totals.exchange)
    yield from events.dropped(background.heard)
    yield from daemon.of_background(background)
