"""From documents and secret references to what a device needs to be reached."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from trunkline.desired.documents import Cluster, Cube
from trunkline.devices.cube.session import CubeAccess
from trunkline.devices.cucm.access import ClusterAccess, NodeAccess
from trunkline.model.errors import DesiredInvalid
from trunkline.settings import OWN_VARIABLES, literal_or_file, resolve


def cube_access(cube: Cube, directory: Path, variables: Sequence[str] = OWN_VARIABLES) -> CubeAccess:
    """Raises DesiredInvalid for a reference that leads nowhere, or to a variable that is none of `variables`."""
    management = cube.management
    enable = management.enable_password
    return CubeAccess(
        address=management.address,
        port=management.port,
        username=secret(management.username, directory, variables),
        password=secret(management.password, directory, variables),
        host_key=public(management.host_key, directory),
        enable_password=secret(enable, directory, variables) if enable else None,
    )


def cluster_access(
    cluster: Cluster, directory: Path, cache_directory: Path, variables: Sequence[str] = OWN_VARIABLES
) -> ClusterAccess:
    """Raises as `cube_access`."""
    nodes = tuple(
        NodeAccess(node.name, node.fqdn, node.management_address or node.address, node.publisher, listed=node.address)
        for node in cluster.nodes
    )
    return ClusterAccess(
        nodes,
        secret(cluster.axl.username, directory, variables),
        secret(cluster.axl.password, directory, variables),
        secret(cluster.platform.username, directory, variables),
        secret(cluster.platform.password, directory, variables),
        public(cluster.axl.ca, directory),
        cache_directory,
        cluster.axl.port,
        cluster.platform.port,
        requests_per_minute=cluster.requests_per_minute,
    )


def secret(reference: str, directory: Path, variables: Sequence[str] = OWN_VARIABLES) -> str:
    """What a document's reference leads to. Raises DesiredInvalid where it leads nowhere, or where it must not."""
    kind, _, name = reference.partition(":")
    if kind == "env" and not any(fnmatchcase(name, pattern) for pattern in variables):
        allowed = ", ".join(variables) or "none"
        raise DesiredInvalid(
            f"cannot resolve {reference}: documents must not refer to this variable; "
            f"name one of {allowed}, or add it to secrets_environment of the settings"
        )
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
