"""The certificate management API of one node (Cisco: Certificate Management API, CUCM 14 and later)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from trunkline.twin.cucm.certificates.api import CertificateApi, Refused
from trunkline.twin.cucm.faults import HttpFaults
from trunkline.twin.cucm.web.access import PlatformUser, broken_connection, page, platform_user_of

CERTMGR = "/platformcom/api/v1/certmgr/config"
Answer = Callable[[Request], Awaitable[object]]


class PlatformApp:
    """Routes, platform users and their privileges. Basic credentials on every request; there are no sessions."""

    def __init__(self, api: CertificateApi, users: Mapping[str, PlatformUser], faults: HttpFaults) -> None:
        self.api, self.users, self.faults = api, users, faults
        self.answers: dict[tuple[str, str], Answer] = {
            ("GET", "/snapshot/server"): self._snapshot,
            ("GET", "/options"): self._options,
            ("GET", "/csr"): self._show_request,
            ("POST", "/csr"): self._make_request,
            ("DELETE", "/csr"): self._drop_request,
            ("GET", "/identity/certificate"): self._identity,
            ("POST", "/identity/certificates"): self._upload_identity,
            ("GET", "/trust/certificate"): self._trusted,
            ("POST", "/trust/certificates"): self._trust,
            ("DELETE", "/trust/certificates"): self._distrust,
        }

    def made(self) -> Starlette:
        return Starlette(routes=[Route(CERTMGR + "/{rest:path}", self.handle, methods=["GET", "POST", "DELETE"])])

    async def handle(self, request: Request) -> Response:
        if self.faults.drops_connections:
            return broken_connection()
        if self.faults.rest_status:
            return page(self.faults.rest_status, f"HTTP Status {self.faults.rest_status}")
        user = platform_user_of(request, self.users)
        if user is None:
            return PlainTextResponse("Unauthorized", 401, {"WWW-Authenticate": 'Basic realm="CMPlatform Realm"'})
        if request.method not in ("GET", "HEAD") and user.privilege < 1:
            return JSONResponse({"message": "Insufficient privilege"}, 403)
        return await self._respond(request)

    async def _respond(self, request: Request) -> Response:
        answer = self.answers.get((request.method, request.url.path.removeprefix(CERTMGR)))
        try:
            if answer is None:
                raise Refused(404, "no such resource")
            return JSONResponse(await answer(request))
        except Refused as refused:
            return JSONResponse({"message": refused.message}, refused.status)
        except ValueError:
            return JSONResponse({"message": "the body is not JSON"}, 400)

    async def _snapshot(self, _request: Request) -> object:
        shown = self.api.snapshot()
        return _garbled(shown) if self.faults.garbles_certificates else shown

    async def _options(self, _request: Request) -> object:
        return self.api.options()

    async def _show_request(self, request: Request) -> object:
        return self.api.request_of(_service_in(request))

    async def _make_request(self, request: Request) -> object:
        return self.api.make_request(await request.json())

    async def _drop_request(self, request: Request) -> object:
        return self.api.drop_request(_service_in(request))

    async def _identity(self, request: Request) -> object:
        return self.api.identity_of(_service_in(request))

    async def _upload_identity(self, request: Request) -> object:
        return self.api.upload_identity(await request.json())

    async def _trusted(self, request: Request) -> object:
        return self.api.trusted(_service_in(request))

    async def _trust(self, request: Request) -> object:
        return self.api.upload_trust(await request.json())

    async def _distrust(self, request: Request) -> object:
        return self.api.remove_trust(_service_in(request), request.query_params.get("filename", ""))


def _service_in(request: Request) -> str:
    return request.query_params.get("service", "")


def _garbled(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """The snapshot with identities that are not PEM any more."""
    cut = [{**entry, "certificate": str(entry["certificate"])[:120]} for entry in snapshot["identities"]]
    return {**snapshot, "identities": cut}
