"""What the guard says of a plan, and what became of its steps."""

from dataclasses import dataclass
from enum import StrEnum

from trunkline.model.key import Key
from trunkline.model.plan import Plan
from trunkline.model.resource import Origin


@dataclass(frozen=True, order=True, slots=True)
class Reason:
    """One objection. `code` is stable; `origin` names the line of git where the objection comes from, if any."""

    code: str
    text: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Proceed:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Hold:
    """No step is carried out. Every objection is listed, not only the first."""

    reasons: tuple[Reason, ...]


Verdict = Proceed | Hold


class Result(StrEnum):
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"  # a step that it needs did not succeed
    FAILED = "failed"  # the device refused
    REVERTED = "reverted"
    WAITING = "waiting"  # somebody else needs time: an issuer that has not answered yet
    UNKNOWN = "unknown"  # the session died in between: the next observation tells


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step."""

    key: Key
    action: str
    result: Result
    detail: str = ""
    duration_seconds: float = 0.0
