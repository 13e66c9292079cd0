"""Changes on a cluster as AXL operations and uploads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from trunkline.devices.cucm import read, write
from trunkline.devices.cucm.renewal import acts
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Command
from trunkline.model.resource import Resource

OBJECTS = {
    Kind.SIP_SECURITY_PROFILE: "SipTrunkSecurityProfile",
    Kind.SIP_PROFILE: "SipProfile",
    Kind.SIP_TRUNK: "SipTrunk",
    Kind.ROUTE_PATTERN: "RoutePattern",
}
ONLY_AT_CREATION = {
    Kind.SIP_TRUNK: frozenset({"product", "class", "protocol", "protocolSide", "sipTrunkType"}),
}
"""Fields that updateSipTrunk does not take, or refuses (AXL schema; Cisco AXL developer guide)."""
PATTERN_IDENTITY = ("pattern", "routePartitionName", "dialPlanName", "routeFilterName")
RENAMED = {"dialPlanName": "newDialPlanName", "routeFilterName": "newRouteFilterName"}


def pattern_and_partition(name: str) -> tuple[str, str]:
    """A route pattern's key name is PATTERN@PARTITION; patterns may hold an @ themselves."""
    pattern, _, partition = name.rpartition("@")
    return pattern, partition


def identity_of(key: Key, settings: Mapping[str, str]) -> dict[str, str]:
    """What names an object in get, update and remove.

    A route pattern has no name: AXL wants pattern, partition, dial plan and route filter, of which only the first two
    are in the key.
    """
    if key.kind is not Kind.ROUTE_PATTERN:
        return {"name": key.name}
    known = {**settings, **dict(zip(PATTERN_IDENTITY, pattern_and_partition(key.name), strict=False))}
    return {field: known.get(field, "") for field in PATTERN_IDENTITY}


@dataclass(frozen=True)
class CucmDialect:
    """Implements `trunkline.ports.Dialect`; all AXL versions since 12.5 agree on what is used here."""

    def canonical(self, resource: Resource) -> Resource:
        if resource.key.kind not in OBJECTS:
            return acts.canonical(resource)
        settings = {field: read.normalised(field, value) for field, value in resource.settings.items()}
        return resource.with_settings(settings)

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:
        """A field that an observation leaves out is null, which is the same as empty; what no node shows is as wanted."""
        return "" if wanted == "" else acts.implied(key, slot, wanted)

    def satisfies(self, key: Key, slot: str, has: str, wanted: str) -> bool:
        return acts.satisfies(key, slot, has, wanted)

    def manages(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        """Never: on a cluster only what is stated is trunkline's."""
        return False

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:
        return read.needs_of(key, settings)

    def must_replace(self, change: Change) -> bool:
        fixed = ONLY_AT_CREATION.get(change.key.kind, frozenset())
        return any(difference.slot in fixed for difference in change.differences)

    def waits_for_calls(self, change: Change) -> bool:  # noqa: ARG002 - the port's form
        """Never: edits are stored, and count with the reset, which lets established calls live."""
        return False

    def is_cosmetic(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        return slot == "description"

    def render(self, change: Change) -> tuple[Command, ...]:
        if change.key.kind is Kind.ACTIVATION:
            return (_activation(change.key),)
        if change.key.kind is Kind.CALLMANAGER_TRUST:
            return (_trust(change),)
        if change.key.kind in acts.ACTS:
            return acts.ACTS[change.key.kind](change)
        if change.action is Action.DELETE:
            return (_removal(change),)
        if change.action is Action.REPLACE:
            return (_removal(change), _creation(change))
        return (_creation(change),) if change.action is Action.CREATE else (_update(change),)


def _activation(key: Key) -> Command:
    """Stored edits count after a reset of the trunk, which reads the trunk, both its profiles and the node's trust anew.

    applySipTrunkSecurityProfile and applySipProfile would reset every trunk that uses the profile, other people's too,
    and there is no applySipTrunk.
    """
    return _command("activate", "resetSipTrunk", {"name": key.name})


def _trust(change: Change) -> Command:
    held = change.after or change.before
    assert held is not None  # noqa: S101 - a change has at least one side
    node = change.key.name.split("/")[0]
    shown = (f"CallManager-trust of {node}", f"certificate with SHA-256 {held.settings['sha256']}")
    payload = {"node": node, "sha256": held.settings["sha256"], "pem": held.settings["pem"]}
    return Command("remove-trust" if change.action is Action.DELETE else "upload", shown, payload)


def _creation(change: Change) -> Command:
    assert change.after is not None  # noqa: S101 - a creation has something to create
    name = OBJECTS[change.key.kind]
    identity = identity_of(change.key, change.after.settings)
    return _command("axl", f"add{name}", {**write.REQUIRED.get(name, {}), **identity, **change.after.settings})


def _update(change: Change) -> Command:
    """Only what differs; destinations as a whole, since AXL takes either a list or additions and removals."""
    before = change.before.settings if change.before else {}
    is_pattern = change.key.kind is Kind.ROUTE_PATTERN
    fields = {
        RENAMED.get(difference.slot, difference.slot) if is_pattern else difference.slot: difference.after or ""
        for difference in change.differences
    }
    return _command("axl", f"update{OBJECTS[change.key.kind]}", {**identity_of(change.key, before), **fields})


def _removal(change: Change) -> Command:
    before = change.before.settings if change.before else {}
    return _command("axl", f"remove{OBJECTS[change.key.kind]}", identity_of(change.key, before))


def _command(verb: str, operation: str, fields: Mapping[str, str]) -> Command:
    """What names the object comes first, the rest in the order of the alphabet: the same plan prints the same."""
    ordered = {name: fields[name] for name in _in_order(tuple(fields))}
    return Command(verb, (operation, *[f"{name}={value}" for name, value in ordered.items()]), ordered)


@lru_cache
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    first = ("name", *PATTERN_IDENTITY)
    return tuple(sorted(names, key=lambda name: (first.index(name) if name in first else len(first), name)))
