"""What is named anywhere is named nowhere afterwards, and what was the same is the same."""

import re
import string
from ipaddress import IPv4Address

from hypothesis import given, settings
from hypothesis import strategies as st

from trunkline.views.anonymity.pseudonyms import Pseudonyms
from trunkline.views.anonymity.veil import CONFIGURATION, Veil
from trunkline.views.anonymity.words import NAMING

KEY = b"a key of random bytes"
NAMES = st.text(string.ascii_letters + string.digits, min_size=2, max_size=12).map("Zq{}x".format)
COMMANDS = (
    "hostname {}", "username {} privilege 15", "crypto pki trustpoint {}", " rsakeypair {} 2048", "vrf definition {}",
    "ip access-list extended {}", "object-group network {}", "class-map match-any {}", "aaa group server tacacs+ {}",
    "tacacs server {}", "key chain {}", " translation-profile outgoing {}", "voice class uri {} sip", " description to {}",
    "snmp-server location {}", "ip domain name {}.org", " session target dns:sbc.{}.org:5061", "alias exec x-{} show x",
)  # fmt: skip
ADDRESSES = st.integers(10 << 24, (11 << 24) - 1).map(IPv4Address)


def veiled(texts: dict[str, str]) -> dict[str, str]:
    names = Pseudonyms()
    names.learn_domains(texts.values(), ())
    patterns = [(kind, re.compile(pattern, re.MULTILINE)) for kind, pattern in NAMING]
    names.learn((kind, found[1]) for text in texts.values() for kind, pattern in patterns for found in pattern.finditer(text))
    veil = Veil(KEY, names, texts)
    return {name: veil.text(name, text) for name, text in texts.items()}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(COMMANDS), NAMES), min_size=1, max_size=6))
def test_a_name_that_a_command_gives_is_in_no_file(given_names: list[tuple[str, str]]) -> None:
    lines = [command.format(name) for command, name in given_names]
    named = [
        name
        for command, name in given_names
        if "description" not in command and "snmp" not in command and "alias" not in command
    ]
    texts = {
        CONFIGURATION: "".join(f"{line}\n" for line in lines),
        "events.txt": "".join(f"seen: {name}, again {name}\n" for name in named),
    }
    made = veiled(texts)
    assert not [name for _, name in given_names for text in made.values() if name.lower() in text.lower()]
    assert made[CONFIGURATION].count("\n") == len(lines)
    assert [line.split()[:1] for line in made[CONFIGURATION].splitlines()] == [line.split()[:1] for line in lines]
    for line in made["events.txt"].splitlines():
        first, again = line.removeprefix("seen: ").split(", again ")
        assert first == again


@settings(max_examples=150, deadline=None)
@given(st.lists(ADDRESSES, min_size=2, max_size=6))
def test_an_address_is_another_one_and_the_same_in_every_file(addresses: list[IPv4Address]) -> None:
    texts = {
        CONFIGURATION: "".join(f" ipv4 {one}\n" for one in addresses),
        "events.txt": "".join(f"from {one}:5061\n" for one in addresses),
    }
    made = veiled(texts)
    first = [line.split()[1] for line in made[CONFIGURATION].splitlines()]
    assert first == [line.split()[1].removesuffix(":5061") for line in made["events.txt"].splitlines()]
    assert len(set(first)) == len(set(addresses))
