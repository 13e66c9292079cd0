"""RIS and PerfMon of one node, port 8443, application users."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from trunkline.twin.cucm.axl.envelope import enveloped
from trunkline.twin.cucm.faults import HttpFaults
from trunkline.twin.cucm.realtime import perfmon, ris
from trunkline.twin.cucm.realtime.rates import Rates
from trunkline.twin.cucm.realtime.ris import Ris
from trunkline.twin.cucm.soap import Refused, fault, operation_in
from trunkline.twin.cucm.web.access import AxlUsers, broken_connection, page

if TYPE_CHECKING:  # the node holds what this reads
    from trunkline.twin.cucm.node import Node

RIS_PATH, PERFMON_PATH = "/realtimeservice2/services/RISService70", "/perfmonservice2/services/PerfmonService"
GARBAGE = b"<?xml version='1.0'?><soapenv:Envelope xmlns:soapenv='http://schemas.xmlsoap.org/soap/envelope/'><soapenv:Bo"
TITLES = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable"}
STILL_SECONDS = 0.05


@dataclass
class RealtimeApp:
    """What a node answers: RIS of every node, PerfMon of itself."""

    node: "Node"
    ris: Ris
    rates: Rates
    users: AxlUsers
    faults: HttpFaults

    @property
    def routes(self) -> list[Route]:
        return [Route(RIS_PATH, self._ris, methods=["POST"]), Route(PERFMON_PATH, self._perfmon, methods=["POST"])]

    async def _ris(self, request: Request) -> Response:
        def told(asked: etree._Element) -> etree._Element:
            if etree.QName(asked).localname not in ris.OPERATIONS:
                raise Refused(f"The lab does not know the operation {etree.QName(asked).localname}")
            return self.ris.answer(asked)

        return await self._handle(request, "RIS", told)

    async def _perfmon(self, request: Request) -> Response:
        def told(asked: etree._Element) -> etree._Element:
            if etree.QName(asked).localname not in perfmon.OPERATIONS:
                raise Refused(f"The lab does not know the operation {etree.QName(asked).localname}")
            return perfmon.answer(asked, self.node, self.faults.perfmon_cstatus)

        return await self._handle(request, "PerfMon", told)

    async def _handle(self, request: Request, service: str, told: Callable[[etree._Element], etree._Element]) -> Response:
        while self.node.spec.name in self.faults.silent_nodes and not await request.is_disconnected():
            await asyncio.sleep(STILL_SECONDS)
        if self.faults.drops_connections:
            return broken_connection()
        refusal = self._refusal(request)
        if refusal:
            return page(refusal, f"HTTP Status {refusal} - {TITLES.get(refusal, 'Error')}")
        too_many = self.rates.refusal(service, self.node.spec.name)
        if too_many:
            return _soap(fault(too_many), 500)
        if self.faults.garbles_realtime:
            return _soap(GARBAGE)
        try:
            response = _soap(enveloped(told(operation_in(await request.body()))))
        except Refused as refused:
            return _soap(fault(str(refused)), 500)
        self.users.welcome(request, response)
        return response

    def _refusal(self, request: Request) -> int:
        if self.faults.realtime_status:
            return self.faults.realtime_status
        user = self.users.user_of(request)
        if isinstance(user, int):
            return user
        return 0 if user.monitors else 403


def _soap(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="text/xml; charset=utf-8")
