"""Which operations make stored settings count, and for which trunks."""

import pytest
from lxml import etree

from trunkline.twin.cucm.activation import affected_trunks, all_running
from trunkline.twin.cucm.axl import schema
from trunkline.twin.cucm.axl.database import Database
from trunkline.twin.cucm.axl.objects import TYPES
from trunkline.twin.cucm.spec import KNOWN_NAMES

SECURE = {
    "securityMode": "Encrypted",
    "incomingTransport": "TLS",
    "outgoingTransport": "TLS",
    "x509SubjectName": "A.example.com; b.example.com",
    "incomingPort": "5062",
}
PLACES = {"devicePoolName": "Default", "locationName": "Hub_None", "presenceGroupName": "Standard Presence group"}


def added(database: Database, kind: str, **fields: str) -> None:
    given = etree.Element(TYPES[kind].element)
    for name, text in fields.items():
        etree.SubElement(given, name).text = text
    database.add(TYPES[kind], given, schema.of("12.5"))


@pytest.fixture
def database() -> Database:
    made = Database({name: set(names) for name, names in KNOWN_NAMES.items()})
    added(made, "SipTrunkSecurityProfile", name="secure", **SECURE)
    added(made, "SipProfile", name="ping", enableOutboundOptionsPing="true")
    added(made, "SipTrunk", name="one", securityProfileName="secure", sipProfileName="ping", **PLACES)
    added(made, "SipTrunk", name="two", securityProfileName="secure", sipProfileName="Standard SIP Profile", **PLACES)
    plain = "Non Secure SIP Trunk Profile"
    added(made, "SipTrunk", name="plain", securityProfileName=plain, sipProfileName="ping", **PLACES)
    return made


@pytest.mark.parametrize(
    ("operation", "name", "trunks"),
    [
        ("resetSipTrunk", "one", ["one"]),
        ("restartSipTrunk", "one", ["one"]),
        ("removeSipTrunk", "one", ["one"]),
        ("applySipTrunkSecurityProfile", "secure", ["one", "two"]),
        ("resetSipTrunkSecurityProfile", "secure", ["one", "two"]),
        ("applySipProfile", "ping", ["one", "plain"]),
        ("restartSipProfile", "ping", ["one", "plain"]),
        ("updateSipTrunk", "one", None),
        ("addSipTrunk", "one", None),
        ("updateSipTrunkSecurityProfile", "secure", None),
    ],
)
def test_what_counts_after_an_operation(database: Database, operation: str, name: str, trunks: list[str] | None) -> None:
    assert affected_trunks(database, operation, name) == trunks


def test_only_trunks_over_tls_run_here(database: Database) -> None:
    running = all_running(database)
    assert set(running) == {"one", "two"}
    assert running["one"].subjects == ("a.example.com", "b.example.com") and running["one"].port == 5062
    assert (running["one"].ping_seconds, running["two"].ping_seconds) == (60, 0)
