"""RIS: what is asked, and what of the answers is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from trunkline.devices.cucm.realtime import ris
from trunkline.devices.cucm.soap.envelope import NotUnderstood, SoapFault
from trunkline.model.realtime import TrunkStatus

NS = "http://schemas.cisco.com/ast/soap"


def device(name: str, status: str, at: str = "1763900000") -> str:
    return (
        f"<ns1:item><ns1:Name>{name}</ns1:Name><ns1:DeviceClass>SIPTrunk</ns1:DeviceClass><ns1:Model>131</ns1:Model>"
        f"<ns1:Status>{status}</ns1:Status><ns1:StatusReason>0</ns1:StatusReason><ns1:TimeStamp>{at}</ns1:TimeStamp>"
        "<ns1:IPAddress><ns1:item><ns1:IP>10.72.86.86</ns1:IP><ns1:IPAddrType>ipv4</ns1:IPAddrType></ns1:item></ns1:IPAddress>"
        "</ns1:item>"
    )


def node(name: str, *devices: str, code: str = "Ok", unchanged: str = "false") -> str:
    return (
        f"<ns1:item><ns1:ReturnCode>{code}</ns1:ReturnCode><ns1:Name>{name}</ns1:Name><ns1:NoChange>{unchanged}</ns1:NoChange>"
        f"<ns1:CmDevices>{''.join(devices)}</ns1:CmDevices></ns1:item>"
    )


def answer(*nodes: str, found: str = "2", state: str = "&lt;StateInfo ClusterId=&quot;&quot;/&gt;") -> bytes:
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        f'<ns1:selectCmDeviceResponse xmlns:ns1="{NS}"><ns1:selectCmDeviceReturn><ns1:SelectCmDeviceResult>'
        f"<ns1:TotalDevicesFound>{found}</ns1:TotalDevicesFound><ns1:CmNodes>{''.join(nodes)}</ns1:CmNodes>"
        f"</ns1:SelectCmDeviceResult><ns1:StateInfo>{state}</ns1:StateInfo></ns1:selectCmDeviceReturn>"
        "</ns1:selectCmDeviceResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()


def fault(text: str) -> bytes:
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:Server</faultcode><faultstring>{text}</faultstring></soapenv:Fault></soapenv:Body>"
        "</soapenv:Envelope>"
    ).encode()


GOOD = answer(node("10.72.86.74", device("YOHUR", "Registered"), device("BUSAN", "Unknown")), node("10.72.86.75"))


def test_what_is_asked_names_our_trunks_and_no_phone() -> None:
    asked = etree.fromstring(ris.request(["YOHUR", "A&B"]))
    texts = [(etree.QName(each).localname, each.text) for each in asked.iter() if not len(each)]
    assert texts == [
        ("StateInfo", None),
        ("MaxReturnedDevices", "1000"),
        ("DeviceClass", "SIPTrunk"),
        ("Model", "255"),
        ("Status", "Any"),
        ("NodeName", None),
        ("SelectBy", "Name"),
        ("Item", "YOHUR"),
        ("Item", "A&B"),
        ("Protocol", "Any"),
        ("DownloadStatus", "Any"),
    ]
    assert all(etree.QName(each).namespace == NS for each in asked[0][0].iter())


def test_statuses_are_told_by_node_and_the_cursor_beside_them() -> None:
    page = ris.page(GOOD)
    assert page.nodes["10.72.86.74"] == {"YOHUR": TrunkStatus.REGISTERED, "BUSAN": TrunkStatus.UNKNOWN}
    assert (page.found, page.told, page.state) == (2, 2, '<StateInfo ClusterId=""/>')


@pytest.mark.parametrize("status", list(TrunkStatus))
def test_every_status_is_one_of_the_services(status: TrunkStatus) -> None:
    assert status in ris.STATUSES.values()


@pytest.mark.parametrize("code", ["NodeNotResponding", "InternalError", "InvalidRequest", "InvalidNodeName", ""])
def test_a_node_that_did_not_answer_tells_nothing(code: str) -> None:
    page = ris.page(answer(node("a", device("YOHUR", "Registered"), code=code), node("b", device("YOHUR", "UnRegistered"))))
    assert page.nodes == {"b": {"YOHUR": TrunkStatus.UNREGISTERED}}


def test_a_node_that_knows_no_such_device_has_none() -> None:
    assert ris.page(answer(node("a", code="NotFound"))).nodes == {"a": {}}


def test_a_node_without_a_change_is_as_the_page_before_said() -> None:
    assert ris.page(answer(node("a", unchanged="true"), node("b", device("YOHUR", "Registered", "5")))).nodes.keys() == {"b"}


def test_of_several_rows_of_a_trunk_the_youngest_counts() -> None:
    rows = (device("YOHUR", "UnRegistered", "5"), device("YOHUR", "Registered", "9"), device("YOHUR", "Rejected", "7"))
    assert ris.page(answer(node("a", *rows))).nodes == {"a": {"YOHUR": TrunkStatus.REGISTERED}}


@pytest.mark.parametrize("status", ["Any", "registered", "Happy", ""])
def test_a_status_that_nobody_documents_is_none(status: str) -> None:
    assert ris.page(answer(node("a", device("YOHUR", status)))).nodes == {"a": {}}


def test_a_fault_is_told_in_its_words_and_another_answer_is_not_understood() -> None:
    with pytest.raises(SoapFault, match="no such thing"):
        ris.page(fault("no such thing"))
    for body in (b"", b"<html/>", GOOD[:-20], b"\xff\xfe"):
        with pytest.raises(NotUnderstood):
            ris.page(body)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from([b"", b"<", b"\x00", b"&", b"</ns1:Status>"]), st.integers(0, 60))
def test_damage_makes_statuses_absent_never_others(position: int, put: bytes, cut: int) -> None:
    try:
        page = ris.page(GOOD[:position] + put + GOOD[position + cut :])
    except (NotUnderstood, SoapFault):
        return
    for statuses in page.nodes.values():
        assert statuses.get("YOHUR") in (None, TrunkStatus.REGISTERED)
        assert statuses.get("BUSAN") in (None, TrunkStatus.UNKNOWN)


@pytest.mark.parametrize(("trunks", "nodes", "sizes"), [(3, 3, [3]), (500, 3, [333, 167]), (21, 1000, [1] * 21), (0, 3, [])])
def test_so_many_trunks_are_asked_at_once_that_their_rows_fit_an_answer(trunks: int, nodes: int, sizes: list[int]) -> None:
    assert [len(some) for some in ris.portions([f"T{number}" for number in range(trunks)], nodes)] == sizes
