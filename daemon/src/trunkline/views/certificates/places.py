"""Where certificates lie and what they are there, from recorded passes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from trunkline.model.certificate import Certificate
from trunkline.model.key import issuer_target

Recorded = Mapping[str, Any]


class Role(StrEnum):
    """What a certificate is at one place; the more it matters, the earlier."""

    COMING = "coming identity"
    IDENTITY = "identity"
    NODE = "node identity"
    STORED = "stored, not served"  # a node has it, and presents another one
    WIRE = "seen on the wire only"  # presented, and not what the holder is known to have
    ISSUING = "issuing CA"
    ROOT = "root"
    ANCHOR = "anchor of a node"  # a CUBE trusts nodes by it
    TRUST = "trust of a CUBE"  # a node trusts CUBEs by it
    EARLIER = "earlier identity"
    OTHER = "other trust"


IDENTITIES = frozenset({Role.COMING, Role.IDENTITY, Role.NODE, Role.STORED, Role.WIRE, Role.EARLIER})
NEEDED = frozenset(Role) - {Role.EARLIER, Role.OTHER}
"""What a trunk does not work without."""


@dataclass(frozen=True)
class Place:
    """One certificate at one holder: a trustpoint, a node, or an issuer itself. `is_shown` None: the wire was not seen."""

    role: Role
    target: str
    holder: str
    sha256: str
    is_shown: bool | None = None
    standing: Recorded | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.target} {self.holder}".rstrip()


class Seen:
    """The newest of several recorded passes, put together: CUBEs may share clusters and issuers."""

    def __init__(self, passes: Iterable[Recorded]) -> None:
        self.targets: dict[str, Recorded] = {}
        self.standings: dict[tuple[str, str], Recorded] = {}
        self.pems: dict[str, str] = {}
        self.known: dict[str, Certificate] = {}
        for recorded in sorted(passes, key=lambda one: str(one["finished_at"])):
            self.pems |= recorded.get("certificates", {})
            for standing in recorded.get("standings", ()):
                self.standings[standing["target"], standing["holder"]] = standing
            for target, seen in recorded["targets"].items():
                if target not in self.targets or self.targets[target]["at"] <= seen["at"]:
                    self.targets[target] = seen

    def certificate(self, sha256: str) -> Certificate:
        """Each is read once."""
        if sha256 not in self.known:
            self.known[sha256] = Certificate.from_pem(self.pems[sha256])
        return self.known[sha256]

    @cached_property
    def shown(self) -> dict[str, str]:
        """SHA-256 of what the wire shows, by holder."""
        facts = [seen["facts"] for target, seen in self.targets.items() if target.startswith("wire/") and seen["facts"]]
        ordered = sorted(
            (one["at"], holder, one["sha256"]) for each in facts for holder, one in each["shown"].items() if one["sha256"]
        )
        return {holder: sha256 for _, holder, sha256 in ordered}

    def chain_of(self, issuer: str) -> list[str]:
        facts = self.targets.get(issuer_target(issuer), {}).get("facts") or {}
        return list(facts.get("chain", ()))

    def standing_of(self, target: str, holder: str) -> Recorded | None:
        """Of a node by its name; of a trustpoint, whichever revision of it."""
        for (of, _), standing in self.standings.items():
            if of == target and holder in names_of(standing):
                return standing
        return None


def names_of(standing: Recorded) -> set[str]:
    """Every holder name that belongs to a standing."""
    coming = {standing["coming"]["name"]} if standing["coming"] else set()
    return {standing["holder"], standing["serving"], *standing["vouched"], *standing["kept"], *standing["retired"], *coming}


def places(seen: Seen) -> Iterator[Place]:
    """Every certificate at every place, each pair once."""
    found = [*_identities(seen), *_issued(seen), *_issuers(seen), *_trusted(seen)]
    yield from dict.fromkeys([*found, *_wire_only(seen, found)])


def wire_name(target: str, holder: str) -> str:
    """As the probe calls it: a CUBE by its target, whatever its trustpoint."""
    return target if target.startswith("cube/") else f"{target}/{holder}"


def _identities(seen: Seen) -> Iterator[Place]:
    for target, observed in sorted(seen.targets.items()):
        for identity in observed["identities"]:
            holder, sha256 = identity["holder"], identity["sha256"]
            standing = seen.standing_of(target, holder)
            shown = seen.shown.get(wire_name(target, holder))
            is_shown = shown == sha256 if shown else None
            yield Place(_role(target, holder, standing, is_shown), target, holder, sha256, is_shown, standing)


def _role(target: str, holder: str, standing: Recorded | None, is_shown: bool | None) -> Role:
    if target.startswith("cluster/"):
        return Role.STORED if is_shown is False else Role.NODE
    if standing and standing["coming"] and holder == standing["coming"]["name"] != standing["serving"]:
        return Role.COMING
    return Role.EARLIER if standing and holder != standing["serving"] else Role.IDENTITY


def _issued(seen: Seen) -> Iterator[Place]:
    """What an issuer signed and no device shows yet."""
    for standing in seen.standings.values():
        coming = standing["coming"]
        if coming and coming["sha256"] in seen.pems and coming["rung"] == "issued":
            yield Place(Role.COMING, standing["target"], coming["name"], coming["sha256"], None, standing)


def _issuers(seen: Seen) -> Iterator[Place]:
    for target in sorted(seen.targets):
        if target.startswith("issuer/"):
            for number, sha256 in enumerate(seen.chain_of(target.partition("/")[2])):
                yield Place(Role.ROOT if number else Role.ISSUING, target, "", sha256)


def _trusted(seen: Seen) -> Iterator[Place]:
    own, cubes = _issuing(seen, "cube/"), _issuing(seen, "cube/", with_leaves=True)
    nodes = _issuing(seen, "cluster/", with_leaves=True)
    is_served = all(place.role is not Role.STORED for place in _identities(seen))  # else what is presented may need any of them
    for target, observed in sorted(seen.targets.items()):
        for holder, held in observed.get("trusted", {}).items():
            is_own = target.startswith("cube/") and _is_enrolled(seen, target, holder, observed)
            for sha256 in held:
                if is_own:
                    role = Role.ROOT if sha256 not in own else Role.ISSUING
                elif target.startswith("cube/"):
                    role = Role.ANCHOR if sha256 in nodes or not is_served else Role.OTHER
                else:
                    role = Role.TRUST if sha256 in cubes else Role.OTHER
                yield Place(role, target, holder, sha256)


def _is_enrolled(seen: Seen, target: str, holder: str, observed: Recorded) -> bool:
    """Whether a trustpoint is there for a certificate of the CUBE's own."""
    has_identity = any(identity["holder"] == holder for identity in observed["identities"])
    return has_identity or seen.standing_of(target, holder) is not None


def _issuing(seen: Seen, kind: str, *, with_leaves: bool = False) -> set[str]:
    """What stands right above an identity of that kind of device; with leaves, all that may be trusted for its sake."""
    found: set[str] = set()
    for target, observed in seen.targets.items():
        if target.startswith(kind):
            for identity in observed["identities"]:
                chain = identity.get("chain", [])
                found |= {identity["sha256"], *chain} if with_leaves else set(chain[:1])
    for standing in seen.standings.values():
        if standing["target"].startswith(kind):
            chain = seen.chain_of(standing["issuer"])
            found |= set(chain if with_leaves else chain[:1])
    return found


def _wire_only(seen: Seen, found: list[Place]) -> Iterator[Place]:
    """What is presented by a holder that is not known to have it."""
    held = {(wire_name(place.target, place.holder), place.sha256) for place in found if place.role in IDENTITIES}
    for holder, sha256 in sorted(seen.shown.items()):
        if (holder, sha256) not in held:
            kind, name, *node = holder.split("/")
            yield Place(Role.WIRE, f"{kind}/{name}", "/".join(node), sha256, True)
