"""Whose line it is: by the address it came from, or by its own words where a relay sent it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Senders:
    """`addresses` and `names` lead to targets; names in lower case. `relays` are addresses that speak for others."""

    addresses: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    relays: frozenset[str] = frozenset()

    def knows(self, address: str) -> bool:
        return address in self.relays or address in self.addresses

    def target(self, address: str, origin: str) -> str:
        """Empty where nobody is known by that. What came from a device's own address is its own, whatever it says."""
        direct = self.addresses.get(address, "")
        if direct or address not in self.relays:
            return direct
        spoken = origin.lower()
        return self.addresses.get(origin) or self.names.get(spoken) or self.names.get(spoken.partition(".")[0], "")


def unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name to target, without the names that two targets bear."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, target in pairs:
        if name and found.setdefault(name, target) != target:
            twice.add(name)
    return {name: target for name, target in found.items() if name not in twice}
