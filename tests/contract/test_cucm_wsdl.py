"""The serviceability services by Cisco's own WSDL, which is not ours to publish: what trunkline asks and what the simulated
cluster answers fit it, and a client that is made from it understands the simulated cluster.

The files (RISService70.wsdl, PerfmonService.wsdl, ControlCenterServices.wsdl) are served by every node at `?wsdl`, and
published in the repository CiscoDevNet/serviceability-python-zeep-samples; TRUNKLINE_WSDL names the folder where they lie.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree
from zeep import Client
from zeep.transports import Transport

from support.cluster import ClusterScene, peer_of, running_cluster, until
from trunkline.devices.cucm.realtime import perfmon, ris
from trunkline.devices.cucm.renewal import answers
from trunkline.devices.cucm.soap.door import CONTROL, PERFMON, RIS, Service
from trunkline.devices.cucm.soap.envelope import NAMESPACE
from trunkline.twin.lab.spec import AXL_USER

FOLDER = Path(os.environ.get("TRUNKLINE_WSDL", "/nonexistent"))
FILES = {service: FOLDER / f"{service.path.rpartition('/')[2]}.wsdl" for service in (RIS, PERFMON, CONTROL)}
BINDINGS = {RIS: "RisBinding", PERFMON: "PerfmonBinding", CONTROL: "ControlCenterServicesBinding"}
pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in FILES.values()), reason="Cisco's WSDL files are not here (TRUNKLINE_WSDL)"
)

REQUESTS = [
    (RIS, ris.request(["YOHUR", "BUSAN"])),
    (RIS, ris.request([], '<StateInfo ClusterId=""/>')),
    *[(PERFMON, perfmon.request("10.72.86.74", kind)) for kind in perfmon.WANTED],
    (CONTROL, answers.status_request("Cisco CallManager")),
    (CONTROL, answers.restart_request("cucm-pub.example.com", "Cisco CallManager")),
]


def schema(service: Service) -> etree.XMLSchema:
    found = etree.parse(str(FILES[service])).getroot().find(".//{http://www.w3.org/2001/XMLSchema}schema")
    assert found is not None
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))


def objection(service: Service, message: bytes) -> str:
    body = etree.fromstring(message)[0][0]
    judge = schema(service)
    return "" if judge.validate(etree.fromstring(etree.tostring(body))) else str(judge.error_log)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterScene]:
    """A trunk that pings, and one that does not."""
    with running_cluster(tmp_path_factory.mktemp("wsdl")) as running:
        running.trust(running.ca_pem)
        peer = peer_of(running)
        peer.serve()
        running.make_pinging_profile()
        running.make_trunk()
        assert running.axl("updateSipTrunk", "<name>yohur</name><sipProfileName>pinging</sipProfileName>").status == 200
        running.reset()
        until(lambda: "yohur" in running.cluster.nodes["cucm-pub"].sip.status, "it pings")
        yield running
        peer.close()


@pytest.mark.parametrize(("service", "message"), REQUESTS)
def test_what_trunkline_asks_fits(service: Service, message: bytes) -> None:
    assert objection(service, message) == ""


@pytest.mark.parametrize(("service", "message"), [one for one in REQUESTS if b"Restart" not in one[1]])
def test_what_the_simulated_cluster_answers_fits(scene: ClusterScene, service: Service, message: bytes) -> None:
    url = f"https://{scene.address('cucm-pub')}:8443{service.path}"
    response = scene.https("cucm-pub").post(url, message, auth=AXL_USER, timeout=60)
    assert (response.status_code, objection(service, response.content)) == (200, "")


class _Transport(Transport):
    """The addresses in the WSDL are made up."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__(session=session)  # type: ignore[no-untyped-call]  # zeep has no types


def client(scene: ClusterScene, service: Service) -> Any:
    session = scene.https("cucm-pub")
    session.auth = AXL_USER
    made = Client(str(FILES[service]), transport=_Transport(session))
    binding = next(str(name) for name in made.wsdl.bindings)
    assert binding == f"{{{NAMESPACE}}}{BINDINGS[service]}"
    return made.create_service(binding, f"https://{scene.address('cucm-pub')}:8443{service.path}")


@pytest.mark.parametrize("operation", ["selectCmDevice", "selectCmDeviceExt"])
def test_a_client_made_from_it_reads_the_trunks(scene: ClusterScene, operation: str) -> None:
    criteria = {
        "MaxReturnedDevices": "1000",
        "DeviceClass": "SIPTrunk",
        "Model": "255",
        "Status": "Any",
        "NodeName": "",
        "SelectBy": "Name",
        "Protocol": "Any",
        "DownloadStatus": "Any",
        "SelectItems": {"item": [{"Item": "*"}]},
    }
    found = getattr(client(scene, RIS), operation)("", criteria)
    nodes = found["SelectCmDeviceResult"]["CmNodes"]["item"]
    assert found["SelectCmDeviceResult"]["TotalDevicesFound"] == 3
    assert [(node["Name"], node["ReturnCode"]) for node in nodes] == [(f"10.72.86.{last}", "Ok") for last in (74, 75, 76)]
    device = nodes[0]["CmDevices"]["item"][0]
    assert (device["Name"], device["DeviceClass"], device["Model"]) == ("yohur", "SIPTrunk", 131)


def test_a_client_made_from_it_reads_counters(scene: ClusterScene) -> None:
    service = client(scene, PERFMON)
    rows = service.perfmonCollectCounterData(Host="10.72.86.74", Object={"_value_1": "Cisco SIP"})
    assert r"\\10.72.86.74\Cisco SIP(yohur)\CallsActive" in [row["Name"]["_value_1"] for row in rows]
    assert [
        row["Name"]["_value_1"] for row in service.perfmonListInstance(Host="10.72.86.74", Object={"_value_1": "Cisco SIP"})
    ] == ["yohur"]
    objects = service.perfmonListCounter("10.72.86.74")
    assert [one["Name"]["_value_1"] for one in objects] == ["Cisco CallManager", "Cisco SIP", "Cisco SIP Stack"]
