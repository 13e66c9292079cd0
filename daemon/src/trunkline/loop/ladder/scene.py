"""`Scene`: what the standing of a certificate is judged from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, issuer_target, wire_target
from trunkline.model.observed import (
    Acceptance,
    ClusterFacts,
    CubeFacts,
    Identity,
    IssuerFacts,
    Node,
    Observed,
    Shown,
    WireFacts,
    issuer_chain,
)
from trunkline.model.renewal.memory import Memory
from trunkline.model.renewal.standing import Wait
from trunkline.model.renewal.wish import Chain, IdentityWish

CONSENT_LASTS = timedelta(days=1)
MOST_SKEW = timedelta(minutes=2)
"""How far a device's clock may be off: certificates begin at their minute of issue."""


@dataclass(frozen=True)
class Scene:
    """One look at both ends, and what is remembered."""

    observed: Mapping[str, Observed]
    memory: Memory
    now: datetime
    cube: str  # the name of the CUBE whose pass this is
    owed: frozenset[Key] = field(default_factory=frozenset)
    own: frozenset[Key] = field(default_factory=frozenset)  # what trunkline created for this CUBE

    def chain(self, wish: IdentityWish) -> Chain:
        """Of the issuer that the wish names, the issuing CA first; empty where it could not be asked."""
        return issuer_chain(self.observed, wish.issuer)

    def issuer_problem(self, wish: IdentityWish) -> str:
        seen = self.observed.get(issuer_target(wish.issuer))
        facts = seen.facts if seen else None
        return facts.problem if isinstance(facts, IssuerFacts) else f"the issuer {wish.issuer} was not asked"

    def is_approved(self, key: Key) -> bool:
        """Whether a person consented to a change, not longer ago than a day: what was meant then may not be meant now."""
        found = self.memory.approvals.get(key)
        return found is not None and self.now - found.at < CONSENT_LASTS

    @property
    def wire(self) -> WireFacts:
        seen = self.observed.get(wire_target(self.cube))
        return seen.facts if seen and isinstance(seen.facts, WireFacts) else WireFacts()

    def shown(self, holder: str) -> Shown | None:
        """What an end presented when it was last looked at: the CUBE's target, or "cluster/NAME/NODE"."""
        return self.wire.shown.get(holder)

    def accepted(self, cluster: str, node: str, issuer: Certificate) -> Acceptance | None:
        return self.wire.accepted.get((f"{cluster}/{node}", issuer.sha256))

    def node(self, cluster: str, name: str) -> Node | None:
        seen = self.observed.get(cluster)
        facts = seen.facts if seen else None
        return next((node for node in facts.nodes if node.name == name), None) if isinstance(facts, ClusterFacts) else None

    def stored(self, cluster: str, node: str) -> Identity | None:
        """The CallManager certificate that a node holds; it presents it after its service was restarted."""
        seen = self.observed.get(cluster)
        return seen.identity_of(node) if seen else None

    def is_readable(self, target: str) -> bool:
        seen = self.observed.get(target)
        return seen is not None and seen.is_readable

    def clock_wait(self, targets: tuple[str, ...]) -> Wait | None:
        """No work on certificates while one of the ends does not know the time: it would refuse or misjudge them."""
        for target in targets:
            seen = self.observed.get(target)
            if seen is None:
                continue
            if isinstance(seen.facts, CubeFacts) and not seen.facts.clock_is_authoritative:
                return Wait("clock", f"the clock of {target} is not authoritative; give it a working NTP server")
            for name, shown in _clocks(seen):
                if abs(shown - seen.at) > MOST_SKEW:
                    reason = f"the clock of {name} shows {shown:%Y-%m-%d %H:%M}Z, ours {seen.at:%Y-%m-%d %H:%M}Z"
                    return Wait("clock", f"{reason}; give it a working NTP server")
        return None


def _clocks(seen: Observed) -> list[tuple[str, datetime]]:
    if isinstance(seen.facts, CubeFacts):
        return [(seen.target, seen.facts.clock)] if seen.facts.clock else []
    if isinstance(seen.facts, ClusterFacts):
        return [(f"{seen.target}/{node.name}", node.clock) for node in seen.facts.nodes if node.clock]
    return []
