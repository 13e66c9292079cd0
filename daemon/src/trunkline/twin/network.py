"""The lab's IP network: every address that a configuration names stands for one loopback address.

Device configurations keep the addresses that their owners gave them (10.72.86.74); sockets are opened on a 127.x
address instead. Only this table knows both.
"""

from dataclasses import dataclass, field


@dataclass
class Network:
    """Addresses of the lab, device side to loopback side; both directions are unique."""

    loopback_by_address: dict[str, str] = field(default_factory=dict)

    def attach(self, address: str, loopback: str = "") -> str:
        """Give `address` a loopback address (default: its first octet replaced by 127) and return it."""
        chosen = loopback or "127." + address.split(".", 1)[1]
        if self.loopback_by_address.get(address, chosen) != chosen or (
            chosen in self.loopback_by_address.values() and address not in self.loopback_by_address
        ):
            raise ValueError(f"cannot attach {address} to {chosen}: one of them is taken")
        self.loopback_by_address[address] = chosen
        return chosen

    def loopback(self, address: str) -> str | None:
        """The loopback address behind a device-side address; None where nothing is attached (no route)."""
        return self.loopback_by_address.get(address)

    def address(self, loopback: str) -> str:
        """The device-side address of a peer seen on a socket; a loopback address nobody attached stays as it is."""
        for address, attached in self.loopback_by_address.items():
            if attached == loopback:
                return address
        return loopback
