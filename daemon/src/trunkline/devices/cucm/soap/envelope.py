"""SOAP messages of CUCM's serviceability services (RIS, PerfMon, ControlCenterServices), and what is in an answer. Pure.

Source: Cisco serviceability SOAP API: the services' WSDL, document/literal, elements qualified.
"""

from collections.abc import Iterator

from lxml import etree

from trunkline.devices.cucm.read import ENVELOPE

NAMESPACE = "http://schemas.cisco.com/ast/soap"
THROTTLED = "Exceeded allowed rate"
"""How each of these services begins to say that it was asked too often, in a fault with HTTP status 500."""


class NotUnderstood(Exception):  # noqa: N818 - an answer
    """The answer is not what the WSDL says."""


class SoapFault(Exception):  # noqa: N818 - the SOAP word
    """A SOAP fault, or a return code that is not good."""


def element(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ns": NAMESPACE})


def below(above: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(above, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def enveloped(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def opened(answer: bytes) -> etree._Element:
    """The envelope of an answer. Raises SoapFault, and NotUnderstood for what is no SOAP."""
    try:
        envelope = etree.fromstring(answer, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotUnderstood("it is no XML") from error
    fault = envelope.find(f".//{{{ENVELOPE}}}Fault")
    if fault is not None:
        raise SoapFault((fault.findtext("faultstring") or "a fault without a text").strip())
    return envelope


def named(within: etree._Element, name: str) -> Iterator[etree._Element]:
    """By local name: peers of real clusters have seen both qualified and unqualified elements."""
    return within.iter(f"{{*}}{name}")


def text(within: etree._Element, name: str) -> str:
    """Of the first element of that name, without blanks around it; empty where there is none."""
    found = next(named(within, name), None)
    return (found.text or "").strip() if found is not None else ""
