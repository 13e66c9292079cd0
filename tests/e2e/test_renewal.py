"""Certificates that are renewed while somebody tries the trunk all the time: nobody is ever refused, in either direction."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from support.cluster import until
from support.renewal import CLUSTER, CUBE, LINK, Renewing, Story, issued_by, renewing
from trunkline.model.observed import WireFacts
from trunkline.model.passes import ConditionType, Pass
from trunkline.twin.ca import Wish, self_signed
from trunkline.twin.cucm.certificates.store import TrustEntry
from trunkline.twin.cucm.node import Node
from trunkline.twin.lab.person import type_by_ssh
from trunkline.twin.lab.trier import Way, ways_between

NAME = "vg-yohur.example.com"


def renewed(scene: Renewing, before: str) -> None:
    """The CUBE presents another certificate of the issuer, and nothing is left of the earlier one."""
    scene.run(lambda one: one.is_alone() and one.serial() != before)
    assert issued_by(scene.serial(), scene.authority, scene.lab)
    assert not scene.orphans()


def condition(finished: Pass, kind: ConditionType) -> tuple[str, str]:
    found = next(one for one in finished.conditions["yohur-seoul"] if one.type is kind)
    return found.status.value, found.reason


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(Story(nodes=2), id="near its end"),
        pytest.param(Story(is_self_signed=True, is_lab_ca=False), id="self-signed to CA-signed"),
        pytest.param(Story(is_lab_ca=False, nodes=2), id="a new issuing CA"),
        pytest.param(Story(is_lab_ca=False, cluster={"replication_seconds": 2.0}, nodes=2), id="slow replication"),
    ],
)
def test_a_cube_gets_its_certificate_before_the_earlier_one_ends(story: Story, tmp_path: Path, octet: int) -> None:
    with renewing(story, tmp_path, octet) as scene:
        scene.settle()
        before = scene.serial()
        scene.state()
        with scene.tried() as tally:
            renewed(scene, before)
            until(lambda: all(tally.serials.get(way, [""])[-1] == scene.serial() for way in inward(scene)), "seen on the wire")
        assert not tally.unavailable, tally.unavailable
        assert condition(scene.passes[-1], ConditionType.ON_WIRE)[0] == "True"


def test_a_cube_that_serves_its_cluster_alone_is_renewed_by_new_connections_and_two_looks(tmp_path: Path, octet: int) -> None:
    """Each look is turned away, a failed handshake: one when it begins, one after the switch, however often all is read."""
    with renewing(Story(), tmp_path, octet) as scene:
        link, cube = scene.scene.folder / f"links/{LINK}.yaml", scene.lab.cubes[CUBE]
        link.write_text(link.read_text().replace("signalling: default", "signalling: remote-address"))
        type_by_ssh(scene.lab, CUBE, ("sip-ua", "no crypto signaling default"))
        scene.settle()
        before, failures = scene.serial(), cube.agent.counters.server_handshake_failures
        scene.state()
        with scene.tried():
            renewed(scene, before)
        assert cube.agent.counters.server_handshake_failures - failures == 2
        wire = scene.passes[-1].observed[f"wire/{CUBE}"].facts
        assert isinstance(wire, WireFacts) and wire.looks[f"cube/{CUBE}"].is_success is None
        assert "remote addresses only" in wire.shown[f"cube/{CUBE}"].problem


def inward(scene: Renewing) -> list[Way]:
    """The ways on which the CUBE is called, and so shows its certificate to the trier."""
    return [way for way in ways_between(scene.lab, CUBE, CLUSTER) if not way.is_from_cube]


def test_the_common_name_changes_and_both_names_are_named_meanwhile(tmp_path: Path, octet: int) -> None:
    with renewing(Story(cube_days=700), tmp_path, octet) as scene:
        scene.settle()
        before = scene.serial()
        scene.state(names=("edge.example.com",))
        named: list[str] = []

        def is_over(one: Renewing) -> bool:
            named.append(subjects(one))
            return one.is_alone() and one.serial() != before

        with scene.tried():
            scene.run(is_over)
        assert any("edge.example.com" in one and NAME in one for one in named), named
        assert named[-1] == "edge.example.com"
        assert not scene.orphans()


def subjects(scene: Renewing) -> str:
    """The names that the security profile of the trunk names, as the node runs it."""
    node = next(iter(scene.lab.clusters[CLUSTER].nodes.values()))
    return " ".join(sorted(name for trunk in node.sip.trunks.values() for name in trunk.subjects))


def test_a_pessimistic_cluster_asks_for_a_restart_and_is_waited_for(tmp_path: Path, octet: int) -> None:
    """The node holds the new CA and refuses its certificates: the probe finds that out, and no call does."""
    story = Story(is_lab_ca=False, cluster={"trust_needs_restart": True})
    with renewing(story, tmp_path, octet) as scene:
        scene.settle()
        before = scene.serial()
        scene.state()
        with scene.tried():
            scene.run(lambda one: any(wait.code == "restart" for wait in one.waits()))
            for _ in range(2):
                scene.step()
            assert scene.serial() == before, "it does not switch before it is accepted"
            scene.lab.call(scene.lab.clusters[CLUSTER].restart_callmanager("cucm-pub"))  # by a person
            renewed(scene, before)


def serial_of(node: Node) -> str:
    return f"{node.served.certificate.serial_number:X}"


def test_a_node_that_is_renewed_by_somebody_else_is_trusted_before_it_presents_that(tmp_path: Path, octet: int) -> None:
    with renewing(Story(cube_days=700), tmp_path, octet) as scene:
        scene.settle()
        scene.state()  # not due yet; a CUBE that is only watched is not probed
        cluster = scene.lab.clusters[CLUSTER]
        node = cluster.nodes["cucm-pub"]
        with scene.tried() as tally:
            stored = self_signed(Wish(node.spec.fqdn, datetime.now(UTC), 1825, names=(node.spec.fqdn,)))

            async def upload() -> None:
                node.callmanager.identity, node.callmanager.chain = stored, ()
                node.callmanager.trust.put(TrustEntry(stored.certificate))

            scene.lab.call(upload())
            scene.run(lambda one: trusts(one, stored.certificate.public_bytes(Encoding.DER)) and one.passes[-1].is_converged)
            assert serial_of(node) != f"{stored.certificate.serial_number:X}", "it is stored, and not served yet"
            scene.lab.call(cluster.restart_callmanager("cucm-pub"))
            outward = next(way for way in ways_between(scene.lab, CUBE, CLUSTER) if way.is_from_cube)
            until(lambda: tally.serials[outward][-1] == f"{stored.certificate.serial_number:X}", "the new one is on the wire")
        scene.step()
        assert condition(scene.passes[-1], ConditionType.ON_WIRE)[0] == "True"


def trusts(scene: Renewing, der: bytes) -> bool:
    return any(held.public_bytes(Encoding.DER) == der for held in scene.lab.cubes[CUBE].store.anchors())


def test_a_node_is_added_and_accepts_from_the_first_moment(tmp_path: Path, octet: int) -> None:
    """It runs, and no document names it yet; the trier tries it as soon as the link is Ready with it."""
    with renewing(Story(nodes=2, cube_days=700), tmp_path, octet) as scene:
        both = (scene.scene.folder / "clusters/seoul.yaml").read_text()
        one = "\n".join(line for line in both.splitlines() if "cucm-sub1" not in line) + "\n"
        (scene.scene.folder / "clusters/seoul.yaml").write_text(one)
        scene.run(lambda each: bool(each.passes) and each.passes[-1].is_converged)
        with scene.tried(nodes=["cucm-pub"]):
            (scene.scene.folder / "clusters/seoul.yaml").write_text(both)
            scene.step()
            scene.run(
                lambda each: each.passes[-1].is_converged and condition(each.passes[-1], ConditionType.READY)[0] == "True"
            )
            with scene.tried(nodes=["cucm-sub1"]) as tally:
                until(lambda: len(tally.accepted) == 2, "tried both ways")


Spoil = Callable[[Renewing], None]


def without_ntp(scene: Renewing) -> None:
    scene.set_clock(is_authoritative=False)


def a_year_ahead(scene: Renewing) -> None:
    scene.set_clock(skew_days=400)


@pytest.mark.parametrize("spoil", [without_ntp, a_year_ahead], ids=["not authoritative", "a year ahead"])
def test_nothing_is_done_while_a_clock_is_wrong_and_it_goes_on_when_it_is_right(
    spoil: Spoil, tmp_path: Path, octet: int
) -> None:
    with renewing(Story(), tmp_path, octet) as scene:
        scene.settle()
        before = scene.serial()
        scene.state()
        scene.step()  # it has begun
        labels = set(scene.lab.cubes[CUBE].store.keys)
        spoil(scene)
        for _ in range(3):
            finished = scene.step()
            assert not finished.outcomes, [str(outcome.key) for outcome in finished.outcomes]
        assert [wait.code for wait in scene.waits()] == ["clock"], scene.waits()
        assert set(scene.lab.cubes[CUBE].store.keys) == labels and scene.serial() == before
        scene.set_clock()
        with scene.tried():
            renewed(scene, before)
