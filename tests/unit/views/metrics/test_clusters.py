"""What is told of a cluster's nodes and trunks: what was not told has no series."""

from datetime import UTC, datetime, timedelta

from trunkline.model.observed import ClusterFacts, Node
from trunkline.model.realtime import RESPONSE_CLASSES, Realtime, TrunkStatus
from trunkline.views.metrics.clusters import ages, of_facts

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PUB = Node(
    "pub", "10.1.1.1", True, clock=NOON + timedelta(seconds=3), callmanager_started_at=NOON, callmanager_status="Started"
)
SUB = Node("sub", "10.1.1.2", False, is_reachable=False)
Series = dict[tuple[str, ...], float]


def series(*nodes: Node, **realtime: Realtime) -> Series:
    facts = ClusterFacts("15.0.1", nodes, realtime)
    return {(one.family.removeprefix("trunkline_"), *one.labels): one.value for one in of_facts("cluster/c", facts, NOON)}


def test_a_node_that_tells_nothing_is_down_and_no_more() -> None:
    assert series(SUB) == {("node_up", "cluster/c", "sub"): 0}


def test_a_node_tells_of_its_clock_and_its_service() -> None:
    assert series(PUB) == {
        ("node_up", "cluster/c", "pub"): 1,
        ("node_clock_offset_seconds", "cluster/c", "pub"): 3,
        ("callmanager_up", "cluster/c", "pub"): 1,
        ("callmanager_start_timestamp_seconds", "cluster/c", "pub"): NOON.timestamp(),
    }


def test_a_trunk_has_one_status_and_the_others_are_zero() -> None:
    shown = series(SUB, sub=Realtime(NOON, {"T": TrunkStatus.PARTIALLY_REGISTERED}))
    of_trunk = {labels[-1]: value for labels, value in shown.items() if labels[0] == "trunk_status"}
    assert of_trunk == {status.value: float(status == "partially_registered") for status in TrunkStatus}


def test_counters_have_names_that_say_what_they_are() -> None:
    counters = {
        ("Cisco CallManager", "", "TLSConnectedSIPTrunks"): 2,
        ("Cisco SIP", "T", "CallsActive"): 1,
        ("Cisco SIP", "T", "CallsAttempted"): 9,
        ("Cisco SIP Stack", "", "OptionsOuts"): 4,
        ("Cisco SIP Stack", "", "RedirClassOuts"): 5,
        ("Cisco SIP Stack", "", "StatusCode302Outs"): 6,
    }
    shown = series(SUB, sub=Realtime(NOON, {}, counters))
    del shown["node_up", "cluster/c", "sub"]
    assert shown == {
        ("tls_connected_trunks", "cluster/c", "sub"): 2,
        ("trunk_active_calls", "cluster/c", "sub", "T"): 1,
        ("trunk_calls_total", "cluster/c", "sub", "T", "attempted"): 9,
        ("node_sip_requests_total", "cluster/c", "sub", "options", "out"): 4,
        ("node_sip_responses_total", "cluster/c", "sub", "3xx", "out"): 5,
    }


def test_every_class_of_responses_has_both_ways() -> None:
    counters = {("Cisco SIP Stack", "", f"{name}{way}"): 0 for name in RESPONSE_CLASSES for way in ("Ins", "Outs")}
    shown = [labels[3:] for labels in series(SUB, sub=Realtime(NOON, {}, counters)) if labels[0] == "node_sip_responses_total"]
    assert sorted(shown) == sorted((f"{of}xx", way) for of in "123456" for way in ("in", "out"))


def test_an_old_reading_says_how_old_it_is() -> None:
    facts = ClusterFacts("15.0.1", (SUB,), {"sub": Realtime(NOON)})
    found = [(one.labels, one.value) for one in ages("cluster/c", facts, NOON + timedelta(minutes=5))]
    assert found == [(("cluster/c", "sub"), 300)]
