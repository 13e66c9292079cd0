"""What a pass must never take away: what may be in use still, what somebody else made, what it only looks at."""

from collections.abc import Callable

import pytest

from support.examples import CLUSTER as CLUSTER_FILE
from support.examples import LINK, MODERN_LINK, changed, examples
from support.fake import FakeWorld, allowing, certificate, own_signed, without_links
from trunkline.journal import inventory
from trunkline.model.errors import DeviceRefused
from trunkline.model.key import Key, Kind
from trunkline.model.outcome import Hold, Result
from trunkline.model.plan import Action, Step

CUBE, MODERN = "vg-yohur", "cube-busan"
CLUSTER = "cluster/seoul"


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def refusing(key: Key, *, is_untouched: bool = False) -> Callable[[Step], None]:
    def before(step: Step) -> None:
        if step.key == key:
            raise DeviceRefused(f"cannot configure {key}: % Invalid input detected", is_untouched=is_untouched)

    return before


def test_nothing_is_deleted_after_a_step_was_refused(world: FakeWorld) -> None:
    """The dial-peer still calls the group that a document wants no more."""
    world.converge(MODERN)
    group = Key(f"cube/{MODERN}", Kind.SERVER_GROUP, "710")
    peer = Key(f"cube/{MODERN}", Kind.DIAL_PEER, "7100")
    world.says(changed((MODERN_LINK, "    per: group\n    server_group: 710\n", "    per: node\n")), "r2")
    world.faults.before_step = refusing(peer)
    finished = world.run(MODERN)
    assert {outcome.result for outcome in finished.outcomes if outcome.key == group} == {Result.SKIPPED}
    again = world.run(MODERN, finished)
    assert group in world.cubes[MODERN].sections
    assert again.plan and group in [held.change.key for held in again.plan.held]
    world.faults.before_step = lambda step: None
    world.revision = "r3"
    assert world.converge(MODERN).is_converged
    assert group not in world.cubes[MODERN].sections


def test_trust_in_what_is_presented_stays_until_the_other_is_in_use(world: FakeWorld) -> None:
    """The CUBE's new identity is trusted first; the switch to it is refused, so the one in use must stay trusted."""
    world.converge(CUBE)
    store = world.clusters["seoul"].stores["cucm-pub"]
    (used,) = store
    device = world.cubes[CUBE]
    device.identity, device.issuer = certificate("vg-yohur.example.com", "Other CA"), certificate("Other CA", is_ca=True)
    files = changed(("cubes/vg-yohur.yaml", "  trustpoint: sip-trunk-cert\n", "  trustpoint: other-cert\n"))
    world.says(files, "r2")
    device.trustpoint = "other-cert"
    world.faults.before_step = refusing(Key(device.target, Kind.SIP_UA, ""))
    finished = world.run(CUBE)
    assert used in store and len(store) == 2
    again = world.run(CUBE, finished)
    assert used in store, "it is not removed by a later pass either, while the switch is held"
    assert again.plan and {held.code for held in again.plan.held} == {"refused"}
    world.faults.before_step = lambda step: None
    world.revision = "r3"
    assert world.converge(CUBE).is_converged
    assert list(store) == [device.issuer.sha256[:16]]


def test_observe_mode_does_not_save_either(world: FakeWorld) -> None:
    """Somebody tries something by hand, under the daemon's user, and relies on a reload to undo it."""
    world.converge(CUBE)
    world.says(allowing(examples(), enforcement="observe"), "r2")
    device = world.cubes[CUBE]
    device.is_unsaved = True
    finished = world.run(CUBE)
    assert finished.is_converged
    assert (finished.is_saved, device.is_unsaved) == (False, True)


def test_the_last_link_of_a_cube_takes_nothing_with_it_unasked(world: FakeWorld) -> None:
    """Also where everything was there before trunkline, so that only lines would be taken back, and nothing deleted."""
    world.converge(CUBE)
    device = world.cubes[CUBE]
    for key in list(world.journal.inventory(CUBE)):
        if key.kind is not Kind.SIP_UA:
            forget(world, key)
    before = dict(device.sections[Key(device.target, Kind.SIP_UA, "")])
    gone = {path: content for path, content in examples().items() if path != "links/yohur-seoul.yaml"}
    world.says(gone, "r2")
    finished = world.run(CUBE)
    assert isinstance(finished.verdict, Hold)
    assert {reason.code for reason in finished.verdict.reasons} == {"empty-desired"}
    assert device.sections[Key(device.target, Kind.SIP_UA, "")] == before
    world.says(without_links(examples(), "yohur-seoul"), "r3")
    assert world.converge(CUBE).is_converged


def forget(world: FakeWorld, key: Key) -> None:
    with world.journal.engine.begin() as connection:
        inventory.forget(connection, CUBE, key)


TRUNK = Key(CLUSTER, Kind.SIP_TRUNK, "SIP-TRUNK-YOHUR")


def test_what_a_device_refused_to_make_and_somebody_else_made_is_never_deleted(world: FakeWorld) -> None:
    cluster = world.clusters["seoul"]
    world.faults.before_step = refusing(TRUNK, is_untouched=True)
    world.run(CUBE)
    cluster.objects[TRUNK] = {"devicePoolName": "Theirs", "destinations": "10.9.9.9:5060"}
    world.faults.before_step = lambda step: None
    world.says(allowing(examples(), allow_takeover="true"), "r2")
    assert world.converge(CUBE).is_converged
    world.says(without_links(examples(), "yohur-seoul"), "r3")
    world.converge(CUBE)
    assert TRUNK in cluster.objects


def test_what_was_made_in_part_is_deleted_with_its_document(world: FakeWorld) -> None:
    """A dial-peer whose third line was refused is there, and trunkline made it."""
    peer = Key(f"cube/{CUBE}", Kind.DIAL_PEER, "100")

    def half(step: Step) -> None:
        if step.key == peer:
            world.cubes[CUBE].write(Kind.DIAL_PEER, "100", "session protocol sipv2")
            raise DeviceRefused("cannot configure dial-peer 100: % Invalid input detected")

    world.faults.before_step = half
    world.run(CUBE)
    world.faults.before_step = lambda step: None
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    world.converge(CUBE)
    assert peer not in world.cubes[CUBE].sections


def test_a_change_that_was_refused_whole_resets_no_trunk(world: FakeWorld) -> None:
    world.converge(CUBE)
    cluster = world.clusters["seoul"]
    cluster.resets.clear()
    files = changed((LINK, "  name: vg-yohur TLS\n", "  name: vg-yohur TLS\n  fields: {acceptPresenceSubscription: true}\n"))
    world.says(files, "r2")
    profile = Key(CLUSTER, Kind.SIP_SECURITY_PROFILE, "vg-yohur TLS")
    world.faults.before_step = refusing(profile, is_untouched=True)
    finished = world.run(CUBE)
    assert world.journal.owed(CUBE) == frozenset()
    world.run(CUBE, finished)
    assert cluster.resets == []
    world.faults.before_step = refusing(profile)  # nobody knows whether it happened
    world.revision = "r3"
    world.run(CUBE)
    assert world.journal.owed(CUBE) == {Key(CLUSTER, Kind.ACTIVATION, TRUNK.name)}


def test_a_node_that_renewed_its_certificate_may_present_the_earlier_one_still(world: FakeWorld) -> None:
    """It presents the new one after a restart of its service, which nobody tells."""
    world.converge(CUBE)
    device, cluster = world.cubes[CUBE], world.clusters["seoul"]
    earlier, renewed = own_signed("cucm-pub.example.com"), certificate("cucm-pub.example.com", "New CA")
    cluster.renewed["cucm-pub"] = renewed
    assert world.converge(CUBE).is_converged
    assert {earlier, renewed} <= set(device.anchors.values())
    assert not world.run(CUBE).outcomes
    device.at = earlier.not_after
    world.converge(CUBE)
    assert earlier not in device.anchors.values()


def test_an_earlier_certificate_goes_with_the_link(world: FakeWorld) -> None:
    world.converge(CUBE)
    world.clusters["seoul"].renewed["cucm-pub"] = certificate("cucm-pub.example.com", "New CA")
    world.converge(CUBE)
    world.says(without_links(examples(), "yohur-seoul"), "r2")
    assert world.converge(CUBE).is_converged
    assert list(world.cubes[CUBE].anchors) == ["sip-trunk-cert"]


def test_the_trust_in_a_node_that_is_gone_goes(world: FakeWorld) -> None:
    world.converge(CUBE)
    row = "  - {name: cucm-sub2"
    files = examples()
    text = files[CLUSTER_FILE].decode().splitlines(keepends=True)
    files[CLUSTER_FILE] = "".join(line for line in text if not line.startswith(row)).encode()
    world.says(files, "r2")
    world.clusters["seoul"].nodes = ("cucm-pub", "cucm-sub1")
    world.converge(CUBE)
    assert own_signed("cucm-sub2.example.com") not in world.cubes[CUBE].anchors.values()


def test_a_link_that_moves_to_another_cube_takes_its_objects_with_it(world: FakeWorld) -> None:
    """Nothing on the cluster is deleted and made anew, whichever CUBE's turn comes first."""
    world.converge(CUBE)
    world.converge(MODERN)
    cluster = world.clusters["seoul"]
    files = allowing(changed((LINK, "cube: vg-yohur\n", "cube: cube-busan\n")), allow_empty="true", max_deletions="100")
    world.says(files, "r2")
    cluster.sent.clear()
    assert world.converge(CUBE).is_converged
    assert world.converge(MODERN).is_converged
    assert {step.change.action for step in cluster.sent} <= {Action.UPDATE, Action.ACTIVATE}
    assert not [key for key in world.cubes[CUBE].sections if key.kind is Kind.DIAL_PEER]
    world.says(without_links(examples(), "yohur-seoul", "busan-seoul"), "r3")
    world.converge(CUBE)
    world.converge(MODERN)
    world.converge(CUBE)
    assert not cluster.objects, "it goes with its link for all that"


FAX = ("description Fax team", "destination-pattern 7...", "session protocol sipv2", "session target ipv4:10.9.9.9", "huntstop")


def held_as_takeover(world: FakeWorld, cube: str = CUBE) -> set[Key]:
    planned = world.plan(cube).plan
    assert planned
    return {held.change.key for held in planned.held if held.code == "takeover" and "it needs" not in held.reason}


def test_a_dial_peer_of_others_is_not_taken_over_because_of_its_tag(world: FakeWorld) -> None:
    peer = world.cubes[CUBE].write(Kind.DIAL_PEER, "100", *FAX)
    before = dict(world.cubes[CUBE].sections[peer])
    assert held_as_takeover(world) == {peer}
    finished = world.run(CUBE)
    assert finished.result == "held"
    assert world.cubes[CUBE].sections[peer] == before
    world.says(allowing(examples(), allow_takeover="true"), "r2")
    assert world.converge(CUBE).is_converged
    assert "huntstop" not in world.cubes[CUBE].sections[peer]
    world.says(without_links(examples(), "yohur-seoul"), "r3")
    assert world.converge(CUBE).is_converged
    assert peer in world.cubes[CUBE].sections, "what others made is not deleted"


def test_what_is_stated_as_it_is_may_be_changed_by_a_later_commit(world: FakeWorld) -> None:
    world.converge(CUBE)
    for key in list(world.journal.inventory(CUBE)):
        forget(world, key)  # somebody configured all of it by hand, or the journal was lost
    assert world.converge(CUBE).is_converged
    world.says(changed((LINK, '    destination_pattern: "1..."\n', '    destination_pattern: "3..."\n')), "r2")
    assert world.converge(CUBE).is_converged
    assert "destination-pattern 3..." in world.cubes[CUBE].sections[Key(f"cube/{CUBE}", Kind.DIAL_PEER, "100")].values()


def test_a_profile_that_other_trunks_use_is_not_changed(world: FakeWorld) -> None:
    cluster = world.clusters["seoul"]
    profile = Key(CLUSTER, Kind.SIP_PROFILE, "trunkline vg-yohur")
    carrier = Key(CLUSTER, Kind.SIP_TRUNK, "CARRIER")
    cluster.objects[profile] = {"enableOutboundOptionsPing": "true", "optionsPingIntervalWhenStatusOK": "60"}
    cluster.objects[carrier] = {"sipProfileName": profile.name, "destinations": "10.2.2.2:5060"}
    assert held_as_takeover(world) == {profile}
    world.says(changed((MODERN_LINK, "  name: trunkline cube-busan\n", f"  name: {profile.name}\n")), "r2")
    assert held_as_takeover(world) == {profile}, "also where links of two CUBEs name it"
    del cluster.objects[carrier]
    assert held_as_takeover(world) == set(), "nothing that is there is changed"


def test_what_trunkline_made_may_be_used_by_others(world: FakeWorld) -> None:
    """Else their use would keep a renewed name out of it."""
    world.converge(CUBE)
    profile = Key(CLUSTER, Kind.SIP_PROFILE, "trunkline vg-yohur")
    world.clusters["seoul"].objects[Key(CLUSTER, Kind.SIP_TRUNK, "CARRIER")] = {"sipProfileName": profile.name}
    world.clusters["seoul"].objects[profile]["enableOutboundOptionsPing"] = "false"
    assert held_as_takeover(world) == set()


def test_the_ca_of_nodes_stays_while_their_cluster_holds_it(world: FakeWorld) -> None:
    old, new = certificate("Old CA", is_ca=True), certificate("New CA", is_ca=True)
    device, cluster = world.cubes[CUBE], world.clusters["seoul"]
    cluster.renewed["cucm-pub"] = old  # as if it presented a chain whose issuer is this one
    world.converge(CUBE)
    cluster.renewed["cucm-pub"] = new
    cluster.stores["cucm-pub"][old.sha256[:16]] = old
    assert world.converge(CUBE).is_converged
    assert {old, new} <= set(device.anchors.values())
    del cluster.stores["cucm-pub"][old.sha256[:16]]
    world.converge(CUBE)
    assert old not in device.anchors.values()


def test_a_profile_that_two_cubes_share_makes_both_reset_their_trunks_once(world: FakeWorld) -> None:
    """Whoever comes second finds it changed already; its trunk runs with what was stored before all the same."""
    cluster = world.clusters["seoul"]
    shared = ((MODERN_LINK, "  name: trunkline cube-busan\n"), (LINK, "  name: trunkline vg-yohur\n"))
    world.says(changed(*((path, name, "  name: shared\n") for path, name in shared)), "r1")
    world.converge(CUBE)
    world.converge(MODERN)
    cluster.resets.clear()
    edited = "  name: shared\n  fields: {enableVad: true}\n"
    world.says(changed(*((path, name, edited) for path, name in shared)), "r2")
    for _ in range(3):
        world.run(CUBE)
        world.run(MODERN)
    assert sorted(cluster.resets) == ["SIP-TRUNK-BUSAN", "SIP-TRUNK-YOHUR"]


def test_a_lost_journal_resets_nothing(world: FakeWorld) -> None:
    world.converge(CUBE)
    world.clusters["seoul"].resets.clear()
    for key in list(world.journal.inventory(CUBE)):
        forget(world, key)
    for _ in range(3):
        assert world.run(CUBE).is_converged
    assert world.clusters["seoul"].resets == []


@pytest.mark.parametrize("legs", [2, None])
def test_a_bind_waits_for_the_end_of_calls_and_nothing_else_waits_for_it(world: FakeWorld, legs: int | None) -> None:
    """Refused amid the plan it would have ended the work on the CUBE, with the cluster's end already changed."""
    world.converge(CUBE)
    device = world.cubes[CUBE]
    section = Key(device.target, Kind.VOICE_SERVICE_SIP, "voip")
    bound = dict(device.sections[section])
    device.call_legs = legs
    moved = ("cubes/vg-yohur.yaml", "interface: GigabitEthernet0/0\n", "interface: GigabitEthernet0/1\n")
    world.says(changed(moved, (LINK, "port: 5061", "port: 5071")), "r2")
    finished = world.run(CUBE)
    assert finished.plan
    assert {held.change.key: held.code for held in finished.plan.held} == {section: "calls"}
    assert device.sections[section] == bound
    assert "session target ipv4:10.72.86.74:5071" in device.sections[Key(device.target, Kind.DIAL_PEER, "100")].values()
    device.call_legs = 0
    assert world.converge(CUBE).is_converged
    assert device.sections[section] != bound


def test_the_trustpoint_that_others_present_by_default_is_not_replaced(world: FakeWorld) -> None:
    """A carrier's trunk beside ours stands on it."""
    device = world.cubes[CUBE]
    section = device.write(Kind.SIP_UA, "", "crypto signaling default trustpoint carrier-cert")
    assert section in held_as_takeover(world)
    world.run(CUBE)
    assert "crypto signaling default trustpoint carrier-cert" in device.sections[section].values()
    world.says(allowing(examples(), allow_takeover="true"), "r2")
    assert world.converge(CUBE).is_converged
    world.says(changed(("cubes/vg-yohur.yaml", "  trustpoint: sip-trunk-cert\n", "  trustpoint: other-cert\n")), "r3")
    device.trustpoint = "other-cert"
    assert held_as_takeover(world) == set(), "trunkline wrote this one"


def test_a_default_that_was_found_as_stated_may_be_changed(world: FakeWorld) -> None:
    device = world.cubes[CUBE]
    world.converge(CUBE)
    for key in list(world.journal.inventory(CUBE)):
        forget(world, key)
    world.converge(CUBE)
    world.says(changed(("cubes/vg-yohur.yaml", "  trustpoint: sip-trunk-cert\n", "  trustpoint: other-cert\n")), "r2")
    device.trustpoint = "other-cert"
    assert held_as_takeover(world) == set()
