"""The operations of AXL on the database of a cluster."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from trunkline.twin.cucm.axl import schema
from trunkline.twin.cucm.axl.database import Database
from trunkline.twin.cucm.axl.envelope import Fault, HttpRefusal, enveloped, fault_bytes, request_in, shuffle, version_of
from trunkline.twin.cucm.axl.facts import SPECIAL, NodeRow
from trunkline.twin.cucm.axl.objects import TYPES, ObjectType, Record
from trunkline.twin.cucm.axl.rendering import criteria_in, matches, rendered, tags_in, window_in, write_nulls
from trunkline.twin.cucm.axl.schema import Schema
from trunkline.twin.cucm.faults import HttpFaults

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
ANSWER_LIMIT_BYTES = 8 * 2**20
OUT_OF_MEMORY = "Maximum AXL Memory Allocation Consumed. Please retry once requests in progress have completed"


@dataclass
class AxlService:
    """AXL on one node. `on_write` is told of every change that may count at once or by an activation:
    (operation, name of the object).
    """

    database: Database
    release: str  # "14.0.1.13900(155)"
    nodes: tuple[NodeRow, ...]
    on_write: Callable[[str, str], None]
    is_publisher: bool = True
    faults: HttpFaults = field(default_factory=HttpFaults)
    answer_limit_bytes: int = ANSWER_LIMIT_BYTES

    def answer(self, body: bytes, action: str, *, may_write: bool = True) -> tuple[int, bytes]:
        """HTTP status and body for a request body; `action` is the SOAPAction header. Raises HttpRefusal."""
        operation = "unknown"
        try:
            request = request_in(body)
            version = version_of(request, action)
            operation = etree.QName(request).localname
            if operation.startswith(WRITES):
                self._admit_write(may_write=may_write)
            return 200, self._carry_out(operation, request, schema.of(version))
        except Fault as fault:
            return 500, fault_bytes(fault, operation)

    def _admit_write(self, *, may_write: bool) -> None:
        """A reader who writes gets 401, not 403 (Cisco AXL developer guide). What a subscriber says is not known."""
        if not may_write:
            raise HttpRefusal(401)
        if not self.is_publisher:
            raise Fault(5003, "The database of a subscriber is read only")
        self.database.writes.push()

    def _carry_out(self, operation: str, request: etree._Element, of_schema: Schema) -> bytes:
        problem = of_schema.problem_of(request)
        if problem:
            raise Fault(5000, problem)
        if self.faults.axl_out_of_memory_count:
            self.faults.axl_out_of_memory_count -= 1
            raise Fault(-1, OUT_OF_MEMORY)
        match = OPERATION.match(operation)
        kind = TYPES.get(match[2]) if match else None
        response = self._response_to(operation, request, of_schema, kind)
        problem = of_schema.problem_of(response)
        if problem:
            raise AssertionError(f"the answer of the lab to {operation} does not fit the schema: {problem}")
        if kind:
            write_nulls(response, kind, of_schema, since_14=int(self.release.split(".")[0]) >= 14)
        if self.faults.axl_shuffles:
            shuffle(response)
        answer = enveloped(response)
        if len(answer) > self.answer_limit_bytes:
            raise self._too_large(len(response.findall("return/*")), len(answer))
        return answer

    def _too_large(self, rows: int, size_bytes: int) -> Fault:
        fewer = max(1, rows * self.answer_limit_bytes // size_bytes)
        return Fault(
            -1, f"Query request too large. Total rows matched: {rows} rows. Suggestive Row Fetch: less than {fewer} rows"
        )

    def _response_to(
        self, operation: str, request: etree._Element, of_schema: Schema, kind: ObjectType | None
    ) -> etree._Element:
        response = etree.Element(f"{{{of_schema.namespace}}}{operation}Response", nsmap={"ns": of_schema.namespace})
        special = SPECIAL.get(operation)
        if special:
            special(self, request, response)
            return response
        verb = getattr(self, f"_{operation.removesuffix(kind.name)}", None) if kind else None
        if kind is None or verb is None:
            raise Fault(5000, f"The lab does not know the operation {operation}")
        returned = etree.SubElement(response, "return")
        done: Record | list[etree._Element] = verb(kind, request, of_schema)
        if isinstance(done, list):
            returned.extend(done)
            return response
        returned.text = done.uuid
        if operation.startswith(WRITES):
            self.on_write(operation, done.text(kind.naming[0]))
        return response

    def _get(self, kind: ObjectType, request: etree._Element, of_schema: Schema) -> list[etree._Element]:
        record = self.database.find(kind, request)
        return [rendered(kind, record, (of_schema, "R"), tags_in(request) or None, self.database.names())]

    def _list(self, kind: ObjectType, request: etree._Element, of_schema: Schema) -> list[etree._Element]:
        criteria = criteria_in(request)
        skip, first = window_in(request)
        matching = [record for record in self.database.listed(kind) if matches(record.text, criteria)]
        wanted, known = tags_in(request) or None, self.database.names()
        return [rendered(kind, record, (of_schema, "L"), wanted, known) for record in matching[skip : skip + first]]

    def _add(self, kind: ObjectType, request: etree._Element, of_schema: Schema) -> Record:
        given = request.find(kind.element)
        assert given is not None  # noqa: S101 - the schema demands it
        return self.database.add(kind, given, of_schema)

    def _update(self, kind: ObjectType, request: etree._Element, of_schema: Schema) -> Record:
        record = self.database.find(kind, request)
        self.database.update(kind, record, _with_destinations(record.values, request), of_schema)
        return record

    def _remove(self, kind: ObjectType, request: etree._Element, _of_schema: Schema) -> Record:
        record = self.database.find(kind, request)
        self.database.remove(kind, record)
        return record

    def _activated(self, kind: ObjectType, request: etree._Element, _of_schema: Schema) -> Record:
        if etree.QName(request).localname not in ACTIVATIONS:
            raise Fault(5000, f"The lab does not know the operation {etree.QName(request).localname}")
        return self.database.find(kind, request)

    _apply = _reset = _restart = _activated


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
