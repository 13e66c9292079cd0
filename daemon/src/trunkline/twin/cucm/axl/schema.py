"""The genuine AXL schema, found at run time in the package ciscoaxl: served, and used to check every request and answer."""

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

FILES = ("AXLAPI.wsdl", "AXLSoap.xsd", "AXLEnums.xsd")
XSD = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACE = "http://www.cisco.com/AXL/API/"
TOOLKIT_VERSION = "12.5"
"""The newest schema that can be had from a package index. A real cluster of release 14 serves 14.0 too (and several
before); trunks, profiles and route patterns are the same in both."""
VERSIONS = ("14.0", "12.5", "12.0", "11.5", "11.0")
"""What a cluster of release 14 speaks (Cisco AXL versioning policy)."""
VERSIONS_REFUSED = "Incorrect axl version. Supported axl versions: " + ",".join(reversed(VERSIONS))
STAND_INS = {"14.0": TOOLKIT_VERSION}


@lru_cache(maxsize=1)
def _directory() -> Path:
    found = find_spec("ciscoaxl")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the lab needs the package ciscoaxl: install trunkline with its extra `twin`")
    return Path(found.submodule_search_locations[0]) / "schema"


@lru_cache(maxsize=1)
def toolkit_zip() -> bytes:
    """/plugins/axlsqltoolkit.zip as a cluster serves it. Raises FileNotFoundError where ciscoaxl is not installed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in (TOOLKIT_VERSION, "current"):
            for name in FILES:
                archive.write(_directory() / TOOLKIT_VERSION / name, f"schema/{folder}/{name}")
    return buffer.getvalue()


@dataclass(frozen=True)
class Field:
    """An element of a type, in the order of the wire."""

    name: str
    type_name: str
    default: str | None
    is_required: bool


class Schema:
    """One AXL version. Reading it takes 50 ms, making it a validator half a second; both happen when first needed."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.files_version = STAND_INS.get(version, version)
        self._fields: dict[str, tuple[Field, ...]] = {}

    @property
    def namespace(self) -> str:
        return NAMESPACE + self.version

    @cached_property
    def document(self) -> etree._ElementTree:
        return etree.parse(str(_directory() / self.files_version / "AXLSoap.xsd"))

    @cached_property
    def _validator(self) -> etree.XMLSchema:
        return etree.XMLSchema(self.document)

    @cached_property
    def _types(self) -> dict[str, etree._Element]:
        return {str(each.get("name")): each for each in self.document.getroot() if isinstance(each.tag, str)}

    def fields_of(self, type_name: str) -> tuple[Field, ...]:
        """The elements of a complex type such as `XSipTrunk`. Raises KeyError."""
        if type_name not in self._fields:
            sequence = next(self._types[type_name].iter(f"{XSD}sequence"))
            self._fields[type_name] = tuple(_field(element) for element in sequence.iterchildren(f"{XSD}element"))
        return self._fields[type_name]

    def values_of(self, type_name: str) -> frozenset[str]:
        """What an enumeration allows; empty for any other type.

        The XSD itself lets every text pass, since each of its enumerations is a union with a bare string.
        """
        found = self._types.get(type_name)
        union = found.find(f"{XSD}union") if found is not None else None
        if union is None or union.get("memberTypes"):
            return frozenset()
        return frozenset(value.get("value", "") for value in union.iter(f"{XSD}enumeration"))

    def problem_of(self, element: etree._Element) -> str:
        """What the schema says against a request or an answer; nothing where it is well."""
        tag = etree.QName(element)
        shown = str(element.tag)
        element.tag = f"{{{NAMESPACE}{self.files_version}}}{tag.localname}"
        try:
            if self._validator.validate(element):
                return ""
            return (str(self._validator.error_log).splitlines() or ["it does not fit the schema"])[0].partition(": ")[2]
        finally:
            element.tag = shown


def _field(element: etree._Element) -> Field:
    return Field(
        str(element.get("name")),
        str(element.get("type") or "").removeprefix("axlapi:"),
        element.get("default"),
        element.get("minOccurs", "1") != "0",
    )


@lru_cache(maxsize=8)
def of(version: str) -> Schema:
    """The schema of a version; one for the whole process."""
    return Schema(version)
