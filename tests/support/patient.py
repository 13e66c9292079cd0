"""One trunk that works, and everything that a person or nature can do to it: the patient of a diagnosis."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

from cryptography import x509

from support.cluster import ClusterScene
from support.octets import claimed_octet
from support.scene import Scene, converge, write_scene
from support.waiting import eventually
from trunkline.model.certificate import Certificate
from trunkline.model.passes import Pass
from trunkline.service.diagnosing import Examined, examine
from trunkline.service.world import World
from trunkline.twin.ca import Authority, Held, Wish
from trunkline.twin.cube.pki.store import Key
from trunkline.twin.cube.siptls.agent import Counters
from trunkline.twin.cucm.cluster import Cluster
from trunkline.twin.cucm.node import Node
from trunkline.twin.lab.lab import Lab, LabCube
from trunkline.twin.lab.spec import CubeSpec, LabSpec, article_cube, busan_cube, seoul

CLUSTER, NODES = "seoul", ("cucm-pub", "cucm-sub1", "cucm-sub2")


@dataclass(frozen=True)
class Body:
    """Which trunk: the article's, with a dial-peer to each node, or the modern one, with a server-group and a TLS profile."""

    cube: str = "vg-yohur"
    train: str = "15.6"
    cluster: dict[str, object] = field(default_factory=dict)  # options of ClusterSpec

    @property
    def link(self) -> str:
        return {"vg-yohur": "yohur-seoul", "cube-busan": "busan-seoul"}[self.cube]

    @property
    def spec(self) -> CubeSpec:
        return article_cube(self.train) if self.cube == "vg-yohur" else busan_cube(self.train)

    @property
    def lab(self) -> LabSpec:
        quick = {"ping_scale": 0.01, "replication_seconds": 0.05, "restart_seconds": 0.1, **self.cluster}
        return LabSpec((self.spec,), (seoul(**quick),), keepalive_scale=0.01)


@dataclass
class Patient:
    """A link that was brought up by trunkline itself."""

    body: Body
    scene: Scene
    world: World
    revision: str = "r1"

    @property
    def lab(self) -> Lab:
        return self.scene.lab

    @property
    def cube(self) -> LabCube:
        return self.lab.cubes[self.body.cube]

    @property
    def cluster(self) -> Cluster:
        return self.lab.clusters[CLUSTER]

    @property
    def http(self) -> ClusterScene:
        return ClusterScene(self.lab, self.scene.directory)

    def node(self, name: str) -> Node:
        return self.cluster.nodes[name]

    def do(self, act: Callable[[], object]) -> None:
        """Run a plain function where the devices live."""

        async def work() -> None:
            act()

        self.lab.call(work())

    def apply(self) -> Pass:
        """What the documents say, made so."""
        return converge(self.world, self.scene.documents(), self.body.cube, self.revision)

    def examined(self) -> Examined:
        """As the command does: with sessions of its own."""
        world = self.scene.world()
        try:
            return examine(world, self.scene.documents(), self.revision, self.body.link)
        finally:
            world.close()

    # what a person does

    def type(self, *lines: str) -> None:
        """Configuration lines on the CUBE, and an end to the connections that were made before."""
        self.do(lambda: self.cube.router.type_on_console(list(lines), "jovalver"))
        self.clear()

    def clear(self) -> None:
        """`clear sip-ua tcp tls connection`: whatever comes next is a new handshake."""

        def close() -> None:
            for row in list(self.cube.agent.rows.values()):
                row.secured.close()
            self.cube.agent.rows.clear()

        self.do(close)

    def axl(self, operation: str, inner: str) -> None:
        answer = self.http.axl(operation, inner)
        assert answer.status == 200, answer.text

    def reset(self) -> None:
        self.axl("resetSipTrunk", f"<name>{self.trunk}</name>")

    @property
    def trunk(self) -> str:
        return {"vg-yohur": "SIP-TRUNK-YOHUR", "cube-busan": "SIP-TRUNK-BUSAN"}[self.body.cube]

    @property
    def profile(self) -> str:
        return {"vg-yohur": "vg-yohur TLS", "cube-busan": "cube-busan TLS"}[self.body.cube]

    def edit_profile(self, inner: str) -> None:
        self.axl("updateSipTrunkSecurityProfile", f"<name>{self.profile}</name>{inner}")

    def restart(self, *names: str) -> None:
        """Restart Cisco CallManager."""
        for name in names or NODES:
            self.lab.call(self.cluster.restart_callmanager(name))

    def enroll(self, held: Held, issuer: x509.Certificate, trustpoint: str = "", label: str = "another-key") -> None:
        """A certificate with its key is imported into a trustpoint, as by `crypto pki import`."""
        name = trustpoint or self.body.spec.identity_trustpoint
        now = datetime.now(UTC)

        def install() -> None:
            self.cube.store.install(name, issuer, held.certificate, Key(label, held.key, now))
            entry = self.cube.router.running.find((f"crypto pki trustpoint {name}",))
            if entry is not None:
                self.cube.router.running.enter(entry, f"rsakeypair {label}")
            self.cube.router.announce()

        self.do(install)
        self.clear()

    @property
    def authority(self) -> Authority:
        """The lab's root, which issued the certificate of the article's CUBE."""
        return self.lab.authority

    def wish(self, **more: object) -> Wish:
        name = self.body.spec.common_name
        return replace(Wish(name, datetime.now(UTC), names=(name,)), **more)  # type: ignore[arg-type]  # fields of Wish

    def distrust(self, certificate: x509.Certificate, *names: str) -> None:
        """Delete a certificate from CallManager-trust of these nodes alone, and restart their service."""
        for name in names or NODES:
            self.do(lambda name=name: self.node(name).callmanager.trust.remove(certificate))  # type: ignore[misc]  # bound now
        self.restart(*names)

    # what is so on the lab

    def is_connected(self, *names: str) -> bool:
        there = {row.remote[0] for row in self.cube.agent.rows.values() if row.state == "Established"}
        return {self.node(name).spec.address for name in names or NODES} <= there

    @property
    def counters(self) -> Counters:
        return self.cube.agent.counters

    def until_connected(self) -> None:
        eventually(lambda: self.is_connected() and self.is_answered(), "the trunk does not come up")

    def is_answered(self) -> bool:
        """Whether OPTIONS are answered both ways, as the devices saw it last."""
        pinged = self.cube.agent.targets.values()
        statuses = (self.node(name).sip.status.get(self.trunk, "in service") for name in NODES)
        return all(one.failures == 0 for one in pinged) and all(one == "in service" for one in statuses)

    def certificate(self, node: str) -> Certificate:
        return Certificate.from_pem(self.node(node).identity.pem)


@contextmanager
def patient(body: Body, directory: Path, prepare: Callable[[Scene], object] | None = None) -> Iterator[Patient]:
    """A trunk that is up. `prepare` edits the documents before they are applied."""
    with (
        claimed_octet() as octet,
        Lab(replace(body.lab, octet=octet), directory / ".lab") as lab,
        mock.patch.dict(os.environ, lab.environment()),
    ):
        scene = write_scene(lab, directory)
        if prepare:
            prepare(scene)
        for other in {"vg-yohur", "cube-busan"} - {body.cube}:
            (scene.folder / "cubes" / f"{other}.yaml").unlink()
            (scene.folder / "links" / f"{Body(other).link}.yaml").unlink()
        scene.commit("one trunk")
        world = scene.world()
        try:
            made = Patient(body, scene, world)
            made.apply()
            if body.cluster.get("trust_needs_restart"):
                made.restart()
            yield made
        finally:
            world.close()
