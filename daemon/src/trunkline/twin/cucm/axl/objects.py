"""Kinds of objects, and one object."""

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True)
class ObjectType:
    """One kind of object: its element in requests, its types, the field that names it."""

    name: str  # "SipTrunk"
    naming: tuple[str, ...] = ("name",)
    references: tuple[tuple[str, str], ...] = ()  # field → table that must hold the name
    fixed: tuple[tuple[str, str], ...] = ()  # fields that only answers have
    unchangeable: frozenset[str] = frozenset()  # names of objects that come with the cluster and cannot be edited

    @property
    def element(self) -> str:
        return self.name[0].lower() + self.name[1:]


STANDARD_SECURITY_PROFILE = "Non Secure SIP Trunk Profile"
STANDARD_SIP_PROFILES = ("Standard SIP Profile", "Standard SIP Profile For Cisco VCS")

TYPES = {
    kind.name: kind
    for kind in (
        ObjectType("SipTrunkSecurityProfile"),
        ObjectType("SipProfile", unchangeable=frozenset(STANDARD_SIP_PROFILES)),
        ObjectType(
            "SipTrunk",
            references=(
                ("devicePoolName", "DevicePool"),
                ("locationName", "Location"),
                ("callingSearchSpaceName", "Css"),
                ("securityProfileName", "SipTrunkSecurityProfile"),
                ("sipProfileName", "SipProfile"),
                ("presenceGroupName", "PresenceGroup"),
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

    def name(self, kind: ObjectType) -> tuple[str, ...]:
        return tuple(self.text(field) for field in kind.naming)
