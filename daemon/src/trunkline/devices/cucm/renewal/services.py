"""What is known of Cisco CallManager on every node."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.devices.cucm.access import ClusterAccess, Patience
from trunkline.devices.cucm.renewal.answers import ServiceState
from trunkline.devices.cucm.renewal.control import ControlSession, Pace
from trunkline.devices.cucm.soap.budget import Budget
from trunkline.model.errors import DeviceBusy, TrunklineError

BELIEVED_FOR = timedelta(minutes=10)
"""How long what a node told counts while there is no room to ask it again."""
FIRST_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Known:
    """The service on one node, as it was at a moment."""

    at: datetime
    state: ServiceState

    @property
    def started_at(self) -> datetime | None:
        return self.at - timedelta(seconds=self.state.up_seconds) if self.state.up_seconds is not None else None


@dataclass
class Services:
    """What the nodes told last; a node that did not is unknown, which is no gap."""

    access: ClusterAccess
    now: Callable[[], datetime]
    patience: Callable[[], Patience]
    pace: Pace = field(default_factory=Pace)
    budget: Budget = field(default_factory=Budget)
    sessions: dict[str, ControlSession] = field(init=False)
    _known: dict[str, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sessions = {
            node.name: ControlSession(self.access, node, self._patience(), self.budget) for node in self.access.nodes
        }

    def _patience(self) -> Patience:
        patience = self.patience()
        patience.first_wait_seconds = max(patience.first_wait_seconds, FIRST_WAIT_SECONDS)
        return patience

    def known(self, node: str) -> Known | None:
        found = self._known.get(node)
        return found if found and self.now() - found.at < BELIEVED_FOR else None

    def look(self, node: str) -> None:
        """Ask one node, once. A node that has too much to do is as it was; one that fails otherwise is unknown.

        Raises as `SoapDoor.ask`.
        """
        try:
            state = self.sessions[node].state()
        except DeviceBusy:
            raise
        except TrunklineError:
            self._known.pop(node, None)
            raise
        self._known[node] = Known(self.now(), state)

    def restart(self, node: str) -> None:
        """Raises as `ControlSession.restart`."""
        self._known.pop(node, None)
        state = self.sessions[node].restart(self.pace)
        self._known[node] = Known(self.now(), state)

    @property
    def sent(self) -> int:
        return sum(session.door.sent for session in self.sessions.values())

    @property
    def throttled(self) -> int:
        return sum(session.door.throttled for session in self.sessions.values())

    def close(self) -> None:
        for session in self.sessions.values():
            session.close()
