"""Answers that are not AXL, and what is left after a login."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.devices.cucm.axl.door import Door, VersionRefused
from trunkline.devices.cucm.read import AxlFault
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceUnreachable

SOAP = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'
ACCESS = ClusterAccess(
    (NodeAccess("pub", "pub.example.com", "127.0.0.1", True),), "user", "secret-word", "", "", "", Path("/nowhere")
)


@dataclass
class FakeHttp:
    """Gives the answers in turn, and remembers with which credentials it was asked."""

    answers: list[tuple[int, str]]
    credentials: list[Any] = field(default_factory=list)
    cookies: requests.cookies.RequestsCookieJar = field(default_factory=requests.cookies.RequestsCookieJar)

    def request(self, _method: str, _url: str, **options: Any) -> requests.Response:
        self.credentials.append(options["auth"])
        status, text = self.answers.pop(0)
        response = requests.Response()
        response.status_code, response._content = status, text.encode()
        response.headers["content-type"] = "text/html"
        if options["auth"]:
            self.cookies.set("JSESSIONIDSSO", "session")
        return response


def asked(*answers: tuple[int, str], operation: str = "getSipTrunk") -> tuple[Door, FakeHttp]:
    http = FakeHttp(list(answers))
    door = Door(ACCESS, http)  # type: ignore[arg-type]  # quacks
    for _ in answers:
        if http.answers:
            door.soap(b"", {}, operation)
    return door, http


def test_credentials_go_over_the_wire_once() -> None:
    door, http = asked((200, SOAP.format("<a/>")), (200, SOAP.format("<a/>")))
    assert http.credentials == [("user", "secret-word"), None]
    assert (door.logins, door.sent) == (1, 2)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_an_expired_session_is_begun_anew(status: int) -> None:
    door, http = asked((200, SOAP.format("<a/>")), (status, "expired"), (200, SOAP.format("<a/>")))
    assert http.credentials == [("user", "secret-word"), None, ("user", "secret-word")] and door.logins == 2


@pytest.mark.parametrize(
    "answer",
    [
        (200, "<html><body>a login page</body></html>"),
        (200, SOAP.format("<a/>")[:-20]),  # cut off
        (200, ""),
        (500, "<html>Internal Server Error</html>"),
        (500, SOAP.format("<a/>")),  # no fault in it
        (302, ""),
        (502, "proxy"),
    ],
)
def test_what_is_not_whole_soap_is_never_taken_for_an_answer(answer: tuple[int, str]) -> None:
    with pytest.raises(DeviceUnreachable):
        asked(answer)


def test_a_fault_is_one_whatever_the_status() -> None:
    fault = SOAP.format(
        "<e:Fault><detail><axlError><axlcode>5003</axlcode><axlmessage>no</axlmessage></axlError></detail></e:Fault>"
    )
    for status in (200, 500):
        with pytest.raises(AxlFault) as caught:
            asked((status, fault))
        assert caught.value.code == 5003


def test_a_401_for_a_write_means_reading_only_if_reading_worked() -> None:
    with pytest.raises(AccessRefused, match="wrong user or password"):
        asked((401, ""), operation="updateSipTrunk")
    http = FakeHttp([(200, SOAP.format("<a/>")), (401, ""), (401, "")])
    door = Door(ACCESS, http)  # type: ignore[arg-type]  # quacks
    door.soap(b"", {}, "getSipTrunk")
    with pytest.raises(AccessRefused, match="the user may only read"):
        door.soap(b"", {}, "updateSipTrunk")


def test_the_list_of_versions_is_understood_in_every_spelling() -> None:
    with pytest.raises(VersionRefused) as caught:
        asked((599, "<h1>Incorrect axl version. Supported axl versions: 11.5,12.5,14</h1>"))
    assert caught.value.supported == ("11.5", "12.5", "14.0")


def test_memory_that_ran_out_is_for_later_and_too_large_a_question_is_not() -> None:
    text = "<e:Fault><detail><axlError><axlcode>-1</axlcode><axlmessage>{}</axlmessage></axlError></detail></e:Fault>"
    with pytest.raises(DeviceBusy):
        asked((500, SOAP.format(text.format("Maximum AXL Memory Allocation Consumed. Please retry"))))
    with pytest.raises(AxlFault):
        asked((500, SOAP.format(text.format("Query request too large. Total rows matched: 2816 rows."))))


def test_no_error_holds_the_password() -> None:
    for answer in ((401, ""), (403, ""), (404, ""), (503, ""), (502, "")):
        with pytest.raises(Exception, match=r"pub\.example\.com") as caught:
            asked(answer)
        assert "secret-word" not in str(caught.value)
    assert "secret-word" not in repr(ACCESS)
