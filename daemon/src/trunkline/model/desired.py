"""`Desired`: what git says about one CUBE and the far ends of its links; `Problem`: why it cannot be said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from trunkline.model.key import Key
from trunkline.model.observed import Gap
from trunkline.model.resource import Origin, Resource


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Enforcement(StrEnum):
    OBSERVE = "observe"  # report drift, touch nothing
    ENFORCE = "enforce"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something wrong in a document: where, which rule, what, and how to cure it."""

    path: str
    line: int
    column: int
    code: str  # "TL012"
    message: str
    cure: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.severity} {self.code}: {self.message}. {self.cure}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One commit of the source. `files` maps the path inside the folder of desired state to the blob's id; `problems`
    are entries that cannot be read as files.
    """

    revision: str
    committed_at: datetime
    author: str
    subject: str
    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class DesiredLink:
    """What the loop must know of a link to judge its conditions."""

    name: str
    cube: str
    cluster: str
    enforcement: Enforcement
    node_addresses: tuple[str, ...]
    identity_trustpoint: str
    security_profile: Key
    trunk: Key
    origin: Origin
    is_secure: bool = True  # whether the two ends shall speak TLS
    nodes: tuple[str, ...] = ()  # names, in the order of `node_addresses`
    cube_address: str = ""  # where the CUBE speaks SIP


@dataclass(frozen=True, slots=True)
class Policy:
    """What the guard may let through. From estate.yaml, narrowed by the CUBE's document."""

    enforcement: Enforcement = Enforcement.OBSERVE
    max_deletions: int = 10
    allow_replace: bool = False
    allow_empty: bool = False
    allow_takeover: bool = False
    allow_break: bool = False


@dataclass(frozen=True, slots=True)
class Desired:
    """Everything wanted on one CUBE and at the far ends of its links, by one revision.

    `gaps` are resources that cannot be stated because something they derive from could not be observed: the changes
    that depend on them are held, they are never deleted.
    """

    revision: str
    cube: str
    resources: Mapping[Key, Resource]
    links: tuple[DesiredLink, ...] = ()
    gaps: tuple[Gap, ...] = ()
    policy: Policy = field(default_factory=Policy)
    kept: frozenset[Key] = frozenset()  # neither wanted nor unwanted: whether these go is not decided by comparing
