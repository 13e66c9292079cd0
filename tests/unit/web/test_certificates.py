"""Certificates over HTTP: JSON with everything, and a page whose HTML is well-formed and escaped."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from lxml import html

from support.certificates import NOW, Estate, asking, made, watched
from trunkline.web.certificates import as_page, serve

SCRIPT = "<script>alert(1)</script>"


def client(documents: Sequence[Mapping[str, Any]]) -> TestClient:
    app = FastAPI()
    serve(app, lambda: documents)
    return TestClient(app)


@pytest.fixture
def recorded() -> list[Mapping[str, Any]]:
    return [Estate(standings=(asking(), watched())).recorded()]


def test_json_lists_every_certificate_with_what_blocks_it(recorded: list[Mapping[str, Any]]) -> None:
    answer = client(recorded).get("/api/v1/certificates").json()
    assert len(answer["certificates"]) == 9
    coming = next(one for one in answer["certificates"] if one["role"] == "coming identity")
    assert [(wait["code"], wait["asks"]["name"]) for wait in coming["waits"]] == [("restart", "cucm-pub")]
    assert (
        {"code", "is_broken", "text", "where", "source", "sha256"} == set(answer["findings"][0]) if answer["findings"] else True
    )


def test_the_page_has_a_row_for_each_and_the_picture(recorded: list[Mapping[str, Any]]) -> None:
    answer = client(recorded).get("/certificates")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = html.fromstring(answer.text)
    rows = page.xpath("//tbody/tr")
    assert len(rows) == 8
    assert "Cisco CallManager must be restarted" in rows[0].text_content()
    assert page.xpath("count(//*[local-name()='svg'])") == 1
    assert page.xpath("//html/@lang") == ["en"]
    assert len(page.xpath("//thead//th[@scope='col']")) == 5


def test_nothing_is_loaded_from_elsewhere(recorded: list[Mapping[str, Any]]) -> None:
    page = html.fromstring(client(recorded).get("/certificates").text)
    assert page.xpath("//@src | //script | //link | //@href[contains(., ':')]") == []


def test_what_devices_say_is_escaped() -> None:
    odd = made(SCRIPT, "Voice Issuing CA")
    page = as_page([Estate(nodes=(odd, Estate().nodes[1])).recorded()], NOW)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_what_is_broken_is_told_first() -> None:
    page = html.fromstring(as_page([Estate().recorded()], NOW + timedelta(days=170)))
    assert any("Seoul CA" in one for one in page.xpath("//ul[@id='broken']/li/text()"))
    assert not html.fromstring(as_page([Estate().recorded()], NOW)).xpath("//ul[@id='broken']")


def test_before_the_first_pass_there_is_an_empty_page() -> None:
    assert client([]).get("/api/v1/certificates").json()["certificates"] == []
    assert "No certificate was seen yet." in client([]).get("/certificates").text
