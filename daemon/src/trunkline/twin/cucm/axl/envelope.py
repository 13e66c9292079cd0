"""SOAP as AXL speaks it: envelopes, faults, and the refusals that are no SOAP at all."""

import re

from lxml import etree

from trunkline.twin.cucm.axl import schema

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Fault(Exception):  # noqa: N818 - the SOAP word
    """An AXL fault; HTTP 500."""

    def __init__(self, code: int, message: str, *, is_client: bool = False) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.faultcode = "soapenv:Client" if is_client else "soapenv:Server"


class HttpRefusal(Exception):  # noqa: N818 - an answer
    """An answer that is a page of HTML with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def request_in(body: bytes) -> etree._Element:
    """The operation's element in a request. Raises Fault."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise Fault(5000, f"Unable to parse the request: {error}") from error
    container = root.find(f"{{{ENVELOPE}}}Body")
    if container is None or not len(container):
        raise Fault(5000, "The request has no body")
    request = container[0]
    etree.cleanup_namespaces(request)
    return request


def version_of(request: etree._Element, action: str) -> str:
    """The AXL version that namespace and SOAPAction agree on. Raises HttpRefusal 599 and Fault.

    Without SOAPAction and with the namespace of version 1.0 a cluster takes its oldest schema.
    """
    namespace = etree.QName(request).namespace or ""
    version = namespace.removeprefix(schema.NAMESPACE)
    match = re.fullmatch(r'"?CUCM:DB ver=([\d.]+)(?: (\w+))?"?', action)
    if match is None and version == "1.0":
        version = schema.VERSIONS[-1]
    if version not in schema.VERSIONS or (match and match[1] not in schema.VERSIONS):
        raise HttpRefusal(599)
    if match and match[1] != version:
        raise Fault(5000, f"SOAPAction names the version {match[1]}, the body {version}")
    operation = etree.QName(request).localname
    if match and match[2] and match[2] != operation:
        raise Fault(5000, f"SOAPAction names {match[2]}, the body {operation}")
    return version


def enveloped(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def fault_bytes(fault: Fault, operation: str) -> bytes:
    """`axlError` has a namespace in the answers of listChange only (Cisco AXL developer guide, "Error codes")."""
    namespace = schema.NAMESPACE + schema.TOOLKIT_VERSION if operation == "listChange" else None
    made = etree.Element(f"{{{ENVELOPE}}}Fault")
    etree.SubElement(made, "faultcode").text = fault.faultcode
    etree.SubElement(made, "faultstring").text = fault.message
    tag = f"{{{namespace}}}axlError" if namespace else "axlError"
    error = etree.SubElement(etree.SubElement(made, "detail"), tag, nsmap={"ns2": namespace} if namespace else None)
    etree.SubElement(error, "axlcode").text = str(fault.code)
    etree.SubElement(error, "axlmessage").text = fault.message
    etree.SubElement(error, "request").text = operation
    return enveloped(made)


def shuffle(response: etree._Element) -> None:
    """The last field first: some releases answer out of the schema's order."""
    for returned in response.iterfind("return/*"):
        if len(returned) > 1:
            returned.insert(0, returned[-1])
