"""Port 8443: AXL, its toolkit, service control, RIS, PerfMon, and the version for everybody."""

import asyncio
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from trunkline.twin.cucm.axl import schema
from trunkline.twin.cucm.axl.envelope import HttpRefusal
from trunkline.twin.cucm.axl.service import AxlService
from trunkline.twin.cucm.faults import HttpFaults
from trunkline.twin.cucm.web.access import AxlUser, AxlUsers, broken_connection, page

TITLES = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 503: "Service Unavailable", 599: schema.VERSIONS_REFUSED}

OLD_CLUSTER = "Incorrect axl version. Supported axl versions: 8.5,9.0,10.0"
"""What the fault 599 makes of the cluster."""


class AxlApp:
    """What a node answers on port 8443; `others` are the services beside AXL."""

    def __init__(self, service: AxlService, users: AxlUsers, faults: HttpFaults, others: Sequence[Route]) -> None:
        self.service, self.users, self.faults, self.others = service, users, faults, others

    def made(self) -> Starlette:
        routes = [
            Route("/axl/", self.axl, methods=["GET", "POST"]),
            Route("/plugins/axlsqltoolkit.zip", self.toolkit),
            Route("/cucm-uds/version", self.uds_version),
            *self.others,
        ]
        app = Starlette(routes=routes)
        app.router.redirect_slashes = False  # /axl is 404, as on a cluster
        return app

    async def axl(self, request: Request) -> Response:
        """Faults first, then who asks, then what."""
        await asyncio.sleep(self.faults.axl_delay_seconds)
        fault = self._fault()
        if fault:
            return fault
        user = self._allowed(request)
        if isinstance(user, Response):
            return user
        if request.method == "GET":
            response: Response = HTMLResponse("<h1>Cisco CallManager: AXL Web Service</h1>")
        else:
            response = self._answer(await request.body(), request, user)
        self.users.welcome(request, response)
        return response

    def _fault(self) -> Response | None:
        faults = self.faults
        if faults.drops_connections:
            return broken_connection()
        if faults.axl_status and faults.axl_status_count:
            faults.axl_status_count -= 1
            return page(599, OLD_CLUSTER) if faults.axl_status == 599 else _refusal(faults.axl_status)
        return None

    def _allowed(self, request: Request) -> AxlUser | Response:
        user = self.users.user_of(request)
        if isinstance(user, int):
            return _refusal(user)
        return _refusal(403) if user.role == "none" else user

    def _answer(self, body: bytes, request: Request, user: AxlUser) -> Response:
        may_write = user.role == "read-write"
        try:
            status, answer = self.service.answer(body, request.headers.get("soapaction", ""), may_write=may_write)
        except HttpRefusal as refusal:
            return _refusal(refusal.status)
        if self.faults.axl_lost_answers:
            self.faults.axl_lost_answers -= 1
            return broken_connection()
        return Response(answer, status, media_type="text/xml; charset=utf-8")

    async def toolkit(self, request: Request) -> Response:
        user = self._allowed(request)
        return user if isinstance(user, Response) else Response(schema.toolkit_zip(), media_type="application/zip")

    async def uds_version(self, _request: Request) -> Response:
        short = ".".join(self.service.release.split("(")[0].split(".")[:3])
        return Response(f'<?xml version="1.0"?><version>{short}</version>', media_type="application/xml")


def _refusal(status: int) -> Response:
    title = TITLES.get(status, "Error")
    return page(status, title if status == 599 else f"HTTP Status {status} - {title}")
