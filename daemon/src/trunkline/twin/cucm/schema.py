"""The genuine AXL schema, found at run time in the package ciscoaxl: served, and used to check every request and answer."""

import io
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

VERSION = "12.5"
NAMESPACE = f"http://www.cisco.com/AXL/API/{VERSION}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
FILES = ("AXLAPI.wsdl", "AXLSoap.xsd", "AXLEnums.xsd")


def directory() -> Path:
    """Where the schema files are. Raises FileNotFoundError where ciscoaxl is not installed."""
    found = find_spec("ciscoaxl")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the lab needs the package ciscoaxl: install trunkline with its extra `twin`")
    return Path(found.submodule_search_locations[0]) / "schema" / VERSION


@lru_cache(maxsize=1)
def toolkit_zip() -> bytes:
    """/plugins/axlsqltoolkit.zip as a cluster serves it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in (VERSION, "current"):
            for name in FILES:
                archive.write(directory() / name, f"schema/{folder}/{name}")
    return buffer.getvalue()


@lru_cache(maxsize=1)
def document() -> etree._ElementTree:
    return etree.parse(str(directory() / "AXLSoap.xsd"))


@lru_cache(maxsize=1)
def validator() -> etree.XMLSchema:
    """Half a second, once."""
    return etree.XMLSchema(document())


@dataclass(frozen=True)
class Field:
    """An element of a type, in the order of the wire."""

    name: str
    type_name: str
    default: str | None
    is_required: bool


@lru_cache(maxsize=64)
def fields_of(type_name: str) -> tuple[Field, ...]:
    """The elements of a complex type such as `XSipTrunk`."""
    found = document().getroot().find(f"{XSD}complexType[@name='{type_name}']")
    if found is None:
        raise KeyError(type_name)
    top = found.iter(f"{XSD}sequence")
    sequence = next(top)
    return tuple(
        Field(
            str(element.get("name")),
            str(element.get("type") or "").removeprefix("axlapi:"),
            element.get("default"),
            element.get("minOccurs", "1") != "0",
        )
        for element in sequence.iterchildren(f"{XSD}element")
    )


def problem_of(element: etree._Element) -> str:
    """What the schema says against a request or an answer; nothing where it is well."""
    checker = validator()
    if checker.validate(element):
        return ""
    return (str(checker.error_log).splitlines() or ["it does not fit the schema"])[0].partition(": ")[2]
