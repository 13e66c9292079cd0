"""What the service control of a node is asked, and what it answers. Pure.

Source: Cisco serviceability SOAP API, ControlCenterServices.wsdl (document/literal, elements qualified).
"""

from dataclasses import dataclass

from lxml import etree

from trunkline.devices.cucm.read import ENVELOPE

NAMESPACE = "http://schemas.cisco.com/ast/soap"
STARTED = "Started"
THROTTLED = "Exceeded allowed rate"


@dataclass(frozen=True)
class ServiceState:
    """`status` is Started, Stopped, Starting, Stopping or Unknown. `start_time` is as the node writes it, in its own zone,
    which it does not name: it is good for comparing only. `up_seconds` None: it does not run.
    """

    status: str
    start_time: str = ""
    up_seconds: int | None = None
    reason: str = ""

    def began_after(self, before: "ServiceState | None", elapsed_seconds: float) -> bool:
        """Whether it runs and began within the seconds since the state `before` was read; what is not told proves nothing."""
        if self.status != STARTED or self.up_seconds is None or self.up_seconds > elapsed_seconds + 1:
            return False
        is_same = before is not None and bool(self.start_time) and before.start_time == self.start_time
        return not is_same


class NotUnderstood(Exception):  # noqa: N818 - an answer
    """The answer is not what the WSDL says."""


class ControlFault(Exception):  # noqa: N818 - the SOAP word
    """A SOAP fault, or a return code that is not 0."""


def status_request(service: str) -> bytes:
    asked = _element("soapGetServiceStatus")
    _below(asked, "ServiceStatus", service)
    return _enveloped(asked)


def restart_request(node: str, service: str) -> bytes:
    asked = _element("soapDoControlServices")
    request = _below(asked, "ControlServiceRequest")
    _below(request, "NodeName", node)
    _below(request, "ControlType", "Restart")
    _below(_below(request, "ServiceList"), "item", service)
    return _enveloped(asked)


def state_in(answer: bytes, service: str) -> ServiceState:
    """The state of one service. Raises ControlFault, and NotUnderstood where the answer holds none of it."""
    try:
        envelope = etree.fromstring(answer, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise NotUnderstood("it is no XML") from error
    fault = envelope.find(f".//{{{ENVELOPE}}}Fault")
    if fault is not None:
        raise ControlFault((fault.findtext("faultstring") or "a fault without a text").strip())
    code = _text(envelope, "ReturnCode")
    if code not in ("", "0"):
        raise ControlFault(_text(envelope, "ReasonString") or f"return code {code}")
    for item in _all(envelope, "item"):
        if _text(item, "ServiceName") == service:
            return _state(item)
    raise NotUnderstood(f"it does not mention {service}")


def _state(item: etree._Element) -> ServiceState:
    up = _text(item, "UpTime")
    return ServiceState(
        _text(item, "ServiceStatus"),
        _text(item, "StartTime"),
        int(up) if up.isdigit() else None,  # -1: not started
        _text(item, "ReasonCodeString"),
    )


def _all(below: etree._Element, name: str) -> list[etree._Element]:
    """By local name: peers of real clusters have seen both qualified and unqualified elements."""
    return [each for each in below.iter() if isinstance(each.tag, str) and etree.QName(each).localname == name]


def _text(below: etree._Element, name: str) -> str:
    found = _all(below, name)
    return (found[0].text or "").strip() if found else ""


def _element(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ns": NAMESPACE})


def _below(above: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(above, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made


def _enveloped(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
