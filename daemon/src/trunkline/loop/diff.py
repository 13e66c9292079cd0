"""`between`: what differs between desired and observed. Pure; says nothing about order, permission or means."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from trunkline.model.desired import Desired
from trunkline.model.key import HELD_KINDS, SHARED_SECTIONS, Key, Kind
from trunkline.model.observed import Gap, Observed
from trunkline.model.plan import Action, Change, Difference
from trunkline.model.resource import Owned, Ownership, Resource
from trunkline.ports import Dialect

NOTHING: Mapping[str, str] = {}


def between(
    desired: Desired,
    observed: Mapping[str, Observed],
    dialects: Mapping[str, Dialect],
    inventory: Mapping[Key, Owned],
) -> tuple[Change, ...]:
    """Every resource that is not as desired, sorted by key.

    `desired` is canonical. A resource that could not be read, or cannot be stated because its origin could not be
    read, makes no change: a gap is not absence.
    """
    changes = [*_wanted(desired, observed, dialects, inventory), *_unwanted(desired, observed, inventory)]
    return tuple(sorted(changes, key=lambda change: change.key))


def canonical(desired: Desired, dialects: Mapping[str, Dialect]) -> Desired:
    """Desired state as the devices would show it; what belongs to an unreadable device stays as the documents say
    it.
    """
    resources = {
        key: dialects[key.target].canonical(resource) if key.target in dialects else resource
        for key, resource in desired.resources.items()
    }
    return replace(desired, resources=resources)


def is_unknown(key: Key, desired: Desired, observed: Mapping[str, Observed]) -> bool:
    """Whether nothing certain can be said of `key`."""
    seen = observed.get(key.target)
    if seen is None:
        return True
    return bool(seen.gaps or desired.gaps) and (seen.has_gap(key) or any(gap.covers(key) for gap in desired.gaps))


def _wanted(
    desired: Desired,
    observed: Mapping[str, Observed],
    dialects: Mapping[str, Dialect],
    inventory: Mapping[Key, Owned],
) -> Iterator[Change]:
    is_certain = not desired.gaps and not any(seen.gaps for seen in observed.values())
    for key, after in desired.resources.items():
        if key.target not in dialects or (not is_certain and is_unknown(key, desired, observed)):
            continue
        before, dialect = observed[key.target].resources.get(key), dialects[key.target]
        if before is None and key.kind not in SHARED_SECTIONS:
            yield Change(Action.CREATE, key, None, after, _all_of(after, dialect))
            continue
        differences = tuple(differing(before, after, dialect, inventory.get(key)))
        if differences:
            change = Change(Action.UPDATE, key, before, after, differences)
            yield Change(Action.REPLACE, key, before, after, differences) if dialect.must_replace(change) else change


def _all_of(after: Resource, dialect: Dialect) -> tuple[Difference, ...]:
    """Every setting of a new resource but what it will have by itself."""
    key, implied = after.key, dialect.implied
    return tuple(
        [Difference(slot, None, wanted) for slot, wanted in after.settings.items() if implied(key, slot, wanted) != wanted]
    )


def differing(before: Resource | None, after: Resource, dialect: Dialect, owned: Owned | None) -> Iterator[Difference]:
    """The slots of one resource that are not as desired, in the order in which documents state them, removals last."""
    shown = before.settings if before else NOTHING
    for slot, wanted in after.settings.items():
        has = shown.get(slot)
        if has is None:
            if dialect.implied(after.key, slot, wanted) != wanted:
                yield Difference(slot, None, wanted)
        elif has != wanted and (_is_ours(slot, has, owned) or not dialect.satisfies(after.key, slot, has, wanted)):
            yield Difference(slot, has, wanted)
    for slot, has in shown.items():
        if slot not in after.settings and _is_ours_to_remove(slot, has, after, dialect, owned):
            yield Difference(slot, has, None)


def _is_ours(slot: str, has: str, owned: Owned | None) -> bool:
    """Whether it stands there as trunkline wrote it."""
    return owned is not None and slot in owned.slots and owned.resource.settings.get(slot) == has


def _is_ours_to_remove(slot: str, has: str, after: Resource, dialect: Dialect, owned: Owned | None) -> bool:
    if owned and slot in owned.slots:
        return _is_ours(slot, has, owned)
    if after.ownership is Ownership.STATED:
        return False
    return dialect.manages(after.key, slot) and has != dialect.implied(after.key, slot)


def vanished(desired: Desired, observed: Mapping[str, Observed], inventory: Mapping[Key, Owned]) -> frozenset[Key]:
    """What the inventory remembers, no document wants, and nothing shows any more: somebody took it away, or trunkline did and
    was killed before it could write that down. Who makes a thing of that name later makes a thing of their own.
    """
    unwanted = (key for key in inventory if key.kind not in SHARED_SECTIONS and not _is_kept(key, desired, observed))
    return frozenset(key for key in unwanted if key not in observed[key.target].resources)


def _is_kept(key: Key, desired: Desired, observed: Mapping[str, Observed]) -> bool:
    return key in desired.resources or key in desired.kept or is_unknown(key, desired, observed) or _may_be_wanted(key, desired)


def _unwanted(desired: Desired, observed: Mapping[str, Observed], inventory: Mapping[Key, Owned]) -> Iterator[Change]:
    """What the inventory remembers and no document wants any more."""
    for key, owned in inventory.items():
        if _is_kept(key, desired, observed):
            continue
        shown = observed[key.target].resources.get(key)
        if shown is None:
            continue
        # The device does not show that a trunk needs trust; the inventory knows, so that deletions keep the reverse order.
        before = replace(shown, needs=shown.needs | owned.resource.needs, links=owned.resource.links)
        if key.kind in SHARED_SECTIONS:
            yield from _given_back(before, owned)
        elif owned.is_created and not _stays(before, desired, observed):
            yield Change(Action.DELETE, key, before, None)


def _stays(before: Resource, desired: Desired, observed: Mapping[str, Observed]) -> bool:
    """What a trustpoint holds goes with it, and only so; a node always has an identity."""
    return before.key.kind in HELD_KINDS or _may_be_presented(before, desired, observed)


def _may_be_presented(before: Resource, desired: Desired, observed: Mapping[str, Observed]) -> bool:
    """Whether a trustpoint holds what a node still presents, or its CA, although the node shows another certificate by now.

    A CUCM node shows a new CallManager certificate at once and presents it only after a restart of its service (Cisco security
    guide, "Certificates"), which no interface tells. Until the earlier one ends, both stay trusted. It is known by the name of
    its node, or by the trust store of its cluster, which holds the CA of the nodes.
    """
    if before.key.kind is not Kind.TRUSTPOINT:
        return False
    near = observed[before.key.target]
    secure = {key.target for key in desired.resources if key.kind is Kind.CALLMANAGER_TRUST}
    secure |= {gap.target for gap in desired.gaps if gap.kind is Kind.CALLMANAGER_TRUST}
    far = [observed[target] for target in secure if target in observed]
    names = {name.lower() for seen in far for identity in seen.identities for name in identity.certificate.names}
    stored = {certificate for seen in far for held in seen.trusted.values() for certificate in held}
    return any(
        anchor.not_after > near.at and (anchor in stored or names & {name.lower() for name in anchor.names})
        for anchor in near.trusted.get(before.key.name, ())
    )


def _may_be_wanted(key: Key, desired: Desired) -> bool:
    """While one resource of a kind cannot be stated, nobody knows whether this one would be it."""
    return any(gap.target == key.target and gap.kind is key.kind for gap in desired.gaps)


def _given_back(before: Resource, owned: Owned) -> Iterator[Change]:
    """The lines that trunkline wrote into a section of others and that still stand there as written."""
    settings = owned.resource.settings
    differences = tuple(
        Difference(slot, before.settings[slot], None)
        for slot in sorted(owned.slots)
        if slot in before.settings and before.settings[slot] == settings.get(slot)
    )
    if differences:
        after = Resource(before.key, {}, Ownership.STATED, links=before.links)
        yield Change(Action.UPDATE, before.key, before, after, differences)


def uncertain(desired: Desired, observed: Mapping[str, Observed], inventory: Mapping[Key, Owned]) -> tuple[Gap, ...]:
    """The gaps in scope: of what is wanted or remembered, of whole targets, and what cannot be stated."""
    scope = desired.resources.keys() | inventory.keys()
    found = list(desired.gaps)
    for target, seen in sorted(observed.items()):
        is_device = target.startswith(("cube/", "cluster/"))  # an issuer that nothing is asked of may be away
        whole = (gap for gap in seen.gaps if gap.kind is None and is_device)
        found += [*whole, *(gap for gap in seen.gaps if any(gap.covers(key) for key in scope))]
    return tuple(dict.fromkeys(found))
