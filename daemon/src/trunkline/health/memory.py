"""What the probe saw, at every place and with every identity, and when it may ask there again. Shared by all CUBEs.

A far end counts a look that it turns away as a failed handshake, and a person may be woken for it: such a look is repeated the
more rarely, the longer it lasts. Where the end is seen to have changed since, it is looked at at once.
"""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from trunkline.health.probe import Place, Probed


@dataclass(frozen=True)
class Pace:
    """How often it is looked.

    After a look that was turned away: not before `refused_first`, and twice that, up to `refused_every`. `unwelcome_every` is
    for a CUBE which is known not to hold any CA of the probe's: whoever asks, no sooner. A look that was overtaken by what its
    end presents since, or by what decides whom it turns away, is repeated at once, once.
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
class State:
    """What is known of an end without a look; empty or None: not known.

    `decides` changes with all that may decide whom it turns away, `presents` with what it presents; `began_at` is when its
    service did. `turns_away` says why whoever comes from where the probe does finds no TLS there; empty: nothing says so.
    """

    decides: str = ""
    presents: str | None = None
    began_at: datetime | None = None
    turns_away: str | None = None


@dataclass(frozen=True)
class Seen:
    """One look; `refusals`: how many in a row were turned away, with this one; `state`: how the end was known to be then."""

    probed: Probed
    at: datetime
    refusals: int = 0
    state: State = State()

    def is_overtaken(self, state: State) -> bool:
        """Whether what was seen then may be presented no more."""
        is_other = None not in (self.state.presents, state.presents) and state.presents != self.state.presents
        return is_other or (state.began_at is not None and state.began_at > self.at)

    def is_of_another(self, state: State) -> bool:
        """Whether the end is known to be otherwise than it was, or than nobody knew it to be: a refusal may be over."""
        return self.is_overtaken(state) or state.decides not in ("", self.state.decides)


@dataclass
class Memory:
    """By place and issuing CA of what was presented; "" for nothing."""

    _seen: dict[tuple[Place, str], Seen] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def last(self, place: Place, issuer: str) -> Seen | None:
        with self._lock:
            return self._seen.get((place, issuer))

    def keep(self, place: Place, issuer: str, probed: Probed, now: datetime, state: State = State()) -> Seen:
        with self._lock:
            before = self._seen.get((place, issuer))
            earlier = before.refusals if before and not before.is_of_another(state) else 0
            refusals = earlier + 1 if probed.is_refusal else 0
            seen = self._seen[place, issuer] = Seen(probed, now, refusals, _known(state, before))
            return seen

    def may_ask(self, place: Place, issuer: str, now: datetime, pace: Pace, state: State = State()) -> bool:
        """Whether it is time for another look."""
        before = self.last(place, issuer)
        if before is None or before.is_of_another(state):
            return True
        return not is_within(before.at, now, pace.after(before.refusals))


def is_within(before: datetime, now: datetime, span: timedelta) -> bool:
    """Whether so much has not passed yet. A moment that is yet to come was noted before the clock was set, and counts not."""
    return timedelta(0) <= now - before < span


def _known(state: State, before: Seen | None) -> State:
    """What is not known now of what it presents is as it was."""
    return replace(state, presents=before.state.presents) if before and state.presents is None else state
