"""The table of rules: how every line is entered, changed and taken away."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trunkline.devices.cube.dialect import CubeDialect, settings_of, slot_of, stored
from trunkline.devices.cube.read.config import running_config
from trunkline.devices.cube.resources import sections
from trunkline.devices.cube.rules import NEVER_SENT, PATHS, RULES
from trunkline.loop.diff import differing
from trunkline.model.errors import DesiredInvalid, OurBug
from trunkline.model.key import SHARED_SECTIONS, Key, Kind
from trunkline.model.plan import Action, Change, Difference
from trunkline.model.resource import Owned, Resource
from trunkline.twin.cube.config import render
from trunkline.twin.cube.config.running import RunningConfig
from trunkline.twin.cube.trains import TRAINS

from .lines import EXAMPLES, Example

DIALECT = CubeDialect((17, 15, 4))
NAMES = {
    Kind.VOICE_SERVICE: "voip",
    Kind.VOICE_SERVICE_SIP: "voip",
    Kind.TRUSTED_LIST: "voip",
    Kind.SIP_UA: "",
    Kind.GLOBAL: "",
}


def key_of(kind: Kind) -> Key:
    return Key("cube/x", kind, NAMES.get(kind, "1"))


def sent(kind: Kind, *differences: tuple[str | None, str | None]) -> tuple[str, ...]:
    """The lines for slots that go from one value to another, without the headers."""
    made = tuple(Difference(slot_of(kind, after or before or ""), before, after) for before, after in differences)
    (command,) = DIALECT.render(Change(Action.UPDATE, key_of(kind), differences=made))
    return command.lines[len(PATHS[kind]) :]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e[0]}: {e[1]}")
def test_entering_changing_and_taking_away(example: Example) -> None:
    kind, line, removal, other, lines = example
    assert sent(kind, (None, line)) == (line,)
    assert sent(kind, (line, None)) == tuple(removal.split("\n"))
    assert slot_of(kind, line) == slot_of(kind, other)
    if not other.startswith("no "):
        assert sent(kind, (line, other)) == lines


@pytest.mark.parametrize("line", ["srtp fallback", "srtp pass-thru"])
def test_no_srtp_after_a_variant_of_it(line: str) -> None:
    """`no srtp fallback` leaves `srtp`, which a stated `no srtp` must not end with."""
    assert sent(Kind.VOICE_SERVICE, (line, "no srtp")) == (f"no {line}", "no srtp")
    assert sent(Kind.VOICE_SERVICE, ("srtp", "no srtp")) == ("no srtp",)


def test_every_rule_has_an_example() -> None:
    shown = {(kind, slot_of(kind, line)) for kind, line, *_ in EXAMPLES}
    known = {(kind, rule.slot or rule.prefix) for kind, rules in RULES.items() for rule in rules}
    missing = {
        (kind, name)
        for kind, name in known
        if not any(kind is k and (slot == name or slot.startswith(f"{name} ")) for k, slot in shown)
    }
    assert missing == {(Kind.SERVER_GROUP, "ipv6")}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e[0]}: {e[1]}")
def test_a_router_does_what_is_typed(example: Example) -> None:
    """Each line, its change and its removal on the grammar of the simulated router."""
    kind, line, removal, other, lines = example
    release = (15, 6) if "h323" in line else (17, 15)
    config = RunningConfig(release)
    parent = config.root
    for header in PATHS[kind]:
        parent = config.enter(parent, header.format("1")).enters or parent
    config.enter(parent, line)
    assert settings_of(kind, [c.line for c in parent.children if c.line == line])
    if not other.startswith("no "):
        for step in lines:
            config.enter(parent, step)
        held = {child.line for child in parent.children}
        assert other in held or other in {rule.default for rule in RULES[kind]}
        assert line not in held
        config.enter(parent, line)
    for step in removal.split("\n"):
        config.enter(parent, step)
    assert slot_of(kind, line) not in {
        slot_of(kind, child.line) for child in parent.children if not child.line.startswith("no ")
    }


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("incoming called .T", "incoming called-number .T"),
        ("incoming called e164-pattern-map 1", "incoming called e164-pattern-map 1"),
        ("bind control source-interface Gi0/0", "bind control source-interface GigabitEthernet0/0"),
        ("ipv4 10.1.1.1 255.255.255.255", "ipv4 10.1.1.1"),
        ("ipv4 10.1.1.1/32", "ipv4 10.1.1.1"),
        ("ipv4 10.1.1.2/24", "ipv4 10.1.1.2 255.255.255.0"),
        ("ipv4 10.1.1.1/40", "ipv4 10.1.1.1/40"),
        ("fingerprint 5ca95fb6 e2980ec1", "fingerprint 5CA95FB6E2980EC1"),
        ("  crypto signaling default  trustpoint X  ", "crypto signaling default trustpoint X"),
    ],
)
def test_lines_are_compared_as_ios_stores_them(typed: str, kept: str) -> None:
    assert stored(typed) == kept


def test_bind_all_is_two_lines() -> None:
    assert settings_of(Kind.VOICE_SERVICE_SIP, ["bind all source-interface Gi0/0"]) == {
        "bind control": "bind control source-interface GigabitEthernet0/0",
        "bind media": "bind media source-interface GigabitEthernet0/0",
    }


def test_the_order_of_dtmf_relay_means_nothing() -> None:
    one, other = (settings_of(Kind.DIAL_PEER, [f"dtmf-relay {kinds}"]) for kinds in ("rtp-nte sip-kpml", "sip-kpml rtp-nte"))
    assert one == other


def test_ciphers_that_change_places_leave_them_first() -> None:
    assert sent(Kind.TLS_CIPHER, ("cipher 1 A", "cipher 1 B"), ("cipher 2 B", "cipher 2 A")) == (
        "no cipher 1 A",
        "no cipher 2 B",
        "cipher 1 B",
        "cipher 2 A",
    )
    assert sent(Kind.TLS_CIPHER, (None, "cipher 2 A"), ("cipher 1 A", None)) == ("no cipher 1 A", "cipher 2 A")


@pytest.mark.parametrize(
    ("release", "is_ours"), [((16, 12, 4), True), ((17, 6, 5), True), ((17, 9, 4), False), ((26, 1, 1), False)]
)
def test_a_hash_that_ios_adds_by_itself_is_nobodys(release: tuple[int, ...], is_ours: bool) -> None:
    assert CubeDialect(release).manages(key_of(Kind.TRUSTPOINT), "hash") is is_ours


def test_the_implied_revocation_check_is_no_difference() -> None:
    assert DIALECT.implied(key_of(Kind.TRUSTPOINT), "revocation-check") == "revocation-check crl"


def test_an_implied_line_of_a_tenant_stays() -> None:
    assert not DIALECT.manages(key_of(Kind.TENANT), "pass-thru content custom-sdp")


@pytest.mark.parametrize(
    ("shown", "stated", "is_different"),
    [
        ("transport tcp tls v1.2", "transport tcp tls", False),  # somebody's choice is not undone by one who states none
        ("transport tcp tls v1.2", "transport tcp tls v1.3", True),
        ("no transport tcp tls", "transport tcp tls", True),
    ],
)
def test_a_tls_version_chosen_on_the_cube_stays_where_none_is_stated(shown: str, stated: str, is_different: bool) -> None:
    before, after = (Resource(key_of(Kind.SIP_UA), settings_of(Kind.SIP_UA, [line])) for line in (shown, stated))
    assert bool(list(differing(before, after, DIALECT, None))) is is_different


def test_a_tls_version_that_trunkline_wrote_goes_when_it_is_stated_no_more() -> None:
    written, after = (
        Resource(key_of(Kind.SIP_UA), settings_of(Kind.SIP_UA, [line]))
        for line in ("transport tcp tls v1.2", "transport tcp tls")
    )
    owned = Owned(written, is_created=False, slots=frozenset(written.settings))
    assert [difference.after for difference in differing(written, after, DIALECT, owned)] == ["transport tcp tls"]


def test_a_shared_section_is_never_deleted() -> None:
    for kind in SHARED_SECTIONS:
        with pytest.raises(OurBug):
            DIALECT.render(Change(Action.DELETE, key_of(kind)))


def test_a_section_of_ones_own_is_deleted_by_its_header() -> None:
    (command,) = DIALECT.render(Change(Action.DELETE, Key("cube/x", Kind.DIAL_PEER, "100")))
    assert command.lines == ("no dial-peer voice 100 voip",)


LINES = st.one_of(
    st.none(),
    st.sampled_from([line for _, line, *_ in EXAMPLES]),
    st.sampled_from(["transport tcp tls", "transport tcp tls v1.2", "no transport tcp tls", "no transport tcp tls v1.2"]),
    st.text(alphabet="abc ", min_size=1, max_size=8).map(str.strip).filter(bool),
)


@given(st.sampled_from(sorted(PATHS)), LINES, LINES)
def test_the_sip_ports_are_never_closed(kind: Kind, before: str | None, after: str | None) -> None:
    """`no transport tcp tls` takes down every trunk: whatever changes, it is not rendered."""
    if before is None and after is None:
        return
    slot = slot_of(kind, after or before or "")
    change = Change(Action.UPDATE, key_of(kind), differences=(Difference(slot, before, after),))
    try:
        commands = DIALECT.render(change)
    except DesiredInvalid as refused:
        assert "remove the line from the document" in str(refused)
        return
    for command in commands:
        assert not any(re.match(pattern, line) for line in command.lines for pattern in NEVER_SENT)


@pytest.mark.parametrize(
    ("line", "is_bind"),
    [
        ("bind control source-interface GigabitEthernet0/0", True),
        ("no bind media", True),
        ("voice-class sip bind media source-interface Loopback0", True),
        ("description bind office", False),
    ],
)
def test_binds_wait_for_the_end_of_calls(line: str, is_bind: bool) -> None:
    change = Change(Action.UPDATE, key_of(Kind.DIAL_PEER), differences=(Difference(line, None, line),))
    assert DIALECT.waits_for_calls(change) is is_bind


STRAYS = (
    "end", "exit", "do reload", "do write erase", "no dial-peer voice 900 voip", "dial-peer voice 900 voip", "sip-ua", "no sip",
    "interface GigabitEthernet0/0", "no crypto pki trustpoint rootca-01", "crypto key zeroize ec", "crypto key generate rsa",
    "banner motd ^C", "line vty 0 4", "hostname other", "voice class codec 1", "no ip address trusted list", "! a remark",
    "default dial-peer voice 900 voip", "destination-pattern 12?",
)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(PATHS))
@pytest.mark.parametrize("line", STRAYS)
def test_what_leaves_its_section_or_acts_at_once_is_never_rendered(kind: Kind, line: str) -> None:
    """Neither to write it nor, where somebody else's journal says that it was written, to take it away."""
    change = Change(Action.UPDATE, key_of(kind), differences=(Difference(line, None, line),))
    with pytest.raises(DesiredInvalid):
        DIALECT.render(change)


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, line, *_ in EXAMPLES])
def test_settings_are_rendered(kind: Kind, line: str) -> None:
    (command,) = DIALECT.render(Change(Action.UPDATE, key_of(kind), differences=(Difference(line, None, line),)))
    assert line in command.lines


BY_KIND = {kind: [line for k, line, *_ in EXAMPLES if k is kind] for kind in PATHS}
SECTIONS = st.sampled_from([kind for kind, lines in BY_KIND.items() if lines]).flatmap(
    lambda kind: st.tuples(st.just(kind), st.lists(st.sampled_from(BY_KIND[kind]), min_size=1, max_size=6))
)


@given(SECTIONS, st.sampled_from(["15.6", "17.9", "17.18", "26.1"]))
def test_what_is_written_is_read_again(section: tuple[Kind, list[str]], train: str) -> None:
    """Rendered, typed into a router, printed with the quirks of its release, read: the same settings."""
    kind, lines = section
    desired = Resource(key_of(kind), settings_of(kind, lines))
    differences = tuple(Difference(slot, None, line) for slot, line in desired.settings.items())
    (command,) = DIALECT.render(Change(Action.CREATE, desired.key, None, desired, differences))
    config = RunningConfig((26, 1))
    parent = config.root
    for line in command.lines:
        parent = config.enter(parent, line).enters or parent
    text = "\n".join(render.full(render.body(config, TRAINS[train], []), []))
    reading = running_config(text)
    assert not reading.problem
    shown = next(resource for resource in sections("cube/x", reading.value) if resource.key == desired.key)
    for slot, line in desired.settings.items():
        assert shown.settings.get(slot, DIALECT.implied(desired.key, slot)) == line
