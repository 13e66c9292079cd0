"""What the service control of a node is asked, and what it answers. Pure.

Source: Cisco serviceability SOAP API, ControlCenterServices.wsdl (document/literal, elements qualified).
"""

from dataclasses import dataclass

from lxml import etree

from trunkline.devices.cucm.soap.envelope import NotUnderstood, SoapFault, below, element, enveloped, named, opened, text

STARTED = "Started"


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


def status_request(service: str) -> bytes:
    asked = element("soapGetServiceStatus")
    below(asked, "ServiceStatus", service)
    return enveloped(asked)


def restart_request(node: str, service: str) -> bytes:
    asked = element("soapDoControlServices")
    request = below(asked, "ControlServiceRequest")
    below(request, "NodeName", node)
    below(request, "ControlType", "Restart")
    below(below(request, "ServiceList"), "item", service)
    return enveloped(asked)


def state_in(answer: bytes, service: str) -> ServiceState:
    """The state of one service. Raises SoapFault, and NotUnderstood where the answer holds none of it."""
    envelope = opened(answer)
    code = text(envelope, "ReturnCode")
    if code not in ("", "0"):
        raise SoapFault(text(envelope, "ReasonString") or f"return code {code}")
    for item in named(envelope, "item"):
        if text(item, "ServiceName") == service:
            return _state(item)
    raise NotUnderstood(f"it does not mention {service}")


def _state(item: etree._Element) -> ServiceState:
    up = text(item, "UpTime")
    return ServiceState(
        text(item, "ServiceStatus"),
        text(item, "StartTime"),
        int(up) if up.isdigit() else None,  # -1: not started
        text(item, "ReasonCodeString"),
    )
