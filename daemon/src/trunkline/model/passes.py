"""`Pass`: all of one reconciliation; the only thing that CLI, web, metrics and journal see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trunkline.model.desired import DesiredLink
from trunkline.model.observed import Observed
from trunkline.model.outcome import Outcome, Verdict
from trunkline.model.plan import Change, Plan


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

    @property
    def is_converged(self) -> bool:
        return self.failure is None and not self.remaining and not (self.plan and self.plan.held)

    @property
    def result(self) -> str:
        """One stable word: converged, applied, held, drifted (observe mode), or the failure's reason."""
        if self.failure:
            return self.failure.reason
        if self.is_converged:
            return "applied" if self.outcomes else "converged"
        return "drifted" if self.verdict is None else "held"
