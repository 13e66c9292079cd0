"""What the probe saw, at every place and with every identity, and when it may ask there again. Shared by all CUBEs.

A far end counts a look that it turns away as a failed handshake, and a person may be woken for it: such a look is repeated the
more rarely, the longer it lasts, for as long as nothing changes there.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trunkline.health.probe import Place, Probed


@dataclass(frozen=True)
class Pace:
    """How often it is looked.

    After a look that was turned away: not before `refused_first`, and twice that, up to `refused_every`. `unwelcome_every` is
    for a CUBE which is known not to hold any CA of the probe's: whoever asks, no sooner.
    """

    every: timedelta = timedelta(minutes=5)
    refused_first: timedelta = timedelta(minutes=10)
    refused_every: timedelta = timedelta(hours=1)
    unwelcome_every: timedelta = timedelta(hours=6)

    def after(self, refusals: int) -> timedelta:
        """How long after a look the next one may be."""
        if not refusals:
            return self.every
        doubled: timedelta = self.refused_first * 2 ** min(refusals - 1, 10)
        return max(self.every, min(doubled, self.refused_every))


@dataclass(frozen=True)
class Seen:
    """One look; `refusals`: how many in a row were turned away, with this one; `state`: how the end was known to be then."""

    probed: Probed
    at: datetime
    refusals: int = 0
    state: str = ""

    def refusals_in(self, state: str) -> int:
        """How many of them still tell something, now that the end is known to be so: a refusal may be over with its reason."""
        return 0 if self.state and state and state != self.state else self.refusals


@dataclass
class Memory:
    """By place and issuing CA of what was presented; "" for nothing."""

    _seen: dict[tuple[Place, str], Seen] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def last(self, place: Place, issuer: str) -> Seen | None:
        with self._lock:
            return self._seen.get((place, issuer))

    def keep(self, place: Place, issuer: str, probed: Probed, now: datetime, state: str = "") -> Seen:
        with self._lock:
            before = self._seen.get((place, issuer))
            refusals = (before.refusals_in(state) if before else 0) + 1 if probed.is_refusal else 0
            seen = self._seen[place, issuer] = Seen(probed, now, refusals, state)
            return seen

    def may_ask(self, place: Place, issuer: str, now: datetime, pace: Pace, state: str = "") -> bool:
        """Whether it is time for another look. `state` changes when the end does, or is empty: not known."""
        before = self.last(place, issuer)
        return before is None or now - before.at >= pace.after(before.refusals_in(state))
