"""The genuine schema as the lab uses it."""

import io
import zipfile

import pytest
from lxml import etree

from trunkline.twin.cucm.axl import schema


def element(text: str) -> etree._Element:
    return etree.fromstring(text)


def test_the_toolkit_holds_one_version_and_calls_it_current() -> None:
    names = zipfile.ZipFile(io.BytesIO(schema.toolkit_zip())).namelist()
    assert {name.split("/")[1] for name in names} == {"12.5", "current"}
    assert len(names) == 6


@pytest.mark.parametrize("version", ["12.5", "14.0"])
def test_versions_without_a_difference_share_files_but_not_namespaces(version: str) -> None:
    of_version = schema.of(version)
    request = element(f'<n:getSipTrunk xmlns:n="{of_version.namespace}"><name>x</name></n:getSipTrunk>')
    assert of_version.problem_of(request) == ""
    assert etree.QName(request).namespace == f"http://www.cisco.com/AXL/API/{version}"


def test_a_problem_is_told_in_the_words_of_the_schema() -> None:
    request = element(f'<n:getSipTrunk xmlns:n="{schema.of("12.5").namespace}"><nme>x</nme></n:getSipTrunk>')
    assert "nme" in schema.of("12.5").problem_of(request)


def test_fields_come_in_the_order_of_the_wire_with_their_defaults() -> None:
    fields = schema.of("12.5").fields_of("XSipTrunkSecurityProfile")
    assert [field.name for field in fields][:4] == ["name", "description", "securityMode", "incomingTransport"]
    assert {field.name: field.default for field in fields}["incomingPort"] == "5060"
    assert fields[0].is_required and not fields[1].is_required


def test_older_versions_have_other_fields() -> None:
    before, since = ({field.name for field in schema.of(v).fields_of("XSipTrunk")} for v in ("12.0", "12.5"))
    assert "callerName" in before - since and "externalPresentationInfo" in since - before


def test_enumerations_are_closed_although_the_xsd_leaves_them_open() -> None:
    assert schema.of("12.5").values_of("XDeviceSecurityMode") == {"Non Secure", "Authenticated", "Encrypted"}
    assert schema.of("12.5").values_of("String100") == frozenset()
    assert schema.of("12.5").values_of("XInteger") == frozenset()
