"""A diagnosis in a terminal: no line too long, nothing steers the terminal, JSON of the same content."""

import json

import pytest

from support.certificates import NOW
from support.sick import CUBE, PROFILE, Sick
from trunkline.model.cause import Certainty, Cure, Diagnosis, Finding, Health, Looked, Sight
from trunkline.model.key import Kind
from trunkline.views import diagnosis as view


def broken() -> Diagnosis:
    sick = Sick()
    sick.objects[PROFILE]["x509SubjectName"] = "nobody.example.com"
    sick.section(Kind.DIAL_PEER, "100")["shutdown"] = "shutdown"
    return sick.diagnosed()


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = list(view.text(broken(), width))
    assert max(map(len, lines)) <= width
    verdict = " ".join(line.strip() for line in lines[: lines.index("")])
    assert verdict == "! vg-seoul: at risk. Connected with every node of seoul, but a dial-peer is shut down or missing"
    assert "       dial-peer voice 100 voip" in lines and "        no shutdown" in lines
    assert lines.index("looked at") > next(n for n, line in enumerate(lines) if line.startswith("2. "))


def test_what_a_device_says_does_not_steer_the_terminal() -> None:
    finding = Finding("busyout", "x", Certainty.POSSIBLE, (Sight(CUBE, "\x1b]0;gotcha\x07"),), (Cure("do \x1b[2J"),))
    looked = (Looked("syslog", None, "none\r\nnone"),)
    found = Diagnosis("l", "vg", "seoul", "r1", NOW, Health.DOWN, "down", (finding,), looked)
    assert all(letter.isprintable() for line in view.text(found, 80) for letter in line)


def test_what_follows_says_from_which_and_has_no_cure_of_its_own() -> None:
    root = Finding("node-down", "a node is down", Certainty.SEEN, (), (Cure("bring it up"),))
    after = Finding("busyout", "busy", Certainty.POSSIBLE, (), (Cure("never shown"),), follows_from="node-down")
    found = Diagnosis("l", "vg", "seoul", "r1", NOW, Health.DOWN, "down", (root, after))
    text = "\n".join(view.text(found, 80))
    assert "2. Busy   [follows from 1: busyout]" in text
    assert "never shown" not in text


def test_json_tells_the_same() -> None:
    told = json.loads(json.dumps(view.document(broken())))
    assert [one["code"] for one in told["findings"]] == ["dial-peer-down", "name-mismatch"]
    assert told["findings"][0]["cures"][-1]["lines"] == ["dial-peer voice 100 voip", " no shutdown"]
    assert (told["health"], told["findings"][0]["certainty"]) == ("at risk", "seen")
