"""HTTP to one serviceability service of one node, port 8443, and what each of its refusals means."""

from dataclasses import dataclass, field

import requests

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, connection_error, pinned_session
from trunkline.devices.cucm.soap.budget import Budget
from trunkline.devices.cucm.soap.envelope import THROTTLED
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceUnreachable, TrunklineError


@dataclass(frozen=True)
class Service:
    """One of the services that every node offers to application users, and the role that it asks for."""

    name: str
    path: str
    role: str


CONTROL = Service(
    "the service control", "/controlcenterservice2/services/ControlCenterServices", role="Standard Serviceability"
)
RIS = Service("RIS", "/realtimeservice2/services/RISService70", role="Standard CCM Server Monitoring")
PERFMON = Service("PerfMon", "/perfmonservice2/services/PerfmonService", role="Standard CCM Server Monitoring")


class RoleMissing(AccessRefused):
    """The user may not ask: on no node, for its roles are those of the cluster."""


class NotUsable(DeviceUnreachable):
    """The node answers, but not as it should."""


class NotThere(NotUsable):
    """The node answers, and has no such service."""


@dataclass
class SoapDoor:
    """A service of a node, with the application user of AXL: Basic credentials on every request, which is counted."""

    access: ClusterAccess
    node: NodeAccess
    service: Service
    budget: Budget
    sent: int = 0  # requests
    throttled: int = 0  # of them, put off by the node
    _http: requests.Session | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        return f"{self.service.name} of {self.node.fqdn} ({self.node.address}:{self.access.axl_port})"

    def ask(self, action: str, message: bytes, read_seconds: float) -> bytes:
        """What was answered, a SOAP fault too.

        Raises RoleMissing, AccessRefused for a node that is not to be trusted, DeviceBusy where it was asked too often,
        NotUsable, and DeviceUnreachable without an answer.
        """
        response = self._post(action, message, read_seconds)
        problem = self._problem(response)
        if problem:
            raise problem
        return response.content

    def _post(self, action: str, message: bytes, read_seconds: float) -> requests.Response:
        if self._http is None:
            self._http = pinned_session(self.access.ca_pem, self.node)
        self.sent += 1
        self.budget.spend()
        try:
            return self._http.post(
                f"https://{self.node.address}:{self.access.axl_port}{self.service.path}",
                data=message,
                headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action},
                auth=(self.access.axl_username, self.access.axl_password),
                timeout=(self.access.connect_timeout_seconds, read_seconds),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise connection_error(self.where, self.node.fqdn, error) from error

    def _problem(self, response: requests.Response) -> TrunklineError | None:
        """Who came so far has logged in to AXL with the same password."""
        status = response.status_code
        if status in (401, 403):
            return RoleMissing(
                f"cannot use {self.where}: the user of axl.username lacks the role {self.service.role} (HTTP {status}); "
                "give it to the user"
            )
        if status == 503 or (status != 200 and THROTTLED.encode() in response.content):
            self.throttled += 1
            return DeviceBusy(f"cannot use {self.where} now: it is throttling ({status}); trunkline comes back later")
        if status == 404:
            return NotThere(f"cannot use {self.where}: it is not there (404); see whether port and address are right")
        return None if status in (200, 500) else NotUsable(f"cannot use {self.where}: it answered HTTP {status}")

    def close(self) -> None:
        if self._http:
            self._http.close()
            self._http = None
