"""Changes on a cluster as AXL operations and uploads. Pure."""

from dataclasses import dataclass, replace

from trunkline.devices.cucm import read
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Command
from trunkline.model.resource import Resource

OBJECTS = {
    Kind.SIP_SECURITY_PROFILE: "SipTrunkSecurityProfile",
    Kind.SIP_PROFILE: "SipProfile",
    Kind.SIP_TRUNK: "SipTrunk",
    Kind.ROUTE_PATTERN: "RoutePattern",
}
NEW_OBJECT = {
    Kind.SIP_SECURITY_PROFILE: {},
    Kind.SIP_PROFILE: {},
    Kind.SIP_TRUNK: {
        "product": "SIP Trunk",
        "class": "Trunk",
        "protocol": "SIP",
        "protocolSide": "Network",
        "presenceGroupName": "Standard Presence group",
        "callingAndCalledPartyInfoFormat": "Deliver DN only in connected party",
    },
    Kind.ROUTE_PATTERN: {
        "useCallingPartyPhoneMask": "Default",
        "dialPlanName": "",
        "digitDiscardInstructionName": "",
        "networkLocation": "OffNet",
        "prefixDigitsOut": "",
        "routeFilterName": "",
    },
}
"""Fields that AXL demands of a new object, where a document does not state them."""


def pattern_and_partition(name: str) -> tuple[str, str]:
    """A route pattern's key name is PATTERN@PARTITION; patterns may hold an @ themselves."""
    pattern, _, partition = name.rpartition("@")
    return pattern, partition


@dataclass(frozen=True)
class CucmDialect:
    """Implements `trunkline.ports.Dialect`; all AXL versions since 12.5 agree on what is used here."""

    def canonical(self, resource: Resource) -> Resource:
        if resource.key.kind not in OBJECTS:
            return resource
        settings = {field: read.normalised(field, value) for field, value in resource.settings.items()}
        return replace(resource, settings=settings)

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:  # noqa: ARG002 - the port's form
        """A field that an answer leaves out is null, which is the same as empty."""
        return "" if wanted == "" else None

    def manages(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        return False

    def must_replace(self, change: Change) -> bool:  # noqa: ARG002 - the port's form
        return False

    def render(self, change: Change) -> tuple[Command, ...]:
        if change.key.kind is Kind.ACTIVATION:
            return (Command("activate", ("resetSipTrunk", f"name={change.key.name}"), {"name": change.key.name}),)
        if change.key.kind is Kind.CALLMANAGER_TRUST:
            return (self._render_trust(change),)
        name = OBJECTS[change.key.kind]
        if change.action is Action.DELETE:
            identity = self._identity(change)
            return (Command("axl", (f"remove{name}", *_shown(identity)), identity),)
        if change.action is Action.CREATE:
            assert change.after is not None  # noqa: S101 - a creation has something to create
            fields = {**NEW_OBJECT[change.key.kind], **self._naming(change.key), **change.after.settings}
            return (Command("axl", (f"add{name}", *_shown(fields)), fields),)
        fields = {difference.slot: difference.after or "" for difference in change.differences}
        payload = {**self._identity(change), **fields}
        return (Command("axl", (f"update{name}", *_shown(payload)), payload),)

    def _naming(self, key: Key) -> dict[str, str]:
        if key.kind is Kind.ROUTE_PATTERN:
            pattern, partition = pattern_and_partition(key.name)
            return {"pattern": pattern, "routePartitionName": partition}
        return {"name": key.name}

    def _identity(self, change: Change) -> dict[str, str]:
        """By uuid where one was observed: a route pattern's four names are easily mistaken."""
        uuid = change.before.settings.get("uuid", "") if change.before else ""
        return {"uuid": uuid} if uuid else self._naming(change.key)

    def _render_trust(self, change: Change) -> Command:
        held = change.after or change.before
        assert held is not None  # noqa: S101 - a change has at least one side
        node = change.key.name.split("/")[0]
        shown = (f"CallManager-trust of {node}", f"certificate with SHA-256 {held.settings['sha256']}")
        payload = {"node": node, "sha256": held.settings["sha256"], "pem": held.settings["pem"]}
        return Command("remove-trust" if change.action is Action.DELETE else "upload", shown, payload)


def _shown(fields: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{field}={value}" for field, value in sorted(fields.items()))
