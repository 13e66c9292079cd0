"""Service control of each node: since when Cisco CallManager runs there, and its restart."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from trunkline.devices.cucm.access import ClusterAccess, NodeAccess, Patience
from trunkline.devices.cucm.renewal import answers
from trunkline.devices.cucm.renewal.acts import CALLMANAGER_SERVICE
from trunkline.devices.cucm.renewal.answers import ServiceState
from trunkline.devices.cucm.soap.budget import Budget
from trunkline.devices.cucm.soap.door import CONTROL, NotUsable, SoapDoor
from trunkline.devices.cucm.soap.envelope import NotUnderstood, SoapFault
from trunkline.model.errors import DeviceBusy, DeviceRefused, DeviceUnreachable

UNDER_WAY = frozenset({"Stopping", "Starting"})


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
    budget: Budget = field(default_factory=Budget)
    door: SoapDoor = field(init=False)

    def __post_init__(self) -> None:
        self.door = SoapDoor(self.access, self.node, CONTROL, self.budget)

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
        where = self.door.where
        read_seconds = self.access.timeout_seconds * (4 if is_long else 1)  # some answer when the service has stopped
        answer = self.door.ask(action, message, read_seconds)
        try:
            return answers.state_in(answer, CALLMANAGER_SERVICE)
        except SoapFault as fault:
            raise DeviceRefused(
                f"cannot do {action} for {CALLMANAGER_SERVICE} through {where}: it says `{fault}`; see whether the "
                "service is activated on that node",
                (action, str(fault)),
            ) from fault
        except NotUnderstood as error:
            raise NotUsable(f"cannot understand {where}: the answer to {action} is not as expected: {error}") from error

    def close(self) -> None:
        self.door.close()
