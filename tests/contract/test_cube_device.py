"""The device on a simulated router of every release: observe, carry out, save."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.cubes import TRAINS, Bench, running_cube
from support.pems import pem_of
from trunkline.devices.cube.device import CubeDevice
from trunkline.model.certificate import Certificate
from trunkline.model.errors import DeviceBusy, DeviceRefused, DeviceUnreachable
from trunkline.model.key import Key, Kind
from trunkline.model.observed import CubeFacts, Observed
from trunkline.model.plan import Action, Change, Difference, Step
from trunkline.model.resource import Resource
from trunkline.twin.lab.spec import article_cube, busan_cube

CUBE = "cube/x"


def step(device: CubeDevice, key: Key, before: dict[str, str] | None, after: dict[str, str] | None) -> Step:
    """The step from some lines of a resource to others."""
    dialect = device.dialect()
    one, other = ((dialect.canonical(Resource(key, lines)) if lines is not None else None) for lines in (before, after))
    has, wants = (resource.settings if resource else {} for resource in (one, other))
    slots = dict.fromkeys([*wants, *has])
    differences = tuple(Difference(slot, has.get(slot), wants.get(slot)) for slot in slots if has.get(slot) != wants.get(slot))
    action = Action.CREATE if one is None else Action.DELETE if other is None else Action.UPDATE
    change = Change(action, key, one, other, differences)
    return Step(change, dialect.render(change))


def facts(observed: Observed) -> CubeFacts:
    assert isinstance(observed.facts, CubeFacts)
    return observed.facts


def test_a_clock_goes_on_while_a_slow_router_is_read(tmp_path: Path) -> None:
    """Twelve answers come behind that of `show clock`; it must not seem to be behind by as long as they take."""
    with running_cube(tmp_path, busan_cube()) as bench:
        device = bench.device()
        device.session()
        bench.faults.seconds_per_command = 1.5
        begun = datetime.now(UTC)
        seen = device.observe([], full=True)
        took = seen.at - begun
        assert seen.gaps == () and took > timedelta(seconds=12)
        offset = (facts(seen).clock or datetime.min.replace(tzinfo=UTC)) - seen.at
        assert abs(offset) < took / 2, offset


@pytest.mark.parametrize("train", TRAINS)
def test_every_release_is_read_changed_and_saved(tmp_path: Path, train: str) -> None:
    with running_cube(tmp_path, busan_cube(train)) as bench:
        device = bench.device()
        seen = device.observe([])
        assert seen.gaps == ()
        assert facts(seen).release[:2] == bench.router.train.numbers[:2]
        assert facts(seen).hostname == "CUBE-BUSAN"
        assert facts(seen).listening
        assert facts(seen).connections == ()
        assert facts(seen).active_call_legs == 0
        assert facts(seen).has_unsaved_changes is False
        assert abs((facts(seen).clock or datetime.min.replace(tzinfo=UTC)) - datetime.now(UTC)) < timedelta(minutes=1)
        assert [(identity.holder, identity.certificate.common_name) for identity in seen.identities] == [
            ("busan-sip", "cube-busan.example.com")
        ]
        assert [link.common_name for link in seen.identities[0].chain] == ["trunkline lab issuing CA", "trunkline lab root"]

        peer = Key(CUBE, Kind.DIAL_PEER, "777")
        lines = {"a": "session protocol sipv2", "b": "session target ipv4:10.9.9.9:5061", "c": "session transport tcp tls"}
        device.carry_out(step(device, peer, None, lines))
        shown = device.observe([]).resources[peer].settings
        assert shown["session target"] == "session target ipv4:10.9.9.9:5061"

        device.carry_out(step(device, peer, lines, lines | {"b": "session target ipv4:10.9.9.8:5061"}))
        seen = device.observe([])
        assert seen.resources[peer].settings["session target"] == "session target ipv4:10.9.9.8:5061"
        assert facts(seen).has_unsaved_changes is True
        device.save()
        assert bench.router.is_saved
        assert facts(device.observe([])).has_unsaved_changes is False

        device.carry_out(step(device, peer, lines, None))
        assert peer not in device.observe([]).resources
        device.close()


@pytest.mark.parametrize("train", TRAINS)
def test_a_pinned_trust_anchor_on_every_release(tmp_path: Path, train: str) -> None:
    with running_cube(tmp_path, article_cube(train)) as bench:
        device = bench.device()
        device.observe([])
        trustpoint, anchor = Key(CUBE, Kind.TRUSTPOINT, "peer-2026"), Key(CUBE, Kind.TRUST_ANCHOR, "peer-2026")
        certificate = Certificate.from_pem(pem_of("peer root", is_ca=True))
        lines = {"a": "enrollment terminal", "b": "revocation-check none", "c": f"fingerprint {certificate.sha1}"}
        device.carry_out(step(device, trustpoint, None, lines))
        change = Change(Action.CREATE, anchor, None, Resource(anchor, {"sha256": certificate.sha256, "pem": certificate.pem}))
        device.carry_out(Step(change, device.dialect().render(change)))
        seen = device.observe([])
        assert seen.trusted["peer-2026"] == (certificate,)
        assert seen.resources[anchor].settings["sha256"] == certificate.sha256

        with pytest.raises(DeviceRefused, match="holds one CA certificate for good"):
            device.carry_out(Step(change, device.dialect().render(change)))
        device.carry_out(step(device, trustpoint, lines, None))
        seen = device.observe([])
        assert trustpoint not in seen.resources
        assert anchor not in seen.resources
        assert seen.gaps == ()
        device.close()


def test_an_unchanged_router_is_asked_once(bench: Bench, device: CubeDevice) -> None:
    device.observe([])
    bench.age()  # the export moved the stamp
    first = device.observe([])
    trips = device.round_trips
    second = device.observe([])
    assert device.round_trips == trips + 1
    assert (second.resources, second.identities, second.fingerprint) == (first.resources, first.identities, first.fingerprint)


def test_a_full_observation_reads_everything_again(bench: Bench, device: CubeDevice) -> None:
    device.observe([])
    bench.age()
    device.observe([])
    trips = device.round_trips
    device.observe([], full=True)
    assert device.round_trips > trips + 1


def test_a_change_by_a_person_is_seen(bench: Bench, device: CubeDevice) -> None:
    device.observe([])
    bench.age()
    before = device.observe([])
    bench.router.type_on_console(["dial-peer voice 100 voip", " preference 7"], "kim")
    after = device.observe([])
    assert before.fingerprint != after.fingerprint
    assert facts(after).has_unsaved_changes is False  # it is kim's to save


def test_a_change_in_the_second_of_the_reading_is_seen(bench: Bench, device: CubeDevice) -> None:
    """The stamp counts seconds: until it is old, an equal stamp proves nothing."""
    bench.router.type_on_console(["dial-peer voice 100 voip", " preference 7"], "kim")
    device.observe([])
    at, user = bench.router.last_change
    bench.router.type_on_console(["dial-peer voice 100 voip", " preference 8"], "kim")
    bench.router.last_change = (at, user)
    seen = device.observe([])
    assert seen.resources[Key(CUBE, Kind.DIAL_PEER, "100")].settings["preference"] == "preference 8"


def test_an_export_leaves_nothing_to_save(bench: Bench, device: CubeDevice) -> None:
    """Exporting certificates happens in configuration mode, and moves the stamp in the daemon's name."""
    bench.router.type_on_console(["dial-peer voice 100 voip", " preference 7"], "kim")
    bench.age()
    assert facts(device.observe([])).has_unsaved_changes is False
    assert facts(device.observe([])).has_unsaved_changes is False


@pytest.mark.parametrize(
    ("command", "covers_all"),
    [("show version", True), ("show running-config brief", True), ("show crypto pki trustpoints status", True)],
)
def test_what_the_whole_reading_stands_on(bench: Bench, device: CubeDevice, command: str, covers_all: bool) -> None:
    bench.faults.refuse[f"^{command}"] = "% Authorization failed"
    bench.faults.refuse["^show running-config$"] = "% Authorization failed"
    seen = device.observe([])
    assert seen.resources == {}
    assert [(gap.kind, gap.name) for gap in seen.gaps] == [(None, None)] * len(seen.gaps)
    assert seen.gaps[0].evidence == "% Authorization failed"


FILTERED = (
    "Building configuration...\n\nCurrent configuration : 55 bytes\n!\nboot-start-marker\nboot-end-marker\n!\n!\n!\nend",
    "Building configuration...\n\nCurrent configuration : 99 bytes\n!\nversion 17.9\nhostname X\n!\nsip-ua\n!\nend",
)
"""What IOS shows a user who may configure nothing, or only some things."""


@pytest.mark.parametrize("shown", FILTERED)
def test_what_a_user_is_not_shown_is_not_absent(bench: Bench, device: CubeDevice, shown: str) -> None:
    bench.faults.refuse["^show running-config brief"] = shown
    seen = device.observe([])
    assert seen.resources == {}
    (gap,) = seen.gaps
    assert (gap.kind, gap.name, gap.code) == (None, None, "access_refused")
    assert "privilege 15" in gap.reason


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        ("show sip-ua connections tcp tls detail", "connections"),
        ("show clock", "clock"),
        ("show call active voice compact", "active_call_legs"),
    ],
)
def test_an_unreadable_fact_is_unknown_and_nothing_else(bench: Bench, device: CubeDevice, command: str, fact: str) -> None:
    bench.faults.refuse[f"^{command}"] = "% Authorization failed"
    seen = device.observe([])
    assert getattr(facts(seen), fact) is None
    assert [gap.evidence for gap in seen.gaps] == ["% Authorization failed"]
    assert not any(seen.has_gap(key) for key in seen.resources)
    assert any(key.kind is Kind.DIAL_PEER for key in seen.resources)


def test_a_release_without_brief_is_asked_in_full(bench: Bench, device: CubeDevice) -> None:
    bench.faults.refuse["^show running-config brief"] = "% Invalid input detected at '^' marker."
    seen = device.observe([])
    assert seen.gaps == ()
    assert any(key.kind is Kind.DIAL_PEER for key in seen.resources)


def test_a_trustpoint_that_cannot_be_exported_is_a_gap_of_what_it_holds(bench: Bench, device: CubeDevice) -> None:
    bench.faults.refuse["^crypto pki export lab-root"] = "% Trustpoint 'lab-root' is busy"
    seen = device.observe([])
    assert [(gap.kind, gap.name) for gap in seen.gaps] == [(Kind.TRUST_ANCHOR, "lab-root"), (Kind.IDENTITY, "lab-root")]
    assert seen.has_gap(Key(CUBE, Kind.TRUST_ANCHOR, "lab-root"))
    assert [identity.holder for identity in seen.identities] == ["busan-sip"]
    bench.age()
    device.observe([])
    stamp = bench.router.last_change
    assert {gap.name for gap in device.observe([]).gaps} == {"lab-root"}
    assert bench.router.last_change == stamp  # not tried again in configuration mode on every pass
    bench.faults.refuse.clear()
    assert device.observe([], full=True).gaps == ()


def test_a_locked_configuration_hides_certificates_and_nothing_else(bench: Bench, device: CubeDevice) -> None:
    bench.faults.locked_by = "kim"
    seen = device.observe([])
    hidden = {(kind, name) for kind in (Kind.TRUST_ANCHOR, Kind.IDENTITY) for name in ("busan-sip", "lab-root")}
    assert {(gap.kind, gap.name) for gap in seen.gaps} == hidden
    assert "locked" in seen.gaps[0].evidence
    assert any(key.kind is Kind.DIAL_PEER for key in seen.resources)
    bench.faults.locked_by = ""
    assert device.observe([]).gaps == ()


def test_an_answer_that_syslog_cut_is_asked_for_again(bench: Bench, device: CubeDevice) -> None:
    whole = device.observe([]).resources
    for position in range(40, 6000, 1490):
        bench.faults.syslog_inside = (position, "%SYS-5-CONFIG_I: Configured from console by kim on vty1 (10.9.9.9)")
        seen = device.observe([], full=True)
        assert seen.gaps == ()
        assert seen.resources == whole


def test_a_bind_stays_while_a_call_is_up(bench: Bench, device: CubeDevice) -> None:
    device.observe([])
    key = Key(CUBE, Kind.VOICE_SERVICE_SIP, "voip")
    bound = {"a": "bind control source-interface GigabitEthernet1"}
    bench.router.live_calls = 2
    before = bench.router.text_lines()
    with pytest.raises(DeviceBusy, match="2 call legs are up"):
        device.carry_out(step(device, key, {}, bound))
    assert bench.router.text_lines() == before
    bench.router.live_calls = 0
    device.carry_out(step(device, key, {}, bound))
    assert "bind control source-interface GigabitEthernet1" in bench.section("voice service voip", "sip")


def test_a_cube_is_never_given_a_second_session(bench: Bench, device: CubeDevice) -> None:
    for _ in range(3):
        device.observe([])
    assert len(bench.router.lines_in_use) == 1
    bench.faults.drop_after_lines = 1
    assert device.observe([]).gaps == ()  # the session that died is replaced
    assert len(bench.router.lines_in_use) == 1


def test_a_router_that_goes_away_is_unreachable(bench: Bench) -> None:
    device = bench.device()
    bench.faults.drop_after_lines = 7
    with pytest.raises(DeviceUnreachable):
        device.observe([])
    assert device.observe([]).gaps == ()
    device.close()
