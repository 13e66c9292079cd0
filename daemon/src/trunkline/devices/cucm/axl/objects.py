"""AXL objects as resources: read once, then again only when the cluster's change queue says that something moved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trunkline.devices.cucm import read, write
from trunkline.devices.cucm.axl.session import AxlSession
from trunkline.devices.cucm.dialect import OBJECTS, identity_of, pattern_and_partition
from trunkline.devices.cucm.read import AxlFault
from trunkline.model.key import Key, Kind
from trunkline.model.observed import Gap
from trunkline.model.resource import Ownership, Resource

PROFILES = frozenset({Kind.SIP_SECURITY_PROFILE, Kind.SIP_PROFILE})
PAGE_ROWS = 500
TRUNK_TAGS = {"name": "", "securityProfileName": "", "sipProfileName": ""}


@dataclass(frozen=True)
class _Position:
    """The end of the change queue when the objects were read. A new queue (AXL was restarted) has another id."""

    queue_id: str
    next_change: int


@dataclass
class Objects:
    """The objects of one cluster that anybody has asked for. Raises a TrunklineError where AXL cannot be asked."""

    target: str
    axl: AxlSession
    reads: int = 0  # how often objects were read anew
    _position: _Position | None = None
    _found: dict[Key, Resource | None] = field(default_factory=dict)
    _trunks: dict[Key, Resource] | None = None  # every trunk, with no more than what it needs

    def forget(self) -> None:
        self._position, self._found, self._trunks = None, {}, None

    def read(self, keys: Iterable[Key], *, is_full: bool) -> tuple[dict[Key, Resource], tuple[Gap, ...]]:
        """The objects asked for now or before, and other people's trunks that use a profile among them."""
        asked = {key for key in keys if key.kind in OBJECTS}
        gaps: list[Gap] = []
        if is_full or not self._is_unchanged():
            asked |= self._found.keys()
            self.forget()
            self.axl.refresh()
            self._position = self._end_of_queue()
            self.reads += 1
        for key in sorted(asked - self._found.keys()):
            try:
                self._found[key] = self._get(key)
            except AxlFault as fault:
                gaps.append(Gap(self.target, f"the cluster says `{fault.message}`", key.kind, key.name, str(fault)))
            except _Strange as strange:
                gaps.append(Gap(self.target, "its answer has another shape than is known", key.kind, key.name, str(strange)))
        resources = {key: resource for key, resource in self._found.items() if resource is not None}
        return self._users(resources) | resources, tuple(gaps)

    def _is_unchanged(self) -> bool:
        """Whether no trunk, profile or route pattern was touched since, by anybody.

        On any doubt (a new queue, more changes than fit one answer, no change notification) everything is read.
        """
        if self._position is None:
            return False
        start = {"_value_1": str(self._position.next_change), "queueId": self._position.queue_id}
        try:
            answer = self.axl.call("listChange", startChangeId=start, objectList={"object": list(OBJECTS.values())})
        except AxlFault:
            return False
        position = _position(answer)
        if position is None or position.queue_id != self._position.queue_id or (answer.get("changes") or {}).get("change"):
            return False
        is_last_page = int((answer["queueInfo"]).get("lastChangeId") or 0) < position.next_change
        self._position = position
        return is_last_page

    def _end_of_queue(self) -> _Position | None:
        """Asked for before the objects are, so that no change between is lost."""
        try:
            return _position(self.axl.call("listChange", objectList={"object": list(OBJECTS.values())}))
        except AxlFault:
            return None

    def _get(self, key: Key) -> Resource | None:
        """One object; None where the cluster says that it does not exist."""
        answer = self._answer(key, identity_of(key, {}))
        if answer is None and key.kind is Kind.ROUTE_PATTERN and "@" in pattern_and_partition(key.name)[0]:
            uuid = self._pattern_with_dial_plan(key)
            answer = self._answer(key, {"uuid": uuid}) if uuid else None
        if answer is None:
            return None
        settings = read.settings_of(answer)
        return Resource(key, settings, Ownership.STATED, read.needs_of(key, settings))

    def _answer(self, key: Key, identity: Mapping[str, str]) -> Mapping[str, Any] | None:
        name = OBJECTS[key.kind]
        try:
            answer = self.axl.call(f"get{name}", **write.arguments(identity, self.axl.facets()[name]))
        except AxlFault as fault:
            if fault.is_not_found:
                return None
            raise
        shown = (answer.get("return") or {}).get(name[0].lower() + name[1:])
        if not isinstance(shown, Mapping):
            raise _Strange(str(answer)[: read.EVIDENCE_CHARACTERS])
        return shown

    def _pattern_with_dial_plan(self, key: Key) -> str | None:
        """A pattern with @ has a dial plan, which belongs to its name in AXL but not to its key here: look through the list."""
        pattern, partition = pattern_and_partition(key.name)
        tags = {"pattern": "", "routePartitionName": ""}
        answer = self.axl.call("listRoutePattern", searchCriteria={"pattern": pattern}, returnedTags=tags)
        for row in (answer.get("return") or {}).get("routePattern") or []:
            if (read.text_of(row["pattern"]), read.text_of(row["routePartitionName"])) == (pattern, partition):
                return str(row["uuid"])
        return None

    def _users(self, resources: Mapping[Key, Resource]) -> dict[Key, Resource]:
        """Trunks that use a profile asked for. They have no more settings than that."""
        profiles = frozenset(key for key in resources if key.kind in PROFILES)
        if not profiles:
            return {}
        if self._trunks is None:
            self._trunks = {trunk.key: trunk for trunk in self._list_trunks()}
        return {key: trunk for key, trunk in self._trunks.items() if trunk.needs & profiles and key not in self._found}

    def _list_trunks(self) -> Iterator[Resource]:
        """In pages: AXL refuses an answer of more than 8 MB (Cisco AXL developer guide, "Data throttling")."""
        skip = 0
        while rows := self._page_of_trunks(skip):
            for row in rows:
                key = Key(self.target, Kind.SIP_TRUNK, read.text_of(row["name"]))
                settings = {name: text for name in TRUNK_TAGS if name != "name" and (text := read.text_of(row[name]))}
                yield Resource(key, settings, Ownership.STATED, read.needs_of(key, settings))
            skip += len(rows)
            if len(rows) < PAGE_ROWS:
                return

    def _page_of_trunks(self, skip: int) -> list[Mapping[str, Any]]:
        """Nothing where the cluster refuses: its database still does not delete what is in use."""
        window = {"skip": str(skip), "first": str(PAGE_ROWS)}
        try:
            answer = self.axl.call("listSipTrunk", searchCriteria={"name": "%"}, returnedTags=TRUNK_TAGS, **window)
        except AxlFault:
            return []
        return (answer.get("return") or {}).get("sipTrunk") or []


class _Strange(Exception):  # noqa: N818 - an answer, not a mistake
    """An answer of another shape; the text is the evidence."""


def _position(answer: Mapping[str, Any]) -> _Position | None:
    info = answer.get("queueInfo") or {}
    if not info.get("queueId") or info.get("nextStartChangeId") is None:
        return None
    return _Position(str(info["queueId"]), int(info["nextStartChangeId"]))
