"""Addresses and numbers that relate to each other as the real ones do."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.views.anonymity.permuting import Permutation

HIDDEN = Permutation(b"a key")
ADDRESSES = st.integers(0, 2**32 - 1).map(IPv4Address)
NUMBERS = st.text("0123456789", max_size=15)


def common(first: str, second: str) -> int:
    return next(
        (at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), min(len(first), len(second))
    )


def bits(address: IPv4Address) -> str:
    return f"{int(address):032b}"


@given(ADDRESSES, ADDRESSES)
def test_two_addresses_share_as_many_bits_as_before(first: IPv4Address, second: IPv4Address) -> None:
    assert common(bits(HIDDEN.address(first)), bits(HIDDEN.address(second))) == common(bits(first), bits(second))


@given(ADDRESSES)
def test_private_stays_private_and_the_last_part_stays(address: IPv4Address) -> None:
    made = HIDDEN.address(address)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "224.0.0.0/3", "0.0.0.0/8", "100.64.0.0/10"):
        assert (address in IPv4Network(block)) == (made in IPv4Network(block))
    assert bits(made)[24:] == bits(address)[24:]


@pytest.mark.parametrize(
    "kept", ["0.0.0.0", "255.255.255.0", "255.255.252.0", "0.0.0.255", "127.0.0.1", "169.254.1.1", "239.1.1.1"]
)
def test_masks_loopback_and_multicast_are_kept(kept: str) -> None:
    assert str(HIDDEN.address(IPv4Address(kept))) == kept


def test_another_key_makes_others() -> None:
    assert HIDDEN.address(IPv4Address("10.72.86.74")) != IPv4Address("10.72.86.74")
    made = {Permutation(bytes([key])).address(IPv4Address("10.72.86.74")) for key in range(1, 40)}
    assert len(made) > 30


def test_addresses_of_version_6() -> None:
    first, second = HIDDEN.address_6(IPv6Address("2001:db8:1:2::5")), HIDDEN.address_6(IPv6Address("2001:db8:1:2::6"))
    assert first != IPv6Address("2001:db8:1:2::5") and int(first) ^ int(second) == 5 ^ 6
    assert HIDDEN.address_6(IPv6Address("::1")) == IPv6Address("::1")
    assert str(HIDDEN.address_6(IPv6Address("fe80::1"))).startswith("fe")
    assert str(HIDDEN.address_6(IPv6Address("fd00::1")))[:1] == "f"


@given(NUMBERS, NUMBERS)
def test_a_number_begins_like_another_one_if_it_did(first: str, second: str) -> None:
    made, other = HIDDEN.digits(first), HIDDEN.digits(second)
    assert len(made) == len(first) and common(made, other) == common(first, second)


def test_every_digit_has_its_own() -> None:
    assert sorted(HIDDEN.digits(f"82{digit}")[2] for digit in range(10)) == [str(digit) for digit in range(10)]
    assert all(len(a) == len(b) for a, b in pairwise(HIDDEN.digits(str(one)) for one in range(1000, 1100)))
