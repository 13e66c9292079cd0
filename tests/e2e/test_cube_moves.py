"""Every series of a CUBE moves when its cause is made to happen on a simulated one; read as Prometheus reads them."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.deeds import cut_paths, dialled
from support.exposing import Exposing
from support.moving import moves
from support.scene import Scene, converge
from support.waiting import eventually
from trunkline.twin.cube.router import Router
from trunkline.twin.cube.trains import TRAINS
from trunkline.twin.lab.lab import LabCube
from trunkline.twin.lab.person import type_by_ssh

NAME, CUBE, OTHER = "cube-busan", "cube/cube-busan", "cube/vg-yohur"
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")
PUBLISHER = "10.72.86.74"
OUT, INTO = "7100", "7200"


@pytest.fixture
def shown(scene: Scene) -> Iterator[Exposing]:
    """The trunk of the modern CUBE is up; its dial-peer pings the cluster."""
    world = scene.world()
    exposing = Exposing(scene, NAME, world)
    exposing.took(converge(world, scene.documents(), NAME))
    exposing.until(lambda now: now.shown("trunkline_dial_peer_keepalive") == {(CUBE, OUT): 1.0})
    yield exposing
    world.close()


def cube(shown: Exposing) -> LabCube:
    return shown.scene.lab.cubes[NAME]


def count(shown: Exposing, name: str, *labels: str) -> float:
    return shown.shown(name)[(CUBE, *labels)]


@moves(
    "trunkline_tls_handshake_failures_total",
    "trunkline_connection_failures_total",
    "trunkline_remote_closures_total",
    "trunkline_send_failures_total",
    "trunkline_inactive_ageouts_total",
)
def test_counters(shown: Exposing) -> None:
    lab, agent = shown.scene.lab, cube(shown).agent
    served = count(shown, "trunkline_tls_handshake_failures_total", "server")
    _without_a_certificate(lab.loopback(cube(shown).spec.address))
    shown.until(lambda now: count(now, "trunkline_tls_handshake_failures_total", "server") > served)

    agent.aging_seconds = 0.01
    shown.until(lambda now: count(now, "trunkline_inactive_ageouts_total") > 0)
    agent.aging_seconds = 3600.0

    asked = count(shown, "trunkline_tls_handshake_failures_total", "client")
    router = cube(shown).router
    skew, router.clock_skew = router.clock_skew, timedelta(days=4000)  # by its clock, every certificate has ended
    assert not lab.call(agent.try_handshake(PUBLISHER, 5061)).is_ok
    router.clock_skew = skew
    shown.until(lambda now: count(now, "trunkline_tls_handshake_failures_total", "client") > asked)

    eventually(lambda: dialled(agent.rows), "the CUBE's own connections come anew")
    lab.call(cut_paths(dialled(agent.rows)))
    shown.until(lambda now: count(now, "trunkline_send_failures_total") > 0)

    closed = count(shown, "trunkline_remote_closures_total")
    failed = count(shown, "trunkline_connection_failures_total")
    for node in NODES:
        lab.call(lab.clusters["seoul"].stop_node(node))
    shown.until(lambda now: count(now, "trunkline_remote_closures_total") > closed)
    shown.until(lambda now: count(now, "trunkline_connection_failures_total") > failed)


def _without_a_certificate(address: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection((address, 5061), timeout=60) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain)


@moves("trunkline_connections", "trunkline_peer_connections", "trunkline_dial_peer_up", "trunkline_dial_peer_keepalive")
def test_connections_and_dial_peers(shown: Exposing) -> None:
    lab, cluster = shown.scene.lab, shown.scene.lab.clusters["seoul"]
    shown.until(lambda now: len(_remotes(now)) == len(NODES))
    agreed = {labels[2:] for labels in shown.shown("trunkline_peer_connections")}
    assert agreed == {("Established", "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", "P-256", "0")}
    assert count(shown, "trunkline_connections", "Established") >= len(NODES)
    lab.call(cluster.stop_node("cucm-sub2"))
    shown.until(lambda now: len(_remotes(now)) == len(NODES) - 1)
    assert shown.shown("trunkline_dial_peer_keepalive") == {(CUBE, OUT): 1.0}, "the group has others"
    for node in NODES[:2]:
        lab.call(cluster.stop_node(node))
    shown.until(lambda now: now.shown("trunkline_dial_peer_keepalive") == {(CUBE, OUT): 0.0})
    assert _remotes(shown) == set()
    assert count(shown, "trunkline_connections", "Established") == 0
    for node in NODES:
        lab.call(cluster.start_node(node))
    shown.until(lambda now: now.shown("trunkline_dial_peer_keepalive") == {(CUBE, OUT): 1.0})

    assert shown.shown("trunkline_dial_peer_up") == {(CUBE, OUT): 1.0, (CUBE, INTO): 1.0}, "those of documents alone"
    type_by_ssh(lab, NAME, (f"dial-peer voice {INTO} voip", "shutdown"))
    shown.look()
    assert shown.shown("trunkline_dial_peer_up") == {(CUBE, OUT): 1.0, (CUBE, INTO): 0.0}


def _remotes(shown: Exposing) -> set[str]:
    return {remote for _, remote, *_ in shown.shown("trunkline_peer_connections")}


@moves(
    "trunkline_cube_info",
    "trunkline_active_call_legs",
    "trunkline_clock_offset_seconds",
    "trunkline_clock_authoritative",
    "trunkline_unsaved_since_timestamp_seconds",
)
def test_what_else_a_cube_tells(shown: Exposing) -> None:
    router = cube(shown).router
    assert shown.shown("trunkline_cube_info") == {(CUBE, "17.09.04a", "CUBE-BUSAN"): 1.0}
    assert shown.shown("trunkline_unsaved_since_timestamp_seconds") == {}
    assert count(shown, "trunkline_active_call_legs") == 0
    assert abs(count(shown, "trunkline_clock_offset_seconds")) < 30
    assert count(shown, "trunkline_clock_authoritative") == 1

    before = datetime.now(UTC)
    eventually(lambda: _is_unsaved(shown), "a change at a later second than the save")
    since = count(shown, "trunkline_unsaved_since_timestamp_seconds")
    assert before.timestamp() - 1 <= since <= datetime.now(UTC).timestamp()

    router.live_calls, router.clock_mark, router.clock_skew = 2, "*", timedelta(hours=-2)
    shown.look()
    assert count(shown, "trunkline_active_call_legs") == 2
    assert -7300 < count(shown, "trunkline_clock_offset_seconds") < -7100
    assert count(shown, "trunkline_clock_authoritative") == 0

    router.live_calls, router.clock_mark, router.clock_skew = 0, "", timedelta(0)
    eventually(lambda: _is_saved(shown), "by a person, at a later second")

    router.train = TRAINS["17.15"]
    shown.scene.lab.call(_reload(router))
    shown.until(lambda now: set(now.shown("trunkline_cube_info")) == {(CUBE, "17.15.04c", "CUBE-BUSAN")})


async def _reload(router: Router) -> None:
    router.reload()


def _is_unsaved(shown: Exposing) -> bool:
    cube(shown).router.type_on_console(["dial-peer voice 999 pots"], "kim")
    shown.look()
    return shown.shown("trunkline_unsaved_since_timestamp_seconds") != {}


def _is_saved(shown: Exposing) -> bool:
    cube(shown).router.save("kim")
    shown.look()
    return shown.shown("trunkline_unsaved_since_timestamp_seconds") == {}
