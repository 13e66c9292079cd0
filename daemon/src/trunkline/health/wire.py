"""`WireDevice`: what a CUBE and the nodes at the far ends of its links present on the wire. It is only looked at."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from trunkline.health.dialect import LookedAt
from trunkline.health.judging import Peer, doubts
from trunkline.health.memory import Memory, Pace, Seen, State, is_within
from trunkline.health.probe import TIMEOUT_SECONDS, Place, Probed, probe
from trunkline.health.tunnel import ProbeIdentity
from trunkline.model.errors import OurBug
from trunkline.model.handshake import Look, Reason
from trunkline.model.key import Key, wire_target
from trunkline.model.observed import Acceptance, Observed, Shown, WireFacts
from trunkline.model.plan import Step
from trunkline.ports import Dialect

MOST_AT_ONCE = 16

Identities = Mapping[str, ProbeIdentity]  # by SHA-256 of the CA that issued it
Peers = Mapping[str, tuple[Peer, ...]]  # by holder, those at the other ends of its links
Held = Mapping[str, frozenset[str]]
States = Mapping[str, State]
Pair = tuple[str, str]
"""A look: at which holder, and the issuing CA of what is presented to it; "" for nothing."""
Probe = Callable[[Place, ProbeIdentity | None, float], Probed]
SAYS_OF_TRUST = frozenset((Reason.UNKNOWN_CA, Reason.BAD_CERTIFICATE))


@dataclass(frozen=True)
class Looking:
    """How often, how long, and where it is remembered."""

    pace: Pace = field(default_factory=Pace)
    timeout_seconds: float = TIMEOUT_SECONDS
    probe: Probe = probe
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Ends:
    """Where to look: the CUBE of this name if its place is known, and nodes as "cluster/NAME/NODE".

    `identities` gives what the probe may present, `held` by holder the SHA-256 of the CA certificates that it is known to hold,
    `peers` whom each end has its trunks with; all are asked at every round, `states` at every pass. `is_only_welcome`: a CUBE
    that holds no CA of ours, or is known to turn away whoever comes from our address, is never looked at.
    """

    cube: str
    cube_place: Place | None
    nodes: Mapping[str, Place]
    identities: Callable[[], Identities] = dict
    held: Callable[[], Held] = dict
    peers: Callable[[], Peers] = dict
    states: Callable[[], States] = dict
    is_only_welcome: bool = False


@dataclass
class WireDevice:
    """Implements `trunkline.ports.Device`. Never raises: who cannot be reached is shown with the reason."""

    ends: Ends
    now: Callable[[], datetime]
    looking: Looking = field(default_factory=Looking)
    _latest: Observed | None = None
    _round_at: datetime | None = None
    _pairs: tuple[Pair, ...] = ()  # of the last round
    _turned_away: str = ""  # why the CUBE does not serve our address, as it was last known
    _known: Identities = field(default_factory=dict)  # of the last round
    _seen: Mapping[Pair, Seen] = field(default_factory=dict)  # what the latest facts are made from
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def target(self) -> str:
        return wire_target(self.ends.cube)

    @property
    def _cube(self) -> str:
        return f"cube/{self.ends.cube}"

    @property
    def _places(self) -> dict[str, Place]:
        return {**self.ends.nodes, **({self._cube: self.ends.cube_place} if self.ends.cube_place else {})}

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:  # noqa: ARG002 - there is nothing to choose
        """What was seen last, with its time. A round of looks begins now if it is time, if `full`, or if an end changed since;
        what another CUBE's round saw of a node that both have links to is taken over at once.
        """
        with self._lock:
            now, states = self.now(), self.ends.states()
            seen = self._remembered()
            is_wanted = full or self._is_time(now) or self._away(states) != self._turned_away
            if self._latest is None or is_wanted or any(self._has_news(pair, one, states) for pair, one in seen.items()):
                self._round(now, states, is_full=full)
                self._latest = self._made(self._remembered(), now)
            elif younger := [one.at for pair, one in seen.items() if self._is_younger(pair, one)]:
                self._latest = self._made(seen, max(self._latest.at, *younger))
            return self._latest

    def _is_time(self, now: datetime) -> bool:
        return self._round_at is None or not is_within(self._round_at, now, self.looking.pace.every)

    def _remembered(self) -> dict[Pair, Seen]:
        """Of each look of the last round, the youngest, whosever it was."""
        places, memory = self._places, self.looking.memory
        return {one: last for one in self._pairs if one[0] in places and (last := memory.last(places[one[0]], one[1]))}

    def _away(self, states: States) -> str:
        """What is not known now is as it was."""
        told = states.get(self._cube, State()).turns_away
        return self._turned_away if told is None else told

    def _is_younger(self, pair: Pair, one: Seen) -> bool:
        used = self._seen.get(pair)
        return one is not used and (used is None or one.at > used.at)

    def _has_news(self, pair: Pair, before: Seen, states: States) -> bool:
        """Whether an end is another since; of a CUBE that would count the look as a failure, whether it presents another."""
        state = states.get(pair[0], State())
        return before.is_overtaken(state) if pair == (self._cube, "") else before.is_of_another(state)

    def _round(self, now: datetime, states: States, *, is_full: bool) -> None:
        self._known, self._turned_away = self.ends.identities(), self._away(states)
        wanted = self._wanted(self._known, states, now)
        self._round_at, self._pairs = now, tuple(wanted)
        due = [one for one, is_late in wanted.items() if is_late or (is_full and one != (self._cube, ""))]
        self._ask(due, self._known, states, now)

    def _made(self, seen: Mapping[Pair, Seen], at: datetime) -> Observed:
        told = {pair: self._told(pair[0], one) for pair, one in seen.items()}
        self._seen, facts = seen, self._with_unserved(self._facts(told, self._known))
        return Observed(self.target, at, {}, fingerprint=fingerprint(facts), facts=facts)

    def _wanted(self, identities: Identities, states: States, now: datetime) -> dict[Pair, bool]:
        """Every look, and whether it is time for it."""
        memory, pace, held = self.looking.memory, self.looking.pace, self.ends.held()
        pairs = [
            (holder, issuer) for holder in sorted(self.ends.nodes) for issuer in _for_node(identities, held.get(holder)) or [""]
        ]
        wanted = {
            (holder, issuer): memory.may_ask(self.ends.nodes[holder], issuer, now, pace, states.get(holder, State()))
            for holder, issuer in pairs
        }
        place = self.ends.cube_place
        if place is None:
            return wanted
        welcome = "" if self._turned_away else _welcome(identities, held.get(self._cube, frozenset()))
        if welcome:
            wanted[self._cube, welcome] = memory.may_ask(place, welcome, now, pace, states.get(self._cube, State()))
        elif not self.ends.is_only_welcome:
            nothing, before = (self._cube, ""), memory.last(place, "")
            is_late = before is None or not is_within(before.at, now, pace.unwelcome_every)
            wanted[nothing] = is_late or (before is not None and self._has_news(nothing, before, states))
        return wanted

    def _ask(self, wanted: list[Pair], identities: Identities, states: States, now: datetime) -> None:
        if not wanted:
            return
        places, looking = self._places, self.looking
        with ThreadPoolExecutor(min(MOST_AT_ONCE, len(wanted)), "probe") as pool:
            looks = {
                one: pool.submit(looking.probe, places[one[0]], identities.get(one[1]), looking.timeout_seconds)
                for one in wanted
            }
        for (holder, issuer), look in looks.items():
            looking.memory.keep(places[holder], issuer, look.result(), now, states.get(holder, State()))

    def _facts(self, seen: Mapping[Pair, Seen], identities: Identities) -> WireFacts:
        peers = self.ends.peers()
        shown: dict[str, Shown] = {}
        looks: dict[str, Look] = {}
        for holder in sorted({holder for holder, _ in seen}):
            of_holder = [one for (known, _), one in seen.items() if known == holder]
            shown[holder] = _shown(max(of_holder, key=lambda one: (one.at, bool(one.probed.chain))))
            best = max(of_holder, key=lambda one: (one.probed.is_accepted is True, one.at, bool(one.probed.chain)))
            looks[holder] = best.probed.look(best.at, doubts(best.probed.chain, peers.get(holder, ()), best.at))
        accepted = dict(self._accepted(seen, identities))
        return WireFacts(shown, accepted, looks)

    def _told(self, holder: str, one: Seen) -> Seen:
        """Of a CUBE that turned the probe away as it is configured to, that is the reason."""
        is_as_configured = self._turned_away and holder == self._cube and one.probed.is_refusal and not one.probed.chain
        return replace(one, probed=replace(one.probed, problem=self._turned_away)) if is_as_configured else one

    def _with_unserved(self, facts: WireFacts) -> WireFacts:
        """A CUBE that is not looked at since it does not serve our address is told as not seen."""
        if not self._turned_away or self.ends.cube_place is None or self._round_at is None or self._cube in facts.shown:
            return facts
        unseen = Shown(None, self._round_at, self._turned_away)
        return replace(facts, shown={**facts.shown, self._cube: unseen})

    def _accepted(self, seen: Mapping[Pair, Seen], identities: Identities) -> Iterator[tuple[Pair, Acceptance]]:
        """What nodes make of the CAs. An identity that an operator gave may be refused for its own sake: that says nothing."""
        for (holder, issuer), one in seen.items():
            if not issuer or holder == self._cube or one.probed.is_accepted is None:
                continue
            is_of_ca = one.probed.is_accepted or not identities[issuer].is_stated or one.probed.reason in SAYS_OF_TRUST
            if is_of_ca:
                yield (holder, issuer), Acceptance(one.probed.is_accepted, one.at, one.probed.problem)

    def dialect(self) -> Dialect:
        return LookedAt()

    def carry_out(self, step: Step) -> str:
        raise OurBug(f"cannot carry out {step.key} on {self.target}: the wire is only looked at; please report this")

    def save(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing is open."""


def _for_node(identities: Identities, held: frozenset[str] | None) -> list[str]:
    """A node is asked about each CA, for its trust may count later than it is stored; not about that of an operator's identity
    which it is known not to hold.
    """
    return [ca for ca, one in sorted(identities.items()) if not one.is_stated or held is None or held & {ca, *one.above}]


def _welcome(identities: Identities, held: frozenset[str]) -> str:
    """The first identity that a CUBE accepts by what it holds: the CA that issued it, or one above."""
    return next((ca for ca, one in sorted(identities.items()) if held & {ca, *one.above}), "")


def _shown(seen: Seen) -> Shown:
    """Whatever was presented counts as seen, whether or not the connection then came up."""
    chain, problem = seen.probed.chain, seen.probed.problem
    if not chain:
        return Shown(None, seen.at, problem or "it presented no certificate")
    return Shown(chain[0], seen.at, chain=chain if len(chain) > 1 else ())


def fingerprint(facts: WireFacts) -> str:
    """Changes when something else is presented, or accepted; the time and the words of a problem do not matter."""
    lines = [f"{holder} {one.certificate.sha256 if one.certificate else '-'}" for holder, one in sorted(facts.shown.items())]
    lines += [f"{holder} {issuer} {one.is_accepted}" for (holder, issuer), one in sorted(facts.accepted.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
