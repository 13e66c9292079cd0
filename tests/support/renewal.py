"""One trunk whose certificates are near their end: a lab, its documents with an issuer, and passes until nothing is left."""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep
from unittest import mock

from cryptography.hazmat.primitives import serialization

from support.cluster import until
from support.scene import Scene, write_scene
from trunkline.issuer.local.authority import Authority, AuthorityWish
from trunkline.model.certificate import Certificate
from trunkline.model.passes import Pass
from trunkline.model.public_key import KeyType
from trunkline.model.renewal.standing import Wait
from trunkline.service.world import PassOptions, World
from trunkline.twin.ca import Held
from trunkline.twin.cucm.cluster import ClusterSpec
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import CubeSpec, LabSpec, article_cube, seoul
from trunkline.twin.lab.trier import Tally, Trier, ways_between

CUBE, LINK, CLUSTER, BASE = "vg-yohur", "yohur-seoul", "seoul", "sip-trunk-cert"
PASSPHRASE = "a passphrase of the lab"
NEAR_ITS_END = 0.3
"""Days: the lab's certificates begin a day before, so that less than half of their life is left."""
MOST_PASSES, PAUSE_SECONDS = 60, 0.2
POLICY = """issuers:
  local: {kind: local, passphrase: env:TRUNKLINE_TEST_PASSPHRASE, validity_days: 90}
  other: {kind: local, passphrase: env:TRUNKLINE_TEST_PASSPHRASE, validity_days: 90}
renewal: {smear: "0%", keep_hours: 0}
"""


@dataclass(frozen=True)
class Story:
    """How a trunk begins. `is_lab_ca`: the issuer is the CA that signed the certificates of before; else another one."""

    train: str = "17.9"
    key: tuple[str, int] = ("rsa", 2048)
    nodes: int = 1
    is_lab_ca: bool = True
    is_self_signed: bool = False
    cube_days: float = NEAR_ITS_END
    cluster: dict[str, object] = field(default_factory=dict)  # options of ClusterSpec
    certificates: str = ""  # of the cluster's document, as a YAML flow mapping
    ca_name: str = "trunkline test CA"  # where it is another one

    @property
    def lab(self) -> LabSpec:
        return LabSpec((self._cube(),), (self._cluster(),), keepalive_scale=0.05)

    def _cube(self) -> CubeSpec:
        return replace(
            article_cube(self.train), identity_days=self.cube_days, is_self_signed=self.is_self_signed, key_type=self.key
        )

    def _cluster(self) -> ClusterSpec:
        made = seoul(**{"ping_scale": 0.05, "replication_seconds": 0.05, **self.cluster})
        return replace(made, nodes=made.nodes[: self.nodes])


@dataclass
class Renewing:
    """The trunk, and the daemon's world."""

    story: Story
    scene: Scene
    authority: Authority
    passes: list[Pass] = field(default_factory=list)
    revision: str = "r1"
    _world: World | None = None

    @property
    def lab(self) -> Lab:
        return self.scene.lab

    @property
    def world(self) -> World:
        self._world = self._world or self.scene.world()
        return self._world

    def close(self) -> None:
        """As a daemon that ends; the next pass is that of a fresh one."""
        if self._world:
            self._world.close()
        self._world = None

    def step(self) -> Pass:
        """One pass."""
        previous = self.passes[-1] if self.passes else None
        finished = self.world.run_pass(self.scene.documents(), self.revision, CUBE, PassOptions(previous, is_full=True))
        self.world.journal.record(finished)
        self.passes.append(finished)
        return finished

    def run(self, is_over: Callable[["Renewing"], bool]) -> None:
        """Passes until it is over. Raises AssertionError telling what the last one says."""
        for _ in range(MOST_PASSES):
            if is_over(self):
                return
            if not self.step().outcomes:
                sleep(PAUSE_SECONDS)  # a replication, a reset
        assert is_over(self), self.told()

    def told(self) -> str:
        """The end of the story so far, for people."""
        lines: list[str] = []
        for finished in self.passes[-4:]:
            lines += [f"{outcome.result} {outcome.key}: {outcome.detail}" for outcome in finished.outcomes]
            lines += [f"held {held.change.key}: {held.code} {held.reason}" for held in finished.plan.held if finished.plan]
            lines += [f"{one.wish.target} {one.serving} {one.rung!r} {one.why}: {one.waits}" for one in finished.standings]
            lines += [f"failure: {finished.failure}", ""]
        return "\n".join(lines)

    def is_alone(self) -> bool:
        """Everything is at the top of its ladder, and nothing differs."""
        if not self.passes:
            return False
        last = self.passes[-1]
        return last.is_converged and all(one.rung.name == "ALONE" and not one.coming for one in last.standings)

    def waits(self) -> list[Wait]:
        """Why certificates did not climb in the last pass."""
        return [wait for standing in self.passes[-1].standings for wait in standing.waits] if self.passes else []

    def set_clock(self, *, is_authoritative: bool = True, skew_days: float = 0) -> None:
        """Of the CUBE; right again without words."""
        router = self.lab.cubes[CUBE].router
        router.clock_mark = "" if is_authoritative else "*"
        router.clock_skew = timedelta(days=skew_days)

    def serial(self) -> str:
        """What the CUBE presents to the first node."""
        node = next(iter(self.lab.clusters[CLUSTER].nodes.values()))
        found = self.lab.cubes[CUBE].agent.presented(node.spec.address)
        return f"{found.serial_number:X}" if found else ""

    def orphans(self) -> list[str]:
        """Trustpoints that hold an identity but do not serve, keys that nothing uses; the base trustpoint may have gone."""
        store = self.lab.cubes[CUBE].store
        serving = self.passes[-1].standings[0].serving
        used = {trustpoint.key_label for trustpoint in store.trustpoints.values() if trustpoint.name == serving}
        found = [f"key {label}" for label in store.keys if label not in used]
        return found + [f"trustpoint {t.name}" for t in store.trustpoints.values() if t.identity and t.name != serving]

    @contextmanager
    def tried(self, nodes: Sequence[str] | None = None) -> Iterator[Tally]:
        """Somebody tries every way all the time, or those with these nodes; nobody may be refused."""
        with Trier(self.lab, ways_between(self.lab, CUBE, CLUSTER, nodes)) as trier:
            yield trier.tally
        assert trier.tally.attempts, "nobody tried"
        assert not trier.tally.refusals, "\n".join(map(str, trier.tally.refusals[:10]))

    def settle(self) -> None:
        """The trunk is up before the story begins, with the certificates of before."""
        text = (self.scene.folder / f"cubes/{CUBE}.yaml").read_text()
        self._write(text, "")
        self.run(lambda scene: bool(scene.passes) and scene.passes[-1].is_converged)
        if self.story.cluster.get("trust_needs_restart"):
            for node in self.lab.clusters[CLUSTER].nodes:
                self.lab.call(self.lab.clusters[CLUSTER].restart_callmanager(node))
        until(lambda: all(one.is_ok for _, one in self.lab.handshakes(CUBE, CLUSTER)), "the trunk is up")

    def state(
        self,
        names: Sequence[str] = ("vg-yohur.example.com",),
        issuer: str = "local",
        key: tuple[str, int] | None = None,
    ) -> None:
        """From now on the CUBE's identity is renewed so, and the cluster's as the story says."""
        if self.story.certificates:
            with (self.scene.folder / f"clusters/{CLUSTER}.yaml").open("a") as cluster:
                cluster.write(f"certificates: {self.story.certificates}\n")
        text = (self.scene.folder / f"cubes/{CUBE}.yaml").read_text()
        kind, bits = key or self.story.key
        extra = f"  issuer: {issuer}\n  names: [{', '.join(names)}]\n  key: {{type: {kind}, bits: {bits}}}\n"
        self._write(text, extra)

    def _write(self, text: str, extra: str) -> None:
        bare = re.sub(r"(  trustpoint: \S+\n)(?:  (?:issuer|names|key):.*\n)*", lambda found: found[1] + extra, text, count=1)
        (self.scene.folder / f"cubes/{CUBE}.yaml").write_text(bare)


@contextmanager
def renewing(story: Story, directory: Path, octet: int) -> Iterator[Renewing]:
    """A lab that tells the story; the CA is made in the state directory."""
    spec = replace(story.lab, octet=octet)
    with Lab(spec, directory / ".lab") as lab:
        environment = {**lab.environment(), "TRUNKLINE_TEST_PASSPHRASE": PASSPHRASE}
        with mock.patch.dict(os.environ, environment):
            scene = write_scene(lab, directory)
            scene.environment = environment
            authority = _authority(story, lab, directory / "state")
            _write_documents(scene, story)
            made = Renewing(story, scene, authority)
            try:
                yield made
            finally:
                made.close()


def _authority(story: Story, lab: Lab, state: Path) -> Authority:
    authority = Authority("local", state, PASSPHRASE)
    if story.is_lab_ca:
        _adopt(lab.authority.issuer, authority)
    else:
        authority.create(AuthorityWish(story.ca_name, timedelta(days=3650), KeyType("rsa", 2048)), datetime.now(UTC))
    return authority


def _adopt(held: Held, authority: Authority) -> None:
    """The CA of the lab, as `ca init` would have left it."""
    protection = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    key = held.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
    authority.folder.mkdir(parents=True, mode=0o700)
    for name, data in (("ca-1.key", key), ("ca-1.pem", held.pem.encode())):
        path = authority.folder / name
        path.touch(mode=0o600)
        path.write_bytes(data)


def _write_documents(scene: Scene, story: Story) -> None:
    """The article's link alone, at the story's release, with as many nodes; looked at on the lab's addresses."""
    folder, octet = scene.folder, scene.lab.spec.octet
    for path in [*folder.glob("cubes/*.yaml"), *folder.glob("links/*.yaml")]:
        if path.stem not in (CUBE, LINK):
            path.unlink()
    cube = folder / f"cubes/{CUBE}.yaml"
    text = re.sub(r'^release: ".*"$', f'release: "{story.train}"', cube.read_text(), flags=re.MULTILINE)
    if int(story.train.split(".", maxsplit=1)[0]) >= 17:
        text = text.replace("border_element:\n    license_capacity: 225", "border_element: true")
    if "probe_address" not in text:
        text = text.replace("  interface:", f"  probe_address: 127.{octet}.86.86\n  interface:", 1)
    cube.write_text(text)
    cluster = folder / f"clusters/{CLUSTER}.yaml"
    rows = [line for line in cluster.read_text().splitlines() if not line.startswith("  - {name: cucm-")]
    at = rows.index("nodes:") + 1
    nodes = story.lab.clusters[0].nodes
    rows[at:at] = [
        f"  - {{name: {n.name}, fqdn: {n.fqdn}, address: {n.address}, management_address: {shifted}, probe_address: {shifted}"
        f"{', publisher: true' if n.is_publisher else ''}}}"
        for n in nodes
        for shifted in [f"127.{octet}.{n.address.split('.', 2)[2]}"]
    ]
    cluster.write_text("\n".join(rows) + "\n")
    with (folder / "estate.yaml").open("a") as estate:
        estate.write(POLICY)


def issued_by(serial: str, authority: Authority, lab: Lab) -> bool:
    """Whether the certificate of that serial in the CUBE's store was signed by this CA."""
    issuer = authority.certificates()[0]
    for trustpoint in lab.cubes[CUBE].store.trustpoints.values():
        if trustpoint.identity and f"{trustpoint.identity.serial_number:X}" == serial:
            der = trustpoint.identity.public_bytes(serialization.Encoding.DER)
            return Certificate(der).issued_by(issuer)
    return False
