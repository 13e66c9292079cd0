"""The text that Prometheus reads. What did not change since the last scrape is not written anew."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from trunkline.views.metrics.contract import FAMILIES
from trunkline.views.metrics.family import Family, Sample
from trunkline.views.metrics.samples import Part

LOG = logging.getLogger("trunkline")
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Written = Mapping[str, bytes]  # by family, its lines without HELP and TYPE


@dataclass
class Exposition:
    """Keeps the lines of every part for as long as what they are made from is the same."""

    _kept: dict[str, tuple[object, Written]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, parts: Iterable[Part]) -> bytes:
        """All families, also those without a series: HELP and TYPE tell that they are known."""
        with self._lock:
            kept, lines = {}, {name: [heading] for name, heading in HEADINGS.items()}
            for part in parts:
                made_from, written = self._written(part)
                kept[part.name] = (made_from, written)
                for family, text in written.items():
                    lines[family].append(text)
            self._kept = kept
        return b"".join(text for of_family in lines.values() for text in of_family)

    def prepare(self, parts: Iterable[Part]) -> None:
        """Write what a pass has just found, so that no scrape must: within an interval every CUBE has had a pass."""
        for part in parts:
            if part.made_from is not None:
                with self._lock:
                    self._kept[part.name] = self._written(part)

    def _written(self, part: Part) -> tuple[object, Written]:
        made_from, written = self._kept.get(part.name, (None, {}))
        if part.made_from is not None and made_from == part.made_from:
            return made_from, written
        try:
            return part.made_from, _written(part.samples())
        except Exception:  # the last resort: what one device shows must not hide all the others
            LOG.exception("the metrics of %s cannot be written and are missing; please report this", part.name)
            return part.made_from, {}


def _written(samples: Iterable[Sample]) -> Written:
    by_family: dict[str, list[Sample]] = {}
    for sample in samples:
        by_family.setdefault(sample.family, []).append(sample)
    return {name: _text(_metric(FAMILIES[name], found))[len(HEADINGS[name]) :] for name, found in by_family.items()}


class _One(Collector):
    """What `generate_latest` asks."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> Iterable[Metric]:
        return (self._metric,)


def _text(metric: Metric) -> bytes:
    return bytes(generate_latest(_One(metric)))


def _metric(family: Family, samples: Iterable[Sample]) -> Metric:
    if family.kind == "histogram":
        histogram = HistogramMetricFamily(family.name, family.help, labels=family.labels)
        for sample in samples:
            histogram.add_metric(sample.labels, sample.buckets, sample.value)
        return histogram
    is_counter = family.kind == "counter"
    make = CounterMetricFamily if is_counter else GaugeMetricFamily
    metric = make(family.name.removesuffix("_total") if is_counter else family.name, family.help, labels=family.labels)
    for sample in samples:
        metric.add_metric(sample.labels, sample.value)
    return metric


HEADINGS: Mapping[str, bytes] = {name: _text(_metric(family, ())) for name, family in FAMILIES.items()}
"""HELP and TYPE of every family."""
