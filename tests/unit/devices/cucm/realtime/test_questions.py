"""What there is to be asked of a cluster, and what it costs."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.realtime.questions import names_of, questions
from trunkline.devices.cucm.soap.door import CONTROL, PERFMON, RIS

NODES = tuple(
    NodeAccess(name, f"{name}.example.com", f"127.72.86.{74 + place}", name == "cucm-pub", listed=f"10.72.86.{74 + place}")
    for place, name in enumerate(("cucm-pub", "cucm-sub1", "cucm-sub2"))
)
ACCESS = ClusterAccess(NODES, "u", "p", "u", "p", "", Path("/nowhere"))


def test_ris_is_asked_once_for_all_nodes_and_the_rest_of_each() -> None:
    asked = list(questions(ACCESS, ["YOHUR"]))
    assert Counter(one.service for one in asked) == {CONTROL: 3, RIS: 1, PERFMON: 9}
    assert [one.node for one in asked if one.service is RIS] == ["cucm-pub"] and all(one.cost == 1 for one in asked)
    assert len(set(asked)) == len(asked)


def test_without_trunks_of_ours_only_the_services_are_asked_for() -> None:
    assert {one.service for one in questions(ACCESS, [])} == {CONTROL}


@pytest.mark.parametrize(("trunks", "per_minute", "cost"), [(333, 12, 1), (334, 12, 2), (5000, 12, 12), (5000, 0, 1)])
def test_many_trunks_cost_more_than_one_request_but_never_more_than_a_minute_has(
    trunks: int, per_minute: int, cost: int
) -> None:
    access = replace(ACCESS, requests_per_minute=per_minute)
    names = [f"T{number}" for number in range(trunks)]
    assert [one.cost for one in questions(access, names) if one.service is RIS] == [cost]


@pytest.mark.parametrize("called", ["cucm-sub1", "CUCM-SUB1.example.com", "10.72.86.75", "127.72.86.75"])
def test_a_node_is_known_by_whatever_name_the_cluster_lists_it(called: str) -> None:
    assert names_of(ACCESS)[called.lower()] == "cucm-sub1"
