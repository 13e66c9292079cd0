"""Addresses and numbers as others that relate to each other in the same way. Pure.

Two addresses with the first n bits in common have n bits in common afterwards, and no others (the idea of Crypto-PAn, Xu et al.
2002): a subnet stays a subnet. Blocks that mean something keep it: private stays private, loopback, link-local, multicast and
masks stay themselves. The last eight bits stay, so that network, broadcast and first addresses can be told. Numbers are
permuted digit by digit in the same way: a pattern still matches the numbers that it matched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

KEPT = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")))
"""Not changed at all; the first and the last hold masks and their inverse."""
FIXED = (*KEPT, *map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
KEPT_6 = tuple(map(IPv6Network, ("::/8", "ff00::/8")))
FIXED_6 = (*KEPT_6, *map(IPv6Network, ("2000::/3", "fc00::/7", "fe80::/10")))
LAST_BITS = 8
DIGITS = "0123456789"


@dataclass(frozen=True)
class Permutation:
    """One secret key makes one permutation of addresses and one of numbers."""

    key: bytes

    def address(self, address: IPv4Address) -> IPv4Address:
        if any(address in block for block in KEPT):
            return address
        return IPv4Address(self._bits(int(address), 32, FIXED))

    def address_6(self, address: IPv6Address) -> IPv6Address:
        if any(address in block for block in KEPT_6):
            return address
        return IPv6Address(self._bits(int(address), 128, FIXED_6))

    def _bits(self, value: int, width: int, fixed: Sequence[IPv4Network | IPv6Network]) -> int:
        made = value
        for at in range(width - LAST_BITS):
            prefix = value >> (width - at)
            if not _leads_to(prefix, at, width, fixed):
                made ^= (self._number(width, at, prefix) & 1) << (width - at - 1)
        return made

    def digits(self, number: str) -> str:
        """A run of digits."""
        return "".join(self._digit(number[:at], digit) for at, digit in enumerate(number))

    def _digit(self, before: str, digit: str) -> str:
        order = sorted(DIGITS, key=lambda one: (self._number(0, len(before), int(before or "0"), one), one))
        return order[int(digit)]

    def _number(self, *parts: object) -> int:
        return int.from_bytes(blake2b(repr(parts).encode(), key=self.key, digest_size=8).digest(), "big")


def _leads_to(prefix: int, length: int, width: int, fixed: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether a bit behind this prefix decides between a block that means something and others."""
    return any(block.prefixlen > length and int(block.network_address) >> (width - length) == prefix for block in fixed)
