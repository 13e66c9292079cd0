"""`Change` and `Plan`: what shall be done, as data that can be printed, sorted and compared."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from trunkline.model.key import Key
from trunkline.model.resource import Origin, Resource


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"  # delete and create: there is a moment without it
    DELETE = "delete"
    ACTIVATE = "activate"  # make edits that are stored count
    RECYCLE = "recycle"  # end an idle connection, so that a new one is made
    RESTART = "restart"  # restart a service, which ends its connections


class Difference(NamedTuple):
    """One slot that differs; None is "not there". A tuple, since a large estate has a hundred thousand of them."""

    slot: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One resource that is not as desired."""

    action: Action
    key: Key
    before: Resource | None = None
    after: Resource | None = None
    differences: tuple[Difference, ...] = ()

    @property
    def resource(self) -> Resource | None:
        return self.after or self.before

    @property
    def needs(self) -> frozenset[Key]:
        return self.resource.needs if self.resource else frozenset()

    @property
    def origin(self) -> Origin | None:
        return self.resource.origin if self.resource else None


@dataclass(frozen=True, slots=True)
class Command:
    """One act on one device. `lines` is what will be sent, exactly as it is printed in a plan, secrets as placeholders.

    `verb` says how: for a CUBE "configure" (`lines` are configuration lines, sub-mode header first, without `end`) or
    "authenticate" (`lines[0]` is the command, `payload["pem"]` is pasted); for CUCM "axl" (`lines[0]` is the operation,
    `payload` its fields), "upload" or "remove-trust" (a certificate, through the node's REST API), or "activate".

    Of certificates' own life: on a CUBE "generate" (`lines[0]` makes the key pair `payload["label"]`), "enroll" (`lines[0]`
    asks for the request, which `Device.carry_out` returns), "import" (`lines[0]`, `payload["pem"]` is pasted), "zeroize"
    (`lines[0]` destroys the key pair `payload["label"]`), "recycle" (`lines[0]` is an exec command); on a cluster "request"
    (`payload`: node, distribution, common_name, names, key_type, key_bits), "install" (`payload`: node, pem, leaf first) and
    "restart-service" (`payload["node"]`); on an issuer "sign" (`payload`: the fields of a Signing as text).
    """

    verb: str
    lines: tuple[str, ...]
    payload: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A change with the commands that carry it out, and the activations that it makes necessary."""

    change: Change
    commands: tuple[Command, ...]
    activates: frozenset[Key] = frozenset()

    @property
    def key(self) -> Key:
        return self.change.key

    @property
    def effect(self) -> str:
        """Sixteen hex digits that name what is sent, whatever it is sent upon."""
        content = [self.change.action, str(self.key), [[c.verb, c.lines, sorted(c.payload.items())] for c in self.commands]]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Held:
    """A change that may not be carried out now, and why. `code` is stable: "gap", "foreign-dependent", …"""

    change: Change
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Ordered steps of one revision, made from observations with these fingerprints (by target)."""

    revision: str
    cube: str
    fingerprints: Mapping[str, str]
    steps: tuple[Step, ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def digest(self) -> str:
        """Sixteen hex digits that name this plan: equal for equal revision, observations and commands."""
        content = {
            "revision": self.revision,
            "cube": self.cube,
            "fingerprints": dict(sorted(self.fingerprints.items())),
            "steps": [step.effect for step in self.steps],
            "held": [[str(held.change.key), held.code] for held in self.held],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
