"""A scrape of `/metrics` over HTTP, beside the same series as plain gauges of prometheus_client served by its own server."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from itertools import islice

from prometheus_client import CollectorRegistry, Gauge, start_http_server
from tests.bench.planning import estate
from tests.bench.row import Row, median_seconds

from support.fake import NOW, FakeWorld
from trunkline.model.passes import Pass
from trunkline.views.metrics.background import Background
from trunkline.views.metrics.family import Sample
from trunkline.views.metrics.samples import Part, of, parts
from trunkline.web.app import Listener, create_app
from trunkline.web.exposition import Exposition

LINKS, SERIES = 1_000, 10_000
GOAL_SECONDS = 0.1
ROUNDS = 7


@dataclass
class Served:
    """What the pages ask of a daemon of which every CUBE has had a pass; all of them have another before the next scrape."""

    rounds: tuple[list[Pass], list[Pass]]
    written: Exposition
    number: int = 0

    def next_interval(self) -> None:
        self.number += 1
        for finished in self.rounds[self.number % 2]:
            self.written.prepare(parts([finished], Background(), NOW))

    def parts(self) -> Iterator[Part]:
        return parts(self.rounds[self.number % 2], Background(), NOW)

    def documents(self) -> list[dict[str, object]]:
        return []

    def problems(self) -> list[str]:
        return []


def _rounds(links: int) -> tuple[list[Pass], list[Pass]]:
    """A pass of every CUBE, and what a minute later would be another one that found the same."""
    world = FakeWorld(documents=estate(links))
    first = [world.run(cube) for cube in world.documents.cubes]
    return first, [_later(finished) for finished in first]


def _later(finished: Pass) -> Pass:
    minute = timedelta(seconds=60)
    observed = {target: replace(seen, at=seen.at + minute) for target, seen in finished.observed.items()}
    return replace(finished, finished_at=finished.finished_at + minute, observed=observed)


def _scrape(port: int) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read()
    connection.close()
    return text


def _seconds(port: int, before: Callable[[], None] = lambda: None) -> float:
    """Of a scrape alone; `before` happens outside the measurement."""
    taken = []
    for _ in range(ROUNDS):
        before()
        gc.collect()
        taken.append(median_seconds(lambda: _scrape(port), 1))
    return sorted(taken)[ROUNDS // 2]


def _plain(samples: Iterator[Sample]) -> tuple[CollectorRegistry, int]:
    """The same series as gauges that are set once."""
    registry, gauges, count = CollectorRegistry(), {}, 0
    for sample in samples:
        names = tuple(f"label_{number}" for number in range(len(sample.labels)))
        key = (sample.family, names)
        if key not in gauges:
            gauges[key] = Gauge(sample.family, "as trunkline's", names, registry=registry)
        (gauges[key].labels(*sample.labels) if names else gauges[key]).set(sample.value)
        count += 1
    return registry, count


def _traced(make: Callable[[], object]) -> tuple[object, float]:
    """What it made, and the MiB that are left of it."""
    gc.collect()
    tracemalloc.start()
    made = make()
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    return made, taken


def rows() -> Iterator[Row]:
    for links, is_cut in ((SERIES // 100, True), (LINKS, False)):
        rounds = _rounds(links)
        written = Exposition()
        served = Served(rounds, written)
        _, ours_mib = _traced(served.next_interval)
        listener = Listener(create_app(served, written), "127.0.0.1", 0)
        ours = _seconds(listener.port, served.next_interval)
        listener.stop()
        (registry, count), theirs_mib = _traced(
            lambda r=rounds, n=SERIES if is_cut else None: _plain(islice(of(r[0], Background(), NOW), n))
        )  # type: ignore[misc]
        server, thread = start_http_server(0, "127.0.0.1", registry)
        theirs = _seconds(server.server_address[1])
        server.shutdown()
        thread.join()
        what = f"a scrape of {links:,} links, {count:,} series, after every CUBE had another pass"
        yield Row(what, f"{ours * 1000:.0f} ms", f"plain gauges {theirs * 1000:.0f} ms; goal 0.1 s", ours, GOAL_SECONDS)
        yield Row(f"{what}: memory", f"{ours_mib:.1f} MiB", f"plain gauges {theirs_mib:.1f} MiB", ours_mib / theirs_mib, 1.0)
