"""Service control of each node: since when Cisco CallManager runs there, and its restart."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, Patience, connection_error, pinned_session
from trunkline.devices.cucm.renewal import answers
from trunkline.devices.cucm.renewal.acts import CALLMANAGER_SERVICE
from trunkline.devices.cucm.renewal.answers import ControlFault, NotUnderstood, ServiceState
from trunkline.model.errors import AccessRefused, DeviceBusy, DeviceRefused, DeviceUnreachable, TrunklineError

UNDER_WAY = frozenset({"Stopping", "Starting"})

PATH = "/controlcenterservice2/services/ControlCenterServices"
ROLE = "Standard Serviceability"


@dataclass(frozen=True)
class Pace:
    """How long a restart is waited for. The nodes allow only so many such requests a minute, so they are asked seldom."""

    first_seconds: float = 1.0  # doubles up to `poll_seconds`
    poll_seconds: float = 10.0
    deadline_seconds: float = 600.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass
class ControlSession:
    """The service control of one node, port 8443, with the application user of AXL. It rules that node alone."""

    access: ClusterAccess
    node: NodeAccess
    patience: Patience = field(default_factory=Patience)
    sent: int = 0  # requests
    _http: requests.Session | None = field(default=None, repr=False)

    @property
    def where(self) -> str:
        return f"the service control of {self.node.fqdn} ({self.node.address}:{self.access.axl_port})"

    def state(self) -> ServiceState:
        """Asked once: whoever looks again and again must not use up what the node allows a minute."""
        return self._ask("soapGetServiceStatus", answers.status_request(CALLMANAGER_SERVICE))

    def restart(self, pace: Pace) -> ServiceState:
        """Restart Cisco CallManager and see that it runs anew.

        Raises AccessRefused where the user may not, DeviceRefused where the node says no, DeviceBusy where it does not run
        anew in time. A restart whose answer was lost is not asked for again: what the node shows tells whether it happens.
        """
        before, began = self.patience.ask(self.state), pace.clock()
        try:
            request = answers.restart_request(self.node.fqdn, CALLMANAGER_SERVICE)
            if before.status not in UNDER_WAY:  # somebody restarts it already: it will have read the stores, or runs soon
                self.patience.ask(lambda: self._order(request))
        except DeviceUnreachable:
            pass
        state: ServiceState | None = None
        seconds = min(pace.first_seconds, pace.poll_seconds)
        while pace.clock() - began < pace.deadline_seconds:
            pace.sleep(seconds)
            seconds = min(seconds * 2, pace.poll_seconds)
            state = self._look() or state
            if state and state.began_after(before, pace.clock() - began):
                return state
        shown = f"it is {state.status or 'in a state that the node does not tell'}" if state else "the node does not answer"
        raise DeviceBusy(
            f"cannot see {CALLMANAGER_SERVICE} run anew on {self.node.name} after {pace.deadline_seconds:.0f} s: {shown}; "
            "look at Cisco Unified Serviceability, Tools, Control Center - Feature Services of that node"
        )

    def _look(self) -> ServiceState | None:
        """None while the node is too busy to tell."""
        try:
            return self.state()
        except (DeviceBusy, DeviceUnreachable):
            return None

    def _order(self, request: bytes) -> None:
        """A connection that breaks is no reason to order a second restart, so the error may not be one that is retried."""
        try:
            self._ask("soapDoControlServices", request, is_long=True)
        except DeviceUnreachable as error:
            raise DeviceUnreachable(str(error)) from error

    def _ask(self, action: str, message: bytes, *, is_long: bool = False) -> ServiceState:
        response = self._post(action, message, is_long=is_long)
        problem = self._problem(response)
        if problem:
            raise problem
        try:
            return answers.state_in(response.content, CALLMANAGER_SERVICE)
        except ControlFault as fault:
            if answers.THROTTLED in str(fault):
                raise DeviceBusy(f"cannot use {self.where} now: it says `{fault}`") from fault
            raise DeviceRefused(
                f"cannot do {action} for {CALLMANAGER_SERVICE} through {self.where}: it says `{fault}`; see whether the "
                "service is activated on that node",
                (action, str(fault)),
            ) from fault
        except NotUnderstood as error:
            raise DeviceUnreachable(
                f"cannot understand {self.where}: the answer to {action} (HTTP {response.status_code}) is not as "
                f"expected: {error}"
            ) from error

    def _post(self, action: str, message: bytes, *, is_long: bool) -> requests.Response:
        if self._http is None:
            self._http = pinned_session(self.access.ca_pem, self.node)
        self.sent += 1
        connect_seconds, read_seconds = self.access.timeouts
        try:
            return self._http.post(
                f"https://{self.node.address}:{self.access.axl_port}{PATH}",
                data=message,
                headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action},
                auth=(self.access.axl_username, self.access.axl_password),
                timeout=(connect_seconds, read_seconds * (4 if is_long else 1)),  # some answer when the service has stopped
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise connection_error(self.where, self.node.fqdn, error) from error

    def _problem(self, response: requests.Response) -> TrunklineError | None:
        """Who came so far has logged in to AXL with the same password."""
        status = response.status_code
        if status in (401, 403):
            return AccessRefused(
                f"cannot use {self.where}: the user of axl.username lacks the role {ROLE} (HTTP {status}); give it to the user"
            )
        if status == 503 or (status != 200 and answers.THROTTLED in response.text):
            return DeviceBusy(f"cannot use {self.where} now: it is throttling ({status}); trunkline comes back later")
        if status == 404:
            return DeviceUnreachable(f"cannot use {self.where}: it is not there (404); see whether port and address are right")
        return None if status in (200, 500) else DeviceUnreachable(f"cannot use {self.where}: it answered HTTP {status}")

    def close(self) -> None:
        if self._http:
            self._http.close()
            self._http = None
