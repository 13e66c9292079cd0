"""Why a link does not work: causes as found, with what speaks for them and what cures them."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from trunkline.model.resource import Origin


class Certainty(IntEnum):
    """How sure a cause is: an order, not a percentage, for nobody could justify one."""

    SEEN = 0  # what was read cannot work, whatever else holds; nothing needs to be concluded
    LIKELY = 1  # something was seen that fits this cause and hardly another one
    POSSIBLE = 2  # nothing speaks against it, and nothing that was read explains the failure better


class Health(StrEnum):
    """What is said of a link in one word."""

    WELL = "well"  # connected with every node, and nothing was found
    AT_RISK = "at risk"  # connected, and something was found
    PARTLY = "partly"  # connected with some nodes
    DOWN = "down"  # connected with none
    UNKNOWN = "unknown"  # whether it is connected could not be read


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that was seen: on which device ("cube/NAME", "cluster/NAME/NODE"), with its values."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Cure:
    """What to do, in words; `lines` are what to type, where that can be said exactly, on `where`."""

    text: str
    where: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause. `code` is stable, `holders` are the ends it is about, `against` is what does not fit.

    `origin` is the line of the documents that is concerned; `follows_from` the code of the finding that explains this one.
    """

    code: str
    title: str
    certainty: Certainty
    evidence: tuple[Sight, ...]
    cures: tuple[Cure, ...]
    holders: tuple[str, ...] = ()
    against: tuple[Sight, ...] = ()
    origin: Origin | None = None
    follows_from: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """One thing that was looked at. `at` None: it was not there to look at, and `note` says why."""

    what: str
    at: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that is said of one link. `findings` come in the order in which a person should act on them."""

    link: str
    cube: str
    cluster: str
    revision: str
    at: datetime
    health: Health
    summary: str
    findings: tuple[Finding, ...] = ()
    looked: tuple[Looked, ...] = ()
    origin: Origin | None = None

    @property
    def is_well(self) -> bool:
        return self.health is Health.WELL and not self.findings
