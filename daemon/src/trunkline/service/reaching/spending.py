"""How much was asked of devices since the daemon started, by interface, over sessions and device objects that were replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cucm.device import CucmDevice
from trunkline.ports import Device
from trunkline.service.reaching.kept import Shared

CLUSTER_INTERFACES = ("axl", "rest", "control", "realtime")


@dataclass(frozen=True)
class Spent:
    """By interface: requests, and those of them that were put off. An interface is there from the start, with 0."""

    requests: Mapping[str, int] = field(default_factory=dict)
    throttled: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(_sum(self.requests, other.requests), _sum(self.throttled, other.throttled))


def _sum(some: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {name: some.get(name, 0) + more.get(name, 0) for name in (*some, *more)}


def spent_on(device: Device) -> Spent:
    """Since the object was made; nothing for what is no CUBE and no cluster."""
    if isinstance(device, Shared):
        return spent_on(device.device)
    if isinstance(device, CubeDevice):
        return Spent({"ssh": device.round_trips})
    if isinstance(device, CucmDevice):
        counts = device.counters
        return Spent(
            {name: counts[f"{name}_requests"] for name in CLUSTER_INTERFACES},
            {name: counts[f"{name}_throttled"] for name in CLUSTER_INTERFACES},
        )
    return Spent()


@dataclass
class Spending:
    """What was spent on devices that were replaced goes on counting for their target, until its document goes."""

    _before: dict[str, Spent] = field(default_factory=dict)

    def replaced(self, target: str, device: Device) -> None:
        self._before[target] = self._before.get(target, Spent()) + spent_on(device)

    def gone(self, target: str) -> None:
        self._before.pop(target, None)

    def of(self, devices: Iterable[tuple[str, Device]]) -> dict[str, Spent]:
        """By target."""
        found = {target: self._before.get(target, Spent()) + spent_on(device) for target, device in devices}
        return {target: spent for target, spent in found.items() if spent.requests}
