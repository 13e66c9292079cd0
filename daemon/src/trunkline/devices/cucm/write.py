"""Settings as AXL wants them: checked against the cluster's own schema, nested where AXL nests. Pure.

zeep checks neither enumerations nor lengths, and the schema itself lets every text pass where it lists values (each
enumeration is a union with a bare string), so both are looked at here.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from trunkline.devices.cucm import read

XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
SHOWN_VALUES: Final = 8


class _Null:
    """Stands for xsi:nil until the session, which alone knows zeep, puts its own in place."""

    def __repr__(self) -> str:
        return "NULL"


NULL: Final = _Null()
REQUIRED: Mapping[str, Mapping[str, str]] = {
    "SipProfile": {
        "sipBandwidthModifier": "TIAS and AS",
        "userAgentServerHeaderInfo": "Send Unified CM Version Information as User-Agent Header",
        "dialStringInterpretation": ("Phone number consists of characters 0-9, *, #, and + (others treated as URI addresses)"),
        "callingLineIdentification": "Default",
        "sipSessionRefreshMethod": "Invite",
        "earlyOfferSuppVoiceCall": "Disabled (Default value)",
        "cucmVersionInSipHeader": "Major And Minor",
        "confidentialAccessLevelHeaders": "Disabled",
    },
    "SipTrunkSecurityProfile": {"sipV150OutboundSdpOfferFiltering": "Use Default Filter"},
    "SipTrunk": {
        "product": "SIP Trunk",
        "class": "Trunk",
        "protocol": "SIP",
        "protocolSide": "Network",
        "presenceGroupName": "Standard Presence group",
        "callingAndCalledPartyInfoFormat": "Deliver DN only in connected party",
    },
    "RoutePattern": {
        "useCallingPartyPhoneMask": "Default",
        "digitDiscardInstructionName": "",
        "networkLocation": "OffNet",
        "prefixDigitsOut": "",
    },
}
"""Fields that AXL demands of a new object, where a document does not state them: as the administration page fills them
(Cisco DevNet sample axl_add_Sip_Trunk.py), else the default of the schema, which zeep would add where no plan shows it.
"""
DESTINATION: Final = ("gatewayName", "routeListName")


@dataclass(frozen=True)
class Facet:
    """What the schema says of one field. `is_plain` is false for a field that has fields itself."""

    is_plain: bool = True
    is_boolean: bool = False
    is_integer: bool = False
    is_nullable: bool = False
    default: str | None = None
    allowed: tuple[str, ...] = ()
    longest: int | None = None


Facets = Mapping[str, Mapping[str, Facet]]
"""By object ("SipTrunk") and field."""


def facets_of(xsd: bytes, objects: tuple[str, ...]) -> Facets:
    """The fields of each object's X type, the one that `add` takes. Raises KeyError for a type that is not there."""
    root = etree.fromstring(xsd)
    named = {str(child.get("name")): child for child in root}
    return {
        name: {
            str(element.get("name")): _facet(element, named)
            for element in named[f"X{name}"].iterfind(f"{XSD}sequence/{XSD}element")
        }
        for name in objects
    }


def _facet(element: etree._Element, named: Mapping[str, etree._Element]) -> Facet:
    type_name = _local(element.get("type"))
    restrictions = list(_restrictions(element if type_name is None else named.get(type_name), named))
    anonymous = element.find(f"{XSD}complexType")
    longest = [int(limit.get("value", "0")) for each in restrictions for limit in each.iterfind(f"{XSD}maxLength")]
    return Facet(
        is_plain=anonymous is None or anonymous.find(f"{XSD}simpleContent") is not None,
        is_boolean=type_name == "boolean",
        is_integer=_is_integer(element, named),
        is_nullable=element.get("nillable") == "true",
        default=element.get("default"),
        allowed=tuple(
            value for each in restrictions for one in each.iterfind(f"{XSD}enumeration") if (value := one.get("value", ""))
        ),
        longest=longest[0] if longest else None,
    )


def _restrictions(holder: etree._Element | None, named: Mapping[str, etree._Element]) -> Iterator[etree._Element]:
    if holder is None:
        return
    for restriction in holder.iter(f"{XSD}restriction"):
        yield restriction
        yield from _restrictions(named.get(_local(restriction.get("base")) or ""), named)


def _is_integer(element: etree._Element, named: Mapping[str, etree._Element]) -> bool:
    """XInteger is a union of xsd:integer and the empty text; some fields extend it with an attribute."""
    extension = element.find(f".//{XSD}simpleContent/{XSD}extension")
    type_name = _local(element.get("type") if extension is None else extension.get("base")) or ""
    holder = named.get(type_name)
    union = holder.find(f"{XSD}union") if holder is not None else None
    return union is not None and _local(union.get("memberTypes")) in ("integer", "int")


def _local(name: str | None) -> str | None:
    return name.rpartition(":")[2] if name else None


def objection(fields: Mapping[str, str], facets: Mapping[str, Facet]) -> str | None:
    """What the schema has against these fields, all of it in one sentence; None where it has nothing."""
    found = [problem for name, value in fields.items() if (problem := _objection(name, value, facets))]
    return "; ".join(found) or None


def _objection(name: str, value: str, facets: Mapping[str, Facet]) -> str | None:
    if name == "destinations":
        return _against_destinations(value)
    if name in DESTINATION:
        return None
    facet = facets.get(_stored_name(name))
    if facet is None:
        near = difflib.get_close_matches(name, facets, 1)
        return f"there is no field {name}" + (f", but {near[0]}" if near else "")
    if not facet.is_plain:
        return f"{name} has fields of its own, which cannot be stated as a text"
    return _against_value(name, value, facet) if value else None


def _against_value(name: str, value: str, facet: Facet) -> str | None:
    if facet.is_boolean and value not in ("true", "false"):
        return f"{name} must be true or false, not {value!r}"
    if facet.is_integer and not re.fullmatch(r"-?\d+", value):
        return f"{name} must be a whole number, not {value!r}"
    if facet.allowed and value not in facet.allowed:
        near = difflib.get_close_matches(value, facet.allowed, SHOWN_VALUES, 0.0)
        more = ", …" if len(facet.allowed) > SHOWN_VALUES else ""
        return f"{name} must be one of {', '.join(map(repr, sorted(near)))}{more}, not {value!r}"
    if facet.longest and len(value) > facet.longest:
        return f"{name} may have {facet.longest} characters, not {len(value)}"
    return None


def _against_destinations(value: str) -> str | None:
    entries = [read.split_destination(entry) for entry in value.split(",")]
    wrong = [f"{address}:{port}" for address, port in entries if not address or not _is_port(port)]
    if wrong:
        return f"destinations must be ADDRESS:PORT, several separated by commas, not {wrong[0]!r}"
    return "destinations may name 16 peers at most" if len(entries) > 16 else None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) < 65536


def _stored_name(name: str) -> str:
    """newDialPlanName is what dialPlanName shall become."""
    return name[3].lower() + name[4:] if re.match(r"new[A-Z]", name) else name


def arguments(fields: Mapping[str, str], facets: Mapping[str, Facet]) -> dict[str, Any]:
    """Fields as zeep wants them. An empty text clears: NULL where the schema allows it, else the default.

    What can be neither, such as a truth value without default, is not sent and stays as it is.
    """
    made: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "destinations":
            made[name] = {"destination": [_destination(entry, n) for n, entry in enumerate(value.split(","), 1)]}
        elif name in DESTINATION:
            if value:
                made["destination"] = {name: value}
        elif value:
            made[name] = value
        elif _can_be_cleared(facet := facets.get(_stored_name(name), Facet())):
            made[name] = _cleared(facet)
    return made


def _can_be_cleared(facet: Facet) -> bool:
    return facet.is_nullable or facet.default is not None or not (facet.is_boolean or facet.allowed)


def _cleared(facet: Facet) -> object:
    if facet.is_nullable:
        return NULL
    return facet.default if facet.default is not None else ""


def _destination(entry: str, order: int) -> dict[str, str]:
    address, port = read.split_destination(entry)
    return {"addressIpv6" if ":" in address else "addressIpv4": address, "port": port, "sortOrder": str(order)}
