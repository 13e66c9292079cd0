"""From documents and secret references to what a device needs to be reached."""

from pathlib import Path

from trunkline.desired.documents import Cluster, Cube
from trunkline.devices.cube.session import CubeAccess
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.settings import literal_or_file, resolve


def cube_access(cube: Cube, directory: Path) -> CubeAccess:
    """Raises DesiredInvalid for a reference that leads nowhere."""
    management = cube.management
    enable = management.enable_password
    return CubeAccess(
        address=management.address,
        port=management.port,
        username=resolve(management.username, directory),
        password=resolve(management.password, directory),
        host_key=literal_or_file(management.host_key, directory),
        enable_password=resolve(enable, directory) if enable else None,
    )


def cluster_access(cluster: Cluster, directory: Path, cache_directory: Path) -> ClusterAccess:
    """Raises DesiredInvalid for a reference that leads nowhere."""
    nodes = tuple(
        NodeAccess(node.name, node.fqdn, node.management_address or node.address, node.publisher) for node in cluster.nodes
    )
    return ClusterAccess(
        nodes,
        resolve(cluster.axl.username, directory),
        resolve(cluster.axl.password, directory),
        resolve(cluster.platform.username, directory),
        resolve(cluster.platform.password, directory),
        literal_or_file(cluster.axl.ca, directory),
        cache_directory,
        cluster.axl.port,
        cluster.platform.port,
    )
