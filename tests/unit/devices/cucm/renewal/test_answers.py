"""What service control answers, in the shapes that Cisco's guide and clients of real clusters show."""

import pytest

from trunkline.devices.cucm.renewal import answers
from trunkline.devices.cucm.renewal.answers import ServiceState
from trunkline.devices.cucm.soap.envelope import NotUnderstood, SoapFault

CALLMANAGER = "Cisco CallManager"


def answer(item: str, head: str = "<ReturnCode>0</ReturnCode><ReasonCode>-1</ReasonCode><ReasonString/>") -> bytes:
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        '<ns1:soapGetServiceStatusResponse xmlns:ns1="http://schemas.cisco.com/ast/soap"><ns1:soapGetServiceStatusReturn>'
        f"{head}<ServiceInfoList>{item}</ServiceInfoList>"
        "</ns1:soapGetServiceStatusReturn></ns1:soapGetServiceStatusResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()


def item(status: str = "Started", start: str = "Thu Sep 14 17:14:38 2006", up: str = "82180", name: str = CALLMANAGER) -> str:
    return (
        f"<item><ServiceName>{name}</ServiceName><ServiceStatus>{status}</ServiceStatus><ReasonCode>-1</ReasonCode>"
        f"<ReasonCodeString> </ReasonCodeString><StartTime>{start}</StartTime><UpTime>{up}</UpTime></item>"
    )


def test_a_service_among_others() -> None:
    body = answer(item("Stopped", "", "-1", "Cisco Tftp") + item())
    assert answers.state_in(body, CALLMANAGER) == ServiceState("Started", "Thu Sep 14 17:14:38 2006", 82180)


def test_elements_with_and_without_their_namespace_are_read() -> None:
    body = answer(item()).replace(b"<item>", b"<ns1:item>").replace(b"</item>", b"</ns1:item>")
    body = body.replace(b"<ServiceName>", b"<ns1:ServiceName>").replace(b"</ServiceName>", b"</ns1:ServiceName>")
    assert answers.state_in(body, CALLMANAGER).up_seconds == 82180


def test_a_service_that_does_not_run_has_no_time() -> None:
    state = answers.state_in(answer(item("Stopped", "", "-1")), CALLMANAGER)
    assert (state.status, state.up_seconds) == ("Stopped", None)


@pytest.mark.parametrize("body", [b"", b"<html>busy", b"<html/>", answer(""), answer(item(name="Cisco Tftp"))])
def test_what_is_not_an_answer_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        answers.state_in(body, CALLMANAGER)


def test_a_return_code_is_a_refusal_with_the_nodes_words() -> None:
    head = "<ReturnCode>1</ReturnCode><ReasonString>Service is not deployed</ReasonString>"
    with pytest.raises(SoapFault, match="Service is not deployed"):
        answers.state_in(answer("", head), CALLMANAGER)


def test_a_fault_is_told_in_its_own_words() -> None:
    fault = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>x</faultcode>'
        "<faultstring>Exceeded allowed rate for it</faultstring></e:Fault></e:Body></e:Envelope>"
    )
    with pytest.raises(SoapFault, match="Exceeded allowed rate for it"):
        answers.state_in(fault.encode(), CALLMANAGER)


@pytest.mark.parametrize(
    ("state", "is_fresh"),
    [
        (ServiceState("Started", "12:00:30", 5), True),
        (ServiceState("Started", "", 5), True),
        (ServiceState("Started", "12:00:00", 5), False),  # the same beginning as before
        (ServiceState("Started", "12:00:30", 300), False),  # longer ago than the restart was ordered
        (ServiceState("Started", "12:00:30", None), False),
        (ServiceState("Stopping", "12:00:30", 5), False),
        (ServiceState("Starting", "", None), False),
        (ServiceState("Stopped", "", None), False),
    ],
)
def test_a_service_runs_anew_only_if_both_its_times_say_so(state: ServiceState, is_fresh: bool) -> None:
    assert state.began_after(ServiceState("Started", "12:00:00", 82180), 20.0) is is_fresh
