"""A cluster that does not play along, seen through a whole pass: what a link's conditions then say."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.cluster import until
from support.scene import Scene, converge, on_octet, write_scene
from trunkline.model.passes import Condition, ConditionType, Pass, Status
from trunkline.service.world import World
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import article_lab, seoul

CUBE = "vg-yohur"


@pytest.fixture
def pessimist(tmp_path: Path, octet: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """The lab of the article, with a cluster whose new trust counts only after a restart of the service."""
    spec = replace(article_lab(), clusters=(seoul(ping_scale=0.05, trust_needs_restart=True),))
    with Lab(on_octet(spec, octet), tmp_path / ".lab") as lab:
        for name, value in lab.environment().items():
            monkeypatch.setenv(name, value)
        yield write_scene(lab, tmp_path)


def condition(finished: Pass, kind: ConditionType) -> Condition:
    (found,) = [each for each in finished.conditions["yohur-seoul"] if each.type is kind]
    return found


def test_trust_that_does_not_count_yet_is_not_called_ready(pessimist: Scene) -> None:
    world = pessimist.world()
    try:
        finished = converge(world, pessimist.documents(), CUBE)
        proven = condition(finished, ConditionType.PROVEN)
        assert condition(finished, ConditionType.TRUST_READY).status is Status.TRUE  # it is stored
        assert (proven.status, proven.reason) == (Status.FALSE, "NoConnection")
        assert "a restart of it may be required on each node" in proven.message
        assert condition(finished, ConditionType.READY).status is Status.FALSE
        lab, cluster = pessimist.lab, pessimist.lab.clusters["seoul"]
        assert not any(result.is_ok for _, result in lab.handshakes(CUBE, "seoul"))
        for node in cluster.nodes:
            lab.call(cluster.restart_callmanager(node))
        assert all(result.is_ok for _, result in lab.handshakes(CUBE, "seoul"))
        until(lambda: is_proven(world, pessimist), "the trunk comes up by itself")
    finally:
        world.close()


def test_while_a_node_is_down_the_others_are_looked_after_and_the_link_is_not_called_ready(scene: Scene) -> None:
    world, cluster = scene.world(), scene.lab.clusters["seoul"]
    scene.lab.call(cluster.stop_node("cucm-sub1"))
    try:
        finished = converge(world, scene.documents(), CUBE)
        observed = condition(finished, ConditionType.OBSERVED)
        assert (observed.status, observed.reason) == (Status.FALSE, "DeviceUnreachable") and "cucm-sub1" in observed.message
        assert condition(finished, ConditionType.READY).status is not Status.TRUE
        root = cluster.authority.issuer.certificate
        held = {name: root in node.callmanager.trust.certificates for name, node in cluster.nodes.items()}
        assert (held["cucm-pub"], held["cucm-sub2"]) == (True, True)
        scene.lab.call(cluster.start_node("cucm-sub1"))
        until(lambda: is_proven(world, scene), "all of it, once the node is back")
        assert all(result.is_ok for _, result in scene.lab.handshakes(CUBE, "seoul"))
    finally:
        world.close()


def is_proven(world: World, scene: Scene) -> bool:
    """Whether a pass ends with an established connection and nothing left to do."""
    finished = converge(world, scene.documents(), CUBE)
    return finished.is_converged and condition(finished, ConditionType.PROVEN).status is Status.TRUE
