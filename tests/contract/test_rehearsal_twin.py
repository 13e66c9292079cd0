"""What is forecast from the configuration and the stores of both ends is what happens between the simulated devices."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from support.commits import tried
from support.scene import Scene, converge
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Met, Reason
from trunkline.model.passes import Pass
from trunkline.service.world import PassOptions, World
from trunkline.twin.ca import pem_of
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.person import type_by_ssh

CUBE, CLUSTER, LINK = "cube-busan", "seoul", "busan-seoul"
NODES = ("cucm-pub", "cucm-sub1", "cucm-sub2")


@dataclass(frozen=True)
class Case:
    """What somebody does, how it is undone, and what then becomes of some of the ways: reasons by (client, server)."""

    do: Callable[[Lab], object]
    undo: Callable[[Lab], object]
    expected: dict[tuple[str, str], Reason]


def typed(*lines: str) -> Callable[[Lab], object]:
    return lambda lab: type_by_ssh(lab, CUBE, lines)


def to_cube(*nodes: str) -> list[tuple[str, str]]:
    return [(node, CUBE) for node in nodes or NODES]


def from_cube(*nodes: str) -> list[tuple[str, str]]:
    return [(CUBE, node) for node in nodes or NODES]


def clock_of_node(**error: float) -> Callable[[Lab], object]:
    return lambda lab: setattr(lab.clusters[CLUSTER].nodes["cucm-sub1"], "clock_error", timedelta(**error))


def clock_of_cube(**skew: float) -> Callable[[Lab], object]:
    return lambda lab: setattr(lab.cubes[CUBE].router, "clock_skew", timedelta(**skew))


def distrust(node: str) -> Callable[[Lab], object]:
    """The CUBE's issuing CA goes from the trust of one node, and its service knows."""

    def do(lab: Lab) -> None:
        found = lab.clusters[CLUSTER].nodes[node]
        gone = [entry for entry in found.stored if "issuing" in entry.filename]
        assert gone
        KEPT[:] = list(found.callmanager.trust.entries)
        for entry in KEPT:
            found.callmanager.trust.remove(entry.certificate)
        found.load_trust()

    return do


KEPT: list[object] = []


def trust_again(node: str) -> Callable[[Lab], object]:
    def do(lab: Lab) -> None:
        found = lab.clusters[CLUSTER].nodes[node]
        found.callmanager.trust.entries = list(KEPT)  # type: ignore[arg-type]  # they were there before
        found.load_trust()

    return do


def anchor_of(lab: Lab, node: str) -> str:
    """The trustpoint that holds the certificate of a node."""
    held = Certificate.from_pem(pem_of(lab.clusters[CLUSTER].nodes[node].identity.certificate))
    return f"TL-{held.sha256[:8]}"


def lose_anchor(lab: Lab) -> None:
    held = lab.cubes[CUBE].store.trustpoints[anchor_of(lab, "cucm-sub2")]
    KEPT[:], held.ca = [held.ca], None


def find_anchor(lab: Lab) -> None:
    lab.cubes[CUBE].store.trustpoints[anchor_of(lab, "cucm-sub2")].ca = KEPT[0]  # type: ignore[assignment]  # as it was


NO_LIST = ("voice service voip", "no ip address trusted list")
LIST = ("voice service voip", "ip address trusted list", *(f"ipv4 10.72.86.{last}" for last in (74, 75, 76)))
SHUT, UP = ("dial-peer voice 7100 voip", "shutdown"), ("dial-peer voice 7100 voip", "no shutdown")
BY_UDP = ("dial-peer voice 9 voip", "session protocol sipv2", "session target ipv4:10.72.86.75", "session transport udp")
PROFILE, CIPHERS = "voice class tls-profile 10", "voice class tls-cipher 10"
CASES = {
    "nothing": Case(lambda lab: None, lambda lab: None, {}),
    "a node's clock": Case(
        clock_of_node(days=-400),
        clock_of_node(days=0),
        dict.fromkeys([*to_cube("cucm-sub1"), *from_cube("cucm-sub1")], Reason.NOT_YET_VALID),
    ),
    "the CUBE's clock": Case(
        clock_of_cube(days=3650), clock_of_cube(days=0), dict.fromkeys([*to_cube(), *from_cube()], Reason.EXPIRED)
    ),
    "an anchor gone": Case(
        lose_anchor, find_anchor, dict.fromkeys([*to_cube("cucm-sub2"), *from_cube("cucm-sub2")], Reason.UNKNOWN_CA)
    ),
    "trust gone": Case(
        distrust("cucm-pub"),
        trust_again("cucm-pub"),
        dict.fromkeys([*to_cube("cucm-pub"), *from_cube("cucm-pub")], Reason.UNKNOWN_CA),
    ),
    "nothing bound": Case(
        typed("sip-ua", "no crypto signaling remote-addr 10.72.86.0 255.255.255.0"),
        typed("sip-ua", "crypto signaling remote-addr 10.72.86.0 255.255.255.0 tls-profile 10"),
        dict.fromkeys([*to_cube(), *from_cube()], Reason.NO_CERTIFICATE),
    ),
    "another trustpoint": Case(
        typed("sip-ua", "crypto signaling remote-addr 10.72.86.75 255.255.255.255 trustpoint lab-root"),
        typed("sip-ua", "no crypto signaling remote-addr 10.72.86.75 255.255.255.255"),
        dict.fromkeys([*to_cube("cucm-sub1"), *from_cube("cucm-sub1")], Reason.NO_CERTIFICATE),
    ),
    "ECDSA alone": Case(
        typed(CIPHERS, "no cipher 2 ECDHE_RSA_AES128_GCM_SHA256", "cipher 1 ECDHE_ECDSA_AES256_GCM_SHA384"),
        typed(CIPHERS, "cipher 1 ECDHE_RSA_AES256_GCM_SHA384", "cipher 2 ECDHE_RSA_AES128_GCM_SHA256"),
        dict.fromkeys([*to_cube(), *from_cube()], Reason.CIPHER),
    ),
    "names of servers": Case(
        typed(PROFILE, "cn-san validate server", "cn-san 1 cucm-pub.example.com"),
        typed(PROFILE, "no cn-san validate server", "no cn-san 1"),
        dict.fromkeys(from_cube("cucm-sub1", "cucm-sub2"), Reason.WRONG_NAME),
    ),
    "names of clients": Case(
        typed(PROFILE, "cn-san validate client", "cn-san 1 cucm-sub*.example.com"),
        typed(PROFILE, "no cn-san validate client", "no cn-san 1"),
        dict.fromkeys(to_cube("cucm-pub"), Reason.WRONG_NAME),
    ),
    "names of both": Case(
        typed(PROFILE, "cn-san validate bidirectional", "cn-san 1 *.example.com"),
        typed(PROFILE, "no cn-san validate bidirectional", "no cn-san 1"),
        {},
    ),
    "another port": Case(
        typed("voice service voip", "sip", "listen-port secure 5065"),
        typed("voice service voip", "sip", "no listen-port secure"),
        dict.fromkeys(to_cube(), Reason.REFUSED),
    ),
    "no list": Case(typed(*NO_LIST), typed(*LIST), {}),  # the dial-peer vouches for those whom it calls
    "no list, and the dial-peer shut": Case(
        typed(*NO_LIST, *SHUT),
        typed(*LIST, *UP),
        {**dict.fromkeys(from_cube(), Reason.UNREACHABLE), **dict.fromkeys(to_cube(), Reason.NO_ANSWER)},
    ),
    "no list, and one called by UDP": Case(
        typed(*NO_LIST, *SHUT, *BY_UDP),
        typed(*LIST, *UP, "no dial-peer voice 9 voip"),
        {
            **dict.fromkeys(from_cube(), Reason.UNREACHABLE),
            **dict.fromkeys(to_cube("cucm-pub", "cucm-sub2"), Reason.NO_ANSWER),
        },
    ),
    "no list, and names of clients": Case(
        typed(*NO_LIST, *SHUT, PROFILE, "cn-san validate client", "cn-san 1 *.example.com"),
        typed(*LIST, *UP, PROFILE, "no cn-san validate client", "no cn-san 1"),
        dict.fromkeys(from_cube(), Reason.UNREACHABLE),
    ),
    "no port": Case(
        typed("sip-ua", "no transport tcp tls"),
        typed("sip-ua", "transport tcp tls v1.2"),
        dict.fromkeys(to_cube(), Reason.REFUSED),
    ),
}


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    os.environ.update(scene.environment)
    found = scene.world()
    yield found
    found.close()


def _looked(world: World, scene: Scene) -> Pass:
    """Only a look: nothing is mended."""
    return world.run_pass(scene.documents(), "r1", CUBE, PassOptions(is_full=True, is_dry=True))


def _forecast(world: World, scene: Scene) -> dict[tuple[str, str], Met]:
    ways = _looked(world, scene).forecasts[LINK]
    return {(way.client.rpartition("/")[2], way.server.rpartition("/")[2]): way.before for way in ways}


@contextmanager
def _happening(case: Case, lab: Lab) -> Iterator[None]:
    case.do(lab)
    yield
    case.undo(lab)


def test_the_forecast_is_what_happens(scene: Scene, world: World) -> None:
    lab = scene.lab
    for node in lab.clusters[CLUSTER].nodes.values():
        node.sip.checks_names_outgoing = False  # whether they do is not documented, and not forecast
    assert converge(world, scene.documents(), CUBE).is_converged
    wrong: list[str] = []
    for name, case in CASES.items():
        with _happening(case, lab):
            forecast = _forecast(world, scene)
            real = tried(lab, CUBE, CLUSTER, "SIP-TRUNK-BUSAN")
        assert forecast.keys() == real.keys()
        wrong += [
            f"{name}: {way}: forecast {forecast[way]}, in fact {result.is_ok} {result.reason}"
            for way, result in real.items()
            if forecast[way].is_ok is not result.is_ok or forecast[way].reason != case.expected.get(way)
        ]
    assert not wrong, "\n".join(wrong)
    assert all(met.is_ok for met in _forecast(world, scene).values())
