"""The dialect of something that nobody can change. Pure."""

from collections.abc import Mapping

from trunkline.model.errors import OurBug
from trunkline.model.key import Key
from trunkline.model.plan import Change, Command
from trunkline.model.resource import Resource


class LookedAt:
    """Implements `trunkline.ports.Dialect`: nothing is desired there, so nothing is ever said."""

    def canonical(self, resource: Resource) -> Resource:
        return resource

    def implied(self, key: Key, slot: str, wanted: str | None = None) -> str | None:  # noqa: ARG002 - the port's form
        return None

    def satisfies(self, key: Key, slot: str, has: str, wanted: str) -> bool:  # noqa: ARG002 - the port's form
        return has == wanted

    def manages(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        return False

    def is_cosmetic(self, key: Key, slot: str) -> bool:  # noqa: ARG002 - the port's form
        return False

    def render(self, change: Change) -> tuple[Command, ...]:
        raise OurBug(f"cannot {change.action} {change.key}: it is only looked at; please report this")

    def references(self, key: Key, settings: Mapping[str, str]) -> frozenset[Key]:  # noqa: ARG002 - the port's form
        return frozenset()

    def waits_for_calls(self, change: Change) -> bool:  # noqa: ARG002 - the port's form
        return False

    def must_replace(self, change: Change) -> bool:  # noqa: ARG002 - the port's form
        return False
