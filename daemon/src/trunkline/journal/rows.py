"""Values to rows and back."""

import json
from functools import lru_cache
from typing import Any

from trunkline.model.key import Key, Kind
from trunkline.model.resource import Owned, Ownership, Resource


def is_key(table: Any, cube: str, key: Key) -> tuple[Any, ...]:
    """The conditions that find one key of one CUBE."""
    return (table.c.cube == cube, *is_key_of_any(table, key))


def is_key_of_any(table: Any, key: Key) -> tuple[Any, ...]:
    """The conditions that find one key, whichever CUBE it is written down for."""
    columns = table.c
    return (columns.target == key.target, columns.kind == key.kind.value, columns.name == key.name)


def of_key(cube: str, key: Key) -> dict[str, str]:
    return {"cube": cube, "target": key.target, "kind": key.kind.value, "name": key.name}


def key_of(row: Any) -> Key:
    return Key(row["target"], Kind(row["kind"]), row["name"])


def of_owned(cube: str, owned: Owned) -> dict[str, Any]:
    resource = owned.resource
    content = {
        "settings": dict(resource.settings),
        "ownership": resource.ownership.value,
        "needs": _keys(resource.needs),
        "activates": _keys(resource.activates),
        "links": sorted(resource.links),
        "slots": sorted(owned.slots),
    }
    values = {"is_created": int(owned.is_created), "content": json.dumps(content, sort_keys=True)}
    return of_key(cube, resource.key) | values


def _keys(keys: frozenset[Key]) -> list[list[str]]:
    return sorted([key.target, key.kind.value, key.name] for key in keys)


def owned_of(row: Any) -> tuple[Key, Owned]:
    return _owned(key_of(row), bool(row["is_created"]), row["content"])


@lru_cache(maxsize=65536)
def _owned(key: Key, is_created: bool, text: str) -> tuple[Key, Owned]:
    """Every pass reads the same rows again; what they say is frozen."""
    content = json.loads(text)
    resource = Resource(
        key,
        content["settings"],
        Ownership(content["ownership"]),
        frozenset(Key(target, Kind(kind), name) for target, kind, name in content["needs"]),
        frozenset(Key(target, Kind(kind), name) for target, kind, name in content["activates"]),
        links=frozenset(content["links"]),
    )
    return key, Owned(resource, is_created, frozenset(content["slots"]))
