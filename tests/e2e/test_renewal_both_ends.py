"""A managed cluster and its CUBE, both near their end: node by node, each restart with consent, and nobody is ever refused."""

from datetime import UTC, datetime
from pathlib import Path

from support.cluster import until
from support.renewal import CLUSTER, CUBE, Renewing, Story, renewing
from trunkline.model.key import Key, Kind
from trunkline.model.renewal.memory import Approval
from trunkline.twin.cucm.node import Node
from trunkline.twin.lab.trier import Way, ways_between


def serial_of(node: Node) -> str:
    return f"{node.served.certificate.serial_number:X}"


def approve(scene: Renewing, node: str) -> None:
    key = Key(f"cluster/{CLUSTER}", Kind.SERVICE_RESTART, node)
    scene.world.journal.approve(Approval(key, "a test", datetime.now(UTC)))


def test_both_ends_near_their_end_are_renewed(tmp_path: Path, octet: int) -> None:
    """A managed cluster, node by node, each restart with consent."""
    story = Story(
        nodes=2,
        is_lab_ca=False,
        cluster={"identity_days": 0.3},
        certificates="{mode: managed, issuer: local}",
    )
    with renewing(story, tmp_path, octet) as scene:
        scene.settle()
        cluster = scene.lab.clusters[CLUSTER]
        before = {name: serial_of(node) for name, node in cluster.nodes.items()}
        own = scene.serial()
        scene.state()
        restarted: list[str] = []

        def is_over(one: Renewing) -> bool:
            for key in [wait.asks for wait in one.waits() if wait.asks]:
                if key not in one.world.journal.memory([key.target]).approvals:
                    restarted.append(key.name)
                    approve(one, key.name)
            return one.is_alone() and all(serial_of(node) != before[name] for name, node in cluster.nodes.items())

        with scene.tried() as tally:
            scene.run(is_over)
            until(
                lambda: all(tally.serials[way][-1] == served(scene, way) for way in ways_between(scene.lab, CUBE, CLUSTER)),
                "what is new is seen on the wire",
            )
        assert list(dict.fromkeys(restarted)) == ["cucm-pub", "cucm-sub1"], "publisher first"
        assert scene.serial() != own


def served(scene: Renewing, way: Way) -> str:
    return serial_of(scene.lab.clusters[CLUSTER].nodes[way.node]) if way.is_from_cube else scene.serial()
