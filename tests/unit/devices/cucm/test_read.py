"""Answers of AXL as settings."""

from typing import Any

import pytest
from lxml import etree

from trunkline.devices.cucm import read, write
from trunkline.model.key import Key, Kind

ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{}</e:Body></e:Envelope>'
FAULT = (
    "<e:Fault><faultcode>soapenv:Server</faultcode><faultstring>text</faultstring><detail>"
    "<{p}axlError{x}><axlcode>{code}</axlcode><axlmessage>{message}</axlmessage><request>op</request></{p}axlError></detail></e:Fault>"
)


def fault(
    operation: str, code: str = "5007", message: str = "Item not valid: The specified T1 was not found", **more: str
) -> Any:
    text = FAULT.format(code=code, message=message, p=more.get("prefix", ""), x=more.get("namespace", ""))
    return read.fault_in(etree.fromstring(ENVELOPE.format(text)), operation)


class TestFaults:
    def test_with_and_without_a_namespace(self) -> None:
        for more in ({}, {"prefix": "n:", "namespace": ' xmlns:n="http://www.cisco.com/AXL/API/12.5"'}):
            found = fault("getSipTrunk", **more)
            assert (found.code, found.message) == (5007, "Item not valid: The specified T1 was not found")

    def test_an_answer_without_one(self) -> None:
        assert read.fault_in(etree.fromstring(ENVELOPE.format("<a/>")), "getSipTrunk") is None

    def test_one_that_is_not_of_axl(self) -> None:
        bare = "<e:Fault><faultcode>x</faultcode><faultstring>no such thing</faultstring></e:Fault>"
        found = read.fault_in(etree.fromstring(ENVELOPE.format(bare)), "getSipTrunk")
        assert found and (found.code, found.message, found.is_not_found) == (None, "no such thing", False)

    @pytest.mark.parametrize(
        ("operation", "is_missing"),
        [
            ("getSipTrunk", True),
            ("removeSipTrunk", True),
            ("resetSipTrunk", True),
            ("updateSipTrunk", False),  # might be a foreign key
            ("addSipTrunk", False),  # is a foreign key
        ],
    )
    def test_5007_is_missing_only_where_nothing_else_can_be(self, operation: str, is_missing: bool) -> None:
        assert fault(operation).is_not_found is is_missing

    def test_5007_of_a_lost_queue_is_not(self) -> None:
        assert not fault("listChange", message="The queueId value does not match the server").is_not_found

    def test_a_duplicate_is_one_of_an_add(self) -> None:
        words = "Could not insert new row - duplicate value in a UNIQUE INDEX column (Unique Index:)."
        assert fault("addSipTrunk", "-239", words).is_duplicate
        assert not fault("updateSipTrunk", "-239", words).is_duplicate


class TestSettings:
    @pytest.mark.parametrize(
        "null", [None, {"_value_1": None, "uuid": None}, {"_value_1": None, "uuid": ""}, {"_value_1": "", "uuid": ""}]
    )
    def test_every_form_of_null_is_left_out(self, null: object) -> None:
        assert read.settings_of({"name": "x", "callingSearchSpaceName": null}) == {"name": "x"}

    def test_a_foreign_key_is_its_name(self) -> None:
        answer = {"devicePoolName": {"_value_1": "Default", "uuid": "{U}"}}
        assert read.settings_of(answer) == {"devicePoolName": "Default"}

    @pytest.mark.parametrize(
        ("said", "meant"), [("t", "true"), ("1", "true"), ("true", "true"), ("f", "false"), ("0", "false"), (True, "true")]
    )
    def test_booleans_in_every_spelling(self, said: object, meant: str) -> None:
        assert read.settings_of({"srtpAllowed": said}) == {"srtpAllowed": meant}

    def test_a_number_that_looks_like_a_boolean_stays_one(self) -> None:
        assert read.settings_of({"recordingInformation": "1", "sigDigits": {"_value_1": "1", "enable": "true"}}) == {
            "recordingInformation": "1",
            "sigDigits": "1",
        }

    def test_destinations_in_the_order_of_their_numbers(self) -> None:
        rows = [
            {"addressIpv4": "10.0.0.2", "port": 5061, "sortOrder": 2},
            {"addressIpv4": "10.0.0.1", "port": None, "sortOrder": 1},
            {"addressIpv4": None, "addressIpv6": "2001:db8::1", "port": 5061, "sortOrder": 10},
        ]
        text = read.settings_of({"destinations": {"destination": rows}})["destinations"]
        assert text == "10.0.0.1:5060, 10.0.0.2:5061, [2001:db8::1]:5061"
        assert read.normalised("destinations", text.replace(", ", ",")) == text

    def test_names_compare_without_order_case_and_separator(self) -> None:
        one, two = "b.example.com;A.example.com", "a.example.com, b.example.com , a.example.com"
        assert read.normalised("x509SubjectName", one) == read.normalised("x509SubjectName", two)

    def test_what_moves_by_itself_is_no_setting(self) -> None:
        assert read.settings_of({"versionStamp": "{1}", "ctiid": 3, "uuid": "{U}", "name": "x"}) == {"name": "x"}

    def test_what_an_object_refers_to(self) -> None:
        key = Key("cluster/seoul", Kind.SIP_TRUNK, "x")
        found = read.needs_of(key, {"securityProfileName": "s", "sipProfileName": "p", "devicePoolName": "d"})
        assert {(need.kind, need.name) for need in found} == {(Kind.SIP_SECURITY_PROFILE, "s"), (Kind.SIP_PROFILE, "p")}


def test_the_list_of_booleans_is_that_of_the_schema(facets: write.Facets) -> None:
    named = {name for fields in facets.values() for name, facet in fields.items() if facet.is_boolean}
    other = {name for fields in facets.values() for name, facet in fields.items() if not facet.is_boolean}
    assert named <= read.BOOLEAN_FIELDS and not read.BOOLEAN_FIELDS & other
