"""PerfMon: what is asked, and what of the answers is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from trunkline.devices.cucm.realtime import perfmon
from trunkline.devices.cucm.soap.envelope import NotUnderstood, SoapFault
from trunkline.model.realtime import Counter

NS = "http://schemas.cisco.com/ast/soap"
TRUNK = r"\\10.72.86.74\Cisco SIP(SIP-TRUNK-YOHUR)"


def row(name: str, value: str = "7", status: str = "1") -> str:
    return (
        f"<ns1:perfmonCollectCounterDataReturn><ns1:Name>{name}</ns1:Name><ns1:Value>{value}</ns1:Value>"
        f"<ns1:CStatus>{status}</ns1:CStatus></ns1:perfmonCollectCounterDataReturn>"
    )


def answer(*rows: str) -> bytes:
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        f'<ns1:perfmonCollectCounterDataResponse xmlns:ns1="{NS}">{"".join(rows)}</ns1:perfmonCollectCounterDataResponse>'
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def of_trunks(*rows: str) -> dict[Counter, int]:
    return perfmon.counters(answer(*rows), perfmon.TRUNKS)


def test_a_host_and_an_object_are_asked_for() -> None:
    asked = etree.fromstring(perfmon.request("10.72.86.74", "Cisco SIP"))[0][0]
    assert etree.QName(asked) == etree.QName(NS, "perfmonCollectCounterData")
    assert [(each.tag, each.text) for each in asked] == [(f"{{{NS}}}Host", "10.72.86.74"), (f"{{{NS}}}Object", "Cisco SIP")]


def test_counters_are_told_by_instance() -> None:
    found = of_trunks(
        row(rf"{TRUNK}\CallsActive", "3"), row(rf"{TRUNK}\CallsAttempted", "0"), row(rf"{TRUNK}\VideoCallsActive")
    )
    assert found == {
        ("Cisco SIP", "SIP-TRUNK-YOHUR", "CallsActive"): 3,
        ("Cisco SIP", "SIP-TRUNK-YOHUR", "CallsAttempted"): 0,
    }


def test_an_object_of_one_instance_has_none() -> None:
    rows = (
        row(r"\\cucm-pub.example.com\Cisco CallManager\TLSConnectedSIPTrunks", "2"),
        row(r"\\a\Cisco CallManager\CallsActive"),
    )
    assert perfmon.counters(answer(*rows), perfmon.CALLMANAGER) == {("Cisco CallManager", "", "TLSConnectedSIPTrunks"): 2}


def test_brackets_in_a_name_belong_to_it() -> None:
    assert of_trunks(row(r"\\a\Cisco SIP(T(1))\CallsActive")) == {("Cisco SIP", "T(1)", "CallsActive"): 7}


@pytest.mark.parametrize("status", ["2", "4294967295", "", "one"])
def test_a_counter_whose_status_is_not_good_is_absent(status: str) -> None:
    found = of_trunks(row(rf"{TRUNK}\CallsActive", status=status), row(rf"{TRUNK}\CallsCompleted", status="0"))
    assert found == {("Cisco SIP", "SIP-TRUNK-YOHUR", "CallsCompleted"): 7}


@pytest.mark.parametrize("value", ["-1", "", "1.5", "NaN", "9" * 30, "٣"])
def test_a_value_that_is_no_count_is_absent(value: str) -> None:
    assert of_trunks(row(rf"{TRUNK}\CallsActive", value)) == {}


@pytest.mark.parametrize(
    "name", ["", "CallsActive", r"\\a\Cisco SIP", r"\\a\Cisco SIP\\CallsActive", r"\a\Cisco SIP(T)\CallsActive"]
)
def test_a_name_that_is_none_is_absent(name: str) -> None:
    assert of_trunks(row(name)) == {}


def test_an_answer_about_another_object_is_none() -> None:
    assert of_trunks(row(r"\\a\Cisco Phones(T)\CallsActive")) == {}


def test_a_service_that_does_not_run_has_no_counters() -> None:
    assert of_trunks() == {}


def test_a_fault_is_told_in_its_words_and_another_answer_is_not_understood() -> None:
    envelope = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'
    with pytest.raises(SoapFault, match="a fault without a text"):
        of_body(envelope.format("<e:Fault/>").encode())
    for body in (b"", b"nonsense", envelope.format("").encode(), answer()[:-9]):
        with pytest.raises(NotUnderstood):
            of_body(body)


def of_body(body: bytes) -> dict[Counter, int]:
    return perfmon.counters(body, perfmon.TRUNKS)


GOOD = answer(row(rf"{TRUNK}\CallsActive", "3"), row(rf"{TRUNK}\CallsAttempted", "4"), row(rf"{TRUNK}\CallsCompleted", "5"))


@given(st.integers(0, len(GOOD) - 1), st.sampled_from([b"", b"<", b"\\", b"\x00", b"&", b"</ns1:Value>"]), st.integers(0, 60))
def test_damage_makes_counters_absent_never_too_many(position: int, put: bytes, cut: int) -> None:
    try:
        found = of_body(GOOD[:position] + put + GOOD[position + cut :])
    except (NotUnderstood, SoapFault):
        return
    assert len(found) <= 3 and all(kind == "Cisco SIP" and name in perfmon.WANTED[kind] for kind, _, name in found)


def test_the_class_counters_of_both_ways_are_kept() -> None:
    assert {"SuccessClassIns", "GlobalFailedClassOuts", "RedirClassOuts", "OptionsIns"} <= perfmon.WANTED[perfmon.STACK]
