"""The cluster's database: objects as the schema describes them, with the rules that AXL enforces beyond it."""

import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree

from trunkline.twin.cucm import schema


class Fault(Exception):  # noqa: N818 - the SOAP word
    """An AXL fault; HTTP 500."""

    def __init__(self, code: int, message: str, *, is_client: bool = False) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.faultcode = "soapenv:Client" if is_client else "soapenv:Server"


@dataclass(frozen=True)
class ObjectType:
    """One kind of object: its element in requests, its types, the field that names it."""

    name: str  # "SipTrunk"
    naming: tuple[str, ...] = ("name",)
    references: tuple[tuple[str, str], ...] = ()  # field → table that must hold the name
    fixed: tuple[tuple[str, str], ...] = ()  # fields that only answers have

    @property
    def element(self) -> str:
        return self.name[0].lower() + self.name[1:]


TYPES = {
    kind.name: kind
    for kind in (
        ObjectType("SipTrunkSecurityProfile"),
        ObjectType("SipProfile"),
        ObjectType(
            "SipTrunk",
            references=(
                ("devicePoolName", "DevicePool"),
                ("locationName", "Location"),
                ("callingSearchSpaceName", "Css"),
                ("securityProfileName", "SipTrunkSecurityProfile"),
                ("sipProfileName", "SipProfile"),
            ),
            fixed=(("model", "SIP Trunk"),),
        ),
        ObjectType(
            "RoutePattern",
            naming=("pattern", "routePartitionName", "dialPlanName", "routeFilterName"),
            references=(
                ("routePartitionName", "RoutePartition"),
                ("destination/gatewayName", "SipTrunk"),
                ("digitDiscardInstructionName", "DigitDiscardInstruction"),
                ("dialPlanName", "DialPlan"),
            ),
            fixed=(("usage", "Route"),),
        ),
        ObjectType("RoutePartition"),
    )
}


@dataclass
class Record:
    """One object. `values` are its fields as elements; `stamp` changes with every write."""

    uuid: str
    values: dict[str, etree._Element]
    stamp: str = ""

    def text(self, path: str) -> str:
        head, _, rest = path.partition("/")
        element = self.values.get(head)
        if element is None:
            return ""
        found = element if not rest else element.find(rest)
        return (found.text or "") if found is not None else ""


@dataclass(frozen=True)
class ChangeEntry:
    """One entry of the change queue."""

    number: int
    kind: str
    uuid: str
    action: str  # "a", "u", "r"


def new_uuid() -> str:
    return f"{{{str(uuid.uuid4()).upper()}}}"


@dataclass
class Database:
    """Tables by type; names of what the twin does not model beyond its existence."""

    known_names: dict[str, set[str]]
    tables: dict[str, dict[str, Record]] = field(default_factory=lambda: {name: {} for name in TYPES})
    changes: list[ChangeEntry] = field(default_factory=list)
    queue_id: str = field(default_factory=new_uuid)
    stamps: int = 0

    def find(self, kind: ObjectType, request: etree._Element) -> Record:
        """The object that a request means, by uuid or by name. Raises Fault 5007."""
        wanted = request.findtext("uuid")
        if wanted:
            record = self.tables[kind.name].get(wanted.upper() if wanted.startswith("{") else f"{{{wanted.upper()}}}")
            shown = wanted
        else:
            names = tuple(_null(request.find(name)) for name in kind.naming)
            record = self.by_name(kind, names)
            shown = names[0] if len(names) == 1 else kind.name
        if record is None:
            raise Fault(5007, f"Item not valid: The specified {shown} was not found")
        return record

    def by_name(self, kind: ObjectType, names: tuple[str, ...]) -> Record | None:
        for record in self.tables[kind.name].values():
            if tuple(record.text(name) for name in kind.naming) == names:
                return record
        return None

    def add(self, kind: ObjectType, given: etree._Element) -> Record:
        values = {}
        for entry in schema.fields_of(f"X{kind.name}"):
            element = given.find(entry.name)
            if element is None and entry.default is not None:
                element = etree.Element(entry.name)
                element.text = entry.default
            if element is not None:
                values[entry.name] = deepcopy(element)
        record = Record(new_uuid(), values)
        if self.by_name(kind, tuple(record.text(name) for name in kind.naming)):
            raise Fault(
                -239,
                "Could not insert new row - duplicate value in a UNIQUE INDEX column (Unique Index:).",
                is_client=True,
            )
        self._check(kind, record)
        self.tables[kind.name][record.uuid] = record
        self._changed(kind, record, "a")
        return record

    def update(self, kind: ObjectType, record: Record, request: etree._Element) -> None:
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
        self._check(kind, candidate)
        record.values = candidate.values
        self._changed(kind, record, "u")

    def remove(self, kind: ObjectType, record: Record) -> None:
        for other in TYPES.values():
            for path, table in other.references:
                name = record.text(kind.naming[0])
                if table == kind.name and any(user.text(path) == name for user in self.tables[other.name].values()):
                    raise Fault(-692, "Key value for constraint is still being referenced.", is_client=True)
        del self.tables[kind.name][record.uuid]
        self._changed(kind, record, "r")

    def _changed(self, kind: ObjectType, record: Record, action: str) -> None:
        self.stamps += 1
        record.stamp = f"{{{self.stamps:010d}-{str(uuid.uuid4()).upper()}}}"
        self.changes.append(ChangeEntry(self.stamps, kind.name, record.uuid, action))

    def _check(self, kind: ObjectType, record: Record) -> None:
        for path, table in kind.references:
            name = record.text(path)
            if name and name not in self._names(table):
                raise Fault(5007, f"Item not valid: The specified {name} was not found")
        if kind.name == "SipTrunkSecurityProfile":
            self._check_profile(record)
        if kind.name in ("SipTrunk", "SipTrunkSecurityProfile"):
            self._check_pairs(kind, record)

    def _names(self, table: str) -> set[str]:
        if table in self.tables:
            return {record.text("name") for record in self.tables[table].values()} | self.known_names.get(table, set())
        return self.known_names.get(table, set())

    def _check_profile(self, record: Record) -> None:
        """Security guide: Encrypted and Authenticated go with TLS both ways, Non Secure with neither."""
        is_secure = record.text("securityMode") in ("Encrypted", "Authenticated")
        transports = {record.text("incomingTransport"), record.text("outgoingTransport")}
        if is_secure and transports != {"TLS"}:
            raise Fault(5003, "Incoming and outgoing transport must be TLS if the device security mode is not Non Secure")
        if not is_secure and "TLS" in transports:
            raise Fault(5003, "Transport TLS needs a device security mode other than Non Secure")

    def _check_pairs(self, kind: ObjectType, record: Record) -> None:
        """The pair of X.509 name and incoming port is unique over the profiles of all trunks."""
        profiles = dict(self.tables["SipTrunkSecurityProfile"])
        trunks = dict(self.tables["SipTrunk"])
        (profiles if kind.name == "SipTrunkSecurityProfile" else trunks)[record.uuid] = record
        used = {trunk.text("securityProfileName") for trunk in trunks.values()}
        seen: dict[tuple[str, str], str] = {}
        for profile in profiles.values():
            name = profile.text("name")
            if name not in used or profile.text("incomingTransport") != "TLS":
                continue
            for subject in names_in(profile.text("x509SubjectName")):
                pair = (subject, profile.text("incomingPort"))
                if seen.setdefault(pair, name) != name:
                    raise Fault(5003, f"X.509 Subject Name {subject} with incoming port {pair[1]} is in use by {seen[pair]}")

    def listed(self, kind: ObjectType) -> Iterator[Record]:
        yield from self.tables[kind.name].values()


def names_in(text: str) -> list[str]:
    """X.509 names; blank, comma, semicolon and colon separate them."""
    for separator in ",;:":
        text = text.replace(separator, " ")
    return [name.lower() for name in text.split()]


def _null(element: etree._Element | None) -> str:
    return (element.text or "") if element is not None else ""


def rendered(kind: ObjectType, record: Record, prefix: str, wanted: set[str] | None) -> etree._Element:
    """An object as an answer shows it: in the order of its R or L type, nulls as empty elements."""
    made = etree.Element(kind.element, uuid=record.uuid)
    fixed = dict(kind.fixed)
    for entry in schema.fields_of(f"{prefix}{kind.name}"):
        if wanted is not None and entry.name not in wanted:
            continue
        value = record.values.get(entry.name)
        if entry.name == "versionStamp":
            value = etree.Element("versionStamp")
            value.text = record.stamp
        elif entry.name in fixed:
            value = etree.Element(entry.name)
            value.text = fixed[entry.name]
        if value is not None:
            made.append(_shown(value, entry.type_name))
        elif entry.type_name == "XFkType":
            made.append(etree.Element(entry.name))
    return made


def _shown(value: etree._Element, type_name: str) -> etree._Element:
    """Without xsi:nil: from CUCM 14 on a null is an empty element."""
    shown = deepcopy(value)
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    if shown.attrib.pop(nil, "") or (type_name == "XFkType" and not shown.text):
        shown.text = None
    etree.cleanup_namespaces(shown)
    return shown
