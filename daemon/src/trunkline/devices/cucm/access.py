"""How a cluster is reached. Secrets are values here and appear in no representation."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter


@dataclass(frozen=True)
class NodeAccess:
    """One server: `address` is where AXL and REST answer, `fqdn` the name in its tomcat certificate."""

    name: str
    fqdn: str
    address: str
    is_publisher: bool = False


@dataclass(frozen=True)
class ClusterAccess:
    """A cluster with resolved credentials and the pinned CA."""

    nodes: tuple[NodeAccess, ...]
    axl_username: str
    axl_password: str = field(repr=False)
    platform_username: str
    platform_password: str = field(repr=False)
    ca_pem: str = field(repr=False)
    cache_directory: Path
    axl_port: int = 8443
    platform_port: int = 443
    timeout_seconds: float = 30.0

    @property
    def publisher(self) -> NodeAccess:
        return next((node for node in self.nodes if node.is_publisher), self.nodes[0])


class PinnedAdapter(HTTPAdapter):
    """TLS that trusts one CA, and the name of the node although the connection goes to an address."""

    def __init__(self, ca_pem: str, name: str) -> None:
        self._name = name
        self._context = ssl.create_default_context(cadata=ca_pem)
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        options.update(ssl_context=self._context, assert_hostname=self._name, server_hostname=self._name)
        super().init_poolmanager(*arguments, **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context says it all; without this, requests would load its own bundle beside it."""


def pinned_session(ca_pem: str, node: NodeAccess, credentials: tuple[str, str]) -> requests.Session:
    """An HTTPS session with one node. The environment has no say: REQUESTS_CA_BUNDLE would replace the pinned CA."""
    session = requests.Session()
    session.trust_env = False
    session.auth = credentials
    session.mount("https://", PinnedAdapter(ca_pem, node.fqdn))
    return session
