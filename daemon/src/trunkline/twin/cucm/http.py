"""HTTPS of one node: AXL and its plugins on one port, the certificate API on another."""

import asyncio
import base64
import binascii
import contextlib
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from trunkline.twin.ca import Held
from trunkline.twin.cucm import schema
from trunkline.twin.cucm.axl import WRITES, AxlService
from trunkline.twin.cucm.certmgr import CertificateApi, Refused

CERTMGR = "/platformcom/api/v1/certmgr/config"
SUPPORTED = "Supported axl versions: 11.5,12.0,12.5"


@dataclass
class HttpFaults:
    """What can be made to go wrong; 0 and False are off."""

    axl_status: int = 0  # answered to every AXL request
    axl_status_count: int = -1  # for so many requests; -1: until switched off
    rest_status: int = 0
    drops_connections: bool = False


@dataclass
class Access:
    """Who may do what. Application users and platform users are different people."""

    axl_users: Mapping[str, str] = field(repr=False)
    platform_users: Mapping[str, str] = field(repr=False)
    read_only_users: frozenset[str] = frozenset()
    sessions: dict[str, str] = field(default_factory=dict, repr=False)

    def user(self, request: Request, known: Mapping[str, str]) -> str | None:
        """The user of a request, by Basic credentials or by session cookie."""
        session = request.cookies.get("JSESSIONIDSSO", "")
        if session in self.sessions and known is self.axl_users:
            return self.sessions[session]
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        with contextlib.suppress(ValueError, binascii.Error):
            name, _, password = base64.b64decode(encoded).decode().partition(":")
            if kind == "Basic" and known.get(name) == password:
                return name
        return None


def _page(status: int, text: str) -> Response:
    return HTMLResponse(f"<html><head><title>{status}</title></head><body><h1>{text}</h1></body></html>", status)


def axl_app(service: AxlService, access: Access, faults: HttpFaults, *, is_publisher: bool) -> Starlette:
    """Port 8443."""

    async def axl(request: Request) -> Response:
        if faults.axl_status and faults.axl_status_count:
            faults.axl_status_count -= 1
            text = "Service Unavailable" if faults.axl_status == 503 else f"HTTP Status {faults.axl_status}"
            return _page(faults.axl_status, SUPPORTED if faults.axl_status == 599 else text)
        user = access.user(request, access.axl_users)
        if user is None:
            return _page(401, "HTTP Status 401 - Unauthorized")
        if request.method == "GET":
            return HTMLResponse("<h1>Cisco CallManager: AXL Web Service</h1>")
        response = await _axl_post(request, user)
        session = secrets.token_hex(16)
        access.sessions[session] = user
        response.set_cookie("JSESSIONIDSSO", session, secure=True, httponly=True)
        return response

    async def _axl_post(request: Request, user: str) -> Response:
        action = request.headers.get("soapaction", "")
        version = action.partition("ver=")[2].strip('"').split(" ")[0]
        if version and version not in ("11.5", "12.0", "12.5"):
            return _page(599, f"Incorrect axl version. {SUPPORTED}")
        operation = action.strip('"').rpartition(" ")[2]
        if operation.startswith(WRITES) and user in access.read_only_users:
            return _page(401, "HTTP Status 401 - Unauthorized")
        if operation.startswith(WRITES) and not is_publisher:
            return _page(503, "The database of a subscriber is read only")
        status, body = service.answer(await request.body(), action)
        return Response(body, status, media_type="text/xml; charset=utf-8")

    async def toolkit(request: Request) -> Response:
        if access.user(request, access.axl_users) is None:
            return _page(401, "HTTP Status 401 - Unauthorized")
        return Response(schema.toolkit_zip(), media_type="application/zip")

    async def uds_version(_request: Request) -> Response:
        short = service.version.split("(")[0]
        return Response(f'<?xml version="1.0"?><version>{short}</version>', media_type="application/xml")

    routes = [
        Route("/axl/", axl, methods=["GET", "POST"]),
        Route("/plugins/axlsqltoolkit.zip", toolkit),
        Route("/cucm-uds/version", uds_version),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app


def platform_app(api: CertificateApi, access: Access, faults: HttpFaults) -> Starlette:
    """The certificate API."""

    async def handle(request: Request) -> Response:
        if faults.rest_status:
            return _page(faults.rest_status, f"HTTP Status {faults.rest_status}")
        if access.user(request, access.platform_users) is None:
            headers = {"WWW-Authenticate": 'Basic realm="CMPlatform Realm"'}
            return PlainTextResponse("Unauthorized", 401, headers)
        try:
            return JSONResponse(await _do(request))
        except Refused as refused:
            return JSONResponse({"message": refused.message}, refused.status)
        except ValueError:
            return JSONResponse({"message": "the body is not JSON"}, 400)

    async def _do(request: Request) -> object:
        path = request.url.path.removeprefix(CERTMGR)
        if request.method == "GET":
            if path == "/snapshot/server":
                return api.snapshot()
            if path == "/options":
                return api.options()
            if path == "/identity/certificate":
                return {"service": "CallManager", "certificate": api.node.certificate_pem()}
        if path == "/trust/certificates" and request.method == "POST":
            return await api.upload_trust(await request.json())
        if path == "/trust/certificates" and request.method == "DELETE":
            query = request.query_params
            return await api.remove_trust(query.get("service", ""), query.get("filename", ""))
        raise Refused(404, "no such resource")

    return Starlette(routes=[Route(CERTMGR + "/{rest:path}", handle, methods=["GET", "POST", "DELETE"])])


class _Server(uvicorn.Server):
    """Signals belong to whoever runs the lab."""

    def install_signal_handlers(self) -> None:
        pass

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]  # as in the parent
        yield


@dataclass
class Listener:
    """A running HTTPS server."""

    server: _Server
    task: "asyncio.Task[None]"

    async def stop(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


async def serve(app: Starlette, address: str, port: int, identity: Held, directory: Path) -> Listener:
    """HTTPS on a loopback address, with the tomcat certificate given."""
    name = f"{address}-{port}"
    key_file, certificate_file = directory / f"{name}.key", directory / f"{name}.pem"
    key_file.touch(mode=0o600)
    key_file.write_text(identity.key_pem)
    certificate_file.write_text(identity.pem)
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((address, port))
    config = uvicorn.Config(
        app,
        log_level="critical",
        ssl_keyfile=str(key_file),
        ssl_certfile=str(certificate_file),
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.get_running_loop().create_task(server.serve(sockets=[listening]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    return Listener(server, task)
