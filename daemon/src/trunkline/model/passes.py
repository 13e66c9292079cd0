"""`Pass`: all of one reconciliation; the only thing that CLI, web, metrics and journal see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from trunkline.model.desired import DesiredLink
from trunkline.model.event import Event
from trunkline.model.handshake import Outlook
from trunkline.model.observed import Gap, Observed
from trunkline.model.outcome import Hold, Outcome, Result, Verdict
from trunkline.model.plan import Change, Plan
from trunkline.model.renewal.standing import Standing


class ConditionType(StrEnum):
    OBSERVED = "Observed"  # everything in scope could be read, on both ends
    TRUST_READY = "TrustReady"  # each end trusts what the other presents
    IDENTITY_READY = "IdentityReady"  # both ends hold a valid identity
    NAME_MATCH = "NameMatch"  # the security profile names the CUBE's certificate
    PROVEN = "Proven"  # a connection with every node is established
    ON_WIRE = "OnWire"  # what is presented on the wire is what is installed
    IN_SYNC = "InSync"  # no difference is left
    READY = "Ready"  # all of the above that are known


class Status(StrEnum):
    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """One statement about a link. `reason` is one stable CamelCase word, `since` when the status last changed."""

    type: ConditionType
    status: Status
    reason: str
    message: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """What ended a pass early: `reason` is the stable word of the error's class."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """What a pass must know of the one before it, also after a restart.

    `refused` are the steps, by their effect, that only a person can help: none is sent again for this revision, unless that
    person orders a renewal afterwards.
    """

    revision: str = ""
    refused: Mapping[str, Failure] = field(default_factory=dict)
    conditions: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)  # by link
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The last pass of a CUBE that left nothing to do: when it began, and the stamp of the CUBE's last change that it saw."""

    at: datetime
    revision: str
    last_change: str


@dataclass(frozen=True, slots=True)
class Pass:
    """One reconciliation of one CUBE and the far ends of its links."""

    cube: str
    revision: str
    started_at: datetime
    finished_at: datetime
    observed: Mapping[str, Observed]
    changes: tuple[Change, ...]
    plan: Plan | None
    verdict: Verdict | None
    outcomes: tuple[Outcome, ...]
    remaining: tuple[Change, ...]
    links: tuple[DesiredLink, ...]
    conditions: Mapping[str, tuple[Condition, ...]]  # by link
    failure: Failure | None = None
    is_saved: bool = False  # the running configuration was written to memory at the end
    gaps: tuple[Gap, ...] = ()  # what could not be read or stated and is in scope
    forecast: tuple[Plan, ...] = ()  # the plans that will follow this one, where the pass only planned
    refused: Mapping[str, Failure] = field(default_factory=dict)  # as in Precedent
    is_moving: bool = False  # something was seen that a further look may act upon at once
    standings: tuple[Standing, ...] = ()  # of the certificates that documents state, on both ends
    once_enforced: Plan | None = None  # what is only observed, as it would be sent, where the pass only planned
    forecasts: Mapping[str, tuple[Outlook, ...]] = field(default_factory=dict)  # by link, of its handshakes
    typed: tuple[Event, ...] = ()  # who changed the devices of a pass with differences, as their syslog told

    @property
    def is_converged(self) -> bool:
        """Nothing is left to do, and everything was there to be compared."""
        return not (self.failure or self.remaining or self.gaps or (self.plan and self.plan.held and not self.outcomes))

    def goes_on(self, previous: "Pass | None") -> bool:
        """Whether a further pass may act at once: one pass climbs only as far as it could see.

        Not after the very steps of the pass before: whatever they are to bring about needs time.
        """
        if self.failure:
            return False
        if self.is_moving:
            return True
        is_climbing = any(standing.coming and not standing.waits for standing in self.standings)
        return bool(self.done - (previous.done if previous else frozenset())) and (bool(self.remaining) or is_climbing)

    @property
    def done(self) -> frozenset[str]:
        """The effects of the steps that were carried out."""
        keys = {outcome.key for outcome in self.outcomes if outcome.result is Result.APPLIED}
        return frozenset(step.effect for step in (self.plan.steps if self.plan else ()) if step.key in keys)

    @property
    def result(self) -> str:
        """One stable word, of `RESULTS` or of the failure's reason."""
        if self.failure:
            return self.failure.reason
        if self.is_converged:
            return "applied" if self.outcomes else "converged"
        if isinstance(self.verdict, Hold) or self.codes - {"observe-only"}:
            return "held"
        if any(outcome.result is Result.WAITING for outcome in self.outcomes):
            return "waiting"
        if self.outcomes:
            return "incomplete"
        return "drifted" if self.remaining else "gaps"

    @property
    def codes(self) -> frozenset[str]:
        """Why changes of the plan are held."""
        return frozenset(held.code for held in self.plan.held) if self.plan else frozenset()

    @property
    def precedent(self) -> Precedent:
        """What the next pass must know of this one."""
        return Precedent(self.revision, self.refused, self.conditions, self.finished_at)


RESULTS = ("converged", "applied", "incomplete", "waiting", "held", "drifted", "gaps")
"""Results of a pass that did not fail: nothing to do; all done; some steps left, to be done next;
somebody else needs time, such as an issuer; something may
not be done now; differences that are only observed; no difference, but not everything could be read."""
