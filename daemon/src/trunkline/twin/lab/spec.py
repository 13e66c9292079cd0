"""What a lab consists of: data, and the two CUBEs and the cluster that the demo and the documentation use."""

from dataclasses import dataclass, field, replace
from importlib.resources import files

from trunkline.twin.cucm.cluster import ClusterSpec
from trunkline.twin.cucm.node import NodeSpec

CUBE_USER = ("trunkline", "lab-cube")
PERSON = ("jovalver", "lab-person")
"""Somebody with an account of their own on every CUBE, beside trunkline's."""
ENABLE_PASSWORD = "lab-enable"  # noqa: S105 - of a simulated router on loopback
AXL_USER = ("trunkline-axl", "lab-axl")
PLATFORM_USER = ("trunkline-os", "lab-platform")


@dataclass(frozen=True)
class CubeSpec:
    """One CUBE. Its identity trustpoint is enrolled before the story begins, as in the article."""

    name: str
    train: str
    address: str
    config: str = field(repr=False)
    identity_trustpoint: str = "sip-trunk-cert"
    key_label: str = "sip-trunk-key"
    common_name: str = ""
    has_issuing_ca: bool = False
    root_trustpoint: str = ""
    ssh_port: int = 2222
    key_type: tuple[str, int] = ("rsa", 2048)  # of the identity: ("ec", 256), …
    identity_days: float = 730  # until it expires; negative for one that has
    is_self_signed: bool = False  # the identity is its own issuer, and its trustpoint says so


@dataclass(frozen=True)
class LabSpec:
    """A lab. `octet` shifts every loopback address (127.OCTET.x.y), so that labs can run side by side."""

    cubes: tuple[CubeSpec, ...]
    clusters: tuple[ClusterSpec, ...]
    octet: int | None = None
    keepalive_scale: float = 1.0
    boot_seconds: float = 2.0  # how long a reload takes


def config_text(name: str) -> str:
    """A configuration that comes with the lab."""
    return files("trunkline.twin.lab").joinpath("configs", f"{name}.cfg").read_text()


def article_cube(train: str = "15.6") -> CubeSpec:
    """The CUBE of the article."""
    return CubeSpec(
        name="vg-yohur",
        train=train,
        address="10.72.86.86",
        config=config_text("vg-yohur"),
        common_name="vg-yohur.example.com",
        root_trustpoint="rootca-01",
    )


def busan_cube(train: str = "17.9") -> CubeSpec:
    """A modern CUBE, with a configuration as long and as full of other people's lines as a real one."""
    return CubeSpec(
        name="cube-busan",
        train=train,
        address="10.72.86.90",
        config=config_text("cube-busan"),
        identity_trustpoint="busan-sip",
        key_label="busan-sip-2026",
        common_name="cube-busan.example.com",
        has_issuing_ca=True,
        root_trustpoint="lab-root",
    )


def seoul(**options: object) -> ClusterSpec:
    """A cluster of one publisher and two subscribers; `options` are those of ClusterSpec."""
    nodes = (
        NodeSpec("cucm-pub", "cucm-pub.example.com", "10.72.86.74", "publisher"),
        NodeSpec("cucm-sub1", "cucm-sub1.example.com", "10.72.86.75"),
        NodeSpec("cucm-sub2", "cucm-sub2.example.com", "10.72.86.76"),
    )
    return ClusterSpec("seoul", nodes, AXL_USER, PLATFORM_USER, **options)  # type: ignore[arg-type]  # checked there


def near_its_end(spec: LabSpec, cube: str, days: float = 0.3) -> LabSpec:
    """The lab with certificates of a CUBE and of every cluster that end so soon; all of them began a day ago."""
    cubes = tuple(replace(one, identity_days=days) if one.name == cube else one for one in spec.cubes)
    return replace(spec, cubes=cubes, clusters=tuple(replace(one, identity_days=days) for one in spec.clusters))


def telling(spec: LabSpec, host: str, port: int) -> LabSpec:
    """The lab whose CUBEs send their syslog there from the beginning, each command that is typed among it."""
    lines = (f"logging host {host} transport udp port {port}", "archive", " log config", "  logging enable", "  notify syslog")
    told = "\n".join((*lines, "  hidekeys", "!", ""))
    return replace(spec, cubes=tuple(replace(one, config=told + one.config) for one in spec.cubes))


def article_lab() -> LabSpec:
    """The lab of `trunkline twin up` and of the demo; its pings are quicker than a real cluster's."""
    return LabSpec((article_cube(), busan_cube()), (seoul(ping_scale=0.05),), keepalive_scale=0.05)
