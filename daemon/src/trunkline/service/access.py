"""From documents and secret references to what a device needs to be reached."""

from pathlib import Path

from trunkline.desired.documents import Cluster, Cube
from trunkline.devices.cube.session import CubeAccess
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.model.errors import DesiredInvalid
from trunkline.settings import literal_or_file, resolve


def cube_access(cube: Cube, directory: Path) -> CubeAccess:
    """Raises DesiredInvalid for a reference that leads nowhere."""
    management = cube.management
    enable = management.enable_password
    return CubeAccess(
        address=management.address,
        port=management.port,
        username=secret(management.username, directory),
        password=secret(management.password, directory),
        host_key=public(management.host_key, directory),
        enable_password=secret(enable, directory) if enable else None,
    )


def cluster_access(cluster: Cluster, directory: Path, cache_directory: Path) -> ClusterAccess:
    """Raises DesiredInvalid for a reference that leads nowhere."""
    nodes = tuple(
        NodeAccess(node.name, node.fqdn, node.management_address or node.address, node.publisher) for node in cluster.nodes
    )
    return ClusterAccess(
        nodes,
        secret(cluster.axl.username, directory),
        secret(cluster.axl.password, directory),
        secret(cluster.platform.username, directory),
        secret(cluster.platform.password, directory),
        public(cluster.axl.ca, directory),
        cache_directory,
        cluster.axl.port,
        cluster.platform.port,
    )


def secret(reference: str, directory: Path) -> str:
    return resolve(_inside(reference, directory), directory)


def public(text: str, directory: Path) -> str:
    return literal_or_file(_inside(text, directory), directory)


def _inside(reference: str, directory: Path) -> str:
    """Whoever may write documents says where a secret is sent, too: no other file of the daemon's is theirs to send."""
    kind, _, name = reference.partition(":")
    root = directory.absolute()
    path = root / name
    if kind == "file" and (".." in path.parts or not path.is_relative_to(root)):
        raise DesiredInvalid(
            f"cannot resolve {reference}: it is outside of secrets_directory; documents refer to files below {root} only"
        )
    return reference
