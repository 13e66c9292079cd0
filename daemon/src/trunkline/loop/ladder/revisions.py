"""The revisions of one identity on a CUBE: a trustpoint and a key label of one name each. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity, Observed
from trunkline.model.renewal.memory import Holder, Memory
from trunkline.model.renewal.wish import IdentityWish

BOUND = re.compile(r"\btrustpoint (\S+)")


def name_of(base: str, number: int) -> str:
    """The trustpoint, and the key label, of a revision. Revision 0 is what was there before trunkline."""
    return f"{base}-{number}" if number else base


def number_of(base: str, name: str) -> int | None:
    """The revision that a name stands for; None for a name of somebody else's."""
    if name == base:
        return 0
    found = re.fullmatch(rf"{re.escape(base)}-([1-9]\d{{0,5}})", name)
    return int(found[1]) if found else None


@dataclass(frozen=True)
class Revisions:
    """What of an identity is on a CUBE, by revision number."""

    wish: IdentityWish
    seen: Observed
    numbers: tuple[int, ...]  # of which a trustpoint or a key is there, ascending
    identities: Mapping[int, Identity]
    bound: frozenset[int]  # named by `crypto signaling` or a TLS profile
    taken: frozenset[int] = frozenset()  # numbers of what bears such a name and is somebody else's: never used, never touched

    def name(self, number: int) -> str:
        return name_of(self.wish.holder, number)

    def key(self, kind: Kind, number: int) -> Key:
        return Key(self.wish.target, kind, self.name(number))

    def holder(self, number: int) -> Holder:
        return Holder(self.wish.target, self.name(number))

    def label(self, number: int) -> str:
        """The key's label: that of the trustpoint, but for revision 0, whose maker chose one."""
        if number:
            return self.name(number)
        words = self.setting(Kind.TRUSTPOINT, number, "keypair").split()
        return words[1] if len(words) > 1 else self.name(number)

    def has(self, kind: Kind, number: int) -> bool:
        return self.key(kind, number) in self.seen.resources

    def setting(self, kind: Kind, number: int, slot: str) -> str:
        found = self.seen.resources.get(self.key(kind, number))
        return found.settings.get(slot, "") if found else ""

    def anchor(self, number: int) -> Certificate | None:
        """The CA certificate that its trustpoint holds."""
        held = self.seen.trusted.get(self.name(number), ())
        return held[0] if held else None

    def next_number(self, memory: Memory) -> int:
        """One that was never used, as far as anybody knows: a label is never given twice."""
        remembered = [holder for holder in (*memory.enrolments, *memory.bindings) if holder.target == self.wish.target]
        used = [number_of(self.wish.holder, holder.name) or 0 for holder in remembered]
        return max((*self.numbers, *self.taken, *used, 0)) + 1


def revisions(wish: IdentityWish, seen: Observed) -> Revisions:
    """The revisions that a CUBE shows."""
    base, others = wish.holder, _of_others(seen)
    names = {key.name for key in seen.resources if key.kind in (Kind.TRUSTPOINT, Kind.KEY_PAIR)}
    taken = {number for name in others if (number := number_of(base, name))}
    numbers = {number for name in names if (number := number_of(base, name)) is not None} - taken
    identities = {
        number: identity
        for identity in seen.identities
        if (number := number_of(base, identity.holder)) is not None and number not in taken
    }
    numbers |= identities.keys()
    return Revisions(wish, seen, tuple(sorted(numbers)), identities, _bound(base, seen) - taken, frozenset(taken))


def _of_others(seen: Observed) -> set[str]:
    """Names that are no revision's: a revision's trustpoint and its key's label are one name.

    "voice-2026" may well be the label that somebody gave to the key of trustpoint "voice": it is not revision 2026 of it.
    """
    labels = {
        key.name: words[1]
        for key, section in seen.resources.items()
        if key.kind is Kind.TRUSTPOINT and len(words := section.settings.get("keypair", "").split()) > 1
    }
    trustpoints = {key.name for key in seen.resources if key.kind is Kind.TRUSTPOINT}
    return {name for name, label in labels.items() if label != name} | (set(labels.values()) - trustpoints)


def _bound(base: str, seen: Observed) -> frozenset[int]:
    lines = (
        line
        for key, resource in seen.resources.items()
        if key.kind in (Kind.SIP_UA, Kind.TLS_PROFILE)
        for line in resource.settings.values()
    )
    named = (found[1] for line in lines if (found := BOUND.search(line)))
    return frozenset(number for name in named if (number := number_of(base, name)) is not None)
