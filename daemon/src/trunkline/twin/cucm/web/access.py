"""Who may do what. Application users and platform users are different people."""

import base64
import binascii
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

IDLE_SECONDS = 30 * 60
"""After so long without a request an AXL session is over (Cisco AXL developer guide, "Authentication")."""
SSO_COOKIE = "JSESSIONIDSSO"


@dataclass(frozen=True)
class AxlUser:
    """An application user. Roles: "read-write" (Standard AXL API Access), "read-only" (Standard AXL Read Only API
    Access), "none". `controls_services`: it has the role Standard Serviceability too; `monitors`: Standard CCM Server
    Monitoring.
    """

    password: str = field(repr=False)
    role: str = "read-write"
    controls_services: bool = True
    monitors: bool = True


@dataclass(frozen=True)
class PlatformUser:
    """An OS administrator of one node: privilege 1 may write, 0 may only read."""

    password: str = field(repr=False)
    privilege: int = 1


@dataclass
class AxlUsers:
    """The application users of a cluster, and their sessions."""

    users: dict[str, AxlUser] = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    sessions: dict[str, tuple[str, float]] = field(default_factory=dict, repr=False)  # cookie → user, last used

    def user_of(self, request: Request) -> AxlUser | int:
        """The user of a request, or the HTTP status that refuses it.

        Credentials count before the cookie. To a cookie of a session that is over, without credentials, the answer is
        404, not 401.
        """
        if "authorization" in request.headers:
            name, password = credentials_in(request)
            known = self.users.get(name)
            return known if known and known.password == password else 401
        cookie = request.cookies.get(SSO_COOKIE)
        if cookie is None:
            return 401
        name, used_at = self.sessions.get(cookie, ("", float("-inf")))
        if self.clock() - used_at > IDLE_SECONDS or name not in self.users:
            self.sessions.pop(cookie, None)
            return 404
        self.sessions[cookie] = (name, self.clock())
        return self.users[name]

    def end_sessions(self) -> None:
        """As after half an hour of silence."""
        self.sessions.clear()

    def welcome(self, request: Request, response: Response) -> None:
        """Begin a session for who has just logged in with a password."""
        if "authorization" not in request.headers:
            return
        session = secrets.token_hex(16)
        self.sessions[session] = (credentials_in(request)[0], self.clock())
        for name, value in ((SSO_COOKIE, session), ("JSESSIONID", secrets.token_hex(16))):
            response.set_cookie(name, value, secure=True, httponly=True)


def platform_user_of(request: Request, users: Mapping[str, PlatformUser]) -> PlatformUser | None:
    """Basic credentials on every request: the certificate API has no sessions."""
    name, password = credentials_in(request)
    known = users.get(name)
    return known if known and known.password == password else None


def credentials_in(request: Request) -> tuple[str, str]:
    """Name and password of a Basic header; empty where there is none."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    with contextlib.suppress(ValueError, binascii.Error):
        name, _, password = base64.b64decode(encoded).decode().partition(":")
        if kind == "Basic":
            return name, password
    return "", ""


def page(status: int, text: str) -> Response:
    """An error as tomcat shows it: HTML, whatever was asked for."""
    return HTMLResponse(f"<html><head><title>{status}</title></head><body><h1>{text}</h1></body></html>", status)


class Broken(Exception):  # noqa: N818 - an event
    """The connection broke."""


def broken_connection() -> Response:
    """Less than was announced, then the end of the connection."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"<"
        raise Broken

    return StreamingResponse(chunks(), headers={"content-length": "1000"})
