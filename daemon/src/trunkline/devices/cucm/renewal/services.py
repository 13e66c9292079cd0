"""What is known of Cisco CallManager on every node: asked seldom, and not where the user may not ask."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.devices.cucm.access import ClusterAccess, Patience
from trunkline.devices.cucm.renewal.answers import ServiceState
from trunkline.devices.cucm.renewal.control import ControlSession, Pace
from trunkline.model.errors import AccessRefused, TrunklineError

ASKED_AGAIN_AFTER = timedelta(minutes=15)
"""How long a user who may not ask is not sent again: each time is an entry in the cluster's security log."""
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
    """`known` holds what the nodes told last; a node that did not is not in it: its service is unknown, which is no gap."""

    access: ClusterAccess
    now: Callable[[], datetime]
    patience: Callable[[], Patience]
    pace: Pace = field(default_factory=Pace)
    known: dict[str, Known] = field(default_factory=dict)
    sessions: dict[str, ControlSession] = field(init=False)
    _refused_at: datetime | None = None

    def __post_init__(self) -> None:
        self.sessions = {node.name: ControlSession(self.access, node, self._patience()) for node in self.access.nodes}

    def _patience(self) -> Patience:
        patience = self.patience()
        patience.first_wait_seconds = max(patience.first_wait_seconds, FIRST_WAIT_SECONDS)
        return patience

    def may_ask(self) -> bool:
        return self._refused_at is None or self.now() - self._refused_at > ASKED_AGAIN_AFTER

    def look(self, node: str) -> None:
        """Ask one node, once. Whatever it says, a pass goes on."""
        try:
            state = self.sessions[node].state()
        except AccessRefused:
            self.known.pop(node, None)
            self._refused_at = self.now()
        except TrunklineError:
            self.known.pop(node, None)
        else:
            self.known[node] = Known(self.now(), state)
            self._refused_at = None

    def restart(self, node: str) -> None:
        """Raises as `ControlSession.restart`."""
        self.known.pop(node, None)
        state = self.sessions[node].restart(self.pace)
        self.known[node] = Known(self.now(), state)

    @property
    def sent(self) -> int:
        return sum(session.sent for session in self.sessions.values())

    @property
    def throttled(self) -> int:
        return sum(session.patience.throttled for session in self.sessions.values())

    def close(self) -> None:
        for session in self.sessions.values():
            session.close()
