"""Versions and operations of a request: header and body."""

import pytest
from lxml import etree

from trunkline.twin.cucm.axl.envelope import Fault, HttpRefusal, fault_bytes, request_in, version_of


def request(version: str, operation: str = "getSipTrunk") -> etree._Element:
    return etree.fromstring(f'<n:{operation} xmlns:n="http://www.cisco.com/AXL/API/{version}"/>')


@pytest.mark.parametrize("action", ['"CUCM:DB ver=12.5 getSipTrunk"', "CUCM:DB ver=12.5 getSipTrunk", "CUCM:DB ver=12.5", ""])
def test_what_agrees(action: str) -> None:
    assert version_of(request("12.5"), action) == "12.5"


def test_the_oldest_schema_for_who_names_none() -> None:
    assert version_of(request("1.0"), "") == "11.0"


@pytest.mark.parametrize(
    ("namespace", "action"), [("15.0", ""), ("12.5", "CUCM:DB ver=15.0 getSipTrunk"), ("1.0", "CUCM:DB ver=1.0")]
)
def test_what_this_release_does_not_speak(namespace: str, action: str) -> None:
    with pytest.raises(HttpRefusal) as caught:
        version_of(request(namespace), action)
    assert caught.value.status == 599


@pytest.mark.parametrize("action", ["CUCM:DB ver=14.0 getSipTrunk", "CUCM:DB ver=12.5 getSipProfile"])
def test_what_does_not_agree(action: str) -> None:
    with pytest.raises(Fault):
        version_of(request("12.5"), action)


@pytest.mark.parametrize("body", [b"", b"<a", b"<a/>", b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"])
def test_what_is_no_request(body: bytes) -> None:
    with pytest.raises(Fault) as caught:
        request_in(body)
    assert caught.value.code == 5000 and "root:" not in caught.value.message


def test_only_the_fault_of_list_change_has_a_namespace() -> None:
    fault = Fault(5007, "text")
    assert b"<axlError>" in fault_bytes(fault, "getSipTrunk")
    assert b"<ns2:axlError" in fault_bytes(fault, "listChange")
