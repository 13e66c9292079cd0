"""Changes on a cluster as operations."""

import pytest

from trunkline.devices.cucm.axl.toolkit import OPERATIONS
from trunkline.devices.cucm.dialect import OBJECTS, CucmDialect, pattern_and_partition
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Action, Change, Command, Difference
from trunkline.model.resource import Resource

TARGET, DIALECT = "cluster/seoul", CucmDialect()
TRUNK = Key(TARGET, Kind.SIP_TRUNK, "t")
PATTERN = Key(TARGET, Kind.ROUTE_PATTERN, "9.@!@PSTN")


def rendered(action: Action, key: Key, before: dict[str, str] | None, after: dict[str, str] | None) -> tuple[Command, ...]:
    one = Resource(key, before) if before is not None else None
    two = Resource(key, after) if after is not None else None
    names = sorted({**(before or {}), **(after or {})})
    differences = tuple(
        Difference(name, (before or {}).get(name), (after or {}).get(name))
        for name in names
        if (before or {}).get(name) != (after or {}).get(name)
    )
    return DIALECT.render(Change(action, key, one, two, differences))


def test_an_update_holds_what_differs_and_the_name() -> None:
    (command,) = rendered(Action.UPDATE, TRUNK, {"a": "1", "b": "2"}, {"a": "1", "b": "3"})
    assert command == Command("axl", ("updateSipTrunk", "name=t", "b=3"), {"name": "t", "b": "3"})


def test_destinations_are_one_value() -> None:
    (command,) = rendered(Action.UPDATE, TRUNK, {"destinations": "10.0.0.1:5061"}, {"destinations": "10.0.0.2:5061"})
    assert command.payload == {"name": "t", "destinations": "10.0.0.2:5061"}


def test_what_is_given_up_is_cleared() -> None:
    (command,) = rendered(Action.UPDATE, TRUNK, {"a": "1"}, {})
    assert command.payload == {"name": "t", "a": ""}


def test_a_creation_fills_in_what_axl_demands_and_the_document_does_not_state() -> None:
    (command,) = rendered(Action.CREATE, TRUNK, None, {"protocolSide": "User"})
    assert command.payload["product"] == "SIP Trunk" and command.payload["protocolSide"] == "User"


def test_what_only_a_creation_can_set_is_replaced() -> None:
    change = Change(Action.UPDATE, TRUNK, None, None, (Difference("sipTrunkType", "a", "b"),))
    assert DIALECT.must_replace(change)
    assert not DIALECT.must_replace(Change(Action.UPDATE, TRUNK, None, None, (Difference("description", "a", "b"),)))
    commands = rendered(Action.REPLACE, TRUNK, {"class": "x"}, {"class": "y"})
    assert [command.lines[0] for command in commands] == ["removeSipTrunk", "addSipTrunk"]


def test_a_route_pattern_is_named_by_four_fields_and_renamed_by_four_others() -> None:
    before = {"dialPlanName": "NANP", "description": "x"}
    (command,) = rendered(Action.UPDATE, PATTERN, before, {**before, "routeFilterName": "f"})
    names = {"pattern": "9.@!", "routePartitionName": "PSTN", "dialPlanName": "NANP", "routeFilterName": ""}
    assert command.payload == {**names, "newRouteFilterName": "f"}
    (removal,) = rendered(Action.DELETE, PATTERN, before, None)
    assert removal.payload == names
    assert pattern_and_partition("9.@!@PSTN") == ("9.@!", "PSTN")


def test_an_activation_is_a_reset_of_the_trunk_alone() -> None:
    (command,) = rendered(Action.ACTIVATE, Key(TARGET, Kind.ACTIVATION, "t"), None, {})
    assert command == Command("activate", ("resetSipTrunk", "name=t"), {"name": "t"})


def test_a_certificate_is_shown_by_its_fingerprint() -> None:
    key = Key(TARGET, Kind.CALLMANAGER_TRUST, "pub/abc")
    (command,) = rendered(Action.CREATE, key, None, {"sha256": "abc", "pem": "PEM"})
    assert command.verb == "upload" and "PEM" not in "".join(command.lines)
    assert command.payload == {"node": "pub", "sha256": "abc", "pem": "PEM"}


@pytest.mark.parametrize("kind", OBJECTS)
@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE, Action.DELETE, Action.REPLACE])
def test_every_operation_is_in_the_schema_that_is_kept(kind: Kind, action: Action) -> None:
    for command in rendered(action, Key(TARGET, kind, "x@y"), {"a": "1"}, {"a": "2"}):
        assert command.lines[0] in OPERATIONS


def test_empty_and_absent_are_the_same() -> None:
    assert DIALECT.implied(TRUNK, "callingSearchSpaceName", "") == ""
    assert DIALECT.implied(TRUNK, "callingSearchSpaceName", "x") is None


def test_names_are_compared_as_the_cluster_means_them() -> None:
    key = Key(TARGET, Kind.SIP_SECURITY_PROFILE, "p")
    one, two = (Resource(key, {"x509SubjectName": text}) for text in ("B;a", "a, b"))
    assert DIALECT.canonical(one).settings == DIALECT.canonical(two).settings
