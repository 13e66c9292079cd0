"""What `plan` prints is what the devices receive: configuration lines one by one, AXL operations field by field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from lxml import etree

from support.scene import Scene
from trunkline.service.world import PassOptions, World
from trunkline.twin.cube.cli.shell import Shell
from trunkline.twin.cucm.axl.service import AxlService
from trunkline.views import text

OWN_LINES = ("configure terminal", "end", "write memory")
READING = ("show ", "crypto pki export ", "terminal ")
WRITES = ("add", "update", "remove", "reset")
OPERATION = re.compile(rf" {{6}}(?:{'|'.join(WRITES)})[A-Z]\w+")
LINK = "links/yohur-seoul.yaml"


@dataclass
class Received:
    """What the devices were told to change, in the form of a plan: a line each, AXL as operation and sorted fields."""

    lines: list[str] = field(default_factory=list)
    operations: list[list[str]] = field(default_factory=list)

    def typed(self, line: str) -> None:
        if line not in OWN_LINES and not line.startswith(READING):
            self.lines.append(line)

    def posted(self, body: bytes) -> None:
        request = etree.fromstring(body).find("{*}Body/*")
        assert request is not None
        operation = etree.QName(request).localname
        if operation.startswith(WRITES):
            self.operations.append([operation, *sorted(_fields(request))])


def _fields(request: etree._Element) -> Iterator[str]:
    destinations = request.findall(".//{*}addressIpv4")
    if destinations:
        peers = zip(destinations, request.findall(".//{*}destination/{*}port"), strict=True)
        yield "destinations=" + ",".join(f"{address.text}:{port.text}" for address, port in peers)
    for element in request.iter():
        name = etree.QName(element).localname
        if len(element) == 0 and name not in ("addressIpv4", "port", "sortOrder"):
            yield f"{name}={element.text or ''}"


def _printed(planned: list[str]) -> Received:
    """The commands of a printed plan. Certificates stand in it as a placeholder, with nothing to compare."""
    found = Received()
    operation: list[str] | None = None
    for line in planned:
        if not line.startswith(" " * 6):
            operation = None
        elif "certificate with SHA-256" in line or line.strip().startswith("CallManager-trust of "):
            continue
        elif operation is not None:
            operation.append(line.strip())
        elif OPERATION.fullmatch(line):
            operation = [line.strip()]
            found.operations.append(operation)
        else:
            found.lines.append(line.strip())
    found.operations = [[name, *sorted(fields)] for name, *fields in found.operations]
    return found


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Received:
    heard = Received()
    execute, answer = Shell.execute, AxlService.answer

    async def hear_line(self: Shell, line: str) -> None:
        heard.typed(line)
        await execute(self, line)

    def hear_body(self: AxlService, body: bytes, action: str, **more: Any) -> tuple[int, bytes]:
        heard.posted(body)
        return answer(self, body, action, **more)

    monkeypatch.setattr(Shell, "execute", hear_line)
    monkeypatch.setattr(AxlService, "answer", hear_body)
    return heard


def _compare(scene: Scene, world: World, received: Received, revision: str) -> Received:
    documents = scene.documents()
    planned = world.run_pass(documents, revision, "vg-yohur", PassOptions(is_dry=True, is_full=True))
    received.lines.clear()
    received.operations.clear()
    done = world.run_pass(documents, revision, "vg-yohur", PassOptions(is_full=True))
    world.journal.record(done)
    assert done.is_converged, done
    printed = _printed(list(text.plan(planned)))
    assert received.lines == printed.lines
    # deletions are printed first and carried out last
    assert sorted(received.operations) == sorted(printed.operations)
    return printed


def test_what_is_created_changed_and_taken_away(scene: Scene, received: Received) -> None:
    world = scene.world()
    try:
        created = _compare(scene, world, received, "r1")
        scene.rewrite(LINK, '"1..."', '"2..."')
        scene.rewrite(LINK, "up_seconds: 60", "up_seconds: 90")
        text_without_route = (scene.folder / LINK).read_text().partition("route_patterns:")[0]
        (scene.folder / LINK).write_text(text_without_route)
        changed = _compare(scene, world, received, "r2")
    finally:
        world.close()
    assert [operation[0] for operation in created.operations] == [
        "addSipProfile",
        "addSipTrunkSecurityProfile",
        "addSipTrunk",
        "resetSipTrunk",
        "addRoutePattern",
    ]
    assert {operation[0] for operation in changed.operations} == {"removeRoutePattern", "updateSipProfile", "resetSipTrunk"}
    assert "destination-pattern 2..." in changed.lines
