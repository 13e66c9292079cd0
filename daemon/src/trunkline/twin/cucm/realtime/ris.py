"""RISService70: `selectCmDevice` and `selectCmDeviceExt` for SIP trunks."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from lxml import etree

from trunkline.twin.cucm.soap import NAMESPACE, Refused, below, child, made

if TYPE_CHECKING:  # the node holds what this reads
    from trunkline.twin.cucm.node import Node

OPERATIONS = ("selectCmDevice", "selectCmDeviceExt")
SIP_TRUNK_MODEL = "131"
MOST_ITEMS = 1000
CLASSES = ("Any", "SIPTrunk")
REASONS = {"Unknown": "1", "UnRegistered": "6"}  # ConnectivityError


@dataclass(frozen=True)
class Row:
    """A trunk on a node."""

    name: str
    status: str
    at: int
    address: str


@dataclass(frozen=True)
class _Seen:
    """How far an earlier answer got with a node."""

    state: str
    told: int
    found: int


@dataclass
class Ris:
    """Asks every node of the cluster, whichever is asked. `nodes` may grow while it runs."""

    nodes: Callable[[], Iterable["Node"]]
    most_devices: int = MOST_ITEMS  # in one answer

    def answer(self, asked: etree._Element) -> etree._Element:
        """Raises Refused."""
        operation = etree.QName(asked).localname
        criteria = asked.find(f"{{{NAMESPACE}}}CmSelectionCriteria")
        if criteria is None or asked.find(f"{{{NAMESPACE}}}StateInfo") is None:
            raise Refused("Unmarshalling error: StateInfo and CmSelectionCriteria are required")
        if child(criteria, "SelectBy") not in ("Name", ""):
            raise Refused("The lab selects by name and nothing else")
        response = made(f"{operation}Response")
        returned = below(response, f"{operation if operation == OPERATIONS[0] else OPERATIONS[0]}Return")
        result = below(returned, "SelectCmDeviceResult")
        total, listed = below(result, "TotalDevicesFound"), below(result, "CmNodes")
        before, room, found = _parsed(child(asked, "StateInfo")), self._room(criteria), 0
        info = etree.Element("StateInfo", ClusterId="")
        for node in self.nodes():
            shown = _selected(node, criteria)
            found += len(shown or ())
            room -= _tell(below(listed, "item"), info, node, shown, before.get(node.spec.address), room)
        total.text = str(found)
        below(returned, "StateInfo", etree.tostring(info, encoding="unicode"))
        return response

    def _room(self, criteria: etree._Element) -> int:
        wanted = child(criteria, "MaxReturnedDevices")
        return min(int(wanted) if wanted.isdigit() and int(wanted) else MOST_ITEMS, self.most_devices)


def _tell(
    item: etree._Element, info: etree._Element, node: "Node", shown: list[Row] | None, before: _Seen | None, room: int
) -> int:
    """One node's part of the answer; returns how many devices it has taken."""
    address = node.spec.address
    code = "NodeNotResponding" if shown is None else "Ok" if shown else "NotFound"
    rows = shown or []
    state = str(zlib.crc32(repr(rows).encode()))
    is_same = before is not None and before.state == state
    is_partial = before is not None and is_same and before.told < before.found
    skipped = before.told if before and is_partial else 0
    is_unchanged = is_same and bool(rows) and not is_partial
    told = [] if is_unchanged else rows[skipped : skipped + max(room, 0)]
    for name, value in (("ReturnCode", code), ("Name", address), ("NoChange", str(is_unchanged).lower())):
        below(item, name, value)
    devices = below(item, "CmDevices")
    for row in told:
        _device(below(devices, "item"), row)
    upto = len(rows) if is_unchanged else skipped + len(told)
    seen = etree.SubElement(info, "Node", Name=address, SubsystemStartTime=str(node.service.starts), StateId=state)
    seen.set("TotalItemsFound", str(len(rows)))
    seen.set("TotalItemsReturned", str(upto))
    return len(told)


def _selected(node: "Node", criteria: etree._Element) -> list[Row] | None:
    """The trunks asked for that run, or ran since the service started; None where the node does not answer."""
    wanted_node = child(criteria, "NodeName").lower()
    if node.is_down:
        return None
    if wanted_node not in ("", "any", node.spec.address, node.spec.name.lower(), node.spec.fqdn.lower()):
        return []
    if not node.runs_callmanager or child(criteria, "DeviceClass") not in ("", *CLASSES):
        return []
    patterns = [(one.text or "").strip() for one in criteria.iterfind(f".//{{{NAMESPACE}}}Item")]
    wanted_status = child(criteria, "Status")
    since = int((node.service.started_at or node.clock()).timestamp())
    rows = [
        Row(name, status, since, address)
        for name, (status, address) in node.sip.statuses().items()
        if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
    ]
    return [row for row in rows if wanted_status in ("", "Any", row.status)]


def _device(item: etree._Element, row: Row) -> None:
    values: Mapping[str, str | None] = {
        "Name": row.name,
        "DirNumber": None,
        "DeviceClass": "SIPTrunk",
        "Model": SIP_TRUNK_MODEL,
        "Product": SIP_TRUNK_MODEL,
        "BoxProduct": "0",
        "Httpd": "No",
        "RegistrationAttempts": "0",
        "IsCtiControllable": "false",
        "LoginUserId": None,
        "Status": row.status,
        "StatusReason": REASONS.get(row.status, "0"),
        "PerfMonObject": "2",
        "DChannel": "0",
        "Description": row.name,
        "H323Trunk": None,
        "TimeStamp": str(row.at),
        "Protocol": "SIP",
        "NumOfLines": "0",
        "LinesStatus": None,
        "ActiveLoadID": None,
        "InactiveLoadID": None,
        "DownloadStatus": "Unknown",
        "DownloadFailureReason": None,
        "DownloadServer": None,
    }
    for name, value in values.items():
        below(item, name, value, is_nil=value is None)
    address = below(below(item, "IPAddress"), "item")
    for name, value in (("IP", row.address), ("IPAddrType", "ipv4"), ("Attribute", "Unknown")):
        below(address, name, value)


def _parsed(state: str) -> dict[str, _Seen]:
    """By node's address; nothing for the first request. Raises Refused."""
    if not state.strip():
        return {}
    try:
        nodes = etree.fromstring(state).iterfind("Node")
        return {
            str(one.get("Name")): _Seen(
                str(one.get("StateId")), int(one.get("TotalItemsReturned", 0)), int(one.get("TotalItemsFound", 0))
            )
            for one in nodes
        }
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("The StateInfo is not one of this cluster") from error
