"""Service control of one node (Cisco serviceability SOAP API, ControlCenterServices.wsdl): port 8443, application users."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trunkline.twin.cucm import service
from trunkline.twin.cucm.axl.envelope import enveloped
from trunkline.twin.cucm.faults import HttpFaults
from trunkline.twin.cucm.realtime.rates import Rates
from trunkline.twin.cucm.service import Service
from trunkline.twin.cucm.soap import NAMESPACE, Refused, below, fault, made, operation_in
from trunkline.twin.cucm.web.access import AxlUsers, broken_connection, page

PATH = "/controlcenterservice2/services/ControlCenterServices"
TITLES = {401: "Unauthorized", 403: "Forbidden"}
OTHERS = ("Cisco CTIManager", "Cisco Tftp")
"""Services that are there and do nothing."""
NOT_ACTIVATED = ("-1068", "Service Not Activated ")


@dataclass
class ControlApp:
    """What a node answers. `restart` begins one, which takes its time; the answer does not wait for it."""

    names: tuple[str, ...]  # what the node is called, the name of its own first: a request that names another one is refused
    rates: Rates
    callmanager: Service
    users: AxlUsers
    faults: HttpFaults
    restart: Callable[[], None]

    @property
    def route(self) -> Route:
        return Route(PATH, self.handle, methods=["POST"])

    async def handle(self, request: Request) -> Response:
        await asyncio.sleep(0)
        if self.faults.drops_connections:
            return broken_connection()
        refusal = self._refusal(request)
        if refusal:
            return page(refusal, f"HTTP Status {refusal} - {TITLES.get(refusal, 'Error')}")
        try:
            too_many = self.rates.refusal("control", self.names[0])
            if too_many:
                raise Refused(too_many)
            body = await request.body()
            answer = enveloped(self._answer(body))
        except Refused as refused:
            return Response(fault(str(refused)), 500, media_type="text/xml; charset=utf-8")
        if self.faults.control_lost_restarts and b"soapDoControlServices" in body:
            self.faults.control_lost_restarts -= 1
            return broken_connection()
        response = Response(answer, media_type="text/xml; charset=utf-8")
        self.users.welcome(request, response)
        return response

    def _refusal(self, request: Request) -> int:
        if self.faults.control_status:
            return self.faults.control_status
        user = self.users.user_of(request)
        if isinstance(user, int):
            return user
        return 0 if user.controls_services else 403

    def _answer(self, body: bytes) -> etree._Element:
        asked = operation_in(body)
        operation = etree.QName(asked).localname
        if operation == "soapGetServiceStatus":
            names = [each.text or "" for each in asked.iterfind(f"{{{NAMESPACE}}}ServiceStatus")]
            return self._listed(operation, [name for name in names if name] or [service.NAME, *OTHERS])
        if operation == "soapDoControlServices":
            return self._controlled(operation, asked)
        raise Refused(f"The lab does not know the operation {operation}")

    def _controlled(self, operation: str, asked: etree._Element) -> etree._Element:
        wanted = {etree.QName(each).localname: (each.text or "").strip() for each in asked.iter() if isinstance(each.tag, str)}
        if wanted.get("NodeName") and wanted["NodeName"].lower() not in self.names:
            raise Refused(f"The node {wanted['NodeName']} is not this one")
        if wanted.get("ControlType") != "Restart" or wanted.get("item") != service.NAME:
            raise Refused(f"The lab restarts {service.NAME} and nothing else")
        if not self.faults.control_ignores:
            self.restart()
        return self._listed(operation, [service.NAME])

    def _listed(self, operation: str, names: list[str]) -> etree._Element:
        response = made(f"{operation}Response")
        returned = below(response, f"{operation}Return")
        for name, value in (("ReturnCode", "0"), ("ReasonCode", "-1"), ("ReasonString", "")):
            below(returned, name, value)
        listed = below(returned, "ServiceInfoList")
        for name in names:
            item = below(listed, "item")
            for field_name, value in zip(("ServiceName", *FIELDS), (name, *self._state(name)), strict=True):
                below(item, field_name, value)
        return response

    def _state(self, name: str) -> tuple[str, ...]:
        if name in OTHERS:
            return (service.STARTED, "-1", " ", "Sun Nov 01 06:00:00 2026", "86400")
        if name != service.NAME:
            return (service.STOPPED, *NOT_ACTIVATED, "", "-1")
        return (self.callmanager.status, "-1", " ", self.callmanager.start_time, str(self.callmanager.up_seconds))


FIELDS = ("ServiceStatus", "ReasonCode", "ReasonCodeString", "StartTime", "UpTime")
