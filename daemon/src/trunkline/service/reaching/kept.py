"""Devices that stay open between passes: a cluster is shared by many, and one that refused us is not asked at once again."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from trunkline.model.errors import AccessRefused, TrunklineError
from trunkline.model.key import Key
from trunkline.model.observed import Observed
from trunkline.model.plan import Step
from trunkline.ports import Device, Dialect

REFUSED_FOR = timedelta(minutes=15)
"""How long a wrong password is not tried again, unless commit or secret change: devices lock accounts."""


class SystemClock:
    """Implements `trunkline.ports.Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)


CLOCK = SystemClock()


@dataclass
class Shared:
    """A cluster that several passes use: one at a time, and one observation for all of an epoch."""

    device: Device
    epoch: timedelta
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _latest: Observed | None = None
    _asked: frozenset[Key] = frozenset()
    _stated: frozenset[Key] | None = None  # by the newest documents, until the next look

    @property
    def target(self) -> str:
        return self.device.target

    def keep_only(self, stated: frozenset[Key]) -> None:
        """What no document states any more is asked for only by whom it still concerns. Waits for nobody."""
        self._stated = stated

    def observe_shared(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        """What another pass saw a moment ago will do, where it saw all that is asked for, without gaps."""
        with self._lock:
            wanted = frozenset(keys)
            is_young = self._latest is not None and timedelta(0) <= CLOCK.now() - self._latest.at < self.epoch
            if self._latest and is_young and not full and wanted <= self._asked and not self._latest.gaps:
                return self._latest
            return self.observe(wanted, full=full)

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        with self._lock:
            stated, self._stated = self._stated, None
            self._asked = (self._asked if stated is None else self._asked & stated) | frozenset(keys)
            self._latest = None
            self._latest = self.device.observe(sorted(self._asked), full=full)
            return self._latest

    def dialect(self) -> Dialect:
        return self.device.dialect()

    def carry_out(self, step: Step) -> str:
        with self._lock:
            self._latest = None
            return self.device.carry_out(step)

    def save(self) -> None:
        with self._lock:
            self.device.save()

    def close(self) -> None:
        with self._lock:
            self.device.close()


class Unusable:
    """A device whose access cannot even be formed; asking it says why."""

    def __init__(self, target: str, error: TrunklineError) -> None:
        self.target, self.error = target, error

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:  # noqa: ARG002 - the port's form
        raise self.error

    def dialect(self) -> Dialect:
        raise self.error

    def carry_out(self, step: Step) -> str:  # noqa: ARG002 - the port's form
        raise self.error

    def save(self) -> None:
        raise self.error

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Kept:
    """An open device, what it is reached with, and how it last refused us."""

    access: object
    device: Device
    refusal: AccessRefused | None = None
    refused_at: datetime | None = None
    refused_revision: str = ""
    latest: Observed | None = None  # what it last showed

    def standing_refusal(self, revision: str) -> AccessRefused | None:
        """Why there is no use in asking yet."""
        if self.refused_at is None or self.refused_revision != revision or CLOCK.now() - self.refused_at > REFUSED_FOR:
            return None
        return self.refusal


@dataclass
class Visit:
    """Implements `trunkline.ports.Device`: a kept device as one pass sees it.

    The first look may share what another pass saw; every further look asks the device, for it is there to find out
    whether somebody changed it meanwhile.
    """

    kept: Kept
    revision: str
    _has_looked: bool = False

    @property
    def target(self) -> str:
        return self.kept.device.target

    def observe(self, keys: Iterable[Key], *, full: bool = False) -> Observed:
        refusal = self.kept.standing_refusal(self.revision)
        if refusal:
            raise AccessRefused(str(refusal))
        device, is_first = self.kept.device, not self._has_looked
        self._has_looked = True
        try:
            look = device.observe_shared if isinstance(device, Shared) and is_first else device.observe
            seen = look(keys, full=full)
        except AccessRefused as error:
            self.kept.refusal, self.kept.refused_at, self.kept.refused_revision = error, CLOCK.now(), self.revision
            raise
        self.kept.refused_at, self.kept.latest = None, seen
        return seen

    def dialect(self) -> Dialect:
        return self.kept.device.dialect()

    def carry_out(self, step: Step) -> str:
        return self.kept.device.carry_out(step)

    def save(self) -> None:
        self.kept.device.save()

    def close(self) -> None:
        """The device stays open for the next pass."""
