"""A probe that answers what it is told to, on ends of which everything is set by hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from trunkline.health.memory import State
from trunkline.health.probe import Place, Probed
from trunkline.health.tunnel import ProbeIdentity
from trunkline.health.wire import Ends, Looking, WireDevice
from trunkline.model.certificate import Certificate
from trunkline.model.handshake import Reason
from trunkline.model.observed import Observed, WireFacts
from trunkline.twin.ca import Wish, new_key, self_signed

START = datetime(2026, 6, 1, tzinfo=UTC)
CUBE, PUB, SUB = "cube/edge", "cluster/seoul/pub", "cluster/seoul/sub"
PLACES = {CUBE: Place("10.0.0.1"), PUB: Place("10.0.0.2"), SUB: Place("10.0.0.3")}
ISSUER, OTHER = "AA", "BB"


def nobody_there(*, is_asking: bool) -> Probed:
    return Probed(problem="nothing listens there", reason=Reason.REFUSED, is_asking=is_asking)


def accepted(*chain: Certificate) -> Probed:
    return Probed(chain, "TLSv1.2", "AES256-SHA", is_accepted=True, is_asking=True)


def refused(*chain: Certificate, reason: Reason = Reason.UNKNOWN_CA) -> Probed:
    return Probed(chain, is_accepted=False, problem=f"alert: {reason}", reason=reason, is_asking=True)


def certificate(name: str) -> Certificate:
    return Certificate.from_pem(self_signed(Wish(name, START), new_key("ec", 256)).pem)


@dataclass
class Scene:
    """A probe that answers what it is told to, and a clock that is set by hand."""

    identities: dict[str, ProbeIdentity] = field(default_factory=dict)
    held: dict[str, frozenset[str]] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    answers: dict[tuple[str, str], Probed] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    now: datetime = START

    def __post_init__(self) -> None:
        self.looking = Looking(probe=self.probe)

    def after(self, **time: float) -> None:
        self.now = START + timedelta(**time)

    def probe(self, place: Place, identity: ProbeIdentity | None, timeout_seconds: float) -> Probed:
        holder = next(name for name, known in PLACES.items() if known == place)
        issuer = identity.key_pem if identity else ""
        self.asked.append((holder, issuer))
        return self.answers.get((holder, issuer), nobody_there(is_asking=bool(identity)))

    def may_present(self, *issuers: str) -> None:
        self.identities = {issuer: ProbeIdentity(issuer, ()) for issuer in issuers}

    def device(self, nodes: tuple[str, ...] = (PUB, SUB), **more: Any) -> WireDevice:
        places = {node: PLACES[node] for node in nodes}
        ends = Ends("edge", PLACES[CUBE], places, lambda: self.identities, lambda: self.held, states=lambda: self.states)
        ends = replace(ends, **more)
        return WireDevice(ends, lambda: self.now, self.looking)


def facts(seen: Observed) -> WireFacts:
    assert isinstance(seen.facts, WireFacts)
    return seen.facts
