"""SOAP of the serviceability services."""

from lxml import etree

from trunkline.twin.cucm.axl.envelope import ENVELOPE, XSI_NIL, enveloped

NAMESPACE = "http://schemas.cisco.com/ast/soap"


class Refused(Exception):  # noqa: N818 - a fault
    """A SOAP fault of the service; HTTP 500."""


def operation_in(body: bytes) -> etree._Element:
    """What is asked. Raises Refused."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Refused(f"Unmarshalling error: {error}") from error
    container = root.find(f"{{{ENVELOPE}}}Body")
    asked = container[0] if container is not None and len(container) else None
    if asked is None or etree.QName(asked).namespace != NAMESPACE:
        raise Refused("Unmarshalling error: the body holds no operation of this service")
    return asked


def made(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ns1": NAMESPACE})


def below(above: etree._Element, name: str, text: str | None = None, *, is_nil: bool = False) -> etree._Element:
    added = etree.SubElement(above, f"{{{NAMESPACE}}}{name}")
    added.text = text
    if is_nil:
        added.set(XSI_NIL, "true")
    return added


def child(above: etree._Element, name: str) -> str:
    return (above.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()


def fault(message: str) -> bytes:
    failed = etree.Element(f"{{{ENVELOPE}}}Fault")
    etree.SubElement(failed, "faultcode").text = "soapenv:Server"
    etree.SubElement(failed, "faultstring").text = message
    return enveloped(failed)
