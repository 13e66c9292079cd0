"""`WireDevice`: what a CUBE and the nodes at the far ends of its links present on the wire. It is only looked at."""

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.health.dialect import LookedAt
from trunkline.health.probe import TIMEOUT_SECONDS, Place, Probed, probe
from trunkline.health.tunnel import ProbeIdentity
from trunkline.model.errors import OurBug
from trunkline.model.key import Key, wire_target
from trunkline.model.observed import Acceptance, Observed, Shown, WireFacts
from trunkline.model.plan import Step
from trunkline.ports import Dialect

MOST_AT_ONCE = 16

Identities = Mapping[str, ProbeIdentity]  # by SHA-256 of the CA that issued it
Probe = Callable[[Place, ProbeIdentity | None, float], Probed]


@dataclass(frozen=True)
class Looking:
    """How often and how long. A CUBE counts a probe that shows it no certificate, or one of a CA that it does not hold, as a
    failed handshake: it is looked at so no more often than `unwelcome_every`, whoever asks.
    """

    every: timedelta = timedelta(hours=1)
    unwelcome_every: timedelta = timedelta(hours=6)
    timeout_seconds: float = TIMEOUT_SECONDS
    probe: Probe = probe


@dataclass(frozen=True)
class Ends:
    """Where to look: the CUBE of this name if its place is known, and nodes as "cluster/NAME/NODE".

    `identities` gives what the probe may present, `held` the SHA-256 of CA certificates that the CUBE holds; both are asked
    at every look.
    """

    cube: str
    cube_place: Place | None
    nodes: Mapping[str, Place]
    identities: Callable[[], Identities] = dict
    held: Callable[[], frozenset[str]] = frozenset


@dataclass
class WireDevice:
    """Implements `trunkline.ports.Device`. Never raises: who cannot be reached is shown with the reason."""

    ends: Ends
    now: Callable[[], datetime]
    looking: Looking = Looking()
    _latest: WireFacts | None = None
    _looked_at: datetime | None = None
    _unwelcome_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def target(self) -> str:
        return wire_target(self.ends.cube)

    @property
    def _cube(self) -> str:
        return f"cube/{self.ends.cube}"

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:  # noqa: ARG002 - there is nothing to choose
        """What is presented, at most `looking.every` old; looked at now if `full`."""
        with self._lock:
            now = self.now()
            is_young = self._looked_at is not None and now - self._looked_at < self.looking.every
            if self._latest is None or full or not is_young:
                self._latest, self._looked_at = self._look(now), now
            return Observed(self.target, now, {}, fingerprint=fingerprint(self._latest), facts=self._latest)

    def _look(self, now: datetime) -> WireFacts:
        identities = self.ends.identities()
        shown: dict[str, Shown] = {}
        accepted: dict[tuple[str, str], Acceptance] = {}
        for (holder, issuer), seen in self._probed(self._wanted(identities, now), identities).items():
            if holder not in shown or (shown[holder].certificate is None and seen.chain):
                shown[holder] = _shown(seen, now)
            if issuer and holder != self._cube and seen.is_accepted is not None:
                accepted[holder, issuer] = Acceptance(seen.is_accepted, now, seen.problem)
        if self.ends.cube_place and self._cube not in shown:
            shown[self._cube] = self._earlier(now)
        return WireFacts(shown, accepted)

    def _wanted(self, identities: Identities, now: datetime) -> list[tuple[str, str]]:
        """Every look as (holder, issuing CA of what is presented); a node is asked about each of them."""
        wanted = [(holder, issuer) for holder in sorted(self.ends.nodes) for issuer in sorted(identities) or [""]]
        if self.ends.cube_place is None:
            return wanted
        welcome = sorted(self.ends.held() & identities.keys())
        if welcome:
            return [*wanted, (self._cube, welcome[0])]
        if self._unwelcome_at and now - self._unwelcome_at < self.looking.unwelcome_every:
            return wanted
        self._unwelcome_at = now
        return [*wanted, (self._cube, "")]

    def _probed(self, wanted: list[tuple[str, str]], identities: Identities) -> dict[tuple[str, str], Probed]:
        places = dict(self.ends.nodes)
        if self.ends.cube_place:
            places[self._cube] = self.ends.cube_place
        if not wanted:
            return {}
        with ThreadPoolExecutor(min(MOST_AT_ONCE, len(wanted)), "probe") as pool:
            looks = {
                one: pool.submit(self.looking.probe, places[one[0]], identities.get(one[1]), self.looking.timeout_seconds)
                for one in wanted
            }
            return {one: look.result() for one, look in looks.items()}

    def _earlier(self, now: datetime) -> Shown:
        """What was seen of the CUBE before: to look again would count as a failed handshake there."""
        earlier = self._latest.shown.get(self._cube) if self._latest else None
        return earlier or Shown(None, now, "not looked at: it holds no CA that the probe has a certificate of")

    def dialect(self) -> Dialect:
        return LookedAt()

    def carry_out(self, step: Step) -> str:
        raise OurBug(f"cannot carry out {step.key} on {self.target}: the wire is only looked at; please report this")

    def save(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing is open."""


def _shown(seen: Probed, now: datetime) -> Shown:
    """Whatever was presented counts as seen, whether or not the connection then came up."""
    if not seen.chain:
        return Shown(None, now, seen.problem or "it presented no certificate")
    return Shown(seen.chain[0], now, chain=seen.chain if len(seen.chain) > 1 else ())


def fingerprint(facts: WireFacts) -> str:
    """Changes when something else is presented, or accepted; the time and the words of a problem do not matter."""
    lines = [f"{holder} {one.certificate.sha256 if one.certificate else '-'}" for holder, one in sorted(facts.shown.items())]
    lines += [f"{holder} {issuer} {one.is_accepted}" for (holder, issuer), one in sorted(facts.accepted.items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
