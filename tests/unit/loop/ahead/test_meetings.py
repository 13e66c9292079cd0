"""The handshakes of a link, as configuration and stores determine them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from support.fake import NOW, FakeWorld, ca_certificate, own_signed
from trunkline.loop import diff
from trunkline.loop.ahead import meetings
from trunkline.model.desired import Desired
from trunkline.model.handshake import Meeting, Reason
from trunkline.model.key import Key, Kind
from trunkline.model.observed import ClusterFacts, Gap, Node, Observed
from trunkline.model.resource import Resource

CUBE, CLUSTER, PUB = "cube/cube-busan", "cluster/seoul", "cluster/seoul/cucm-pub"
ADDRESS = "10.72.86.74"


@cache
def _world() -> tuple[Desired, Mapping[str, Observed]]:
    world = FakeWorld()
    world.converge("cube-busan")
    request, hands = world.request("cube-busan"), world.hands()
    observed = {target: hands.devices[target].observe(keys) for target, keys in request.keys.items()}
    dialects = {target: hands.devices[target].dialect() for target in observed}
    return diff.canonical(request.compile(observed, ()), dialects), observed


def _meetings(**instead: Observed) -> dict[tuple[str, str], Meeting]:
    """By client and server; `cube` and `cluster` put something else there."""
    desired, observed = _world()
    seen = {**observed, **{one.target: one for one in instead.values()}}
    return {(one.client.name, one.server.name): one for one in meetings.of(desired.links[0], desired, seen, NOW)}


def _cube() -> Observed:
    return _world()[1][CUBE]


def _cluster() -> Observed:
    return _world()[1][CLUSTER]


def _with(seen: Observed, kind: Kind, name: str, **settings: str | None) -> Observed:
    """Lines or fields put into a resource, or taken out of it by None. In names `_` stands for a blank of a command."""
    key = Key(seen.target, kind, name)
    known = seen.resources.get(key, Resource(key, {}))
    merged = {**known.settings, **{slot.replace("_", " "): line for slot, line in settings.items()}}
    resource = known.with_settings({slot: line for slot, line in merged.items() if line is not None})
    return replace(seen, resources={**seen.resources, key: resource})


def _without(seen: Observed, kind: Kind, name: str) -> Observed:
    return replace(seen, resources={key: one for key, one in seen.resources.items() if key != Key(seen.target, kind, name)})


def test_every_node_meets_the_cube_both_ways() -> None:
    found = _meetings()
    nodes = [f"{CLUSTER}/{node}" for node in ("cucm-pub", "cucm-sub1", "cucm-sub2")]
    assert set(found) == {*((CUBE, node) for node in nodes), *((node, CUBE) for node in nodes)}
    assert all(one.obstacle is None for one in found.values())


def test_each_end_presents_and_trusts_what_it_holds() -> None:
    out = _meetings()[(CUBE, PUB)]
    assert [one.common_name for one in out.client.chain] == ["cube-busan.example.com", "Voice CA"]
    assert out.server.chain == (own_signed("cucm-pub.example.com"),)
    assert set(out.client.anchors) >= {ca_certificate(), own_signed("cucm-sub1.example.com")}
    assert out.server.anchors == (ca_certificate(),)
    assert out.client.ciphers == ("ECDHE_RSA_AES256_GCM_SHA384", "ECDHE_RSA_AES128_GCM_SHA256")
    assert (out.client.minimum, out.client.maximum) == ("v1.2", "v1.2")
    assert out.server.expected == {"cube-busan.example.com"} and out.client.expected is None


def test_whether_a_node_looks_at_names_when_it_calls_is_not_documented() -> None:
    assert _meetings()[(PUB, CUBE)].client.expected is None


@pytest.mark.parametrize(
    ("line", "window"),
    [
        ("transport tcp tls v1.2", ("v1.2", "v1.2")),
        ("transport tcp tls v1.2 minimum", ("v1.2", "v1.2")),
        ("transport tcp tls v1.0", ("v1.0", "v1.0")),
        (None, ("v1.1", "v1.2")),
    ],
)
def test_versions_are_those_that_the_release_or_the_line_allows(line: str | None, window: tuple[str, str]) -> None:
    end = _meetings(cube=_with(_cube(), Kind.SIP_UA, "", transport_tcp_tls=line))[(CUBE, PUB)].client
    assert (end.minimum, end.maximum) == window


@pytest.mark.parametrize(
    ("release", "line", "window"),
    [
        ((15, 6, 3), None, ("v1.0", "v1.2")),
        ((17, 15, 4), None, ("v1.1", "v1.3")),
        ((17, 15, 4), "transport tcp tls v1.2 minimum", ("v1.2", "v1.3")),
        ((26, 1, 1), None, ("v1.2", "v1.3")),
    ],
)
def test_releases_differ_in_their_versions(release: tuple[int, ...], line: str | None, window: tuple[str, str]) -> None:
    cube = replace(_cube(), facts=replace(_cube().facts, release=release))
    end = _meetings(cube=_with(cube, Kind.SIP_UA, "", transport_tcp_tls=line))[(CUBE, PUB)].client
    assert (end.minimum, end.maximum) == window


@pytest.mark.parametrize(("version", "newest"), [("14.0.1.13900(155)", "v1.2"), ("15.0.1.12900(234)", "v1.3"), ("?", "v1.3")])
def test_what_a_cluster_allows_is_taken_as_wide_as_can_be(version: str, newest: str) -> None:
    cluster = replace(_cluster(), facts=replace(_cluster().facts, version=version))
    end = _meetings(cluster=cluster)[(CUBE, PUB)].server
    assert (end.minimum, end.maximum) == ("v1.0", newest)


def test_the_narrowest_binding_counts() -> None:
    line = f"crypto signaling remote-addr {ADDRESS} 255.255.255.255 trustpoint nothing"
    found = _meetings(cube=_with(_cube(), Kind.SIP_UA, "", narrow=line))
    assert found[(CUBE, PUB)].obstacle is not None and found[(PUB, CUBE)].obstacle is not None
    assert found[(CUBE, PUB)].obstacle.reason is Reason.NO_CERTIFICATE
    assert "trustpoint nothing holds no identity" in found[(CUBE, PUB)].obstacle.text
    assert found[(CUBE, f"{CLUSTER}/cucm-sub1")].obstacle is None


def test_a_tenant_has_a_profile_of_its_own_for_what_is_called() -> None:
    cube = _with(_cube(), Kind.DIAL_PEER, "7100", voice_class_tenant="voice-class sip tenant 5")
    cube = _with(cube, Kind.TENANT, "5", profile="tls-profile 77")
    found = _meetings(cube=cube)
    assert found[(CUBE, PUB)].obstacle is not None and "names none" in found[(CUBE, PUB)].obstacle.text
    assert found[(PUB, CUBE)].obstacle is None


def test_strict_cipher_curve_and_names_come_from_the_binding() -> None:
    profile = {"cipher": "cipher strict-cipher", "validate": "cn-san validate bidirectional", "one": "cn-san 1 *.Example.com"}
    found = _meetings(cube=_with(_cube(), Kind.TLS_PROFILE, "10", **profile))
    assert "RSA_WITH_AES_128_CBC_SHA" in found[(CUBE, PUB)].client.ciphers
    assert found[(CUBE, PUB)].client.expected == found[(PUB, CUBE)].server.expected == {"*.example.com", ADDRESS}
    found = _meetings(cube=_with(_cube(), Kind.TLS_PROFILE, "10", cipher="cipher ecdsa-cipher curve-size 384"))
    assert found[(CUBE, PUB)].client.curve == "secp384r1"


def test_client_vtp_vouches_for_clients_alone() -> None:
    found = _meetings(cube=_with(_cube(), Kind.TLS_PROFILE, "10", vtp="client-vtp busan-sip"))
    assert found[(PUB, CUBE)].server.anchors == (ca_certificate(),)
    assert len(found[(CUBE, PUB)].client.anchors) > 1


def test_each_end_has_its_own_clock() -> None:
    cube = replace(_cube(), facts=replace(_cube().facts, clock=NOW + timedelta(days=400)))
    nodes = (Node("cucm-pub", ADDRESS, True, clock=NOW - timedelta(days=3)),)
    cluster = replace(_cluster(), facts=ClusterFacts("14.0.1", nodes))
    out = _meetings(cube=cube, cluster=cluster)[(CUBE, PUB)]
    assert (out.client.clock, out.server.clock) == (NOW + timedelta(days=400), NOW - timedelta(days=3))
    assert _meetings(cluster=cluster)[(CUBE, f"{CLUSTER}/cucm-sub1")].server.clock == NOW


PROFILE, TRUNK = (Kind.SIP_SECURITY_PROFILE, "cube-busan TLS"), (Kind.SIP_TRUNK, "SIP-TRUNK-BUSAN")
TRUSTED = (Kind.TRUSTED_LIST, "voip")
OUT, IN = (CUBE, PUB), (PUB, CUBE)


@pytest.mark.parametrize(
    ("end", "of", "settings", "way", "reason", "said"),
    [
        ("cluster", PROFILE, {"incomingPort": "5071"}, OUT, Reason.REFUSED, "at port 5061, and it listens on 5071"),
        ("cluster", PROFILE, {"incomingTransport": "TCP+UDP"}, OUT, Reason.NOT_TLS, "would take TCP+UDP"),
        ("cluster", PROFILE, {"outgoingTransport": "TCP"}, IN, Reason.NOT_TLS, "would speak TCP"),
        ("cluster", TRUNK, {"destinations": "10.9.9.9:5061"}, IN, Reason.UNREACHABLE, "does not call the CUBE"),
        ("cluster", TRUNK, {"destinations": "10.72.86.90:5070"}, IN, Reason.REFUSED, "at port 5070, and it listens on 5061"),
        ("cluster", TRUNK, {"destinations": "voice.example.com:5061"}, IN, None, "calls a name"),
        ("cluster", TRUNK, {"securityProfileName": "another"}, OUT, None, "which no document states"),
        (
            "cube",
            (Kind.SIP_UA, ""),
            {"transport tcp tls": "no transport tcp tls"},
            IN,
            Reason.REFUSED,
            "has its TLS port closed",
        ),
        (
            "cube",
            (Kind.VOICE_SERVICE_SIP, "voip"),
            {"port": "listen-port secure 5071"},
            IN,
            Reason.REFUSED,
            "at port 5061, and it listens on 5071",
        ),
        ("cube", (Kind.DIAL_PEER, "7100"), {"shutdown": "shutdown"}, OUT, Reason.UNREACHABLE, "no dial-peer of the CUBE"),
    ],
)
def test_ends_that_do_not_reach_each_other_say_why(
    end: str, of: tuple[Kind, str], settings: dict[str, str], way: tuple[str, str], reason: Reason | None, said: str
) -> None:
    seen = _cube() if end == "cube" else _cluster()
    obstacle = _meetings(**{end: _with(seen, *of, **settings)})[way].obstacle
    assert obstacle is not None and said in obstacle.text
    assert (obstacle.is_ok, obstacle.reason) == (None if reason is None else False, reason)
    assert reason is None or obstacle.cure


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cucm-pub.example.com", ""),  # a name of its certificate
        ("cucm-pub.exmaple.com", "calls cucm-pub.exmaple.com, and what that leads to is not known"),
    ],
)
def test_a_target_by_name_leads_to_the_node_that_bears_it_else_nobody_knows_where(name: str, text: str) -> None:
    cube = _with(_cube(), Kind.DIAL_PEER, "7100", session_target=f"session target dns:{name}:5061")
    obstacle = _meetings(cube=cube)[(CUBE, PUB)].obstacle
    assert (obstacle is None) is (not text)
    assert obstacle is None or (obstacle.is_ok is None and text in obstacle.text)


def test_a_node_that_no_list_names_is_not_answered_unless_a_dial_peer_calls_it() -> None:
    bare = _without(_cube(), *TRUSTED)
    assert _meetings(cube=bare)[IN].obstacle is None
    strange = _with(bare, Kind.SERVER_GROUP, "710", ipv4_10_72_86_74=None)
    strange = replace(
        strange, resources={key: one for key, one in strange.resources.items() if key.kind is not Kind.SERVER_GROUP}
    )
    obstacle = _meetings(cube=strange)[IN].obstacle
    assert obstacle is not None and obstacle.reason is Reason.NO_ANSWER and "ip address trusted list" in obstacle.text
    listed = _with(strange, *TRUSTED, one="ipv4 10.72.86.0 255.255.255.0")
    assert _meetings(cube=listed)[IN].obstacle is None
    off = _with(strange, Kind.VOICE_SERVICE, "voip", authenticate="no ip address trusted authenticate")
    assert _meetings(cube=off)[IN].obstacle is None


def test_authenticated_mode_speaks_no_cipher_that_encrypts() -> None:
    found = _meetings(cluster=_with(_cluster(), *PROFILE, securityMode="Authenticated"))
    assert found[OUT].server.ciphers == found[IN].client.ciphers == ("RSA_WITH_NULL_SHA",)


@pytest.mark.parametrize(
    ("gap", "is_known"),
    [
        (Gap(CUBE, "cut", Kind.TRUST_ANCHOR, "TL-1"), False),
        (Gap(CUBE, "cut", Kind.CONNECTION), True),
    ],
)
def test_anchors_that_could_not_be_read_are_told_of(gap: Gap, *, is_known: bool) -> None:
    assert _meetings(cube=replace(_cube(), gaps=(gap,)))[OUT].client.is_trust_known is is_known


@pytest.mark.parametrize(("name", "is_known"), [("cucm-pub/", False), ("cucm-sub1/", True), (None, False)])
def test_a_trust_store_that_could_not_be_read_is_that_of_one_node(name: str | None, *, is_known: bool) -> None:
    gap = Gap(CLUSTER, "no answer", Kind.CALLMANAGER_TRUST, name)
    assert _meetings(cluster=replace(_cluster(), gaps=(gap,)))[OUT].server.is_trust_known is is_known


def test_what_could_not_be_read_is_no_verdict() -> None:
    gap = Gap(CUBE, "cut", Kind.TRUSTPOINT, "busan-sip")
    hidden = replace(_cube(), gaps=(gap,), identities=())
    obstacle = _meetings(cube=hidden)[OUT].obstacle
    assert obstacle is not None and obstacle.is_ok is None and "could not be read: cut" in obstacle.text
    unread = replace(_cluster(), identities=())
    obstacle = _meetings(cluster=unread)[OUT].obstacle
    assert obstacle is not None and obstacle.is_ok is None and "cucm-pub is not known" in obstacle.text


def test_nothing_is_said_of_ends_that_could_not_be_read_at_all_and_of_links_without_tls() -> None:
    assert _meetings(cube=replace(_cube(), gaps=(Gap(CUBE, "no route"),))) == {}
    desired, observed = _world()
    assert meetings.of(replace(desired.links[0], is_secure=False), desired, observed, NOW) == ()


def test_a_certificate_that_is_being_enrolled_is_nobodys_fault() -> None:
    desired, observed = _world()
    request = Key(CUBE, Kind.CERTIFICATE_REQUEST, "busan-sip-1")
    climbing = replace(desired, resources={**desired.resources, request: Resource(request, {})})
    bare = {**observed, CUBE: replace(_cube(), identities=())}
    found = meetings.of(climbing.links[0], climbing, bare, NOW)
    assert {one.obstacle.is_ok for one in found if one.obstacle} == {None}
    assert {one.obstacle.is_ok for one in meetings.of(desired.links[0], desired, bare, NOW) if one.obstacle} == {False}
