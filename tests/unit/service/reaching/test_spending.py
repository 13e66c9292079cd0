"""How much was asked of devices goes on counting when a device object is replaced, and goes with its document."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trunkline.devices.cube.device import CubeDevice
from trunkline.devices.cube.session import CubeAccess
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.device import CucmDevice
from trunkline.service.reaching.kept import Shared
from trunkline.service.reaching.spending import CLUSTER_INTERFACES, Spending

PEM = (Path(__file__).parents[3] / "support" / "pems.py").read_text()


def cube(round_trips: int) -> CubeDevice:
    device = CubeDevice("cube/a", CubeAccess("127.0.0.1", 22, "u", "p", "key"), lambda: datetime.now(UTC))
    device.round_trips = round_trips
    return device


@pytest.fixture
def cluster() -> CucmDevice:
    node = NodeAccess("cucm-pub", "cucm-pub.example.com", "127.0.0.1", True)
    access = ClusterAccess((node,), "u", "p", "u", "p", "", Path("/nowhere"))
    return CucmDevice("cluster/c", access, lambda: datetime.now(UTC))


def test_every_interface_is_there_from_the_start(cluster: CucmDevice) -> None:
    spent = Spending().of([("cluster/c", Shared(cluster, timedelta())), ("cube/a", cube(0))])
    assert spent["cluster/c"].requests == spent["cluster/c"].throttled == dict.fromkeys(CLUSTER_INTERFACES, 0)
    assert (spent["cube/a"].requests, spent["cube/a"].throttled) == ({"ssh": 0}, {})


def test_requests_are_told_by_interface(cluster: CucmDevice) -> None:
    cluster.collector.sessions["cucm-pub"].by_counter.sent = 4
    cluster.collector.sessions["cucm-pub"].by_trunk.throttled = 1
    cluster.services.sessions["cucm-pub"].door.sent = 2
    spent = Spending().of([("cluster/c", cluster)])["cluster/c"]
    assert spent.requests == {"axl": 0, "rest": 0, "control": 2, "realtime": 4}
    assert spent.throttled == {"axl": 0, "rest": 0, "control": 0, "realtime": 1}


def test_a_device_that_was_replaced_goes_on_counting_until_its_document_goes() -> None:
    spending = Spending()
    spending.replaced("cube/a", cube(5))
    spending.replaced("cube/a", cube(6))
    assert spending.of([("cube/a", cube(2))])["cube/a"].requests == {"ssh": 13}
    spending.gone("cube/a")
    assert spending.of([("cube/a", cube(2))])["cube/a"].requests == {"ssh": 2}
    assert spending.of([]) == {}
