"""The revisions of one identity on a CUBE: a trustpoint and a key label of one name each. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from trunkline.loop.ladder.scene import Scene
from trunkline.model.certificate import Certificate
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Identity, Observed
from trunkline.model.renewal.memory import Holder, Memory
from trunkline.model.renewal.wish import IdentityWish

BINDING_KINDS = (Kind.SIP_UA, Kind.TLS_PROFILE)
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
    """What of an identity is on a CUBE, by revision number. What others made under such a name is no revision."""

    wish: IdentityWish
    seen: Observed
    numbers: tuple[int, ...]  # of which a trustpoint or a key is there, ascending
    identities: Mapping[int, Identity]
    bound: frozenset[int]  # named by `crypto signaling` or a TLS profile
    highest: int = 0  # of all such names, whoever made what bears them

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
        return max((*self.numbers, *used, self.highest)) + 1

    def is_hidden(self, number: int) -> bool:
        """Whether its certificate could not be read, so that nobody knows whether there is one."""
        keys = (self.key(kind, number) for kind in (Kind.TRUSTPOINT, Kind.IDENTITY, Kind.TRUST_ANCHOR))
        return number not in self.identities and any(self.seen.has_gap(key) for key in keys)


def revisions(wish: IdentityWish, scene: Scene) -> Revisions:
    """The revisions that a CUBE shows. Of revision 0 only the trustpoint counts: its key may be anybody's."""
    base, seen = wish.holder, scene.observed[wish.target]
    names = {key.name for key in seen.resources if key.kind in (Kind.TRUSTPOINT, Kind.KEY_PAIR)}
    names = {name for name in names if name != base or Key(wish.target, Kind.TRUSTPOINT, name) in seen.resources}
    held = {number: identity for identity in seen.identities if (number := number_of(base, identity.holder)) is not None}
    numbers = {number for name in names if (number := number_of(base, name)) is not None} | held.keys()
    bound = _bound(base, seen)
    own = {number for number in numbers if _is_own(wish, number, scene)}
    if not own & bound and 0 not in held:  # the journal was lost: what is bound is what was served
        own |= bound & held.keys()
    identities = {number: identity for number, identity in held.items() if number in own}
    return Revisions(wish, seen, tuple(sorted(own)), identities, bound & (own | {0}), max(numbers, default=0))


def _is_own(wish: IdentityWish, number: int, scene: Scene) -> bool:
    """Revision 0 is adopted; a later one is trunkline's if it made the key or the trustpoint, or remembers it."""
    name = name_of(wish.holder, number)
    made = {Key(wish.target, kind, name) for kind in (Kind.TRUSTPOINT, Kind.KEY_PAIR)} & scene.own
    remembered = scene.memory.enrolments.keys() | scene.memory.bindings.keys()
    return number == 0 or bool(made) or Holder(wish.target, name) in remembered


def _bound(base: str, seen: Observed) -> frozenset[int]:
    return frozenset(number for name, _ in bindings(seen) if (number := number_of(base, name)) is not None)


def binding_lines(seen: Observed, trustpoint: str) -> tuple[str, ...]:
    """The lines that bind a trustpoint, each with the section that it stands in."""
    return tuple(line for name, line in bindings(seen) if name == trustpoint)


def bindings(seen: Observed) -> Iterator[tuple[str, str]]:
    """Every trustpoint that is bound, with a line that binds it and the section that it stands in."""
    for key in sorted(key for key in seen.resources if key.kind in BINDING_KINDS):
        for line in seen.resources[key].settings.values():
            found = BOUND.search(line)
            if found:
                yield found[1], f"{key.kind} {key.name}".strip() + f": {line}"
