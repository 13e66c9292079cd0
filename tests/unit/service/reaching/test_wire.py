"""Where the probe looks, as the examples' documents say, and what is known of the ends."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.examples import CUBE, changed, documents, examples
from trunkline.health.judging import Peer
from trunkline.health.memory import State
from trunkline.health.probe import Place
from trunkline.health.wire import WireDevice
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, CubeFacts, Gap, Identity, Node, Observed
from trunkline.model.resource import Resource
from trunkline.service.reaching.wire import FOR_OTHERS, Latest, held_by, state_of, wire_device, wiring_of
from trunkline.twin.ca import Wish, new_key, self_signed

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CA = Certificate.from_pem(self_signed(Wish("ca", NOW, is_ca=True), new_key("ec", 256)).pem)
OTHER = Certificate.from_pem(self_signed(Wish("other", NOW), new_key("ec", 256)).pem)
NODES = ("cluster/seoul/cucm-pub", "cluster/seoul/cucm-sub1", "cluster/seoul/cucm-sub2")


def latest(*seen: Observed) -> Latest:
    return {one.target: one for one in seen}.get


def device_of(found: Latest) -> WireDevice:
    return wire_device(wiring_of(documents(examples()), "vg-yohur"), dict, found, lambda: NOW)


def test_the_cube_and_every_node_at_the_far_ends_are_looked_at() -> None:
    wiring = wiring_of(documents(examples()), "vg-yohur")
    assert [holder for holder, _ in wiring.places] == [*NODES, "cube/vg-yohur"]
    assert all(isinstance(place, Place) and place.port == 5061 for _, place in wiring.places)
    device = device_of(latest())
    assert device.target == "wire/vg-yohur"
    assert device.ends.cube_place == dict(wiring.places)["cube/vg-yohur"] and tuple(device.ends.nodes) == NODES
    assert not wiring_of(documents(examples()), "nobody").places


def test_a_cube_whose_certificate_is_only_watched_is_looked_at_only_where_that_is_no_failed_handshake() -> None:
    renewed = documents(changed((CUBE, "identity:\n", "identity:\n  issuer: lab\n  names: [vg-yohur.example.com]\n")))
    assert wiring_of(documents(examples()), "vg-yohur").is_only_welcome
    assert not wiring_of(renewed, "vg-yohur").is_only_welcome


def test_how_often_is_a_matter_of_the_estate() -> None:
    slower = documents(changed(("estate.yaml", "probe_seconds: 300", "probe_seconds: 1200")))
    assert wiring_of(documents(examples()), "vg-yohur").every == timedelta(minutes=5)
    assert device_of(latest()).looking.pace.every == timedelta(minutes=5)
    assert wiring_of(slower, "vg-yohur").every == timedelta(minutes=20)


def test_what_an_end_holds_is_what_it_was_last_seen_to_hold() -> None:
    cube = Observed("cube/vg-yohur", NOW, {}, trusted={"a": (CA,), "b": (CA,), "c": ()})
    cluster = Observed("cluster/seoul", NOW, {}, trusted={"cucm-pub": (CA,), "cucm-sub1": ()})
    found = latest(cube, cluster)
    assert held_by("cube/vg-yohur", found) == {CA.sha256}
    assert held_by("cube/other", found) is None
    held = device_of(found).ends.held()
    assert held == {"cube/vg-yohur": {CA.sha256}, NODES[0]: {CA.sha256}, NODES[1]: frozenset()}
    unreadable = Observed("cube/vg-yohur", NOW, {}, gaps=(Gap("cube/vg-yohur", "no answer"),))
    assert held_by("cube/vg-yohur", latest(unreadable)) is None


def test_an_end_is_another_when_it_is_configured_otherwise_or_its_clock_is_put_right() -> None:
    def cube(fingerprint: str, clock: datetime | None) -> State:
        facts = CubeFacts((15, 6, 3), "15.6(3)M3", "vg", clock, clock_is_authoritative=True)
        return state_of("cube/vg-yohur", latest(Observed("cube/vg-yohur", NOW, {}, fingerprint=fingerprint, facts=facts)))

    second, hour = timedelta(seconds=1), timedelta(hours=1)
    assert cube("a", NOW) == cube("a", NOW + second) == cube("a", None) != State()
    assert len({cube("a", NOW), cube("b", NOW), cube("a", NOW - hour)}) == 3
    right = Node("cucm-pub", "10.72.86.74", is_publisher=True, clock=NOW, callmanager_status="Started")
    others = [
        replace(right, clock=NOW + hour),
        replace(right, is_reachable=False, clock=None),
        replace(right, callmanager_status="Stopped"),
    ]
    found = [
        latest(Observed("cluster/seoul", NOW, {}, fingerprint="a", facts=ClusterFacts("14.0", (one,))))
        for one in (right, *others)
    ]
    assert len({state_of(NODES[0], one) for one in found}) == 4
    assert len({state_of(NODES[1], one) for one in found}) == 1, "each node has a clock of its own"
    states = device_of(found[0]).ends.states()
    assert states.keys() == {"cube/vg-yohur", *NODES}
    assert states["cube/vg-yohur"] == State(), "it was not read"


def test_what_is_presented_is_judged_by_the_trust_and_the_profile_of_the_peer() -> None:
    profile = Key("cluster/seoul", Kind.SIP_SECURITY_PROFILE, "trunkline-yohur-seoul")
    wiring = wiring_of(documents(examples()), "vg-yohur")
    profile = wiring.far_ends[0].security_profile
    cube = Observed("cube/vg-yohur", NOW, {}, trusted={"a": (CA,)})
    named = Resource(profile, {"x509SubjectName": "VG-yohur.example.com, other"})
    cluster = Observed("cluster/seoul", NOW, {profile: named}, trusted={"cucm-pub": (CA,)})
    peers = device_of(latest(cube, cluster)).ends.peers()
    names = frozenset({"vg-yohur.example.com", "other"})
    assert peers["cube/vg-yohur"] == (Peer((CA,), names), Peer(None, names), Peer(None, names))
    assert [peers[node] for node in NODES] == [(Peer((CA,)),)] * 3
    unnamed = Observed("cluster/seoul", NOW, {profile: Resource(profile, {"x509SubjectName": ""})})
    assert device_of(latest(unnamed)).ends.peers()["cube/vg-yohur"] == (Peer(),) * 3
    assert device_of(latest()).ends.peers()["cube/vg-yohur"] == ()


def test_a_cube_presents_what_it_binds() -> None:
    sip_ua = Key("cube/vg-yohur", Kind.SIP_UA, "")

    def presents(bound: str, *gaps: Gap) -> str | None:
        held = (Identity("cube/vg-yohur", "a", CA), Identity("cube/vg-yohur", "b", OTHER))
        lines = Resource(sip_ua, {"crypto signaling": f"crypto signaling default trustpoint {bound}"})
        seen = Observed("cube/vg-yohur", NOW, {sip_ua: lines}, gaps, identities=held)
        return state_of("cube/vg-yohur", latest(seen)).presents

    assert presents("a") and presents("a") == presents("a") != presents("b")
    assert presents("c") not in (None, presents("a"), presents("b")), "it binds what holds nothing yet"
    unread = Gap("cube/vg-yohur", "cut off", Kind.TRUST_ANCHOR, "b")
    assert presents("b", unread) is None, "nobody knows"
    assert presents("a", unread) == presents("a"), "what is not bound is not presented"
    assert presents("a", Gap("cube/vg-yohur", "cut off", Kind.SIP_UA, "")) is None
    assert state_of("cube/other", latest()) == State()


@pytest.mark.parametrize(
    ("lines", "is_turned_away"),
    [
        (
            ["crypto signaling default trustpoint a", "crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint a"],
            False,
        ),
        (["crypto signaling remote-addr 10.0.0.1 255.255.255.255 trustpoint a"], True),
        (["crypto signaling remote-addr 127.0.0.0 255.0.0.0 trustpoint a"], False),
        (["crypto signaling remote-addr what ever trustpoint a"], True),
        (["transport tcp tls v1.2"], False),
        ([], False),
    ],
)
def test_a_cube_turns_the_probe_away_where_it_binds_by_addresses_and_none_is_known_to_be_ours(
    lines: list[str], is_turned_away: bool
) -> None:
    sip_ua, tenant = Key("cube/vg-yohur", Kind.SIP_UA, ""), Key("cube/vg-yohur", Kind.TENANT, "1")
    seen = Observed("cube/vg-yohur", NOW, {sip_ua: Resource(sip_ua, {line: line for line in lines})})

    def told(seen: Observed, place: Place | None = Place("127.0.0.1")) -> str | None:
        return state_of("cube/vg-yohur", latest(seen), place).turns_away

    assert told(seen) == (FOR_OTHERS if is_turned_away else "")
    tenants = {**seen.resources, tenant: Resource(tenant, {"tls-profile": "tls-profile 1"})}
    assert told(replace(seen, resources=tenants)) == "", "whom a tenant serves is not known"
    assert told(replace(seen, gaps=(Gap("cube/vg-yohur", "cut off", Kind.SIP_UA, ""),))) is None
    is_by_address = is_turned_away or any("127.0.0.0" in line for line in lines)
    assert told(seen, Place("edge.example.com")) == (FOR_OTHERS if is_by_address else ""), "nobody knows from where"
    assert told(seen, Place("edge.example.com", source="127.1.2.3")) == told(seen)
    assert told(seen, Place("::1")) == told(seen, None) == told(seen, Place("edge.example.com"))


def test_a_node_presents_what_it_stored_when_its_service_began() -> None:
    def node(stored: Certificate, *gaps: Gap) -> State:
        facts = ClusterFacts("15.0", (Node("cucm-pub", "10.0.0.1", True, callmanager_started_at=NOW),))
        held = (Identity("cluster/seoul", "cucm-pub", stored),)
        return state_of(NODES[0], latest(Observed("cluster/seoul", NOW, {}, gaps, identities=held, facts=facts)))

    assert (node(CA).presents, node(CA).began_at) == (CA.sha256, NOW) and node(CA) != node(OTHER)
    assert node(CA, Gap("cluster/seoul", "no answer", Kind.CALLMANAGER_TRUST, "cucm-pub/")).presents is None
    assert node(CA, Gap("cluster/seoul", "no answer", Kind.CALLMANAGER_TRUST, "cucm-sub1/")) == node(CA)
    assert state_of(NODES[1], latest(Observed("cluster/seoul", NOW, {}))).presents is None
