"""Which objects an answer shows, and how: in the order of their R or L type, with nulls as the release writes them."""

import re
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy

from lxml import etree

from trunkline.twin.cucm.axl.envelope import XSI_NIL, Fault
from trunkline.twin.cucm.axl.objects import ObjectType, Record
from trunkline.twin.cucm.axl.schema import Schema


def rendered(
    kind: ObjectType,
    record: Record,
    of_type: tuple[Schema, str],
    wanted: Collection[str] | None,
    known: Mapping[str, Mapping[str, str]],
) -> etree._Element:
    """An object as an element; a null is empty. `of_type` is a schema and "R" or "L", `wanted` the returnedTags."""
    of_schema, prefix = of_type
    made = etree.Element(kind.element, uuid=record.uuid)
    fixed = {**dict(kind.fixed), "versionStamp": record.stamp}
    tables = dict(kind.references)
    for entry in of_schema.fields_of(f"{prefix}{kind.name}"):
        if wanted is not None and entry.name not in wanted:
            continue
        value = record.values.get(entry.name)
        if entry.name in fixed:
            value = etree.Element(entry.name)
            value.text = fixed[entry.name]
        if value is not None:
            made.append(_shown(value, known.get(tables.get(entry.name, ""), {})))
        elif entry.type_name == "XFkType":
            made.append(etree.Element(entry.name))
    return made


def _shown(value: etree._Element, known: Mapping[str, str]) -> etree._Element:
    shown = deepcopy(value)
    if shown.attrib.pop(XSI_NIL, ""):
        shown.text = None
    if shown.text in known:
        shown.set("uuid", known[shown.text or ""])
    elif not shown.text and "uuid" in shown.attrib:
        del shown.attrib["uuid"]
    etree.cleanup_namespaces(shown)
    return shown


def write_nulls(response: etree._Element, kind: ObjectType, of_schema: Schema, *, since_14: bool) -> None:
    """From CUCM 14 on a null foreign key is `<x uuid=""/>`, which its own schema does not allow; before, each has xsi:nil
    (Cisco AXL developer guide, "Null elements").
    """
    keys = {field.name for field in of_schema.fields_of(f"R{kind.name}") if field.type_name == "XFkType"}
    for element in response.iterfind(f"return/{kind.element}/*"):
        if element.tag in keys and not element.text:
            element.set(*(("uuid", "") if since_14 else (XSI_NIL, "true")))


def tags_in(request: etree._Element) -> set[str]:
    return {str(tag.tag) for tag in request.iterfind("returnedTags/*")}


def criteria_in(request: etree._Element) -> list[etree._Element]:
    """Raises Fault where there is none: at least one must be given."""
    found = request.findall("searchCriteria/*")
    if not found:
        raise Fault(5000, "At least one search criterion must be given")
    return found


def window_in(request: etree._Element) -> tuple[int, int]:
    """How many rows to pass over, and how many to give; the first counts only with the second."""
    first = request.findtext("first")
    return (int(request.findtext("skip") or 0), int(first)) if first else (0, 2**31)


def matches(text: Callable[[str], str], criteria: list[etree._Element]) -> bool:
    """`%` stands for any text; upper and lower case are the same."""
    return all(
        re.fullmatch(".*".join(map(re.escape, (criterion.text or "").split("%"))), text(str(criterion.tag)), re.IGNORECASE)
        for criterion in criteria
    )
