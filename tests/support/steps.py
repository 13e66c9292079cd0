"""Steps as the loop makes them, one change at a time."""

from collections.abc import Mapping

from trunkline.devices.cucm.dialect import CucmDialect
from trunkline.model.key import Key
from trunkline.model.plan import Action, Change, Difference, Step
from trunkline.model.resource import Resource


def _step(change: Change) -> Step:
    return Step(change, CucmDialect().render(change))


def creation(key: Key, settings: Mapping[str, str]) -> Step:
    return _step(Change(Action.CREATE, key, None, Resource(key, dict(settings))))


def edit(before: Resource, **settings: str) -> Step:
    """Some settings of what is there; an empty one clears."""
    differences = tuple(Difference(name, before.settings.get(name), value) for name, value in settings.items())
    after = Resource(before.key, {**before.settings, **settings})
    return _step(Change(Action.UPDATE, before.key, before, after, differences))


def removal(before: Resource) -> Step:
    return _step(Change(Action.DELETE, before.key, before))


def activation(key: Key) -> Step:
    return _step(Change(Action.ACTIVATE, key))
