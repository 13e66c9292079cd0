"""A lab of many sites for one daemon: each site is a CUBE, a cluster of its own, and the link between them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pygit2

from support.daemon import Daemon
from support.scene import EXAMPLES, Scene
from trunkline.twin.cube.router import Router
from trunkline.twin.cucm.cluster import Cluster, ClusterSpec
from trunkline.twin.cucm.node import NodeSpec
from trunkline.twin.lab import spec as lab_spec
from trunkline.twin.lab.lab import Lab
from trunkline.twin.lab.spec import CubeSpec, LabSpec, article_cube, config_text

FIRST_NETWORK = 100
ESTATE = "enforcement: enforce\nintervals: {source_seconds: 5, observe_seconds: 5, full_read_seconds: 3600}\n"
SECRETS = {
    "cube-password": lab_spec.CUBE_USER[1],
    "cube-enable": lab_spec.ENABLE_PASSWORD,
    "axl-password": lab_spec.AXL_USER[1],
    "platform-password": lab_spec.PLATFORM_USER[1],
}


@dataclass(frozen=True)
class Site:
    """A CUBE, a cluster and a link of the same name. `network` is the third octet of its addresses."""

    name: str
    network: int
    nodes: int = 1

    @property
    def cube(self) -> CubeSpec:
        made = article_cube()
        text = config_text("vg-yohur").replace("10.72.86.", f"10.72.{self.network}.").replace("VG_yohur", self.name)
        return CubeSpec(
            name=self.name,
            train=made.train,
            address=f"10.72.{self.network}.86",
            config=text.replace("vg-yohur", self.name),
            common_name=f"{self.name}.example.com",
            root_trustpoint=made.root_trustpoint,
        )

    @property
    def cluster(self) -> ClusterSpec:
        nodes = tuple(
            NodeSpec(f"{self.name}-{n}", f"{self.name}-{n}.example.com", f"10.72.{self.network}.{74 + n}", _role(n))
            for n in range(self.nodes)
        )
        return ClusterSpec(self.name, nodes, lab_spec.AXL_USER, lab_spec.PLATFORM_USER, ping_scale=0.05)


def _role(number: int) -> str:
    return "subscriber" if number else "publisher"


def sites(names: Sequence[str], nodes: Mapping[str, int]) -> list[Site]:
    return [Site(name, FIRST_NETWORK + number, nodes.get(name, 1)) for number, name in enumerate(names)]


def estate_lab(members: Sequence[Site], octet: int) -> LabSpec:
    return LabSpec(tuple(m.cube for m in members), tuple(m.cluster for m in members), octet=octet, keepalive_scale=0.05)


@dataclass
class Estate:
    """The lab of the sites, their documents in git, and the daemon that looks after them."""

    lab: Lab
    scene: Scene
    members: Mapping[str, Site]
    daemon: Daemon = field(init=False)

    def __post_init__(self) -> None:
        self.daemon = Daemon(self.scene.write_settings(), self.scene.process_environment(), self.scene.directory)

    def router(self, site: str) -> Router:
        return self.lab.cubes[site].router

    def cluster(self, site: str) -> Cluster:
        return self.lab.clusters[site]

    def neutral_configuration(self, site: str) -> list[str]:
        """The configuration of a site's CUBE without what is its own: names, addresses, certificates; sorted."""
        text = "\n".join(self.router(site).text_lines()).replace(site, "SITE")
        text = text.replace(f"10.72.{self.members[site].network}.", "10.72.N.")
        text = re.sub(r"TL-[0-9A-F]{8}", "TL-X", text)
        text = re.sub(r"^ fingerprint .*$", " fingerprint X", text, flags=re.MULTILINE)
        text = re.sub(r"^  [0-9A-F ]+$\n", "", text, flags=re.MULTILINE)
        return sorted(set(re.sub(r"^ certificate .*$", " certificate X", text, flags=re.MULTILINE).splitlines()))

    def secret(self, site: str, name: str) -> Path:
        """The file that a secret of a site is read from: cube-password, cube-enable, axl-password, platform-password."""
        return self.scene.directory / "secrets" / f"{site}.{name}"

    def put_secret(self, site: str, name: str, value: str) -> None:
        path = self.secret(site, name)
        path.touch(mode=0o600)
        path.write_text(value + "\n")

    def pinned_key(self, site: str) -> Path:
        return self.lab.directory / f"{site}.host-key"

    def pinned_ca(self, site: str) -> Path:
        return self.lab.directory / f"{site}-ca.pem"


def write_estate(lab: Lab, directory: Path, members: Sequence[Site], policy: str = "") -> Estate:
    """Documents, secrets and settings for the sites of a running lab, committed. `policy` is more of estate.yaml."""
    scene = Scene(lab, directory, lab.environment())
    estate = Estate(lab, scene, {member.name: member for member in members})
    (directory / "secrets").mkdir()
    for member in members:
        for name, value in SECRETS.items():
            estate.put_secret(member.name, name, value)
        _write_documents(scene.folder, member, lab.spec.octet)
    (scene.folder / "estate.yaml").write_text(ESTATE + policy)
    pygit2.init_repository(str(directory), initial_head="main")
    scene.commit("the sites")
    return estate


def _write_documents(folder: Path, site: Site, octet: int | None) -> None:
    """From the examples: the CUBE of the article, with one link."""
    for kind, example in (("cubes", "vg-yohur"), ("links", "yohur-seoul")):
        text = (EXAMPLES / kind / f"{example}.yaml").read_text()
        path = folder / kind / f"{site.name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_at_site(text, site, octet))
    head, _, rest = (EXAMPLES / "clusters" / "seoul.yaml").read_text().partition("nodes:\n")
    tail = rest[rest.index("axl:") :]
    rows = [
        f"  - {{name: {n.name}, fqdn: {n.fqdn}, address: {n.address}, management_address: 127.{octet}.{n.address[6:]}"
        f", probe_address: 127.{octet}.{n.address[6:]}"
        f"{', publisher: true' if n.is_publisher else ''}}}\n"
        for n in site.cluster.nodes
    ]
    path = folder / "clusters" / f"{site.name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_at_site("".join([head, "nodes:\n", *rows, tail]), site, octet))


def _at_site(text: str, site: Site, octet: int | None) -> str:
    """Other addresses, names and places of secrets."""
    secrets = {"CUBE_PASSWORD": "cube-password", "CUBE_ENABLE": "cube-enable"}
    secrets |= {"AXL_PASSWORD": "axl-password", "PLATFORM_PASSWORD": "platform-password"}
    for variable, name in secrets.items():
        text = text.replace(f"env:TRUNKLINE_LAB_{variable}", f"file:secrets/{site.name}.{name}")
    text = text.replace("127.72.86.", f"127.{octet}.{site.network}.").replace("10.72.86.", f"10.72.{site.network}.")
    text = text.replace("vg-yohur", site.name).replace("cluster: seoul", f"cluster: {site.name}")
    return text.replace("seoul-ca.pem", f"{site.name}-ca.pem").replace("SIP-TRUNK-YOHUR", f"TRUNK-{site.name}")
