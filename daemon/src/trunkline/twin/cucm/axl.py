"""AXL over HTTP: envelopes, faults, and the operations on the database."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from trunkline.twin.cucm import schema
from trunkline.twin.cucm.database import TYPES, Database, Fault, ObjectType, rendered

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
OPERATION = re.compile(r"^(get|add|update|remove|list|apply|reset|restart)([A-Z]\w+)$")
WRITES = ("add", "update", "remove", "apply", "reset", "restart", "do")
ACTIVATIONS = {
    "resetSipTrunk",
    "restartSipTrunk",
    "applySipTrunkSecurityProfile",
    "resetSipTrunkSecurityProfile",
    "applySipProfile",
    "restartSipProfile",
}


@dataclass(frozen=True)
class NodeRow:
    """A server as listProcessNode tells it."""

    name: str
    usage: str  # "Publisher" or "Subscriber"
    description: str = ""


@dataclass
class AxlService:
    """The operations. `activate` is told of every apply, reset and restart: (operation, name of the object)."""

    database: Database
    version: str
    nodes: tuple[NodeRow, ...]
    activate: Callable[[str, str], None]
    shuffles_next_answer: bool = field(default=False)

    def answer(self, body: bytes, action: str) -> tuple[int, bytes]:
        """HTTP status and body for a request body. `action` is the SOAPAction header."""
        operation = "unknown"
        try:
            request = self._request(body)
            operation = etree.QName(request).localname
            self._check_action(action, operation)
            response = self._dispatch(operation, request)
        except Fault as fault:
            return 500, _fault(fault, operation)
        problem = schema.problem_of(response)
        if problem:
            raise AssertionError(f"the answer of the lab to {operation} does not fit the schema: {problem}")
        if int(self.version.split(".")[0]) >= 14:
            _null_as_since_14(response)
        if self.shuffles_next_answer:
            self.shuffles_next_answer = False
            _shuffle(response)
        return 200, _envelope(response)

    def _request(self, body: bytes) -> etree._Element:
        try:
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            raise Fault(5000, f"Unable to parse the request: {error}") from error
        container = root.find(f"{{{ENVELOPE}}}Body")
        if container is None or not len(container):
            raise Fault(5000, "The request has no body")
        request = container[0]
        if etree.QName(request).namespace != schema.NAMESPACE:
            raise Fault(5000, f"Unknown namespace {etree.QName(request).namespace}")
        etree.cleanup_namespaces(request)
        problem = schema.problem_of(request)
        if problem:
            raise Fault(5000, problem)
        return request

    def _check_action(self, action: str, operation: str) -> None:
        match = re.fullmatch(r'"?CUCM:DB ver=([\d.]+)(?: (\w+))?"?', action)
        if match and match[2] and match[2] != operation:
            raise Fault(5000, f"SOAPAction names {match[2]}, the body {operation}")

    def _dispatch(self, operation: str, request: etree._Element) -> etree._Element:
        special = getattr(self, f"_op_{operation}", None)
        if special:
            made: etree._Element = special(request)
            return made
        match = OPERATION.match(operation)
        kind = TYPES.get(match[2]) if match else None
        if match is None or kind is None:
            raise Fault(5000, f"The lab does not know the operation {operation}")
        verb: Callable[[ObjectType, etree._Element, str], etree._Element] = getattr(self, f"_{match[1]}")
        return verb(kind, request, operation)

    def _response(self, operation: str) -> tuple[etree._Element, etree._Element]:
        response = etree.Element(f"{{{schema.NAMESPACE}}}{operation}Response", nsmap={"ns": schema.NAMESPACE})
        return response, etree.SubElement(response, "return")

    def _get(self, kind: ObjectType, request: etree._Element, operation: str) -> etree._Element:
        record = self.database.find(kind, request)
        tags = request.find("returnedTags")
        wanted = {str(tag.tag) for tag in tags} if tags is not None and len(tags) else None
        response, returned = self._response(operation)
        returned.append(rendered(kind, record, "R", wanted))
        return response

    def _list(self, kind: ObjectType, request: etree._Element, operation: str) -> etree._Element:
        criteria = request.find("searchCriteria")
        if criteria is None or not len(criteria):
            raise Fault(5000, "At least one search criterion must be given")
        tags = request.find("returnedTags")
        wanted = {str(tag.tag) for tag in tags} if tags is not None else set()
        response, returned = self._response(operation)
        skip, first = int(request.findtext("skip") or 0), int(request.findtext("first") or 2**31)
        matching = [record for record in self.database.listed(kind) if _matches(record.text, criteria)]
        for record in matching[skip : skip + first]:
            returned.append(rendered(kind, record, "L", wanted or None))
        return response

    def _standard(self, operation: str, uuid: str) -> etree._Element:
        response, returned = self._response(operation)
        returned.text = uuid
        return response

    def _add(self, kind: ObjectType, request: etree._Element, operation: str) -> etree._Element:
        given = request.find(kind.element)
        assert given is not None  # noqa: S101 - the schema demands it
        return self._standard(operation, self.database.add(kind, given).uuid)

    def _update(self, kind: ObjectType, request: etree._Element, operation: str) -> etree._Element:
        record = self.database.find(kind, request)
        self.database.update(kind, record, _with_destinations(record.values, request))
        return self._standard(operation, record.uuid)

    def _remove(self, kind: ObjectType, request: etree._Element, operation: str) -> etree._Element:
        record = self.database.find(kind, request)
        self.database.remove(kind, record)
        return self._standard(operation, record.uuid)

    def _activated(self, kind: ObjectType, request: etree._Element, operation: str) -> etree._Element:
        if operation not in ACTIVATIONS:
            raise Fault(5000, f"The lab does not know the operation {operation}")
        record = self.database.find(kind, request)
        self.activate(operation, record.text("name"))
        return self._standard(operation, record.uuid)

    _apply = _reset = _restart = _activated

    def _op_getCCMVersion(self, _request: etree._Element) -> etree._Element:  # noqa: N802 - the operation's name
        response, returned = self._response("getCCMVersion")
        component = etree.SubElement(returned, "componentVersion")
        etree.SubElement(component, "version").text = self.version
        return response

    def _op_listProcessNode(self, request: etree._Element) -> etree._Element:  # noqa: N802 - the operation's name
        response, returned = self._response("listProcessNode")
        tags = request.find("returnedTags")
        wanted = {str(tag.tag) for tag in tags} if tags is not None else set()
        rows = (NodeRow("EnterpriseWideData", "Publisher"), *self.nodes)
        for number, row in enumerate(rows):
            made = etree.SubElement(returned, "processNode", uuid=f"{{{number:08X}-0000-0000-0000-000000000000}}")
            values = {"name": row.name, "description": row.description, "nodeUsage": row.usage}
            values["processNodeRole"] = "CUCM Voice/Video"
            for name, value in values.items():
                if name in wanted:
                    etree.SubElement(made, name).text = value
        return response

    def _op_listChange(self, request: etree._Element) -> etree._Element:  # noqa: N802 - the operation's name
        database = self.database
        start = request.find("startChangeId")
        if start is not None and start.get("queueId") not in (None, database.queue_id):
            raise Fault(5007, "The queueId value does not match the server. A full sync is needed")
        since = int(start.text or 0) if start is not None else database.stamps + 1
        response = etree.Element(f"{{{schema.NAMESPACE}}}listChangeResponse", nsmap={"ns": schema.NAMESPACE})
        info = etree.SubElement(response, "queueInfo")
        for name, value in (
            ("firstChangeId", 1),
            ("lastChangeId", database.stamps),
            ("nextStartChangeId", database.stamps + 1),
        ):
            etree.SubElement(info, name).text = str(value)
        etree.SubElement(info, "queueId").text = database.queue_id
        changes = etree.SubElement(response, "changes")
        wanted = {element.text for element in request.iterfind("objectList/object")}
        for entry in database.changes:
            if entry.number >= since and (not wanted or entry.kind in wanted):
                change = etree.SubElement(changes, "change", type=entry.kind, uuid=entry.uuid)
                etree.SubElement(change, "id").text = str(entry.number)
                etree.SubElement(change, "action").text = entry.action
                etree.SubElement(change, "doGet").text = "true"
                etree.SubElement(change, "changedTags")
        return response


def _with_destinations(values: dict[str, etree._Element], request: etree._Element) -> etree._Element:
    """addDestinations and removeDestinations edit the list; `destinations` replaces it."""
    stored = values.get("destinations")
    for verb in ("removeDestinations", "addDestinations"):
        edit = request.find(verb)
        if edit is None:
            continue
        current = [*stored] if stored is not None else []
        ports = {(d.findtext("addressIpv4"), d.findtext("port")) for d in edit}
        kept = [d for d in current if (d.findtext("addressIpv4"), d.findtext("port")) not in ports]
        merged = etree.SubElement(request, "destinations")
        merged.extend([*kept, *(edit if verb == "addDestinations" else [])])
        request.remove(edit)
        stored = merged
    return request


def _matches(text: Callable[[str], str], criteria: etree._Element) -> bool:
    return all(
        re.fullmatch(".*".join(map(re.escape, (criterion.text or "").split("%"))), text(str(criterion.tag)), re.IGNORECASE)
        for criterion in criteria
    )


def _null_as_since_14(response: etree._Element) -> None:
    """From CUCM 14 on a null foreign key is `<x uuid=""/>`, which its own schema does not allow."""
    for element in response.iter():
        is_empty = not element.text and not len(element) and not element.attrib
        if is_empty and isinstance(element.tag, str) and element.tag.endswith("Name"):
            element.set("uuid", "")


def _shuffle(response: etree._Element) -> None:
    """The last field first: some releases answer out of the schema's order."""
    for returned in response.iterfind("return/*"):
        if len(returned) > 1:
            returned.insert(0, returned[-1])


def _envelope(content: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(content)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def _fault(fault: Fault, operation: str) -> bytes:
    made = etree.Element(f"{{{ENVELOPE}}}Fault")
    etree.SubElement(made, "faultcode").text = fault.faultcode
    etree.SubElement(made, "faultstring").text = fault.message
    error = etree.SubElement(etree.SubElement(made, "detail"), "axlError")
    etree.SubElement(error, "axlcode").text = str(fault.code)
    etree.SubElement(error, "axlmessage").text = fault.message
    etree.SubElement(error, "request").text = operation
    return _envelope(made)
