"""PerfmonService: one-shot collection, and lists of objects and instances, of the node that is asked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lxml import etree

from trunkline.twin.cucm.realtime.counting import Calls
from trunkline.twin.cucm.soap import Refused, below, child, made

if TYPE_CHECKING:  # the node holds what this reads
    from trunkline.twin.cucm.node import Node

CALLMANAGER, TRUNKS, STACK = "Cisco CallManager", "Cisco SIP", "Cisco SIP Stack"
OBJECTS = (CALLMANAGER, TRUNKS, STACK)
COLLECT, LIST, INSTANCES = "perfmonCollectCounterData", "perfmonListCounter", "perfmonListInstance"
OPERATIONS = (COLLECT, LIST, INSTANCES)
GOOD = "1"


def answer(asked: etree._Element, node: "Node", status: str = GOOD) -> etree._Element:
    """`status` is the CStatus of every counter. Raises Refused."""
    operation, host, kind = etree.QName(asked).localname, child(asked, "Host"), child(asked, "Object")
    if host.lower() not in node.perfmon_names():
        raise Refused(f"Error connecting to {host}: perfmon service is not available")
    if operation != LIST and kind not in OBJECTS:
        raise Refused(f"The perfmon object {kind} does not exist on {host}")
    response = made(f"{operation}Response")
    if operation == LIST:
        for name in OBJECTS:
            _describe(below(response, f"{operation}Return"), name, node)
    elif operation == INSTANCES:
        for instance in sorted({instance for instance, _, _ in _values(node, kind) if instance}):
            below(below(response, f"{operation}Return"), "Name", instance)
    else:
        for instance, name, value in _values(node, kind):
            shown = f"{kind}({instance})" if instance else kind
            _tell(below(response, f"{operation}Return"), rf"\\{host}\{shown}\{name}", value, status)
    return response


def _tell(row: etree._Element, name: str, value: int, status: str) -> None:
    for field, text in (("Name", name), ("Value", str(value)), ("CStatus", status)):
        below(row, field, text)


def _describe(row: etree._Element, kind: str, node: "Node") -> None:
    below(row, "Name", kind)
    below(row, "MultiInstance", str(kind == TRUNKS).lower())
    listed = below(row, "ArrayOfCounter")
    for name in dict.fromkeys(name for _, name, _ in _values(node, kind)):
        below(below(listed, "item"), "Name", name)


def _values(node: "Node", kind: str) -> Iterator[tuple[str, str, int]]:
    """Instance, counter, value. A service that does not run has none."""
    if not node.runs_callmanager:
        return
    counting = node.sip.counting
    if kind == CALLMANAGER:
        calls = counting.calls.values()
        yield "", "CallManagerHeartBeat", max(node.service.up_seconds, 0)
        yield "", "CallsActive", sum(one.active for one in calls)
        yield "", "InitializationState", 100
        yield "", "TLSConnectedSIPTrunks", len(node.sip.connected())
    elif kind == TRUNKS:
        for trunk in sorted(node.sip.trunks):
            of = counting.calls.get(trunk, Calls())
            yield trunk, "CallsActive", of.active
            yield trunk, "CallsAttempted", of.attempted
            yield trunk, "CallsCompleted", of.completed
            yield trunk, "CallsInProgress", of.active
    else:
        for name, value in sorted(counting.stack.items()):
            yield "", name, value
