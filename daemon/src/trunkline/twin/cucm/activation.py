"""When stored settings begin to count, and what a trunk then is. Pure."""

from lxml import etree

from trunkline.twin.cucm.axl.database import Database
from trunkline.twin.cucm.axl.objects import TYPES, Record
from trunkline.twin.cucm.axl.rules import names_in
from trunkline.twin.cucm.trunks import RunningTrunk

TRUE = ("true", "t", "1")


def affected_trunks(database: Database, operation: str, name: str) -> list[str] | None:
    """The trunks that an operation makes count; None for one that only stores.

    A trunk that is removed is gone at once. Whatever is reset, restarted or applied is read anew: a trunk itself, or
    every trunk that uses the profile.
    """
    if operation == "removeSipTrunk":
        return [name]
    if not operation.startswith(("reset", "restart", "apply")):
        return None
    if operation.endswith("SipTrunk"):
        return [name]
    field = "sipProfileName" if operation.endswith("SipProfile") else "securityProfileName"
    return [trunk.text("name") for trunk in database.listed(TYPES["SipTrunk"]) if trunk.text(field) == name]


def all_running(database: Database) -> dict[str, RunningTrunk]:
    """Every trunk over TLS as it would run if it were reset now."""
    made = {trunk.text("name"): _running(database, trunk) for trunk in database.listed(TYPES["SipTrunk"])}
    return {name: trunk for name, trunk in made.items() if trunk}


def _running(database: Database, trunk: Record) -> RunningTrunk | None:
    security = database.by_name(TYPES["SipTrunkSecurityProfile"], (trunk.text("securityProfileName"),))
    profile = database.by_name(TYPES["SipProfile"], (trunk.text("sipProfileName"),))
    if security is None or security.text("incomingTransport") != "TLS":
        return None
    is_pinging = profile is not None and profile.text("enableOutboundOptionsPing") in TRUE
    return RunningTrunk(
        trunk.text("name"),
        int(security.text("incomingPort") or 5061),
        tuple(names_in(security.text("x509SubjectName"))),
        _destinations(trunk.values.get("destinations")),
        int(profile.text("optionsPingIntervalWhenStatusOK") or 60) if profile and is_pinging else 0,
        security.text("securityMode") == "Encrypted",
    )


def _destinations(element: etree._Element | None) -> tuple[tuple[str, int], ...]:
    found = [] if element is None else [*element]
    return tuple((d.findtext("addressIpv4") or "", int(d.findtext("port") or 5060)) for d in found)
