"""What AXL enforces beyond its schema. Pure: each rule raises Fault."""

import re
from collections.abc import Iterable, Mapping

from trunkline.twin.cucm.axl.envelope import Fault
from trunkline.twin.cucm.axl.objects import ObjectType, Record
from trunkline.twin.cucm.axl.schema import Schema

URL_SAFE = re.compile(r"[\w.~@:!$'()*+,;=-]*")
NOT_IN_DESCRIPTIONS = re.compile(r'["%&\\<>]')


def check_values(kind: ObjectType, record: Record, of_schema: Schema) -> None:
    """Enumerations, which the XSD leaves open. The text of the fault is not known from a real cluster."""
    for field in of_schema.fields_of(f"X{kind.name}"):
        allowed, text = of_schema.values_of(field.type_name), record.text(field.name)
        if allowed and text and text not in allowed:
            raise Fault(5007, f"Item not valid: The specified {text} was not found")


def check_texts(kind: ObjectType, record: Record) -> None:
    """A trunk's name is part of URLs, and the description of a profile must not hold some characters."""
    if kind.name == "SipTrunk" and not URL_SAFE.fullmatch(record.text("name")):
        raise Fault(5003, "The device name contains invalid characters")
    if kind.name == "SipTrunkSecurityProfile" and NOT_IN_DESCRIPTIONS.search(record.text("description")):
        raise Fault(5003, "The description contains invalid characters")


def check_profile(record: Record) -> None:
    """Security guide: Encrypted and Authenticated go with TLS both ways, Non Secure with neither."""
    is_secure = record.text("securityMode") in ("Encrypted", "Authenticated")
    transports = {record.text("incomingTransport"), record.text("outgoingTransport")}
    if is_secure and transports != {"TLS"}:
        raise Fault(5003, "Incoming and outgoing transport must be TLS if the device security mode is not Non Secure")
    if not is_secure and "TLS" in transports:
        raise Fault(5003, "Transport TLS needs a device security mode other than Non Secure")
    port = record.text("incomingPort")
    if port and not 0 <= int(port) <= 65535:
        raise Fault(5003, f"Incoming port {port} is out of range")


def check_pairs(profiles: Iterable[Record], used: Iterable[str]) -> None:
    """The pair of X.509 name and incoming port is unique over the profiles of all trunks, and no port is for TLS and
    for another transport at once.
    """
    pairs: dict[tuple[str, str], str] = {}
    ports: dict[str, bool] = {}
    names = set(used)
    for profile in profiles:
        name, port = profile.text("name"), profile.text("incomingPort")
        if name not in names:
            continue
        is_tls = profile.text("incomingTransport") == "TLS"
        if ports.setdefault(port, is_tls) != is_tls:
            raise Fault(5003, f"Incoming port {port} is in use by a trunk with another transport")
        for subject in names_in(profile.text("x509SubjectName")) if is_tls else ():
            if pairs.setdefault((subject, port), name) != name:
                raise Fault(
                    5003, f"X.509 Subject Name {subject} with incoming port {port} is in use by {pairs[(subject, port)]}"
                )


def check_references(kind: ObjectType, record: Record, known: Mapping[str, Mapping[str, str]]) -> None:
    """Foreign keys lead somewhere."""
    for path, table in kind.references:
        name = record.text(path)
        if name and name not in known.get(table, {}):
            raise Fault(5007, f"Item not valid: The specified {name} was not found")


def names_in(text: str) -> list[str]:
    """X.509 names; blank, comma, semicolon and colon separate them."""
    for separator in ",;:":
        text = text.replace(separator, " ")
    return [name.lower() for name in text.split()]
