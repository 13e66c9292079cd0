"""Pages for people: how every link stands, what is known of one, and links between them that lead somewhere."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient
from lxml import html

from support.fake import FakeWorld
from trunkline.views import document
from trunkline.views.metrics.samples import Part
from trunkline.web.app import create_app
from trunkline.web.exposition import Exposition
from trunkline.web.pages import link_page, links_page

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"


class State:
    """What the pages ask."""

    def __init__(self) -> None:
        self.trouble: list[str] = []
        self.made: list[dict[str, Any]] = [document.of_pass(FakeWorld().converge("vg-yohur"))]

    def parts(self) -> Sequence[Part]:
        return []

    def documents(self) -> Sequence[Mapping[str, Any]]:
        return self.made

    def problems(self) -> Sequence[str]:
        return self.trouble

    def judge(self, status: str, message: str) -> None:
        """What the condition Ready of its link says."""
        ready = next(one for one in self.made[0]["links"][0]["conditions"] if one["type"] == "Ready")
        ready.update(status=status, message=message)


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def client(state: State) -> TestClient:
    return TestClient(create_app(state, Exposition()))


def page(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return html.fromstring(answer.text)


def texts(found: Any, expression: str) -> list[str]:
    return [" ".join(" ".join(one.itertext()).split()) for one in found.xpath(expression)]


def test_the_first_page_tells_of_every_link_and_every_cube(client: TestClient, state: State) -> None:
    state.judge("True", "everything that was asked for is so")
    (ready,) = texts(page(client, "/"), "//table[@id='links']/tbody/tr")
    assert ready.startswith("yohur-seoul vg-yohur ↔ seoul ✓ yes everything that was asked for is so ")
    state.judge("False", "no TLS connection with a node of seoul is established")
    (broken,) = texts(page(client, "/"), "//table[@id='links']/tbody/tr")
    assert "✗ no no TLS connection with a node of seoul is established" in broken
    (cube,) = texts(page(client, "/"), "//table[@id='cubes']/tbody/tr")
    assert cube.startswith("vg-yohur applied ")


def test_what_keeps_the_daemon_from_being_ready_is_told_first(client: TestClient, state: State) -> None:
    assert not page(client, "/").xpath("//ul[@id='problems']")
    state.trouble = ["cannot use commit abc: links/x.yaml:1:1: error"]
    assert texts(page(client, "/"), "//ul[@id='problems']/li") == state.trouble


def test_a_link_that_is_not_ready_comes_first() -> None:
    well, other = State(), State()
    well.judge("True", "it is well")
    other.judge("False", "it is down")
    other.made[0]["links"][0]["name"] = "zulu"
    found = html.fromstring(links_page([*well.made, *other.made], (), NOW))
    assert texts(found, "//table[@id='links']//a") == ["zulu", "yohur-seoul"]


def test_the_page_of_a_link_tells_every_condition_and_what_differs(client: TestClient, state: State) -> None:
    of_link = page(client, "/links/yohur-seoul")
    named = [row.xpath("string(td[1])") for row in of_link.xpath("//table[@id='conditions']/tbody/tr")]
    assert named == [one["type"] for one in state.made[0]["links"][0]["conditions"]]
    difference = {"slot": "session target", "before": "session target ipv4:10.9.9.9", "after": "session target ipv4:10.0.0.1"}
    change = {"action": "update", "key": "cube/vg-yohur dial-peer 100", "origin": None, "differences": [difference]}
    state.made[0]["remaining"] = [change]
    state.made[0]["changed_by"] = "changed by jovalver on vty0 at 12:01Z"
    known = page(client, "/links/yohur-seoul").xpath("string(//pre[@id='details'])")
    assert "differs: update cube/vg-yohur dial-peer 100\n" in known
    assert "changed by jovalver on vty0 at 12:01Z" in known
    (cube,) = texts(page(client, "/"), "//table[@id='cubes']/tbody/tr")
    assert "1 not as desired: cube/vg-yohur dial-peer 100 changed by jovalver" in cube


def test_what_could_not_be_read_stands_in_the_way_and_is_told_once(client: TestClient, state: State) -> None:
    why = "cannot connect to 10.0.0.9:22: Connection refused"
    whole = {"target": "cube/vg-yohur", "kind": None, "name": None, "reason": why, "evidence": ""}
    state.made[0]["gaps"] = [whole, {**whole, "kind": "dial-peer", "name": "100"}]
    (cube,) = texts(page(client, "/"), "//table[@id='cubes']/tbody/tr")
    assert cube.count(why) == 1
    state.made[0]["failure"] = {"reason": "device_unreachable", "message": why}
    (cube,) = texts(page(client, "/"), "//table[@id='cubes']/tbody/tr")
    assert cube.count(why) == 1


def test_a_link_that_nobody_knows_is_not_found(client: TestClient) -> None:
    assert client.get("/links/nowhere").status_code == 404


def test_before_the_first_pass_the_page_says_so(client: TestClient, state: State) -> None:
    state.made, state.trouble = [], ["no revision was read yet"]
    assert "No link was seen yet." in page(client, "/").text_content()


def test_every_link_between_pages_is_answered_from_here_and_nothing_is_loaded_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/links/yohur-seoul", "/certificates"):
        found = page(client, path)
        assert found.xpath("//@src | //script | //link") == []
        leads = found.xpath("//@href")
        assert len(leads) >= 3
        for lead in leads:
            assert not lead.startswith("/"), "a proxy may serve it below a prefix"
            assert client.get(urljoin(path, lead)).status_code == 200, lead


def test_what_devices_say_is_escaped(state: State) -> None:
    state.judge("False", SCRIPT)
    state.made[0]["failure"] = {"reason": "stalled", "message": SCRIPT}
    for made in (links_page(state.made, [SCRIPT], NOW), link_page(state.made[0], "yohur-seoul", NOW)):
        assert "<script" not in made
        assert "&lt;script&gt;" in made
