"""The HTTP face: everything is answered from what the daemon has at hand, never from a device."""

import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse

from trunkline.model.errors import Stalled
from trunkline.views.metrics.samples import Part
from trunkline.web import certificates, pages
from trunkline.web.exposition import CONTENT_TYPE, Exposition


class State(Protocol):
    """What the pages need of the daemon."""

    def parts(self) -> Iterable[Part]:
        """Every sample, by what it is made from."""

    def documents(self) -> Sequence[Mapping[str, Any]]:
        """The newest pass of every CUBE as JSON."""

    def problems(self) -> Sequence[str]:
        """Why the daemon is not ready."""


def create_app(state: State, written: Exposition) -> FastAPI:
    """The application. `written` may be prepared by whoever knows that something changed."""
    app = FastAPI(title="trunkline", docs_url=None, redoc_url=None)
    _serve_health(app, state, written)
    _serve_api(app, state)
    certificates.serve(app, state.documents)
    pages.serve(app, state.documents, state.problems)
    return app


def _serve_health(app: FastAPI, state: State, written: Exposition) -> None:
    """What Prometheus and whoever supervises the process ask."""

    @app.get("/metrics")
    def metrics() -> PlainTextResponse:
        return PlainTextResponse(written.of(state.parts()), media_type=CONTENT_TYPE)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        problems = list(state.problems())
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)


def _serve_api(app: FastAPI, state: State) -> None:
    """What people and programs ask."""

    @app.get("/api/v1/links")
    def links() -> list[Any]:
        return [link for document in state.documents() for link in document["links"]]

    @app.get("/api/v1/links/{name}")
    def link(name: str) -> Any:
        for document in state.documents():
            for entry in document["links"]:
                if entry["name"] == name:
                    return {**entry, "pass": document}
        raise HTTPException(404, f"there is no link {name}")

    @app.get("/api/v1/passes")
    def passes() -> list[Any]:
        return list(state.documents())


class Listener:
    """The application on a thread of its own, where uvicorn leaves signals to whoever runs the daemon. `port` is the one that
    was chosen, where 0 was asked for.

    Raises Stalled where the address cannot be listened on.
    """

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._socket = _bound(host, port)
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(app, host, port, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="http", daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    is_dual = host == "::" and socket.has_dualstack_ipv6()  # all addresses of this machine, those of IPv4 too
    try:
        return socket.create_server((host, port), family=family, backlog=128, dualstack_ipv6=is_dual)
    except OSError as error:
        why = (error.strerror or str(error)).split(" (while", maxsplit=1)[0]
        raise Stalled(f"cannot listen on {host} port {port}: {why}; correct http.host and http.port") from error
