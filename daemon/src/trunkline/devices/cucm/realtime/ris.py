"""What RIS is asked of SIP trunks, and what it answers. Pure.

Source: Cisco serviceability SOAP API, RISService70.wsdl, `selectCmDevice`: one row for each device on each node, of those that
registered with, or were used by, the node's CallManager since that started.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from trunkline.devices.cucm.soap.envelope import NotUnderstood, below, element, enveloped, named, opened, text
from trunkline.model.realtime import TrunkStatus

ACTION = "selectCmDevice"
MOST_DEVICES = 1000
"""In one answer; some releases give more, none less."""
ANY_MODEL = "255"
TOLD = ("Ok", "NotFound")
"""Return codes of a node that answered: the latter says that no such device registered there since its service started."""
STATUSES = {
    "Registered": TrunkStatus.REGISTERED,
    "PartiallyRegistered": TrunkStatus.PARTIALLY_REGISTERED,
    "UnRegistered": TrunkStatus.UNREGISTERED,
    "Rejected": TrunkStatus.REJECTED,
    "Unknown": TrunkStatus.UNKNOWN,
}


@dataclass(frozen=True)
class Page:
    """One answer: trunks by node, as the cluster calls it, of the nodes that told; and how to go on.

    A node that knows none of the devices has none; one that did not answer RIS is not among them, nor one of which an earlier
    page told all.
    """

    nodes: Mapping[str, Mapping[str, TrunkStatus]] = field(default_factory=dict)
    found: int = 0  # devices there are
    told: int = 0  # devices in this answer
    state: str = ""  # for the next page


def portions(names: Sequence[str], nodes: int) -> list[Sequence[str]]:
    """So many names at once that their rows, one on each node, fit one answer."""
    size = max(1, MOST_DEVICES // max(1, nodes))
    return [names[start : start + size] for start in range(0, len(names), size)]


def request(trunks: Iterable[str], state: str = "") -> bytes:
    """`state` is that of the page before; empty for the first."""
    asked = element(ACTION)
    below(asked, "StateInfo", state)
    criteria = below(asked, "CmSelectionCriteria")
    for name, value in (
        ("MaxReturnedDevices", str(MOST_DEVICES)),
        ("DeviceClass", "SIPTrunk"),
        ("Model", ANY_MODEL),
        ("Status", "Any"),
        ("NodeName", ""),
        ("SelectBy", "Name"),
    ):
        below(criteria, name, value)
    items = below(criteria, "SelectItems")
    for trunk in trunks:
        below(below(items, "item"), "Item", trunk)
    below(criteria, "Protocol", "Any")
    below(criteria, "DownloadStatus", "Any")
    return enveloped(asked)


def page(answer: bytes) -> Page:
    """Raises SoapFault, and NotUnderstood for what is no answer to the question."""
    envelope = opened(answer)
    result = next(named(envelope, "SelectCmDeviceResult"), None)
    if result is None:
        raise NotUnderstood("it holds no SelectCmDeviceResult")
    nodes: dict[str, Mapping[str, TrunkStatus]] = {}
    told = 0
    for node in (item for listed in named(result, "CmNodes") for item in listed.iterchildren("{*}item")):
        name = _child(node, "Name")
        if not name or _child(node, "ReturnCode") not in TOLD or _child(node, "NoChange").lower() in ("true", "1"):
            continue
        devices = [item for listed in node.iterchildren("{*}CmDevices") for item in listed.iterchildren("{*}item")]
        told += len(devices)
        nodes[name] = _statuses(devices)
    return Page(nodes, _number(text(result, "TotalDevicesFound")), told, _state(envelope))


def _statuses(devices: Iterable[etree._Element]) -> dict[str, TrunkStatus]:
    """A device that left more than one row is what the youngest says; a status that nobody documents is none."""
    newest: dict[str, tuple[int, str]] = {}
    for device in devices:
        name, at = _child(device, "Name"), _number(_child(device, "TimeStamp"))
        if name and at >= newest.get(name, (0, ""))[0]:
            newest[name] = (at, _child(device, "Status"))
    return {name: STATUSES[status] for name, (_, status) in newest.items() if status in STATUSES}


def _child(above: etree._Element, name: str) -> str:
    found = next(above.iterchildren(f"{{*}}{name}"), None)
    return (found.text or "").strip() if found is not None else ""


def _state(envelope: etree._Element) -> str:
    """Beside the result, not within: as it came, for it is XML in itself."""
    found = next(named(envelope, "StateInfo"), None)
    return (found.text or "") if found is not None else ""


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0  # digits of 64 bits
