"""What a trustpoint holds goes with it and only so; whoever else uses it, or its key, keeps it."""

from datetime import UTC, datetime

import pytest

from trunkline.devices.cube.dialect import CubeDialect
from trunkline.devices.cube.read.config import running_config
from trunkline.devices.cube.resources import sections
from trunkline.loop import diff, hold
from trunkline.loop.ahead import forecast
from trunkline.loop.plan import sort_by_needs
from trunkline.loop.situation import Situation
from trunkline.model.desired import Desired, Enforcement, Policy
from trunkline.model.key import HELD_KINDS, Key, Kind
from trunkline.model.observed import Observed
from trunkline.model.plan import Action, Change, Difference, Plan, Step
from trunkline.model.resource import Owned, Resource

CUBE, NAME = "cube/x", "sip-1"
DIALECT = CubeDialect((17, 9, 4))
KEYS = {kind: Key(CUBE, kind, NAME) for kind in (*HELD_KINDS, Kind.TRUSTPOINT, Kind.KEY_PAIR)}
CONFIG = (
    "version 17.9\nhostname x\n!\ncrypto pki trustpoint sip-1\n enrollment terminal pem\n rsakeypair sip-1\n!\n{}sip-ua \n"
    " crypto signaling default trustpoint sip-2 \n!\nend\n"
)


def observed(more: str = "") -> Observed:
    read = running_config(CONFIG.format(more))
    assert not read.problem
    found = {one.key: one for one in sections(CUBE, read.value, [NAME])}
    found |= {KEYS[kind]: Resource(KEYS[kind], {}, needs=frozenset({KEYS[Kind.TRUSTPOINT]})) for kind in HELD_KINDS}
    found[KEYS[Kind.KEY_PAIR]] = Resource(KEYS[Kind.KEY_PAIR], {"type": "rsa 2048", "public": "F"})
    return Observed(CUBE, datetime.now(UTC), found)


def situation(seen: Observed) -> Situation:
    desired = Desired("r", "x", {}, policy=Policy(Enforcement.ENFORCE))
    inventory = {key: Owned(seen.resources[key], is_created=True) for key in KEYS.values()}
    return Situation(desired, {CUBE: seen}, {CUBE: DIALECT}, inventory=inventory)


def changes(of: Situation) -> tuple[Change, ...]:
    return diff.between(of.desired, of.observed, of.dialects, of.inventory)


def test_only_the_trustpoint_and_its_key_are_removed_in_this_order() -> None:
    now = situation(observed())
    found = changes(now)
    assert {change.key for change in found} == {KEYS[Kind.TRUSTPOINT], KEYS[Kind.KEY_PAIR]}
    assert hold.held(found, now) == ()
    ordered = sort_by_needs(found, now)
    assert [change.key.kind for change in ordered] == [Kind.TRUSTPOINT, Kind.KEY_PAIR]
    plan = Plan("r", "x", {}, tuple(Step(change, DIALECT.render(change)) for change in ordered))
    left = forecast.after(plan, now.observed, now.dialects)[CUBE].resources
    assert not left.keys() & set(KEYS.values())


@pytest.mark.parametrize(
    "line", ["ip http secure-trustpoint sip-1\n!\n", "telephony-service\n secure-signaling trustpoint sip-1\n!\n"]
)
def test_a_line_that_trunkline_does_not_know_keeps_both(line: str) -> None:
    now = situation(observed(line))
    assert {held.change.key.kind: held.code for held in hold.held(changes(now), now)} == {
        Kind.TRUSTPOINT: "foreign-dependent",
        Kind.KEY_PAIR: "foreign-dependent",
    }


def test_a_change_of_other_lines_of_the_user_frees_nothing() -> None:
    seen = observed("ip http secure-trustpoint sip-1\n!\n")
    now, key = situation(seen), Key(CUBE, Kind.GLOBAL, "")
    edit = Change(
        Action.UPDATE,
        key,
        seen.resources[key],
        Resource(key, {"a": "aaa new-model"}),
        (Difference("a", None, "aaa new-model"),),
    )
    assert {held.change.key.kind for held in hold.held((*changes(now), edit), now)} == {Kind.TRUSTPOINT, Kind.KEY_PAIR}
