"""`after`: what the devices will show once a plan is carried out. Pure; so the loop can be run ahead of itself."""

from collections.abc import Mapping
from dataclasses import replace

from trunkline.loop.hold import settings_after
from trunkline.model.certificate import Certificate, certificates_in, chain_above
from trunkline.model.key import HELD_KINDS, Key, Kind
from trunkline.model.observed import Identity, Observed
from trunkline.model.plan import Action, Change, Plan
from trunkline.model.resource import Resource
from trunkline.ports import Dialect

STORES = frozenset({Kind.TRUST_ANCHOR, Kind.CALLMANAGER_TRUST})


def after(plan: Plan, observed: Mapping[str, Observed], dialects: Mapping[str, Dialect]) -> dict[str, Observed]:
    """The predicted observations; their fingerprints say which plan they come from.

    Not predicted: connections, counters and other facts, and certificates that nobody has signed yet.
    """
    resources = {target: dict(seen.resources) for target, seen in observed.items()}
    trusted = {target: dict(seen.trusted) for target, seen in observed.items()}
    identities = {target: {one.holder: one for one in seen.identities} for target, seen in observed.items()}
    for step in plan.steps:
        target = step.key.target
        _lose_key(step.change, resources[target], identities[target])
        _carry_over(step.change, resources[target], dialects[target])
        _trust(step.change, trusted[target])
        _identify(step.change, identities[target])
    digest = plan.digest
    return {
        target: replace(
            seen,
            resources=resources[target],
            trusted=trusted[target],
            identities=tuple(_chained(one, seen, trusted[target]) for _, one in sorted(identities[target].items())),
            fingerprint=f"{seen.fingerprint}+{digest}",
        )
        for target, seen in observed.items()
    }


def _carry_over(change: Change, shown: dict[Key, Resource], dialect: Dialect) -> None:
    if change.action in (Action.ACTIVATE, Action.RECYCLE, Action.RESTART):
        return
    if change.action is Action.DELETE or change.after is None:
        shown.pop(change.key, None)
        if change.key.kind is Kind.TRUSTPOINT:  # what it holds goes with it
            for kind in HELD_KINDS:
                shown.pop(change.key._replace(kind=kind), None)
        return
    settings = settings_after(change)
    shown[change.key] = Resource(
        change.key, settings, change.after.ownership, dialect.references(change.key, settings) | _holder(change.key)
    )


def _holder(key: Key) -> frozenset[Key]:
    is_held = key.kind in HELD_KINDS and key.target.startswith("cube/")
    return frozenset({key._replace(kind=Kind.TRUSTPOINT)}) if is_held else frozenset()


def _trust(change: Change, trusted: dict[str, tuple[Certificate, ...]]) -> None:
    """The stores of certificates, by trustpoint or by node."""
    if change.key.kind is Kind.TRUSTPOINT and change.action is Action.DELETE:
        trusted.pop(change.key.name, None)
    if change.key.kind not in STORES:
        return
    holder = change.key.name.split("/")[0]
    gone = change.before.settings.get("pem") if change.before else None
    come = change.after.settings.get("pem") if change.after else None
    left = [one for one in trusted.get(holder, ()) if gone is None or one != Certificate.from_pem(gone)]
    added = [Certificate.from_pem(come)] if come else []
    trusted[holder] = (*left, *(one for one in added if one not in left))


def _identify(change: Change, identities: dict[str, Identity]) -> None:
    """The certificates of own keys, by trustpoint or by node."""
    key = change.key
    if key.kind is Kind.TRUSTPOINT and change.action is Action.DELETE:
        identities.pop(key.name, None)
    if key.kind is Kind.IDENTITY and change.after and change.after.settings.get("pem"):
        leaf, *above = certificates_in(change.after.settings["pem"])
        identities[key.name] = Identity(key.target, key.name, leaf, tuple(above))


def _lose_key(change: Change, shown: Mapping[Key, Resource], identities: dict[str, Identity]) -> None:
    """A certificate whose key is destroyed is lost with it."""
    if change.key.kind is not Kind.KEY_PAIR or change.action is not Action.DELETE:
        return
    for name in list(identities):
        trustpoint = shown.get(change.key._replace(kind=Kind.TRUSTPOINT, name=name))
        words = trustpoint.settings.get("keypair", "").split() if trustpoint else []
        if change.key.name in words[1:2]:
            del identities[name]


def _chained(identity: Identity, seen: Observed, trusted: Mapping[str, tuple[Certificate, ...]]) -> Identity:
    """With the issuers that the device knows by then: a CUBE all of its own, a node those of its trust store."""
    if identity in seen.identities and trusted == seen.trusted:
        return identity
    is_cube = identity.target.startswith("cube/")
    pool = tuple(one for held in trusted.values() for one in held) if is_cube else trusted.get(identity.holder, ())
    return replace(identity, chain=chain_above(identity.certificate, pool) or identity.chain)
