"""`Resource`: one thing on one device, as desired or as observed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from trunkline.model.key import Key


class Ownership(StrEnum):
    """How much of a section belongs to whoever states it."""

    WHOLE = "whole"  # settings that are not stated go back to their default
    STATED = "stated"  # only the settings stated; the rest of the section belongs to others


@dataclass(frozen=True, slots=True)
class Origin:
    """The place in git that asked for something."""

    path: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A frozen value with the settings it has, or shall have.

    `settings` maps slot to value. On a CUBE the slot is what a command sets and the value the whole line as IOS
    stores it; on CUCM they are a field of the AXL object and its text. `needs` must exist before this does and may go
    only after it; `activates` count only after the named activation was carried out once more.
    """

    key: Key
    settings: Mapping[str, str]
    ownership: Ownership = Ownership.WHOLE
    needs: frozenset[Key] = frozenset()
    activates: frozenset[Key] = frozenset()
    origin: Origin | None = None
    links: frozenset[str] = field(default=frozenset())  # names of the links that want it

    def with_settings(self, settings: Mapping[str, str]) -> "Resource":
        """The same resource with other settings; several times faster than dataclasses.replace, which plans would feel."""
        return Resource(self.key, settings, self.ownership, self.needs, self.activates, self.origin, self.links)


@dataclass(frozen=True, slots=True)
class Owned:
    """What the inventory remembers of a resource: how trunkline last stated it, and how much of it is trunkline's work.

    Only what trunkline created is deleted when no document wants it any more, and only the slots that it wrote.
    """

    resource: Resource
    is_created: bool
    slots: frozenset[str] = frozenset()
