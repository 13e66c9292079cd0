"""The cluster's database: objects as the schema describes them, and their changes."""

import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from trunkline.twin.cucm.axl import rules
from trunkline.twin.cucm.axl.envelope import Fault
from trunkline.twin.cucm.axl.objects import STANDARD_SECURITY_PROFILE, STANDARD_SIP_PROFILES, TYPES, ObjectType, Record
from trunkline.twin.cucm.axl.queue import ChangeQueue, WriteQueue, new_uuid
from trunkline.twin.cucm.axl.schema import TOOLKIT_VERSION, Schema, of

STANDARD_OBJECTS = (
    ("SipTrunkSecurityProfile", STANDARD_SECURITY_PROFILE, {"securityMode": "Non Secure", "outgoingTransport": "TCP"}),
    *(("SipProfile", name, {}) for name in STANDARD_SIP_PROFILES),
)


@dataclass
class Database:
    """Tables by type; names of what the twin does not model beyond its existence."""

    known_names: Mapping[str, set[str]]
    tables: dict[str, dict[str, Record]] = field(default_factory=lambda: {name: {} for name in TYPES})
    changes: ChangeQueue = field(default_factory=ChangeQueue)
    writes: WriteQueue = field(default_factory=WriteQueue)

    def __post_init__(self) -> None:
        for kind_name, name, fields in STANDARD_OBJECTS:
            kind = TYPES[kind_name]
            given = etree.Element(kind.element)
            for field_name, value in {"name": name, **fields}.items():
                etree.SubElement(given, field_name).text = value
            self.add(kind, given, of(TOOLKIT_VERSION))
        self.changes.restart()

    def find(self, kind: ObjectType, request: etree._Element) -> Record:
        """The object that a request means, by uuid or by name. Raises Fault 5007."""
        wanted = request.findtext("uuid")
        if wanted:
            record, shown = self.tables[kind.name].get(wanted.upper()), wanted
        else:
            names = tuple(_null(request.find(name)) for name in kind.naming)
            record = self.by_name(kind, names)
            shown = names[0] if len(names) == 1 else kind.name
        if record is None:
            raise Fault(5007, f"Item not valid: The specified {shown} was not found")
        return record

    def by_name(self, kind: ObjectType, names: tuple[str, ...]) -> Record | None:
        return next((record for record in self.listed(kind) if record.name(kind) == names), None)

    def listed(self, kind: ObjectType) -> Iterator[Record]:
        yield from self.tables[kind.name].values()

    def add(self, kind: ObjectType, given: etree._Element, of_schema: Schema) -> Record:
        """A new object with the schema's defaults. Raises Fault."""
        values = {}
        for entry in of_schema.fields_of(f"X{kind.name}"):
            element = given.find(entry.name)
            if element is None and entry.default is not None:
                element = etree.Element(entry.name)
                element.text = entry.default
            if element is not None:
                values[entry.name] = deepcopy(element)
        record = Record(new_uuid(), values)
        self._check(kind, record, of_schema)
        self.tables[kind.name][record.uuid] = record
        self._changed(kind, record, "a")
        return record

    def update(self, kind: ObjectType, record: Record, request: etree._Element, of_schema: Schema) -> None:
        """Only what the request holds. Raises Fault, and then nothing is changed."""
        if record.text("name") in kind.unchangeable:
            raise Fault(5003, f"The {kind.name} {record.text('name')} is a standard one and cannot be updated")
        candidate = Record(record.uuid, dict(record.values))
        for element in request:
            name = str(element.tag)
            if name == "uuid" or name in kind.naming:
                continue
            if name.startswith("new") and name[3:4].isupper():
                name = name[3].lower() + name[4:]
            stored = deepcopy(element)
            stored.tag = name
            candidate.values[name] = stored
        self._check(kind, candidate, of_schema)
        before = record.text("name")
        record.values = candidate.values
        self._changed(kind, record, "u")
        if record.text("name") != before:
            self._rename_references(kind, before, record.text("name"))

    def _rename_references(self, kind: ObjectType, before: str, after: str) -> None:
        """Inside, links are by key: whoever refers to the object sees its new name."""
        for other in TYPES.values():
            for path, table in other.references:
                for user in self.listed(other) if table == kind.name else ():
                    head, _, rest = path.partition("/")
                    if user.text(path) == before:
                        target = user.values[head] if not rest else user.values[head].find(rest)
                        assert target is not None  # noqa: S101 - its text was just read
                        target.text = after

    def remove(self, kind: ObjectType, record: Record) -> None:
        """Raises Fault -692 for what is in use."""
        name = record.text(kind.naming[0])
        if name in kind.unchangeable or name == STANDARD_SECURITY_PROFILE:
            raise Fault(5003, f"The {kind.name} {name} is a standard one and cannot be deleted")
        for other in TYPES.values():
            for path, table in other.references:
                if table == kind.name and any(user.text(path) == name for user in self.listed(other)):
                    raise Fault(-692, "Key value for constraint is still being referenced.", is_client=True)
        del self.tables[kind.name][record.uuid]
        self._changed(kind, record, "r")

    def _changed(self, kind: ObjectType, record: Record, action: str) -> None:
        record.stamp = f"{{{self.changes.last:010d}-{str(uuid.uuid4()).upper()}}}"
        self.changes.note(kind.name, record.uuid, action)

    def _check(self, kind: ObjectType, record: Record, of_schema: Schema) -> None:
        rival = self.by_name(kind, record.name(kind))
        if rival and rival.uuid != record.uuid:
            text = "Could not insert new row - duplicate value in a UNIQUE INDEX column (Unique Index:)."
            raise Fault(-239, text, is_client=True)
        rules.check_values(kind, record, of_schema)
        rules.check_texts(kind, record)
        rules.check_references(kind, record, self.names())
        if kind.name == "SipTrunkSecurityProfile":
            rules.check_profile(record)
        if kind.name in ("SipTrunk", "SipTrunkSecurityProfile"):
            profiles = {**self.tables["SipTrunkSecurityProfile"]}
            trunks = {**self.tables["SipTrunk"]}
            (profiles if kind.name == "SipTrunkSecurityProfile" else trunks)[record.uuid] = record
            rules.check_pairs(profiles.values(), (trunk.text("securityProfileName") for trunk in trunks.values()))

    def names(self) -> dict[str, dict[str, str]]:
        """What a foreign key can lead to: table → name → uuid."""
        known = {
            table: {name: f"{{{str(uuid.uuid5(uuid.NAMESPACE_URL, f'{table}/{name}')).upper()}}}" for name in names}
            for table, names in self.known_names.items()
        }
        for table, records in self.tables.items():
            known.setdefault(table, {}).update({record.text("name"): record.uuid for record in records.values()})
        return known


def _null(element: etree._Element | None) -> str:
    return (element.text or "") if element is not None else ""
