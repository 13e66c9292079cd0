"""Operations that are about the cluster rather than about its objects."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from trunkline.twin.cucm.axl.database import Database
from trunkline.twin.cucm.axl.envelope import Fault
from trunkline.twin.cucm.axl.objects import TYPES
from trunkline.twin.cucm.axl.rendering import criteria_in, matches, tags_in, window_in


@dataclass(frozen=True)
class NodeRow:
    """A server as listProcessNode tells it."""

    name: str
    usage: str  # "Publisher" or "Subscriber"
    description: str = ""

    @property
    def uuid(self) -> str:
        return f"{{{str(uuid.uuid5(uuid.NAMESPACE_DNS, self.name)).upper()}}}"

    def text(self, field: str) -> str:
        return {
            "name": self.name,
            "description": self.description,
            "nodeUsage": self.usage,
            "processNodeRole": "CUCM Voice/Video",
        }.get(field, "")

    def rendered(self, wanted: set[str]) -> etree._Element:
        made = etree.Element("processNode", uuid=self.uuid)
        for name in ("name", "description", "nodeUsage", "processNodeRole"):
            if not wanted or name in wanted:
                etree.SubElement(made, name).text = self.text(name)
        return made


class Service(Protocol):
    """What these operations need of the service that was asked; `AxlService` tells what each is."""

    @property
    def database(self) -> Database: ...
    @property
    def release(self) -> str: ...
    @property
    def nodes(self) -> tuple[NodeRow, ...]: ...
    @property
    def on_write(self) -> Callable[[str, str], None]: ...


def _rows(service: Service) -> tuple[NodeRow, ...]:
    """With the pseudo node that every cluster has."""
    return (NodeRow("EnterpriseWideData", "Publisher"), *service.nodes)


def _ccm_version(service: Service, _request: etree._Element, response: etree._Element) -> None:
    component = etree.SubElement(etree.SubElement(response, "return"), "componentVersion")
    etree.SubElement(component, "version").text = service.release


def _get_process_node(service: Service, request: etree._Element, response: etree._Element) -> None:
    name, wanted = request.findtext("name"), request.findtext("uuid")
    found = next((row for row in _rows(service) if row.name == name or row.uuid == wanted), None)
    if found is None:
        raise Fault(5007, f"Item not valid: The specified {name or wanted} was not found")
    etree.SubElement(response, "return").append(found.rendered(tags_in(request)))


def _list_process_node(service: Service, request: etree._Element, response: etree._Element) -> None:
    criteria = criteria_in(request)
    skip, first = window_in(request)
    found = [row for row in _rows(service) if matches(row.text, criteria)]
    etree.SubElement(response, "return").extend([row.rendered(tags_in(request)) for row in found[skip : skip + first]])


def _list_change(service: Service, request: etree._Element, response: etree._Element) -> None:
    queue = service.database.changes
    start = request.find("startChangeId")
    kinds = {element.text for element in request.iterfind("objectList/object")}
    queue_id, since = (None, None) if start is None else (start.get("queueId"), int(start.text or 0))
    entries, following = queue.page(queue_id, since, {kind for kind in kinds if kind})
    info = etree.SubElement(response, "queueInfo")
    for name, value in (("firstChangeId", 1), ("lastChangeId", queue.last), ("nextStartChangeId", following)):
        etree.SubElement(info, name).text = str(value)
    etree.SubElement(info, "queueId").text = queue.queue_id
    changes = etree.SubElement(response, "changes")
    for entry in entries:
        change = etree.SubElement(changes, "change", type=entry.kind, uuid=entry.uuid)
        etree.SubElement(change, "id").text = str(entry.number)
        etree.SubElement(change, "action").text = entry.action
        etree.SubElement(change, "doGet").text = "true"
        etree.SubElement(change, "changedTags")


def _device_reset(service: Service, request: etree._Element, response: etree._Element) -> None:
    """The way to "Apply Config" for a trunk, which has no apply operation of its own."""
    name = request.findtext("deviceName") or ""
    record = service.database.by_name(TYPES["SipTrunk"], (name,))
    if record is None:
        raise Fault(5007, f"Item not valid: The specified {name} was not found")
    service.on_write("resetSipTrunk", name)
    etree.SubElement(response, "return").text = record.uuid


SPECIAL: dict[str, Callable[[Service, etree._Element, etree._Element], None]] = {
    "getCCMVersion": _ccm_version,
    "getProcessNode": _get_process_node,
    "listProcessNode": _list_process_node,
    "listChange": _list_change,
    "doDeviceReset": _device_reset,
}
