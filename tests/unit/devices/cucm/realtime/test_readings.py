"""What nodes told, with the age of the oldest part."""

from datetime import UTC, datetime, timedelta

from trunkline.devices.cucm.realtime.readings import Readings
from trunkline.model.realtime import Realtime, TrunkStatus

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)
UP = TrunkStatus.REGISTERED
CALLS, OTHERS_CALLS = ("Cisco SIP", "YOHUR", "CallsActive"), ("Cisco SIP", "FAX", "CallsActive")
PINGS = ("Cisco SIP Stack", "", "OptionsIns")


def test_a_node_that_never_told_has_no_reading() -> None:
    assert Readings().with_trunks(NOON, {"a": {"YOHUR": UP}}).of("b", ["YOHUR"]) is None


def test_a_reading_is_as_old_as_its_oldest_part() -> None:
    readings = Readings().with_trunks(NOON, {"a": {"YOHUR": UP}}).with_counters(LATER, "a", "Cisco SIP Stack", {PINGS: 3})
    assert readings.of("a", ["YOHUR"]) == Realtime(NOON, {"YOHUR": UP}, {PINGS: 3})
    younger = readings.with_trunks(LATER, {"a": {}})
    assert younger.of("a", ["YOHUR"]) == Realtime(LATER, {}, {PINGS: 3})


def test_trunks_of_others_are_not_told() -> None:
    told = {CALLS: 1, OTHERS_CALLS: 2}
    readings = Readings().with_trunks(NOON, {"a": {"YOHUR": UP, "FAX": UP}}).with_counters(NOON, "a", "Cisco SIP", told)
    assert readings.of("a", ["YOHUR"]) == Realtime(NOON, {"YOHUR": UP}, {CALLS: 1})
    assert readings.of("a", []) == Realtime(NOON, {}, {})


def test_what_may_not_be_asked_any_more_is_absent() -> None:
    readings = Readings().with_trunks(NOON, {"a": {"YOHUR": UP}})
    for node in ("a", "b"):
        readings = readings.with_counters(LATER, node, "Cisco SIP Stack", {PINGS: 3})
    assert readings.without_trunks().of("a", ["YOHUR"]) == Realtime(LATER, {}, {PINGS: 3})
    assert readings.without_counters("a").of("a", ["YOHUR"]) == Realtime(NOON, {"YOHUR": UP}, {})
    assert readings.without_counters("a").of("b", ["YOHUR"]) == Realtime(LATER, {}, {PINGS: 3})
    assert readings.without_counters("a").without_trunks().of("a", ["YOHUR"]) is None
