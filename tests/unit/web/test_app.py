"""The HTTP face over a state that tests hold."""

import socket
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from support.fake import FakeWorld
from trunkline.model.errors import Stalled
from trunkline.views import document
from trunkline.views.metrics.family import Sample
from trunkline.views.metrics.samples import Part
from trunkline.web.app import Listener, create_app
from trunkline.web.exposition import Exposition


class State:
    """What the pages ask."""

    def __init__(self) -> None:
        self.trouble: list[str] = []
        self.made = [document.of_pass(FakeWorld().converge("vg-yohur"))]

    def parts(self) -> Sequence[Part]:
        return [Part("one", None, lambda: iter([Sample("trunkline_source_broken", (), 0.0)]))]

    def documents(self) -> Sequence[Mapping[str, Any]]:
        return self.made

    def problems(self) -> Sequence[str]:
        return self.trouble


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def client(state: State) -> TestClient:
    return TestClient(create_app(state, Exposition()))


def test_metrics_are_text_in_the_format_of_prometheus(client: TestClient) -> None:
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "\ntrunkline_source_broken 0.0\n" in answer.text


def test_it_is_healthy_while_it_answers_and_ready_without_problems(client: TestClient, state: State) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert (client.get("/readyz").status_code, client.get("/readyz").json()) == (200, {"ready": True, "problems": []})
    state.trouble = ["cannot use commit abc: links/x.yaml:1:1: error"]
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json()["problems"] == state.trouble
    assert client.get("/healthz").status_code == 200, "a restart would not help"


def test_links_and_passes(client: TestClient) -> None:
    (link,) = client.get("/api/v1/links").json()
    assert (link["name"], link["cube"], link["cluster"]) == ("yohur-seoul", "vg-yohur", "seoul")
    assert client.get("/api/v1/links/yohur-seoul").json()["pass"]["cube"] == "vg-yohur"
    assert [entry["result"] for entry in client.get("/api/v1/passes").json()] == ["applied"]


def test_a_link_that_nobody_knows_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/v1/links/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"detail": "there is no link nowhere"})


def test_it_listens_and_stops(state: State) -> None:
    listener = Listener(create_app(state, Exposition()), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.port}/healthz"
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.status == 200
    listener.stop()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url, timeout=60)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]"])
def test_all_addresses_are_those_of_both_kinds(state: State, address: str) -> None:
    listener = Listener(create_app(state, Exposition()), "::", 0)
    try:
        with urllib.request.urlopen(f"http://{address}:{listener.port}/healthz", timeout=60) as answer:
            assert answer.status == 200
    finally:
        listener.stop()


def test_an_address_that_is_taken_is_one_line(state: State) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Stalled, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use; correct http.host"):
            Listener(create_app(state, Exposition()), "127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_one_line(state: State, host: str) -> None:
    with pytest.raises(Stalled, match=f"cannot listen on {host} port 1"):
        Listener(create_app(state, Exposition()), host, 1)
