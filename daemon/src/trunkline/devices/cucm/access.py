"""How a cluster is reached: addresses, credentials, TLS that trusts one CA, and how long to insist.

Secrets are values here and appear in no representation and in no message.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from trunkline.devices.cucm.soap.budget import PER_MINUTE
from trunkline.model.errors import AccessRefused, DesiredInvalid, DeviceBusy, DeviceUnreachable, TrunklineError

T = TypeVar("T")
NAME_MISMATCH, EXPIRED = 62, 10  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_CERT_HAS_EXPIRED
MENDED_AT_ONCE = 2  # attempts after a lost connection; a node that is down shall not hold up a pass


@dataclass(frozen=True)
class NodeAccess:
    """One server: `address` is where AXL and REST answer, `fqdn` the name in its tomcat certificate, `listed` the address that
    the cluster knows, where it is another.

    Platform users belong to a node and may differ; empty means those of the cluster.
    """

    name: str
    fqdn: str
    address: str
    is_publisher: bool = False
    platform_username: str = ""
    platform_password: str = field(default="", repr=False)
    listed: str = ""


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
    connect_timeout_seconds: float = 5.0
    requests_per_minute: int = PER_MINUTE  # for what is asked at every interval; see `soap.budget`

    @property
    def publisher(self) -> NodeAccess:
        return next((node for node in self.nodes if node.is_publisher), self.nodes[0])

    @property
    def timeouts(self) -> tuple[float, float]:
        """For requests: until connected, until the next byte; in seconds."""
        return self.connect_timeout_seconds, self.timeout_seconds

    def platform_credentials(self, node: NodeAccess) -> tuple[str, str]:
        return node.platform_username or self.platform_username, node.platform_password or self.platform_password


class PinnedAdapter(HTTPAdapter):
    """TLS that trusts one CA, and the name of the node although the connection goes to an address."""

    def __init__(self, ca_pem: str, name: str) -> None:
        self._name = name
        self._context = _context(ca_pem, name)
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        options.update(ssl_context=self._context, server_hostname=self._name)
        super().init_poolmanager(*arguments, **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context says it all; without this, requests would load its own bundle beside it."""


def _context(ca_pem: str, name: str) -> ssl.SSLContext:
    """Trusts the certificates given and nothing else. Raises DesiredInvalid where there are none.

    The pinned certificate may be the tomcat certificate itself or an issuing CA without its root (partial chain), and
    the self-signed certificates of CUCM lack extensions that the strict mode of newer Pythons demands.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise DesiredInvalid(
            f"cannot use axl.ca for {name}: it holds no certificate in PEM form; put the CA of the tomcat certificates there"
        ) from error
    return context


def pinned_session(ca_pem: str, node: NodeAccess) -> requests.Session:
    """An HTTPS session with one node. The environment has no say: REQUESTS_CA_BUNDLE would replace the pinned CA."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", PinnedAdapter(ca_pem, node.fqdn))
    return session


class ConnectionLost(DeviceUnreachable):
    """The connection failed at once, so that trying once more costs little; a timeout is not one."""


def connection_error(where: str, fqdn: str, error: requests.RequestException) -> TrunklineError:
    """What a failed connection means, without the URL that requests puts into its messages."""
    verification = _verification_error(error)
    if verification:
        return AccessRefused(f"cannot trust {where}: {_distrust(verification, fqdn)}")
    if isinstance(error, requests.exceptions.SSLError):
        return DeviceUnreachable(f"cannot reach {where}: it does not speak TLS as expected; see whether the port is right")
    if isinstance(error, requests.exceptions.Timeout):
        return DeviceUnreachable(f"cannot reach {where}: no answer in time; see whether the node is up")
    return ConnectionLost(f"cannot reach {where}: the connection failed; see whether the node is up and the port right")


def _distrust(verification: ssl.SSLCertVerificationError, fqdn: str) -> str:
    if verification.verify_code == NAME_MISMATCH:
        return f"its certificate does not bear the name {fqdn}; put the name in its tomcat certificate into `fqdn` of the node"
    if verification.verify_code == EXPIRED:
        return "its certificate has expired; renew the tomcat certificate of the node"
    return (
        f"its certificate is not signed by the pinned CA ({verification.verify_message}); put the CA that signed the "
        "tomcat certificates into axl.ca"
    )


def _verification_error(error: BaseException) -> ssl.SSLCertVerificationError | None:
    """The reason that requests and urllib3 have wrapped, each in its own manner."""
    todo: list[object] = [error]
    for _ in range(20):
        if not todo:
            break
        current = todo.pop()
        if isinstance(current, ssl.SSLCertVerificationError):
            return current
        if isinstance(current, BaseException):
            todo.extend([*current.args, getattr(current, "reason", None), current.__cause__])
    return None


@dataclass
class Patience:
    """Asks again where the cluster says "later", ever more slowly, and counts it.

    AXL throttles writes by the length of the database change queue with HTTP 503 and recommends to retry after several
    seconds (Cisco AXL developer guide, "Throttling"); nothing else is worth a retry but a connection that broke.
    """

    attempts: int = 5
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 30.0
    sleep: Callable[[float], None] = time.sleep
    throttled: int = 0
    lost: int = 0

    def ask(self, question: Callable[[], T]) -> T:
        """The answer, or the last error."""
        retrying = Retrying(
            retry=retry_if_exception(self._is_worth_another),
            wait=wait_exponential_jitter(
                self.first_wait_seconds, self.longest_wait_seconds, jitter=self.first_wait_seconds / 4
            ),
            stop=self._is_enough,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(question)

    def _is_worth_another(self, error: BaseException) -> bool:
        self.throttled += isinstance(error, DeviceBusy)
        self.lost += isinstance(error, ConnectionLost)
        return isinstance(error, DeviceBusy | ConnectionLost)

    def _is_enough(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        return state.attempt_number >= (MENDED_AT_ONCE if isinstance(error, ConnectionLost) else self.attempts)
