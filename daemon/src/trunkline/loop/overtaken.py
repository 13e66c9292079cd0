"""What a document states and somebody else did already: another CUBE's pass, or a person. Pure."""

from collections.abc import Iterable

from trunkline.loop.diff import is_unknown
from trunkline.loop.situation import Situation
from trunkline.model.key import Key, Kind
from trunkline.model.plan import Change
from trunkline.model.resource import Resource


def found(situation: Situation, changes: Iterable[Change]) -> tuple[Resource, ...]:
    """What is as desired and was not written down so: it was there before trunkline, or others changed it first.

    What an issuer signed is remembered of the certificate's holder: nobody misses the issuer once it is done.
    """
    desired, observed = situation.desired, situation.observed
    changing = {change.key for change in changes}
    return tuple(
        resource
        for key, resource in desired.resources.items()
        if key.kind is not Kind.SIGNATURE
        and key not in changing
        and _is_news(resource, situation)
        and not is_unknown(key, desired, observed)
    )


def _is_news(resource: Resource, situation: Situation) -> bool:
    owned = situation.inventory.get(resource.key)
    dialect = situation.dialects.get(resource.key.target)
    if owned is None or dialect is None:
        return owned is None
    written = owned.resource.settings
    return any(
        written.get(slot) != value and not dialect.is_cosmetic(resource.key, slot) for slot, value in resource.settings.items()
    )


def owed(resources: Iterable[Resource], situation: Situation) -> frozenset[Key]:
    """The activations that these ask for. Whoever did it reset their own trunk, not those of this CUBE.

    A trunk that trunkline did not know before is left alone: nobody says that it does not run with its settings.
    """
    asked = {key for resource in resources for key in resource.activates}
    return frozenset(key for key in asked if key._replace(kind=Kind.SIP_TRUNK) in situation.inventory)
