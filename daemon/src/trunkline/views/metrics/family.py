"""A metric and a series of it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """A metric: its type ("gauge", "counter" or "histogram"), what it says, its labels."""

    name: str
    kind: str
    help: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """One series. Of a histogram, `value` is the sum and `buckets` are cumulative, by their upper bound, +Inf last."""

    family: str
    labels: tuple[str, ...]
    value: float
    buckets: tuple[tuple[str, float], ...] = ()


def words(names: Iterable[str]) -> str:
    """For the page that lists them."""
    return ", ".join(f"`{name}`" for name in names)
